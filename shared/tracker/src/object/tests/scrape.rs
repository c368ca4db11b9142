use super::*;
use crate::HttpReceived;
use crate::websocket::Counts;
use core::net::IpAddr;
use torrent::InfoHash;
use torrent::bencode::{Value, decode};

#[test]
fn scrapes_name_one_many_or_no_swarms() {
    let mut world = World::unlimited();
    world.open(1);
    world.sent(1, &announce(HASH, 1, r#","left":0"#));
    let one = format!(r#""{HASH}":{{"complete":1,"incomplete":0,"downloaded":1}}"#);
    let none = format!(r#""{OTHER_HASH}":{{"complete":0,"incomplete":0,"downloaded":0}}"#);
    let both = format!("{one},{none}");
    for (asked, files) in [
        (format!(r#","info_hash":"{HASH}""#), &one),
        (format!(r#","info_hash":["{HASH}","{OTHER_HASH}"]"#), &both),
        (String::new(), &one),
    ] {
        let sent = world.sent(1, &format!(r#"{{"action":"scrape"{asked}}}"#));
        let reply = format!(
            r#"{{"action":"scrape","files":{{{files}}},"flags":{{"min_request_interval":30}}}}"#
        );
        assert_eq!(sent, [(1, reply)]);
    }
    let many = format!(r#""{HASH}","#).repeat(64);
    world.refusal(
        1,
        &format!(r#"{{"action":"scrape","info_hash":[{many}"{HASH}"]}}"#),
    );
}

/// Both kinds of peers count; each is told of its own kind only.
#[test]
fn http_and_websocket_peers_share_the_counters() {
    let mut world = World::unlimited();
    world.open(1);
    world.sent(1, &announce(HASH, 1, r#","left":0"#));
    let ip: IpAddr = "10.0.0.1".parse().unwrap();
    let query = format!(
        "info_hash={HASH}&peer_id={}&port=6881&left=7&compact=1",
        peer(2)
    );
    let (address, now) = (AddressKey(3), world.now_unix_ms);
    let reply = world
        .tracker
        .receive_http_announce(&query, ip, address, now, &mut world.random);
    let HttpReceived::Reply(body) = reply else {
        panic!("{reply:?}")
    };
    let body = decode(&body).unwrap();
    assert_eq!(body.get("complete").and_then(Value::as_integer), Some(1));
    assert_eq!(body.get("incomplete").and_then(Value::as_integer), Some(1));
    assert_eq!(body.get("peers").and_then(Value::as_bytes), Some(&b""[..]));
    let sent = world.sent(1, &announce(HASH, 1, &offers(5)));
    assert_eq!(sent.len(), 1);
    assert!(sent[0].1.starts_with(r#"{"complete":1,"incomplete":1,"#));
    let both = [OTHER_HASH, HASH].map(|hash| InfoHash(*hash.as_bytes().first_chunk().unwrap()));
    let counts = world
        .tracker
        .receive_http_scrape(&both, address, now, &mut world.random);
    let here = Counts {
        complete: 1,
        incomplete: 1,
    };
    assert_eq!(counts, Ok(vec![Counts::default(), here]));
    world.tracker.serve([]);
    let query = format!("info_hash={HASH}&peer_id={}&port=1", peer(2));
    let reply = world
        .tracker
        .receive_http_announce(&query, ip, address, now, &mut world.random);
    assert!(matches!(reply, HttpReceived::UnknownInfoHash(_)));
    assert_eq!(world.counts(HASH), (0, 0));
}
