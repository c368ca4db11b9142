//! What was promised before the host is killed is kept after it: activities that were accepted are acted upon,
//! deliveries that a queue had arrive, and what was to be read elsewhere is read.

use std::time::Duration;

use e2e::fediverse::{Fediverse, Manner, PublicKey};
use e2e::stranger::{HONEST, Stranger};
use e2e::{Host, Instance, clock, database, samples, video, wait};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
/// Of a task in Spin's queue.
const LEASE: Duration = Duration::from_secs(120);
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// Requests that one batch of deliveries makes at a time.
const AT_ONCE: usize = 6;

fn instance() -> Instance {
    Instance::with_vars(&[("FEDERATION_ALLOW_PRIVATE", "true")])
}

/// Kills the host. Spin's queue is a table: what was being worked on is taken again when its lease is over.
fn kill(instance: &mut Instance) {
    instance.kill_server();
    if Host::under_test() == Host::Spin {
        clock::pass(instance, LEASE);
    }
}

#[test]
fn what_was_accepted_is_acted_upon_once() {
    const NOTE: &str = "/notes/1";
    let mut instance = instance();
    let visitor = instance.visitor();
    let uuid = video::upload(&instance.admin(), &samples::bunny(), "Bunny", &[]).uuid;
    let bob_server = Stranger::start();
    let bob = bob_server.actor("Person", "/accounts/bob", None);
    bob_server.serve(&json!({
        "id": bob_server.id(NOTE), "type": "Note", "attributedTo": bob, "to": [PUBLIC], "cc": [],
        "inReplyTo": format!("{}/videos/watch/{uuid}", instance.origin()),
        "content": "kept", "published": "2025-06-01T00:00:00Z",
    }));
    // Only its id is sent: whoever acts on it has to ask for the rest, and waits.
    bob_server.hold(NOTE);
    let create = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "type": "Create", "actor": bob,
        "id": format!("{bob}/activities/1"), "object": bob_server.id(NOTE), "to": [PUBLIC],
    });
    let answer = bob_server.deliver(&visitor, instance.origin(), &create, HONEST);
    assert_eq!(answer.status, 202);
    wait::until("it is being acted upon", PATIENCE, || {
        (bob_server.times_asked(NOTE) > 0).then_some(())
    });
    kill(&mut instance);
    bob_server.release(NOTE);
    let threads = format!("/api/v1/videos/{uuid}/comment-threads");
    let texts = || -> Vec<Value> {
        let list = visitor.get(&threads).expect_status(200).json();
        let threads = list["data"].as_array().into_iter().flatten();
        threads.map(|thread| thread["text"].clone()).collect()
    };
    wait::until("the comment arrives", PATIENCE, || {
        (!texts().is_empty()).then_some(())
    });
    assert_eq!(texts(), ["kept"]);
    // Nothing is left that would act on it again.
    database::change(&mut instance, |database| {
        let count = |sql| database.query_row(sql, [], |row| row.get::<_, i64>(0));
        assert_eq!(count("SELECT count(*) FROM received_task")?, 0);
        assert_eq!(count("SELECT count(*) FROM comment")?, 1);
        Ok(())
    });
}

#[test]
fn what_a_queue_had_arrives_once() {
    // The silent ones come first, and hold up the batch for as long as it takes to notice; the last one waits.
    let mut manners = vec![Manner::Silent; AT_ONCE];
    manners.push(Manner::Takes);
    let fediverse = Fediverse::start(&manners);
    let mut instance = instance();
    let admin = instance.admin();
    let channel = "/video-channels/root_channel";
    // Asked for, the channel gets its key.
    let key = PublicKey::of(&instance.visitor(), channel);
    let channel_url = format!("{}{channel}", instance.origin());
    database::change(&mut instance, |database| {
        fediverse.follow(database, &channel_url)
    });
    let _ = video::upload(&admin, &samples::bunny(), "Big Buck Bunny", &[]);
    wait::until("a batch is on its way", PATIENCE, || {
        (fediverse.unanswered() >= AT_ONCE).then_some(())
    });
    kill(&mut instance);
    let mut announces = Vec::new();
    let mut listen = || {
        let came = fediverse.take().into_iter();
        announces.extend(came.filter(|told| told.activity()["type"] == "Announce"));
        announces.len()
    };
    wait::until("the follower hears of it", PATIENCE, || {
        (listen() > 0).then_some(())
    });
    wait::until("the others are asked again", PATIENCE, || {
        (fediverse.unanswered() >= 2 * AT_ONCE).then_some(())
    });
    instance.run_cron();
    assert_eq!(listen(), 1);
    let _ = announces[0].assert_signed(&key);
}

#[test]
fn what_was_to_be_read_elsewhere_is_read() {
    const LIKES: &str = "/videos/watch/1/likes";
    let mut instance = instance();
    let admin = instance.admin();
    let far = Stranger::start();
    let bob = far.actor("Person", "/accounts/bob", None);
    let films = far.actor("Group", "/video-channels/films", Some(&bob));
    let video_url = far.id("/videos/watch/1");
    far.serve(&json!({
        "id": video_url, "type": "Video", "uuid": "5b1f8d52-6a30-4a0c-9d4e-6f0d7c1f3a11",
        "name": "Far away", "duration": "PT60S", "views": 3, "sensitive": false, "state": 1,
        "commentsPolicy": 1, "published": "2025-01-01T00:00:00.000Z",
        "updated": "2025-01-01T00:00:00.000Z", "content": "film", "mediaType": "text/markdown",
        "to": [PUBLIC], "cc": [], "tag": [], "likes": far.id(LIKES),
        "icon": [{"type": "Image", "url": far.id("/1.jpg"), "width": 280, "height": 157}],
        "url": [{"type": "Link", "mediaType": "text/html", "href": far.id("/w/1")}],
        "attributedTo": [{"type": "Person", "id": bob}, {"type": "Group", "id": films}],
    }));
    far.serve(&json!({ "id": far.id(LIKES), "type": "OrderedCollection", "totalItems": 7 }));
    far.hold(LIKES);
    let search = format!("/api/v1/search/videos?search={video_url}");
    let found = admin.get(&search).expect_status(200).json();
    let uuid = found["data"][0]["uuid"].as_str().expect("it is found");
    assert_eq!(video::details(&admin, uuid)["likes"], 0);
    wait::until("its likes are being read", PATIENCE, || {
        (far.times_asked(LIKES) > 0).then_some(())
    });
    kill(&mut instance);
    far.release(LIKES);
    wait::until("its likes are known", PATIENCE, || {
        (video::details(&admin, uuid)["likes"] == 7).then_some(())
    });
    database::change(&mut instance, |database| {
        let sql = "SELECT count(*) FROM received_task";
        let left = database.query_row(sql, [], |row| row.get::<_, i64>(0))?;
        assert_eq!(left, 0);
        Ok(())
    });
}
