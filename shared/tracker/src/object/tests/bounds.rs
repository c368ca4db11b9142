use super::*;
use crate::limits::{MAX_FRAME_BYTES, MAX_MEMBERSHIPS_PER_SOCKET};
use crate::random::Random as _;
use crate::websocket::Malformed;

#[test]
fn errors_have_the_references_texts_an_action_and_an_info_hash() {
    let mut world = World::unlimited();
    world.open(1);
    let id = peer(1);
    let to =
        format!(r#"{{"action":"announce","info_hash":"{HASH}","peer_id":"{id}","answer":{{}}}}"#);
    let event = announce(HASH, 1, r#","event":"x""#);
    for (text, action, reason, info_hash) in [
        (
            r#"{"action":"announce","info_hash":"short"}"#,
            "announce",
            "invalid info_hash",
            "",
        ),
        (
            r#"{"action":"announce"}"#,
            "announce",
            "invalid info_hash",
            "",
        ),
        (
            &format!(r#"{{"action":"announce","info_hash":"{HASH}"}}"#),
            "announce",
            "invalid peer_id",
            HASH,
        ),
        (
            &to,
            "announce",
            "invalid `to_peer_id` (required with `answer`)",
            HASH,
        ),
        (&event, "announce", "invalid event", HASH),
        (
            r#"{"action":"dance"}"#,
            "announce",
            "invalid action in WS request: dance",
            "",
        ),
        (
            "{}",
            "announce",
            "invalid action in WS request: undefined",
            "",
        ),
        (
            r#"{"action":"a\"b"}"#,
            "announce",
            "invalid action in WS request: (not a plain string)",
            "",
        ),
        (
            r#"{"action":"scrape","info_hash":["x"]}"#,
            "scrape",
            "invalid info_hash",
            "",
        ),
        ("[]", "announce", "invalid message: not a JSON object", ""),
        ("", "announce", "invalid message: not a JSON object", ""),
        (
            "{\"action\":\"announce\",",
            "announce",
            "invalid message: not a JSON object",
            "",
        ),
    ] {
        let (_, sent) = world.refusal(1, text);
        let expected = format!(
            r#"{{"action":"{action}","failure reason":"{reason}","info_hash":"{info_hash}"}}"#
        );
        assert_eq!(sent, [(1, expected.clone())], "{text}");
        assert!(serde_json::from_str::<serde_json::Value>(&expected).is_ok());
    }
}

#[test]
fn what_is_too_large_is_refused_and_harms_nobody() {
    let mut world = World::unlimited();
    world.open(1);
    world.open(2);
    world.sent(2, &announce(HASH, 2, ""));
    let (refusal, sent) = world.refusal(1, &" ".repeat(MAX_FRAME_BYTES + 1));
    assert!(refusal.closes_socket() && sent.len() == 1);
    let many = format!(r#","offers":[{}{{}}]"#, "{},".repeat(9_999));
    let (refusal, sent) = world.refusal(1, &announce(HASH, 1, &many));
    assert_eq!(
        refusal,
        Refusal::Malformed(Malformed::TooManyOffers { offers: 10_000 })
    );
    assert!(sent[0].1.contains(HASH));
    let offers = offers(10_000);
    assert!(matches!(
        world.refusal(1, &announce(HASH, 1, &offers)).0,
        Refusal::Malformed(Malformed::TooLarge { .. })
    ));
    let long_id = format!(
        r#","offers":[{{"offer":1,"offer_id":"{}"}}]"#,
        "x".repeat(200)
    );
    assert_eq!(
        world.refusal(1, &announce(HASH, 1, &long_id)).0,
        Refusal::Malformed(Malformed::OfferId)
    );
    assert_eq!(world.refusal(7, "{}").0, Refusal::UnknownSocket);
    assert_eq!(world.counts(HASH), (0, 1));
}

#[test]
fn memberships_and_swarms_are_bounded() {
    let mut world = World::new(Config {
        max_peers_per_swarm: 3,
        max_memberships: 140,
        rate_limits: RateLimits::UNLIMITED,
        ..Config::default()
    });
    world.open(1);
    world.open(2);
    (0..3).for_each(|n| drop(world.sent(1, &announce(HASH, n, ""))));
    assert_eq!(
        world.refusal(2, &announce(HASH, 9, "")).0,
        Refusal::SwarmFull
    );
    for n in 3..MAX_MEMBERSHIPS_PER_SOCKET {
        world.sent(1, &announce(&format!("infohash{n:012}"), 1, ""));
    }
    assert_eq!(
        world.refusal(1, &announce(OTHER_HASH, 1, "")).0,
        Refusal::TooManyMemberships
    );
    (0..12).for_each(|n| drop(world.sent(2, &announce(&format!("otherhash{n:011}"), 1, ""))));
    assert_eq!(
        world.refusal(2, &announce(OTHER_HASH, 1, "")).0,
        Refusal::SwarmFull
    );
    assert_eq!(world.tracker.totals(world.now_unix_ms).memberships, 140);
}

#[test]
fn answers_do_not_count_as_announces() {
    let mut world = World::new(Config::default());
    world.open(1);
    world.open(2);
    world.sent(2, &announce(HASH, 2, ""));
    // Ten minutes at the shortest interval with five offers, and as many answers.
    for _ in 0..20 {
        world.sent(1, &announce(HASH, 1, &offers(5)));
        world.sent(2, &announce(HASH, 2, ""));
        (0..5).for_each(|_| drop(world.receive(2, &answer(HASH, 2, 1, 0))));
        world.pass_secs(30);
    }
    (0..60).for_each(|_| drop(world.receive(1, &announce(HASH, 1, ""))));
    let (refusal, sent) = world.refusal(1, &announce(HASH, 1, ""));
    assert_eq!(refusal, Refusal::TooMany { what: "announces" });
    assert!(sent[0].1.contains("Too many requests (announces)"));
    // The other address is not concerned, and mistakes get replies only so often.
    world.sent(2, &announce(HASH, 2, ""));
    let replies = (0..100).filter(|_| !world.receive(1, "{}").1.is_empty());
    assert_eq!(replies.count(), 29);
}

/// Random messages, half of them damaged, from sockets that come and go.
#[test]
fn garbage_breaks_nothing_and_grows_nothing() {
    let mut world = World::unlimited();
    (0..20).for_each(|socket| world.open(socket));
    for _ in 0..30_000 {
        let (socket, number) = (world.random.below(20), world.random.below(30));
        let hash = [HASH, OTHER_HASH, "x"][world.random.index_below(3)];
        let mut text = match world.random.below(5) {
            0 => answer(hash, number, world.random.below(30), world.random.below(5)),
            1 => announce(hash, number, r#","event":"stopped""#),
            2 => format!(r#"{{"action":"scrape","info_hash":["{hash}"]}}"#),
            _ => announce(hash, number, &offers(number % 8)),
        }
        .into_bytes();
        for _ in 0..world.random.below(3) {
            let place = world.random.index_below(text.len());
            text[place] = b"\"\\{}[],:0 a\x01"[world.random.index_below(12)];
        }
        let text = String::from_utf8(text).unwrap();
        let (received, sent) = world.receive(socket, &text);
        for (to, message) in &sent {
            assert!(
                serde_json::from_str::<serde_json::Value>(message).is_ok(),
                "{message}"
            );
            // Replies are for the sender, but for the question to who has the same name.
            let asked = Some(SocketId(*to));
            let is_question = received == Received::Refused(Refusal::PeerIdTaken { asked });
            assert!(*to == socket || is_question || !message.contains("interval"));
        }
        world.now_unix_ms += u64::from(world.random.below(2_000));
        if world.random.below(50) == 0 {
            world.tracker.close(SocketId(socket));
            world.open(socket);
        }
    }
    let totals = world.tracker.totals(world.now_unix_ms);
    assert!(
        totals.memberships <= 20 * 30 * 2 && totals.sockets == 20,
        "{totals:?}"
    );
    (0..20).for_each(|socket| world.tracker.close(SocketId(socket)));
    assert_eq!(world.tracker.totals(world.now_unix_ms).memberships, 0);
    assert_eq!(
        (world.counts(HASH), world.counts(OTHER_HASH)),
        ((0, 0), (0, 0))
    );
}
