//! One swarm that is called by several infohashes, as players of different versions derive them.

use super::*;
use crate::object::Attachment;
use torrent::{InfoHash, SwarmName};

fn info_hash(text: &str) -> InfoHash {
    InfoHash(text.as_bytes().try_into().unwrap())
}

/// [`OTHER_HASH`] is what some viewers of [`HASH`] call it.
fn names() -> [SwarmName; 2] {
    let swarm = info_hash(HASH);
    let info_hash = info_hash(OTHER_HASH);
    [SwarmName::alone(swarm), SwarmName { info_hash, swarm }]
}

/// Announces are due every five minutes.
fn world() -> World {
    let mut world = World::new(Config {
        rate_limits: RateLimits::UNLIMITED,
        interval: IntervalRule {
            shortest_secs: 300,
            young_secs_interval: 300,
            steady_secs: 300,
            longest_secs: 300,
            ..IntervalRule::default()
        },
        ..Config::default()
    });
    assert_eq!(world.tracker.serve(names()), []);
    (1..=3).for_each(|socket| world.open(socket));
    world
}

fn named(text: &str) -> String {
    let message: serde_json::Value = serde_json::from_str(text).unwrap();
    message["info_hash"].as_str().unwrap().to_owned()
}

#[test]
fn each_is_spoken_to_by_the_name_that_it_knows() {
    let mut world = world();
    world.sent(1, &announce(HASH, 1, ""));
    let sent = world.sent(2, &announce(OTHER_HASH, 2, &offers(1)));
    assert!(sent[0].1.contains(r#""incomplete":2"#), "{}", sent[0].1);
    assert_eq!((sent[0].0, named(&sent[0].1)), (2, OTHER_HASH.to_owned()));
    assert_eq!((sent[1].0, named(&sent[1].1)), (1, HASH.to_owned()));
    // Under a name that is not its own it has been offered nothing.
    assert_eq!(
        world.refusal(1, &answer(OTHER_HASH, 1, 2, 0)).0,
        Refusal::AnswerOfStranger
    );
    let sent = world.sent(1, &answer(HASH, 1, 2, 0));
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].0, named(&sent[0].1)), (2, OTHER_HASH.to_owned()));
    assert_eq!(
        (world.counts(HASH), world.counts(OTHER_HASH)),
        ((0, 2), (0, 2))
    );
    let totals = world.tracker.totals(world.now_unix_ms);
    assert_eq!((totals.memberships, totals.swarms), (2, 1));
}

#[test]
fn a_name_is_taken_whatever_the_other_calls_the_swarm() {
    let mut world = world();
    world.sent(1, &announce(HASH, 1, ""));
    let (refusal, sent) = world.refusal(2, &announce(OTHER_HASH, 1, ""));
    assert!(matches!(refusal, Refusal::PeerIdTaken { .. }));
    // The owner is asked for a sign of life, and the other is told that it cannot have the name.
    let heard: Vec<_> = sent.iter().map(|(to, text)| (*to, named(text))).collect();
    let expected = [(1, HASH.to_owned()), (2, OTHER_HASH.to_owned())];
    assert_eq!(heard, expected);
    // On one connection the last name counts.
    world.sent(1, &announce(OTHER_HASH, 1, ""));
    world.sent(1, &announce(HASH, 1, r#","event":"stopped""#));
    let attachment = world.tracker.attachment(SocketId(1)).unwrap();
    assert_eq!(attachment.memberships.len(), 1);
    assert_eq!(attachment.memberships[0].name, names()[1]);
    world.sent(1, &announce(OTHER_HASH, 1, r#","event":"stopped""#));
    assert_eq!(world.counts(HASH), (0, 0));
}

#[test]
fn they_still_meet_after_the_object_has_slept() {
    let mut world = world();
    world.sent(1, &announce(HASH, 1, ""));
    world.sent(2, &announce(OTHER_HASH, 2, ""));
    let attachments: Vec<Attachment> = [1, 2, 3]
        .map(|socket| world.tracker.attachment(SocketId(socket)).unwrap().encode())
        .iter()
        .map(|text| Attachment::decode(text).unwrap())
        .collect();
    world.tracker = Tracker::rebuild(world.tracker.config, 3, world.now_unix_ms, attachments);
    let sent = world.sent(2, &announce(OTHER_HASH, 2, &offers(1)));
    assert_eq!((sent[1].0, named(&sent[1].1)), (1, HASH.to_owned()));
    let sent = world.sent(3, &announce(OTHER_HASH, 3, ""));
    assert!(sent[0].1.contains(r#""incomplete":3"#), "{}", sent[0].1);
}

#[test]
fn a_name_that_goes_or_moves_takes_its_viewers_along() {
    let mut world = world();
    world.sent(1, &announce(HASH, 1, ""));
    world.sent(2, &announce(OTHER_HASH, 2, ""));
    let live = world.tracker.keep_serving_live();
    assert_eq!(live, names().map(|name| name.info_hash));
    assert_eq!(world.tracker.stop_serving([info_hash(HASH)]), [SocketId(1)]);
    assert_eq!(world.counts(OTHER_HASH), (0, 1));
    world.tracker.serve_also(names()[0]);
    world.sent(1, &announce(HASH, 1, ""));
    assert_eq!(world.counts(OTHER_HASH), (0, 2));
    // The same list again sends nobody away.
    assert_eq!(world.tracker.serve(names()), []);
    let apart = names().map(|name| SwarmName::alone(name.info_hash));
    assert_eq!(world.tracker.serve(apart), [SocketId(2)]);
    world.sent(2, &announce(OTHER_HASH, 2, ""));
    assert_eq!(
        (world.counts(HASH), world.counts(OTHER_HASH)),
        ((0, 1), (0, 1))
    );
    assert_eq!(world.tracker.totals(world.now_unix_ms).memberships, 2);
}
