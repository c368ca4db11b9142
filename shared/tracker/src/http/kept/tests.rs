use std::collections::HashSet;

use proptest::prelude::*;
use torrent::bencode::{Value, decode};

use super::*;
use crate::SeededRandom;
use crate::http::parse_announce;
use crate::limits::MAX_NUMWANT;

const NOW: u64 = 1_800_000_000_000;
const INTERVAL_MS: u64 = 600_000;
const HASH: InfoHash = InfoHash([7; 20]);

/// Values and counters as a host has them.
#[derive(Default)]
struct Store {
    values: HashMap<String, Vec<u8>>,
    counters: HashMap<String, u64>,
}

impl Store {
    fn read(&self, now: u64) -> KeptSwarm {
        let mut swarm = KeptSwarm::new(HASH, 3, now);
        for _ in 0..20 {
            let wanted = swarm.wanted();
            if wanted.is_empty() {
                return swarm;
            }
            swarm.take(&self.found(&wanted));
        }
        panic!("reading does not end");
    }

    fn found(&self, wanted: &[String]) -> HashMap<String, Vec<u8>> {
        let both = wanted.iter().filter_map(|key| {
            let value = self.values.get(key)?;
            Some((key.clone(), value.clone()))
        });
        both.collect()
    }

    fn write(&mut self, now: u64, (slot, bytes): (Slot, Vec<u8>)) {
        let key = match slot {
            Slot::Kept(key) => key,
            Slot::New => {
                let counter = self.counters.entry(counter_key(&HASH, now)).or_default();
                *counter += 1;
                slot_of_number(&HASH, *counter, now)
            }
        };
        self.values.insert(key, bytes);
    }

    fn announce(&mut self, now: u64, peer: u32, rest: &str) -> Value {
        let (announce, ip) = peer_at(peer, rest);
        let mut swarm = self.read(now);
        let mut random = SeededRandom::new(u64::from(peer));
        let (reply, written) = swarm.announce(&announce, ip, &mut random);
        if let Some(written) = written {
            self.write(now, written);
        }
        decode(&reply).unwrap()
    }
}

fn peer_at(peer: u32, rest: &str) -> (HttpAnnounce, IpAddr) {
    let query = format!(
        "info_hash=%07%07%07%07%07%07%07%07%07%07%07%07%07%07%07%07%07%07%07%07\
         &peer_id=-TR4000-{peer:012}&port=6881&compact=1&numwant={MAX_NUMWANT}&{rest}"
    );
    let ip = IpAddr::from((0x0a00_0000 + peer).to_be_bytes());
    (parse_announce(&query).unwrap(), ip)
}

fn count(reply: &Value, name: &str) -> i64 {
    reply.get(name).and_then(Value::as_integer).unwrap()
}

fn told(reply: &Value) -> HashSet<Vec<u8>> {
    let peers = reply.get("peers").and_then(Value::as_bytes).unwrap();
    peers.chunks(6).map(<[u8]>::to_vec).collect()
}

#[test]
fn nobody_is_lost_when_all_write_at_once() {
    let mut store = Store::default();
    let all = 0..300;
    let writes: Vec<_> = all
        .clone()
        .map(|peer| {
            let (announce, ip) = peer_at(peer, "left=9");
            let mut swarm = store.read(NOW);
            swarm.announce(&announce, ip, &mut SeededRandom::new(1)).1
        })
        .collect();
    // In an order of their own.
    for write in writes.into_iter().rev() {
        store.write(NOW, write.unwrap());
    }
    assert_eq!(store.read(NOW).counts().incomplete, 300);
    // Each changes at the same time.
    let writes: Vec<_> = all
        .map(|peer| {
            let (announce, ip) = peer_at(peer, "left=0&event=completed");
            let mut swarm = store.read(NOW);
            swarm.announce(&announce, ip, &mut SeededRandom::new(1)).1
        })
        .collect();
    for write in writes {
        store.write(NOW, write.unwrap());
    }
    let counts = store.read(NOW).counts();
    assert_eq!((counts.complete, counts.incomplete), (300, 0));
    assert_eq!(store.values.len(), 300);
}

#[test]
fn a_swarm_has_a_bound_and_the_newest_stay() {
    let mut store = Store::default();
    for peer in 0..MAX_KEPT_PEERS + 500 {
        let (announce, ip) = peer_at(peer, "left=9");
        let mut swarm = KeptSwarm::new(HASH, 3, NOW);
        let (_, written) = swarm.announce(&announce, ip, &mut SeededRandom::new(1));
        store.write(NOW, written.unwrap());
    }
    let most = usize::try_from(MAX_KEPT_PEERS).unwrap();
    assert_eq!(store.values.len(), most);
    let swarm = store.read(NOW);
    assert_eq!(swarm.counts().incomplete, MAX_KEPT_PEERS);
    let is_known = |peer| {
        let (announce, ip) = peer_at(peer, "left=9");
        swarm.knows(&announce, ip)
    };
    assert!(is_known(MAX_KEPT_PEERS + 499) && !is_known(0));
}

