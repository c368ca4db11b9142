//! Infohashes that were served once and are no longer.

use super::*;
use crate::HttpReceived;
use torrent::{InfoHash, SwarmName};

fn info_hash(text: &str) -> InfoHash {
    InfoHash(text.as_bytes().try_into().unwrap())
}

fn joined(world: &mut World, socket: u32, hash: &str) {
    world.open(socket);
    let (received, _) = world.receive(socket, &announce(hash, socket, ""));
    assert!(matches!(received, Received::Done { .. }), "{received:?}");
}

fn is_unknown(world: &mut World, socket: u32, hash: &str) -> bool {
    let (received, _) = world.receive(socket, &announce(hash, socket, ""));
    matches!(received, Received::UnknownInfoHash(_))
}

#[test]
fn what_nobody_is_in_is_asked_for_again_and_what_is_gone_ends() {
    let mut world = World::unlimited();
    world.tracker.serve([]);
    let (one, other) = (info_hash(HASH), info_hash(OTHER_HASH));
    world.tracker.serve_also(SwarmName::alone(one));
    world.tracker.serve_also(SwarmName::alone(other));
    joined(&mut world, 1, HASH);
    joined(&mut world, 2, OTHER_HASH);
    world.tracker.close(SocketId(2));
    assert_eq!(world.tracker.keep_serving_live(), [one]);
    world.open(3);
    assert!(is_unknown(&mut world, 3, OTHER_HASH));
    assert!(!is_unknown(&mut world, 3, HASH));

    assert_eq!(world.tracker.stop_serving([other]), []);
    assert_eq!(
        world.tracker.stop_serving([one]),
        [SocketId(1), SocketId(3)]
    );
    assert!(is_unknown(&mut world, 3, HASH));
    let totals = world.tracker.totals(world.now_unix_ms);
    assert_eq!((totals.memberships, totals.swarms), (0, 0));
    let attachment = world.tracker.attachment(SocketId(1)).unwrap();
    assert!(attachment.memberships.is_empty());
}

#[test]
fn a_swarm_of_desktop_clients_alone_is_live_too() {
    let mut world = World::unlimited();
    world.tracker.serve([]);
    let hash = info_hash(HASH);
    world.tracker.serve_also(SwarmName::alone(hash));
    let query = format!("info_hash={HASH}&peer_id=-TR4000-000000000001&port=7001&left=9");
    let announce = |world: &mut World| {
        let ip = core::net::Ipv4Addr::LOCALHOST.into();
        let now = world.now_unix_ms;
        let random = &mut world.random;
        world
            .tracker
            .receive_http_announce(&query, ip, AddressKey(1), now, random)
    };
    announce(&mut world);
    assert_eq!(world.tracker.keep_serving_live(), [hash]);
    world.tracker.stop_serving([hash]);
    assert_eq!(announce(&mut world), HttpReceived::UnknownInfoHash(hash));
    assert_eq!(world.tracker.keep_serving_live(), []);
}
