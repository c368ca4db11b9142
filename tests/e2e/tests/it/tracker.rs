//! The tracker over WebSockets, in workerd.

use std::sync::OnceLock;
use std::time::Duration;

use e2e::Instance;
use e2e::tracker::peer::{Peer, peer_id};
use e2e::tracker::socket::{Frame, Socket, opcode};
use serde_json::{Value, json};

/// Long enough for a message that is on its way; nothing waits for it but checks that none is.
const SILENCE: Duration = Duration::from_millis(300);
/// A uuid that no video has.
const NOBODYS: &str = "00000000-0000-4000-8000-00000000000";

/// An instance that tracks every infohash, without limits.
fn open_tracker() -> &'static Instance {
    static INSTANCE: OnceLock<Instance> = OnceLock::new();
    INSTANCE.get_or_init(|| {
        Instance::with_vars(&[("OPEN_TRACKER", "true"), ("VIEWERS_PER_ADDRESS", "0")])
    })
}

/// A swarm of one test.
fn path(number: u32) -> String {
    format!("/tracker/socket/{NOBODYS}{number}")
}

fn peer(test: u32, number: u32) -> Peer {
    let origin = open_tracker().origin();
    Peer::open(origin, &path(test), "FuGEr478XuVjbIYvey2c", number)
}

#[test]
fn offers_and_answers_reach_the_other_peer_and_nobody_else() {
    let (mut first, mut second) = (peer(0, 1), peer(0, 2));
    let reply = first.join();
    assert_eq!(reply["action"], "announce");
    assert_eq!(reply["incomplete"], 1);
    assert!(reply["interval"].as_u64().is_some_and(|secs| secs >= 30));
    second.announce(5, &json!({ "event": "started" }));
    assert_eq!(second.receive()["incomplete"], 2);
    let offer = first.receive();
    assert_eq!(offer["peer_id"], second.id);
    assert_eq!(offer["info_hash"], first.info_hash);
    assert_eq!(offer["offer"]["type"], "offer");
    let offer_id = offer["offer_id"].as_str().unwrap().to_owned();
    // One other peer takes one of five offers, and a peer is never offered to itself.
    assert_eq!(first.next_within(SILENCE), None);
    assert_eq!(second.next_within(SILENCE), None);
    first.answer(&peer_id(2), &offer_id);
    let answer = second.receive();
    assert_eq!(answer["answer"]["type"], "answer");
    assert_eq!(answer["peer_id"], first.id);
    assert_eq!(answer["offer_id"], offer_id.as_str());
    // The same answer again, and one to nobody.
    first.answer(&peer_id(2), &offer_id);
    first.answer(&peer_id(3), &offer_id);
    assert_eq!(second.next_within(SILENCE), None);
    assert_eq!(first.scrape(), (0, 2));
}

#[test]
fn a_closed_socket_takes_all_its_peers_along() {
    let mut stays = peer(1, 1);
    stays.join();
    let mut leaves = peer(1, 2);
    leaves.join();
    leaves.id = peer_id(3);
    assert_eq!(leaves.join()["incomplete"], 3);
    drop(leaves);
    e2e::wait::until("both peers are gone", Duration::from_secs(10), || {
        (stays.scrape() == (0, 1)).then_some(())
    });
}

#[test]
fn a_peer_id_cannot_be_taken_from_another_socket() {
    let mut owner = peer(2, 1);
    owner.join();
    let mut thief = peer(2, 1);
    let refusal = thief.join();
    assert_eq!(refusal["action"], "announce");
    assert_eq!(refusal["info_hash"], owner.info_hash);
    assert!(refusal["failure reason"].is_string(), "{refusal}");
    thief.announce(0, &json!({ "event": "stopped" }));
    assert!(thief.receive()["failure reason"].is_string());
    // It need not say that it is there: it would have to announce before its time is up anyway.
    assert_eq!(owner.scrape(), (0, 1));
}

