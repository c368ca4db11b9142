//! What Spin does not have is said there, not failed at: the rows of the table in ARCHITECTURE.md that a client
//! can meet. Always on Spin's host, whichever is under test.

use std::time::Duration;

use e2e::bencode::Value;
use e2e::fediverse::{Fediverse, Manner, PublicKey};
use e2e::host::Host;
use e2e::stranger::{HONEST, Stranger};
use e2e::tracker::http::{announce, scrape};
use e2e::{Instance, database, samples, video, wait};
use http::Method;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(30);
/// Announces that one viewer may make at once, and with them ports of one address in a swarm.
const PEERS_OF_ONE_VIEWER: u64 = 15;
const PUBLIC: &str = "https://www.w3.org/ns/activitystreams#Public";

const LARGEST_REQUEST_BYTES: u64 = 6_000_000;
/// A browser's wish for a WebSocket (RFC 6455, 4.1).
const UPGRADE: [(&str, &str); 4] = [
    ("connection", "Upgrade"),
    ("upgrade", "websocket"),
    ("sec-websocket-version", "13"),
    ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

#[test]
fn what_spin_lacks_is_answered() {
    let largest = LARGEST_REQUEST_BYTES.to_string();
    let instance = Instance::on(
        Host::Spin,
        &[
            (
                "WEBSOCKET_TRACKER",
                "wss://tracker.example/tracker/socket/{uuid}",
            ),
            ("MAX_REQUEST_BYTES", &largest),
        ],
    );
    let (visitor, admin) = (instance.visitor(), instance.admin());
    let made = video::upload(&admin, &samples::bunny(), "On Spin", &[]);

    let elsewhere = format!("wss://tracker.example/tracker/socket/{}", made.uuid);
    let socket = format!("/tracker/socket/{}", made.uuid);
    for headers in [&UPGRADE[..], &[]] {
        let problem = visitor.get_with(&socket, headers).problem(501);
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains(&elsewhere), "{problem}");
        let runners = "/socket.io/?EIO=4&transport=websocket";
        let problem = visitor.get_with(runners, headers).problem(501);
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("runners ask for work"), "{problem}");
    }
    let details = video::details(&visitor, &made.uuid);
    let announce = format!("{}/tracker/announce", instance.origin());
    let trackers = &details["trackerUrls"];
    assert_eq!(trackers, &json!([elsewhere, announce]), "{details}");

    let config = visitor.get("/api/v1/config").expect_status(200).json();
    let chunk = &config["client"]["videos"]["resumableUpload"]["maxChunkSize"];
    assert!(
        chunk
            .as_u64()
            .is_some_and(|bytes| (1..=LARGEST_REQUEST_BYTES).contains(&bytes)),
        "{chunk}"
    );
    let too_much = vec![0; usize::try_from(LARGEST_REQUEST_BYTES + 1).expect("it fits")];
    let answer = admin.call(Method::POST, "/api/v1/videos/upload", &[], &too_much);
    let problem = answer.problem(413);
    let detail = problem["detail"].as_str().unwrap_or_default();
    assert!(detail.contains("uploaded in parts"), "{problem}");

    let jobs = "/internal/jobs/run";
    let _ = visitor.post_empty(jobs).problem(403);
    let guess = [("authorization", "Bearer wrong")];
    let _ = visitor.call(Method::POST, jobs, &guess, &[]).problem(403);
    let _ = visitor.get(jobs).problem(405);
}

/// The call of every minute is for what is left over: what a request asks for is begun at once, by the component that
/// has answered it.
#[test]
fn what_an_answer_leaves_to_do_is_done_without_a_call() {
    const NOTE: &str = "/notes/1";
    let follower = Fediverse::start(&[Manner::Takes]);
    let mut instance = Instance::uncalled(&[("FEDERATION_ALLOW_PRIVATE", "true")]);
    let (visitor, admin) = (instance.visitor(), instance.admin());
    let channel = "/video-channels/root_channel";
    // Asked for, the channel gets its key.
    let key = PublicKey::of(&visitor, channel);
    let channel_url = format!("{}{channel}", instance.origin());
    database::change(&mut instance, |database| {
        follower.follow(database, &channel_url)
    });
    // The API publishes, and tells the follower.
    let uuid = video::upload(&admin, &samples::bunny(), "Bunny", &[]).uuid;
    let told = follower.wait_for(1, PATIENCE);
    assert_eq!(told[0].activity()["type"], "Announce");
    let _ = told[0].assert_signed(&key);
    // The inbox is told of a comment, and reads it.
    let server = Stranger::start();
    let bob = server.actor("Person", "/accounts/bob", None);
    server.serve(&json!({
        "id": server.id(NOTE), "type": "Note", "attributedTo": bob, "to": [PUBLIC], "cc": [],
        "inReplyTo": format!("{}/videos/watch/{uuid}", instance.origin()),
        "content": "at once", "published": "2025-06-01T00:00:00Z",
    }));
    let create = json!({
        "@context": "https://www.w3.org/ns/activitystreams", "type": "Create", "actor": bob,
        "id": format!("{bob}/activities/1"), "object": server.id(NOTE), "to": [PUBLIC],
    });
    let answer = server.deliver(&visitor, instance.origin(), &create, HONEST);
    assert_eq!(answer.status, 202, "{}", answer.text());
    let threads = format!("/api/v1/videos/{uuid}/comment-threads");
    wait::until("the comment arrives", PATIENCE, || {
        let list = visitor.get(&threads).expect_status(200).json();
        (list["data"][0]["text"] == "at once").then_some(())
    });
}

/// Limits are those of announces, as no sockets tell who is there; nor are there viewers to count.
#[test]
fn an_address_that_announces_without_end_is_refused() {
    const SWARM: [u8; 20] = [0xd1; 20];
    let vars = [("VIEWERS_PER_ADDRESS", "1"), ("OPEN_TRACKER", "true")];
    let instance = Instance::on(Host::Spin, &vars);
    let visitor = instance.visitor();
    let refused = |number: u16| {
        let peer_id = format!("-AA0001-{number:012}");
        let peer_id = peer_id.as_bytes().try_into().expect("20 bytes");
        let answer = announce(&visitor, &SWARM, peer_id, 7_000 + number, "&left=9");
        let Value::Dictionary(members) = answer else {
            panic!("{answer:?}")
        };
        members
            .get(b"failure reason".as_slice())
            .map(|(reason, _)| reason.text())
    };
    let admitted = (0..100).take_while(|number| refused(*number).is_none());
    let admitted = u64::try_from(admitted.count()).expect("at most 100");
    assert_eq!(admitted, PEERS_OF_ONE_VIEWER);
    let reason = refused(99).expect("it stays so");
    assert!(reason.starts_with("Too many"), "{reason}");
    let swarms = scrape(&visitor, &[SWARM]);
    let Value::Dictionary(swarms) = swarms.member("files") else {
        panic!("{swarms:?}")
    };
    let (counts, _) = &swarms[SWARM.as_slice()];
    assert_eq!(counts.member("incomplete").size(), admitted);

    let made = video::upload(&instance.admin(), &samples::bunny(), "On Spin", &[]);
    let ping = json!({ "currentTime": 1, "viewEvent": "seek" });
    let views = format!("/api/v1/videos/{}/views", made.uuid);
    let _ = visitor.post_json(&views, &ping).expect_status(204);
    instance.run_cron();
    assert_eq!(video::details(&visitor, &made.uuid)["viewers"], 0);
}
