//! Two instances that know each other only by what they say: follow, see, comment, like, rename, delete, be
//! away, come back with another key.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use e2e::form::Form;
use e2e::scratch::Scratch;
use e2e::video::Created;
use e2e::{Client, Host, Instance, Transcoder, clock, database, programs, samples, video, wait};
use http::Method;
use serde_json::{Value, json};

use crate::browser::run_script;

/// Two queues and two machines' worth of work on one.
pub const PATIENCE: Duration = Duration::from_secs(60);

const VARS: [(&str, &str); 3] = [
    ("FEDERATION_ALLOW_PRIVATE", "true"),
    ("FEDERATION_FIRST_RETRY_SECS", "1"),
    ("VIEWING_ENDS_AFTER_SECS", "3"),
];

pub fn instance() -> Instance {
    Instance::with_vars(&VARS)
}

pub fn upload(owner: &Client, name: &str) -> Created {
    upload_file(owner, name, &samples::bunny())
}

/// Uploads with a thumbnail, as PeerTube's own form does: without one no other server takes a video.
fn upload_file(owner: &Client, name: &str, file: &Path) -> Created {
    let scratch = Scratch::new("thumbnail");
    let picture = scratch.join("thumbnail.jpg");
    let mut command = Command::new(programs::tool("ffmpeg"));
    command
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(samples::bunny());
    programs::run(
        command
            .args(["-frames:v", "1", "-s", "850x480"])
            .arg(&picture),
    );
    let form = video::form(owner, name, &[])
        .file("videofile", "sample.mp4", "video/mp4", file)
        .file("thumbnailfile", "thumbnail.jpg", "image/jpeg", &picture);
    Created::from_answer(&video::upload_form(owner, form).expect_status(200))
}

pub fn host(instance: &Instance) -> &str {
    instance.origin().trim_start_matches("http://")
}

/// The only item of a list for which `is_wanted` holds, as soon as there is one.
pub fn item(client: &Client, list: &str, what: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
    wait::until(what, PATIENCE, || {
        let answer = client.get(list).expect_status(200).json();
        let items = answer["data"].as_array()?;
        items.iter().find(|item| is_wanted(item)).cloned()
    })
}

/// Other servers' videos as a visitor sees them.
pub fn far_video(client: &Client, name: &str) -> Value {
    let list = "/api/v1/videos?isLocal=false&count=100";
    let what = format!("there is a video {name:?} from elsewhere");
    item(client, list, &what, |video| video["name"] == name)
}

fn rename(owner: &Client, uuid: &str, name: &str) {
    let path = format!("/api/v1/videos/{uuid}");
    let form = Form::new().texts(&[("name", name)]);
    let _ = owner.send_form(Method::PUT, &path, form).expect_status(204);
}

fn rate(client: &Client, uuid: &str, rating: &str) {
    let path = format!("/api/v1/videos/{uuid}/rate");
    let body = json!({ "rating": rating }).to_string();
    let headers = [("content-type", "application/json")];
    let answer = client.call(Method::PUT, &path, &headers, body.as_bytes());
    let _ = answer.expect_status(204);
}

fn wait_for_rates(client: &Client, uuid: &str, likes: u64, dislikes: u64) {
    let what = format!("{likes} likes and {dislikes} dislikes are counted");
    wait::until(&what, PATIENCE, || {
        let video = video::details(client, uuid);
        (video["likes"] == likes && video["dislikes"] == dislikes).then_some(())
    });
}

fn threads(uuid: &str) -> String {
    format!("/api/v1/videos/{uuid}/comment-threads")
}

fn wait_for_accepted_follow(admin: &Client, target_host: &str) {
    let what = "the follow is accepted";
    let _ = item(admin, "/api/v1/server/following", what, |follow| {
        follow["state"] == "accepted" && follow["following"]["host"] == target_host
    });
}

pub fn follow(reader: &Client, followed_host: &str) {
    let hosts = json!({ "hosts": [followed_host] });
    let _ = reader
        .post_json("/api/v1/server/following", &hosts)
        .expect_status(204);
    wait_for_accepted_follow(reader, followed_host);
}

/// The answer names who is not there; the other is followed all the same.
fn follow_one_of_two_names(reader: &Client, followed_host: &str) {
    let (nobody, root) = (
        format!("nobody@{followed_host}"),
        format!("root@{followed_host}"),
    );
    let handles = json!({ "handles": [nobody, root] });
    let problem = reader
        .post_json("/api/v1/server/following", &handles)
        .expect_status(404)
        .json();
    let detail = problem["detail"].as_str().unwrap_or_default();
    assert!(detail.contains(&nobody), "{problem}");
    assert!(!detail.contains(&root), "{problem}");
    let what = "who is there is followed";
    let _ = item(reader, "/api/v1/server/following", what, |follow| {
        follow["following"]["name"] == "root" && follow["following"]["host"] == followed_host
    });
    let path = format!("/api/v1/server/following/{root}");
    let _ = reader.delete(&path).expect_status(204);
}