#[test]
fn what_no_client_sends_is_refused_and_the_object_lives_on() {
    let mut witness = peer(3, 1);
    witness.join();
    let oversize = format!("{{\"action\":\"{}\"}}", "x".repeat(200_000));
    let nested = "[".repeat(100_000);
    for garbage in [
        "",
        "{",
        "null",
        "[]",
        "\u{0}",
        nested.as_str(),
        oversize.as_str(),
    ] {
        let mut socket = Socket::open(open_tracker().origin(), &path(3));
        socket.send(garbage);
        let last = loop {
            match socket.receive() {
                Frame::Text(text) => {
                    let error: Value = serde_json::from_str(&text).unwrap();
                    assert!(error["failure reason"].is_string(), "{error}");
                    assert_eq!(error["action"], "announce");
                }
                Frame::Close(code) => break code,
            }
        };
        assert!(matches!(last, 1008 | 1009), "{last}");
    }
    let mut binary = Socket::open(open_tracker().origin(), &path(3));
    binary.send_frame(opcode::BINARY, &[0xff; 1_000]);
    assert_eq!(binary.receive(), Frame::Close(1003));
    assert_eq!(witness.scrape(), (0, 1));
}

#[test]
fn ten_thousand_offers_are_refused() {
    let (mut witness, mut flooder) = (peer(4, 1), peer(4, 2));
    witness.join();
    // Small enough for one frame, and far more than anybody takes.
    let offers: Vec<Value> = (0..10_000).map(|_| json!({})).collect();
    flooder.announce(0, &json!({ "offers": offers }));
    assert!(flooder.receive()["failure reason"].is_string());
    let offers: Vec<Value> = (0..10_000)
        .map(|number| json!({ "offer_id": number }))
        .collect();
    flooder.announce(0, &json!({ "offers": offers }));
    let last = std::iter::from_fn(|| match flooder.socket.receive() {
        Frame::Text(_) => Some(None),
        Frame::Close(code) => Some(Some(code)),
    });
    assert_eq!(last.flatten().next(), Some(1009));
    assert_eq!(witness.next_within(SILENCE), None);
    assert_eq!(witness.scrape(), (0, 1));
}

#[test]
fn bad_fields_are_named_and_the_socket_stays() {
    let mut peer = peer(5, 1);
    for (message, reason) in [
        (json!({ "action": "dance" }), "invalid action"),
        (json!({ "action": "announce" }), "invalid info_hash"),
        (
            json!({ "action": "announce", "info_hash": peer.info_hash }),
            "invalid peer_id",
        ),
        (
            json!({ "action": "announce", "info_hash": peer.info_hash, "peer_id": peer.id, "event": "x" }),
            "invalid event",
        ),
        (
            json!({ "action": "announce", "info_hash": peer.info_hash, "peer_id": peer.id, "answer": {} }),
            "to_peer_id",
        ),
    ] {
        peer.socket.send(&message.to_string());
        let error = peer.receive();
        let text = error["failure reason"].as_str().unwrap_or_default();
        assert!(text.contains(reason), "{message}: {error}");
        assert_eq!(error["action"], "announce");
    }
    assert_eq!(peer.join()["incomplete"], 1);
}

#[test]
fn requests_that_are_no_sockets_are_told_so() {
    let visitor = open_tracker().visitor();
    assert_eq!(visitor.get("/tracker/socket").status, 426);
    assert_eq!(visitor.get("/tracker/nothing").status, 404);
    let origin = open_tracker().origin();
    for (path, headers, status) in [
        ("/tracker/socket/no-uuid".to_owned(), "", "404"),
        (path(6), "Origin: file://\r\n", "403"),
    ] {
        let refusal = Socket::try_open(origin, &path, headers).unwrap_err();
        assert!(refusal.contains(status), "{path}: {refusal}");
    }
    let federated = "Origin: https://another.example\r\n";
    assert!(Socket::try_open(origin, &path(6), federated).is_ok());
}
