use super::*;
use std::collections::BTreeSet;

#[test]
fn offers_and_answers_are_relayed_as_they_stand() {
    let mut world = World::unlimited();
    world.open(1);
    world.open(2);
    assert_eq!(world.sent(1, &announce(HASH, 1, &offers(5))).len(), 1);
    // Spaces, escapes and unknown fields included.
    let odd = r#","offers":[{"x":1,"offer":{ "sdp" : "é\u0041\\\"" , "y":[1e5,{}]},"offer_id":"\u00e9\nabcdefghijklmnopqr"}],"unknown":{"a":[]},"trackerid":null"#;
    let sent = world.sent(2, &announce(HASH, 2, odd));
    let (one, two) = (peer(1), peer(2));
    assert_eq!(
        sent[1],
        (
            1,
            format!(
                r#"{{"action":"announce","offer":{{ "sdp" : "é\u0041\\\"" , "y":[1e5,{{}}]}},"offer_id":"\u00e9\nabcdefghijklmnopqr","peer_id":"{two}","info_hash":"{HASH}"}}"#
            )
        )
    );
    // The answerer escapes the id in its own way.
    let answer = announce(
        HASH,
        1,
        &format!(
            r#","to_peer_id":"{two}","answer":{{"sdp":"\r"}},"offer_id":"é\u000aabcdefghijklmnopqr""#
        ),
    );
    let sent = world.sent(1, &answer);
    assert_eq!(
        sent,
        [(
            2,
            format!(
                r#"{{"action":"announce","answer":{{"sdp":"\r"}},"offer_id":"é\u000aabcdefghijklmnopqr","peer_id":"{one}","info_hash":"{HASH}"}}"#
            )
        )]
    );
    let (refusal, sent) = world.refusal(1, &answer);
    assert_eq!(
        (refusal, sent.len()),
        (Refusal::AnswerToNoOffer, 0),
        "twice"
    );
}

#[test]
fn the_mocks_of_the_reference_suite_are_tolerated() {
    let mut world = World::unlimited();
    world.open(1);
    world.open(2);
    world.sent(1, &announce(HASH, 1, ""));
    for offers in [
        r#","offers":[{"fake_offer":"fake_sdp_0"},{"fake_offer":"fake_sdp_1"}]"#,
        r#","offers":[null,1,"x",[]]"#,
        r#","offers":null"#,
        r#","offers":{}"#,
    ] {
        assert_eq!(
            world.sent(2, &announce(HASH, 2, offers)).len(),
            1,
            "{offers}"
        );
    }
    let sent = world.sent(2, &announce(HASH, 2, r#","offers":[{"offer":1}]"#));
    assert!(
        sent[1]
            .1
            .starts_with(r#"{"action":"announce","offer":1,"peer_id":"#)
    );
}

#[test]
fn each_offer_goes_to_another_peer_and_none_to_its_own_socket() {
    for peers in 1..60 {
        let mut world = World::unlimited();
        (0..peers).for_each(|socket| world.open(socket));
        for socket in 0..peers {
            // Every socket has two peers in the swarm.
            world.sent(socket, &announce(HASH, socket, ""));
            world.sent(socket, &announce(HASH, 1_000 + socket, ""));
        }
        for socket in 0..peers {
            for offered in [1, 5, 10, 20] {
                let sent = world.sent(socket, &announce(HASH, socket, &offers(offered)));
                assert_eq!(sent[0].0, socket, "the reply comes first");
                assert!(sent[1..].iter().all(|(to, _)| *to != socket));
                let eligible = (peers - 1) * 2;
                let expected = usize::try_from(offered.min(10).min(eligible)).unwrap();
                assert_eq!(sent.len() - 1, expected);
                let different: BTreeSet<&str> = sent[1..].iter().map(|(_, t)| t.as_str()).collect();
                assert_eq!(different.len(), expected, "each offer once");
            }
        }
    }
}

#[test]
fn answers_only_to_offers_that_were_made() {
    let mut world = World::unlimited();
    (1..=3).for_each(|socket| world.open(socket));
    (1..=2).for_each(|socket| drop(world.sent(socket, &announce(HASH, socket, ""))));
    world.sent(2, &announce(OTHER_HASH, 2, ""));
    world.sent(1, &announce(OTHER_HASH, 1, ""));
    assert_eq!(world.sent(1, &announce(HASH, 1, &offers(1))).len(), 2);
    for (socket, text, expected) in [
        (3, answer(HASH, 3, 1, 0), Refusal::AnswerOfStranger),
        (3, answer(HASH, 2, 1, 0), Refusal::AnswerOfStranger),
        (2, answer(HASH, 2, 1, 7), Refusal::AnswerToNoOffer),
        (2, answer(HASH, 2, 9, 0), Refusal::AnswerToNoOffer),
        (2, answer(OTHER_HASH, 2, 1, 0), Refusal::AnswerToNoOffer),
        (
            2,
            answer("nobody-has-this-one!", 2, 1, 0),
            Refusal::AnswerOfStranger,
        ),
        (1, answer(HASH, 1, 2, 0), Refusal::AnswerToNoOffer),
    ] {
        assert_eq!(world.refusal(socket, &text), (expected, vec![]), "{text}");
    }
    let sent = world.sent(2, &answer(HASH, 2, 1, 0));
    assert_eq!((sent.len(), sent[0].0), (1, 1));
}

#[test]
fn an_offer_is_forgotten_after_a_minute_and_with_its_sender() {
    let mut world = World::unlimited();
    world.open(1);
    world.open(2);
    world.sent(2, &announce(HASH, 2, ""));
    world.sent(1, &announce(HASH, 1, &offers(2)));
    world.pass_secs(50);
    world.sent(2, &announce(HASH, 2, ""));
    world.sent(1, &announce(HASH, 1, ""));
    world.pass_secs(20);
    assert_eq!(
        world.refusal(2, &answer(HASH, 2, 1, 0)).0,
        Refusal::AnswerToNoOffer
    );
    assert_eq!(world.sent(1, &announce(HASH, 1, &offers(1))).len(), 2);
    world.tracker.close(SocketId(1));
    assert_eq!(
        world.refusal(2, &answer(HASH, 2, 1, 0)).0,
        Refusal::AnswerToNoOffer
    );
}