/// One on each host, whichever is under test: what one sends the other takes, both ways.
#[test]
fn the_hosts_federate_with_each_other() {
    let spin = Instance::on(Host::Spin, &VARS);
    let workerd = Instance::on(Host::Workerd, &VARS);
    for (far, near, name) in [(&spin, &workerd, "From Spin"), (&workerd, &spin, "To Spin")] {
        let (owner, reader) = (far.admin(), near.admin());
        follow(&reader, host(far));
        let uploaded = upload(&owner, name);
        let seen = far_video(&reader, name);
        assert_eq!(seen["uuid"], uploaded.uuid.as_str());
        talk(&owner, &reader, &uploaded.uuid);
        watch_and_report(&owner, &reader, &uploaded.uuid);
        wait_for_viewing(&owner, near, &uploaded.uuid);
    }
}

/// What was watched here is in the statistics there.
fn wait_for_viewing(owner: &Client, near: &Instance, uuid: &str) {
    let path = format!("/api/v1/videos/{uuid}/stats/overall");
    wait::until("the origin hears what was watched", PATIENCE, || {
        near.run_cron();
        let overall = owner.get(&path).expect_status(200).json();
        (overall["totalViewers"] == 1 && overall["totalWatchTime"] == 5).then_some(())
    });
}

#[test]
fn two_instances_federate() {
    let mut far = instance();
    let mut near = instance();
    let (owner, reader) = (far.admin(), near.admin());
    let far_host = host(&far).to_owned();
    let first = upload(&owner, "First");

    follow_one_of_two_names(&reader, &far_host);
    follow(&reader, &far_host);
    let seen = far_video(&reader, "First");
    assert_eq!(seen["uuid"], first.uuid.as_str());
    assert_eq!(seen["isLocal"], false);
    // As a person does it, by the channel's handle.
    let handle = json!({ "handle": format!("root_channel@{far_host}") });
    run_script("follow.mjs", &near, &handle);
    let second = upload(&owner, "Second");
    let _ = far_video(&reader, "Second");
    let subscribed = "/api/v1/users/me/subscriptions/videos";
    let what = "the subscription shows the new video";
    let _ = item(&reader, subscribed, what, |video| video["name"] == "Second");

    talk(&owner, &reader, &second.uuid);
    watch_and_report(&owner, &reader, &second.uuid);
    wait_for_viewing(&owner, &near, &second.uuid);
    rename(&owner, &second.uuid, "Second, renamed");
    let _ = far_video(&reader, "Second, renamed");

    // While the reader's server is away nothing is lost.
    near.stop();
    rename(&owner, &second.uuid, "Renamed into silence");
    rename(&owner, &first.uuid, "Renamed twice");
    let log_says = |text: &str| {
        let log = std::fs::read_to_string(far.log()).unwrap_or_default();
        log.contains(text)
    };
    assert!(!log_says("given up"));
    near.resume();
    let reader = near.admin();
    wait::until("what was missed is delivered", PATIENCE, || {
        far.run_cron();
        let list = reader
            .get("/api/v1/videos?isLocal=false&count=100")
            .expect_status(200)
            .json();
        let names: Vec<_> = list["data"]
            .as_array()?
            .iter()
            .map(|video| &video["name"])
            .collect();
        let came = |name: &str| names.iter().any(|known| **known == name);
        (came("Renamed into silence") && came("Renamed twice")).then_some(())
    });

    // All of its actors come back with other keys: each with that of another.
    database::change(&mut far, |database| {
        database.execute_batch(
            "CREATE TEMP TABLE other AS SELECT a.id AS id,
                 (SELECT b.id FROM actor b WHERE b.private_key_sealed IS NOT NULL AND b.id <> a.id
                  ORDER BY b.id <= a.id, b.id LIMIT 1) AS other_id
             FROM actor a WHERE a.private_key_sealed IS NOT NULL;
             CREATE TEMP TABLE keys AS SELECT id, public_key_pem, private_key_sealed FROM actor;
             UPDATE actor SET (public_key_pem, private_key_sealed) =
                 (SELECT k.public_key_pem, k.private_key_sealed FROM temp.other o
                  JOIN temp.keys k ON k.id = o.other_id WHERE o.id = actor.id)
             WHERE private_key_sealed IS NOT NULL;",
        )
    });
    // A key that does not fit is asked for again, but not more than once a minute.
    clock::pass(&mut near, Duration::from_secs(120));
    let owner = far.admin();
    rename(&owner, &second.uuid, "Signed by another key");
    let _ = far_video(&reader, "Signed by another key");

    let _ = owner
        .delete(&format!("/api/v1/videos/{}", second.uuid))
        .expect_status(204);
    wait::until("the deleted video is gone everywhere", PATIENCE, || {
        let answer = reader.get(&format!("/api/v1/videos/{}", second.uuid));
        (answer.status == 404).then_some(())
    });
    assert_eq!(
        far_video(&reader, "Renamed twice")["uuid"],
        first.uuid.as_str()
    );
}

