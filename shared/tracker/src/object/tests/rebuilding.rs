use super::*;
use crate::PeerId;
use crate::limits::{MAX_ATTACHMENT_BYTES, MAX_MEMBERSHIPS_PER_SOCKET};
use crate::object::{Attachment, AttachmentError, Membership};
use crate::random::Random as _;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use torrent::{InfoHash, SwarmName};

fn attachments(tracker: &Tracker, sockets: u32) -> Vec<String> {
    let sockets = (0..sockets).filter_map(|socket| tracker.attachment(SocketId(socket)));
    sockets.map(|attachment| attachment.encode()).collect()
}

/// Attachments written only when the tracker says so rebuild what there is.
#[test]
fn a_rebuilt_object_is_the_live_one() {
    let mut world = World::unlimited();
    let mut stored: BTreeMap<u32, String> = BTreeMap::new();
    for step in 0..3_000 {
        let (socket, number) = (world.random.below(40), world.random.below(3));
        if let Entry::Vacant(new) = stored.entry(socket) {
            world.open(socket);
            new.insert(world.tracker.attachment(SocketId(socket)).unwrap().encode());
        }
        let hash = [HASH, OTHER_HASH][world.random.index_below(2)];
        let event = ["started", "stopped", "completed", "update"][world.random.index_below(4)];
        let text = announce(
            hash,
            socket * 10 + number,
            &format!(r#","event":"{event}""#),
        );
        if world.receive(socket, &text).0
            == (Received::Done {
                attachment_changed: true,
            })
        {
            stored.insert(
                socket,
                world.tracker.attachment(SocketId(socket)).unwrap().encode(),
            );
        }
        if world.random.below(30) == 0 {
            world.tracker.close(SocketId(socket));
            stored.remove(&socket);
        }
        if step % 100 == 0 {
            let decoded = stored
                .values()
                .map(|text| Attachment::decode(text).unwrap());
            let config = world.tracker.config;
            let rebuilt = Tracker::rebuild(config, 99, world.now_unix_ms, decoded);
            let now = world.now_unix_ms;
            let mut expected = world.tracker.totals(now);
            expected.events_per_sec = 0;
            let mut rebuilt_world = World {
                tracker: rebuilt,
                random: SeededRandom::new(1),
                now_unix_ms: now,
            };
            assert_eq!(rebuilt_world.tracker.totals(now), expected);
            for hash in [HASH, OTHER_HASH] {
                assert_eq!(rebuilt_world.counts(hash), world.counts(hash));
            }
            for socket in stored.keys() {
                let ids = |tracker: &Tracker| {
                    let memberships = tracker.attachment(SocketId(*socket)).unwrap().memberships;
                    let mut ids: Vec<_> = memberships
                        .iter()
                        .map(|m| (m.name.info_hash, m.peer_id, m.is_complete))
                        .collect();
                    ids.sort_unstable();
                    ids
                };
                assert_eq!(ids(&rebuilt_world.tracker), ids(&world.tracker));
            }
            // Known swarms work before anybody says what is served.
            if world.counts(HASH) != (0, 0) {
                rebuilt_world.open(900);
                assert!(matches!(
                    rebuilt_world.receive(900, &announce(HASH, 9_000, "")).0,
                    Received::Done { .. }
                ));
            }
        }
    }
}

#[test]
fn sleeping_does_not_keep_silent_peers_alive() {
    let mut world = World::unlimited();
    world.open(0);
    world.open(1);
    world.sent(0, &announce(HASH, 0, ""));
    world.sent(1, &announce(HASH, 1, ""));
    for _ in 0..3 {
        world.pass_secs(25);
        world.sent(1, &announce(HASH, 1, ""));
        let texts = attachments(&world.tracker, 2);
        let decoded = texts.iter().map(|text| Attachment::decode(text).unwrap());
        world.tracker = Tracker::rebuild(world.tracker.config, 1, world.now_unix_ms, decoded);
    }
    assert_eq!(world.counts(HASH), (0, 1));
}

#[test]
fn five_thousand_sockets_are_rebuilt_with_time_to_announce() {
    let mut world = World::unlimited();
    for socket in 0..5_000 {
        world.open(socket);
        world.sent(socket, &announce(HASH, socket, ""));
    }
    let texts = attachments(&world.tracker, 5_000);
    assert!(texts.iter().all(|text| text.len() < 200));
    world.pass_secs(3_600);
    let decoded = texts.iter().map(|text| Attachment::decode(text).unwrap());
    world.tracker = Tracker::rebuild(world.tracker.config, 1, world.now_unix_ms, decoded);
    assert_eq!(world.counts(HASH), (0, 5_000));
    world.pass_secs(239);
    world.tracker.sweep(world.now_unix_ms);
    assert_eq!(world.counts(HASH), (0, 5_000));
    world.pass_secs(1);
    world.tracker.sweep(world.now_unix_ms);
    assert_eq!(world.counts(HASH), (0, 0));
}

#[test]
fn the_fullest_attachment_fits_and_damaged_ones_are_refused() {
    let membership = Membership {
        name: SwarmName {
            info_hash: InfoHash([1; 20]),
            swarm: InfoHash([3; 20]),
        },
        peer_id: PeerId([2; 20]),
        is_complete: true,
        expires_secs: 1_800_000_000,
    };
    let mut full = Attachment {
        socket: SocketId(u32::MAX),
        address: AddressKey(u64::MAX),
        memberships: vec![membership; MAX_MEMBERSHIPS_PER_SOCKET],
    };
    let text = full.encode();
    assert!(text.len() <= MAX_ATTACHMENT_BYTES && text.is_ascii());
    assert_eq!(Attachment::decode(&text), Ok(full.clone()));
    full.memberships.truncate(1);
    assert_eq!(full.encode().len(), 104);
    assert_eq!(Attachment::decode(""), Err(AttachmentError::Damaged));
    assert_eq!(Attachment::decode("é"), Err(AttachmentError::Damaged));
    assert_eq!(
        Attachment::decode(&text[..60]),
        Err(AttachmentError::Damaged)
    );
    assert_eq!(
        Attachment::decode("AwAAAAAAAAAAAAAAAA"),
        Err(AttachmentError::Version { version: 3 })
    );
    let bytes = MAX_ATTACHMENT_BYTES + 1;
    assert_eq!(
        Attachment::decode(&"A".repeat(bytes)),
        Err(AttachmentError::TooLarge { bytes })
    );
}
