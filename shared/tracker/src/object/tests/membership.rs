use super::*;

#[test]
fn counts_follow_the_events_as_in_the_reference() {
    let mut world = World::unlimited();
    (1..=3).for_each(|socket| world.open(socket));
    let steps = [
        (1, r#","event":"started","left":100"#, (0, 1)),
        (1, r#","event":"started""#, (0, 1)),
        (2, r#","event":"started","left":0"#, (1, 1)),
        (3, "", (1, 2)),
        (3, r#","event":"completed""#, (2, 1)),
        (3, r#","event":"completed""#, (2, 1)),
        (3, r#","event":"update","left":5"#, (2, 1)),
        (1, r#","event":"empty","left":"0""#, (3, 0)),
        (1, r#","event":"paused","left":null"#, (3, 0)),
        (2, r#","event":"stopped""#, (2, 0)),
        (2, r#","event":"stopped""#, (2, 0)),
        (2, r#","event":"completed","left":75161927680000"#, (3, 0)),
    ];
    for (socket, rest, (complete, incomplete)) in steps {
        let sent = world.sent(socket, &announce(HASH, socket, rest));
        let reply = format!(
            r#"{{"complete":{complete},"incomplete":{incomplete},"action":"announce","interval":30,"info_hash":"{HASH}"}}"#
        );
        assert_eq!(sent, [(socket, reply)], "{rest}");
    }
}

#[test]
fn a_closed_socket_leaves_no_ghosts_whatever_its_peer_ids() {
    let mut world = World::unlimited();
    world.open(1);
    world.sent(1, &announce(HASH, 1, ""));
    world.sent(1, &announce(OTHER_HASH, 2, r#","left":0"#));
    world.sent(1, &announce(HASH, 3, ""));
    assert_eq!(
        (world.counts(HASH), world.counts(OTHER_HASH)),
        ((0, 2), (1, 0))
    );
    let totals = world.tracker.totals(world.now_unix_ms);
    assert_eq!((totals.sockets, totals.viewers), (1, 1));
    assert_eq!((totals.memberships, totals.swarms), (3, 2));
    world.tracker.close(SocketId(1));
    let totals = world.tracker.totals(world.now_unix_ms);
    assert_eq!(
        (totals.sockets, totals.memberships, totals.swarms),
        (0, 0, 0)
    );
}

/// Two intervals would be a minute, in which a page that nobody looks at may not run its timers once.
#[test]
fn two_silent_intervals_end_a_membership_but_not_before_75_seconds() {
    let mut world = World::unlimited();
    world.open(1);
    world.open(2);
    world.sent(1, &announce(HASH, 1, ""));
    world.sent(1, &announce(OTHER_HASH, 1, ""));
    world.pass_secs(74);
    assert_eq!(world.tracker.sweep(world.now_unix_ms), []);
    world.sent(1, &announce(HASH, 1, ""));
    world.pass_secs(1);
    assert_eq!(world.tracker.sweep(world.now_unix_ms), [SocketId(1)]);
    assert_eq!(
        (world.counts(HASH), world.counts(OTHER_HASH)),
        ((0, 1), (0, 0))
    );
    // Without any alarm as well.
    world.pass_secs(74);
    let sent = world.sent(2, &announce(HASH, 2, &offers(5)));
    assert_eq!(sent.len(), 1, "nothing is offered to the silent one");
    assert_eq!(world.counts(HASH), (0, 1));
}

#[test]
fn a_peer_id_stays_with_its_socket_while_that_is_alive() {
    let mut world = World::unlimited();
    world.open(1);
    world.open(2);
    world.sent(1, &announce(HASH, 1, ""));
    for event in ["started", "stopped", "completed"] {
        let stolen = announce(HASH, 1, &format!(r#","event":"{event}""#));
        let (refusal, sent) = world.refusal(2, &stolen);
        assert!(matches!(refusal, Refusal::PeerIdTaken { .. }));
        assert!(!refusal.closes_socket());
        let failure = format!(
            r#"{{"action":"announce","failure reason":"peer_id belongs to another connection","info_hash":"{HASH}"}}"#
        );
        assert_eq!(sent.last(), Some(&(2, failure)));
    }
    assert_eq!(world.counts(HASH), (0, 1));
    // In another swarm it is another peer; and it is free when its socket is closed.
    world.sent(2, &announce(OTHER_HASH, 1, ""));
    world.tracker.close(SocketId(1));
    world.sent(2, &announce(HASH, 1, ""));
}

/// Two sockets of one client: the tracker has not heard that the first one broke. Peers may be silent for
/// four minutes.
fn world_of_a_reconnected_client() -> (World, String) {
    let mut world = World::new(Config {
        rate_limits: RateLimits::UNLIMITED,
        interval: IntervalRule {
            shortest_secs: 120,
            young_secs_interval: 120,
            ..IntervalRule::default()
        },
        ..Config::default()
    });
    world.open(1);
    world.open(2);
    world.sent(1, &announce(HASH, 1, r#","left":0"#));
    (world, announce(HASH, 1, ""))
}

#[test]
fn a_client_whose_connection_broke_has_its_name_back_after_75_seconds() {
    let (mut world, again) = world_of_a_reconnected_client();
    let (refusal, sent) = world.refusal(2, &again);
    let asked = Some(SocketId(1));
    assert_eq!(refusal, Refusal::PeerIdTaken { asked });
    let question = format!(
        r#"{{"complete":1,"incomplete":0,"action":"announce","interval":15,"info_hash":"{HASH}"}}"#
    );
    assert_eq!(sent[0], (1, question));
    // What is attached says so too, if the object sleeps meanwhile.
    let carried = world.tracker.attachment(SocketId(1)).unwrap();
    let expires_secs = u64::from(carried.memberships[0].expires_secs);
    assert_eq!(expires_secs, world.now_unix_ms / 1_000 + 75);
    world.pass_secs(74);
    assert_eq!(world.refusal(2, &again).1.len(), 1, "asked once");
    world.pass_secs(1);
    assert_eq!(world.sent(2, &again).len(), 1);
    assert_eq!(world.counts(HASH), (0, 1));
    world.tracker.close(SocketId(1));
    assert_eq!(world.counts(HASH), (0, 1));
}

#[test]
fn a_stolen_name_takes_nothing_from_a_live_peer() {
    let (mut world, stolen) = world_of_a_reconnected_client();
    let mut questions = 0;
    for second in 0..600 {
        let (refusal, sent) = world.refusal(2, &stolen);
        assert!(matches!(refusal, Refusal::PeerIdTaken { .. }), "{second}");
        questions += sent.iter().filter(|(to, _)| *to == 1).count();
        world.pass_secs(1);
        // The owner's page is in the background: its timers run once a minute, whatever it was told.
        if second % 60 == 50 {
            world.sent(1, &announce(HASH, 1, ""));
        }
    }
    assert_eq!(
        questions, 5,
        "one every two minutes, whatever the thief does"
    );
    assert_eq!(world.counts(HASH), (1, 0));
}

#[test]
fn an_answer_proves_that_its_sender_is_there() {
    let (mut world, stolen) = world_of_a_reconnected_client();
    world.open(3);
    let (refusal, _) = world.refusal(2, &stolen);
    let asked = Some(SocketId(1));
    assert_eq!(refusal, Refusal::PeerIdTaken { asked });
    let offered = world.sent(3, &announce(HASH, 3, &offers(1)));
    assert!(offered.iter().any(|(to, _)| *to == 1));
    world.pass_secs(20);
    let changed = Received::Done {
        attachment_changed: true,
    };
    assert_eq!(world.receive(1, &answer(HASH, 1, 3, 0)).0, changed);
    // It may be as silent as before, for the two minutes that are left of its two intervals.
    world.pass_secs(200);
    assert!(matches!(
        world.refusal(2, &stolen).0,
        Refusal::PeerIdTaken { .. }
    ));
    world.pass_secs(40);
    assert_eq!(world.sent(2, &stolen).len(), 1);
}

#[test]
fn an_answer_proves_it_though_its_offerer_is_gone() {
    let (mut world, stolen) = world_of_a_reconnected_client();
    world.open(3);
    world.refusal(2, &stolen);
    world.sent(3, &announce(HASH, 3, &offers(1)));
    world.tracker.close(SocketId(3));
    assert_eq!(world.sent(1, &answer(HASH, 1, 3, 0)), []);
    world.pass_secs(100);
    assert!(matches!(
        world.refusal(2, &stolen).0,
        Refusal::PeerIdTaken { .. }
    ));
    // Answers to nobody's offer prove nothing.
    assert_eq!(
        world.refusal(1, &answer(HASH, 1, 3, 0)).0,
        Refusal::AnswerToNoOffer
    );
}

#[test]
fn only_served_infohashes_have_swarms() {
    let mut world = World::unlimited();
    let info_hash = torrent::InfoHash(HASH.as_bytes().try_into().unwrap());
    world.tracker.serve([]);
    world.open(1);
    let text = announce(HASH, 1, &offers(5));
    assert_eq!(
        world.receive(1, &text),
        (Received::UnknownInfoHash(info_hash), vec![])
    );
    world
        .tracker
        .serve_also(torrent::SwarmName::alone(info_hash));
    assert!(matches!(world.receive(1, &text).0, Received::Done { .. }));
    assert_eq!(world.tracker.serve([]), [SocketId(1)]);
    assert_eq!(world.tracker.totals(world.now_unix_ms).memberships, 0);
    let mut outbox = Outbox::new();
    let refusal = world
        .tracker
        .refuse_unknown(SocketId(1), info_hash, &mut outbox);
    assert!(refusal.closes_socket());
    let (_, text) = outbox.iter().next().unwrap();
    assert!(
        text.starts_with(r#"{"action":"announce","failure reason":"Unknown infoHash 696e666f"#)
    );
}
