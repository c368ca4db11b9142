//! What was promised before workerd is killed is kept after it: activities that were accepted are acted upon, and
//! deliveries that a queue had arrive.

use std::time::Duration;

use e2e::fediverse::{Fediverse, Manner, PublicKey};
use e2e::stranger::{HONEST, Stranger};
use e2e::{Host, Instance, database, samples, video, wait};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";
/// Requests that one batch of deliveries makes at a time.
const AT_ONCE: usize = 6;

fn instance() -> Instance {
    // Spin's queue is a table.
    Instance::on(Host::Workerd, &[("FEDERATION_ALLOW_PRIVATE", "true")])
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
    instance.kill_server();
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
    instance.kill_server();
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