/// Its page here takes its media from there: from the server, and from who watches it on that server's page.
#[test]
fn a_followed_video_plays_from_its_origin_and_its_viewers() {
    const DURATION_SECS: u32 = 60;
    // All viewers have one address here, which the tracker takes for a household otherwise.
    let vars = [&VARS[..], &[("VIEWERS_PER_ADDRESS", "0")]].concat();
    let (far, near) = (Instance::with_vars(&vars), instance());
    let (owner, reader) = (far.admin(), near.admin());
    follow(&reader, host(&far));
    let scratch = Scratch::new("followed");
    let file = samples::test_card(&scratch, "card.mp4", "640x360", DURATION_SECS);
    let uploaded = upload_file(&owner, "Followed", &file);
    Transcoder::drain(&far);
    let there = video::wait_until_transcoded(&owner, &uploaded.uuid, PATIENCE);
    let renditions = video::renditions(&there).len();
    let _ = far_video(&reader, "Followed");
    wait::until("its stream is known here", PATIENCE, || {
        let seen = video::details(&reader, &uploaded.uuid);
        let files = seen["streamingPlaylists"][0]["files"].as_array()?.len();
        (files == renditions).then_some(())
    });
    let path = format!("/w/{}", uploaded.short_uuid);
    let extra = json!({
        "watch": path,
        "far": far.origin(),
        "originWatch": format!("{}{path}", far.origin()),
        "durationSecs": DURATION_SECS,
    });
    run_script("far.mjs", &near, &extra);
}

/// Comment, reply, like, dislike, change one's mind, delete the comment.
fn talk(owner: &Client, reader: &Client, uuid: &str) {
    let text = json!({ "text": "Seen from afar" });
    let written = reader
        .post_json(&threads(uuid), &text)
        .expect_status(200)
        .json();
    let what = "the comment arrives";
    let arrived = item(owner, &threads(uuid), what, |comment| {
        comment["text"] == "Seen from afar"
    });
    let reply = format!("/api/v1/videos/{uuid}/comments/{}", arrived["id"]);
    let _ = owner
        .post_json(&reply, &json!({ "text": "Welcome" }))
        .expect_status(200);
    let thread = format!("{}/{}", threads(uuid), written["comment"]["id"]);
    wait::until("the reply arrives", PATIENCE, || {
        let tree = reader.get(&thread).expect_status(200).json();
        (tree["children"][0]["comment"]["text"] == "Welcome").then_some(())
    });

    rate(reader, uuid, "like");
    wait_for_rates(owner, uuid, 1, 0);
    rate(reader, uuid, "dislike");
    wait_for_rates(owner, uuid, 0, 1);
    rate(reader, uuid, "none");
    wait_for_rates(owner, uuid, 0, 0);

    let comment = format!(
        "/api/v1/videos/{uuid}/comments/{}",
        written["comment"]["id"]
    );
    let _ = reader.delete(&comment).expect_status(204);
    let what = "the comment leaves a tombstone";
    let _ = item(owner, &threads(uuid), what, |comment| {
        comment["isDeleted"] == true
    });
}

/// Whoever watches and reports a video elsewhere is counted and heard at its origin.
fn watch_and_report(owner: &Client, reader: &Client, uuid: &str) {
    let views = format!("/api/v1/videos/{uuid}/views");
    for current_time in [0, 5] {
        let ping = json!({ "currentTime": current_time });
        let _ = reader.post_json(&views, &ping).expect_status(204);
    }
    wait::until("the view is counted at the origin", PATIENCE, || {
        (video::details(owner, uuid)["views"] == 1).then_some(())
    });
    let seen = video::details(reader, uuid);
    let report = json!({
        "reason": "Not what it says it is",
        "predefinedReasons": ["spamOrMisleading"],
        "video": { "id": seen["id"], "startAt": 1 },
    });
    let _ = reader
        .post_json("/api/v1/abuses", &report)
        .expect_status(200);
    let what = "the report is with the origin's moderators";
    let arrived = item(owner, "/api/v1/abuses", what, |abuse| {
        abuse["video"]["uuid"] == uuid
    });
    assert_eq!(arrived["reason"], "Not what it says it is");
    assert_eq!(arrived["predefinedReasons"], json!(["spamOrMisleading"]));
    assert_eq!(arrived["video"]["startAt"], 1);
    let reporter = &arrived["reporterAccount"];
    assert_eq!(
        (&reporter["name"], &reporter["host"]),
        (&json!("root"), &seen_host(reader))
    );
}

fn seen_host(reader: &Client) -> Value {
    let me = reader.get("/api/v1/users/me").expect_status(200).json();
    me["account"]["host"].clone()
}