#[test]
fn who_came_in_the_last_epoch_is_still_there_and_moves_on() {
    let mut store = Store::default();
    let before = NOW / (2 * INTERVAL_MS) * (2 * INTERVAL_MS) - 1;
    store.announce(before, 1, "left=0");
    let reply = store.announce(before + 2, 2, "left=9");
    assert_eq!(count(&reply, "complete"), 1);
    // Known from the epoch before, and written into this one.
    store.announce(before + INTERVAL_MS, 1, "left=0");
    assert_eq!(store.values.len(), 3);
    let swarm = store.read(before + 3 * INTERVAL_MS - 1);
    assert_eq!(swarm.counts().complete, 1);
    let swarm = store.read(before + 3 * INTERVAL_MS);
    assert_eq!(swarm.counts().complete, 0);
}

#[test]
fn who_leaves_is_gone_for_everybody() {
    let mut store = Store::default();
    store.announce(NOW, 1, "left=0");
    // The epoch in which it came is over.
    let later = NOW + 2 * INTERVAL_MS - 1;
    store.announce(later, 1, "event=stopped");
    assert_eq!(store.read(later).counts().complete, 0);
    // One who never came leaves nothing behind.
    let keys = store.values.len();
    store.announce(later, 9, "event=stopped");
    assert_eq!(store.values.len(), keys);
}

#[test]
fn announces_that_say_nothing_new_are_not_written() {
    let mut store = Store::default();
    let write = |store: &Store, now, rest: &str| {
        let (announce, ip) = peer_at(1, rest);
        let mut swarm = store.read(now);
        swarm.announce(&announce, ip, &mut SeededRandom::new(1)).1
    };
    // Both times of this test lie in one epoch.
    let now = NOW / (2 * INTERVAL_MS) * (2 * INTERVAL_MS);
    store.announce(now, 1, "left=9");
    assert_eq!(write(&store, now + INTERVAL_MS / 2 - 1, "left=9"), None);
    let (slot, _) = write(&store, now + INTERVAL_MS / 2, "left=9").unwrap();
    assert_eq!(slot, Slot::Kept(slot_of_number(&HASH, 1, now)));
    assert!(write(&store, now + 1, "event=completed").is_some());
}

#[test]
fn keys_say_when_nobody_needs_them_any_more() {
    for key in [counter_key(&HASH, NOW), slot_of_number(&HASH, 9, NOW)] {
        assert!(!is_stale_key(&key, NOW), "{key}");
        assert!(!is_stale_key(&key, NOW + 2 * INTERVAL_MS), "{key}");
        assert!(is_stale_key(&key, NOW + 4 * INTERVAL_MS), "{key}");
    }
    for key in ["swept", "", "a.b", "a."] {
        assert!(!is_stale_key(key, NOW), "{key}");
    }
}

#[test]
fn what_is_damaged_is_as_if_it_were_not_there() {
    let mut store = Store::default();
    store.announce(NOW, 1, "left=0");
    store.announce(NOW, 2, "left=0");
    let key = slot_of_number(&HASH, 1, NOW);
    for damaged in [vec![], vec![9], vec![1; 20]] {
        store.values.insert(key.clone(), damaged);
        assert_eq!(store.read(NOW).counts().complete, 1);
    }
}

#[test]
fn addresses_are_counted_for_limits() {
    let mut store = Store::default();
    for peer in 0..3 {
        store.announce(NOW, peer, "left=0");
    }
    let swarm = store.read(NOW);
    let first = peer_at(0, "").1;
    assert_eq!(swarm.peers_at(|ip| ip == first), 1);
    assert_eq!(swarm.peers_at(|_| true), 3);
}

proptest! {
    /// The same announces one after the other, in one state in memory and in a store.
    #[test]
    fn it_answers_as_a_swarm_in_memory(
        steps in prop::collection::vec(
            (0_u32..6, prop::sample::select(vec!["left=9", "left=0", "event=completed", "event=stopped"]),
             prop::sample::select(vec![0, INTERVAL_MS / 2, INTERVAL_MS, 2 * INTERVAL_MS])),
            1..40,
        )
    ) {
        let mut store = Store::default();
        let mut memory = HttpPeers::new(5);
        let mut now = NOW;
        for (peer, rest, passed) in steps {
            // A second at least: expiry to the millisecond depends on what need not be written.
            now += passed + 1_000;
            memory.sweep(now);
            let kept = store.announce(now, peer, rest);
            let (announce, ip) = peer_at(peer, rest);
            let mut random = SeededRandom::new(1);
            let reply = memory.announce(&announce, ip, Counts::default(), now, &mut random);
            let expected = decode(&reply).unwrap();
            for name in ["complete", "incomplete"] {
                prop_assert_eq!(count(&kept, name), count(&expected, name));
            }
            prop_assert_eq!(told(&kept), told(&expected));
        }
    }
}
