use core::net::IpAddr;
use proptest::prelude::*;
use torrent::bencode::{Value, decode};

use super::peers::{Entry, Progress};
use super::{HttpPeers, QueryError, StoredError, info_hashes, parse_announce, write_failure};
use crate::limits::{MAX_HTTP_PEERS, MAX_NUMWANT, MAX_QUERY_BYTES};
use crate::websocket::{Counts, Event};
use crate::{PeerId, SeededRandom};

const NOW: u64 = 1_800_000_000_000;
const IDS: &str = "info_hash=%00%FF+%2B4567890123456789&peer_id=-TR4000-abcdefghijkl";

struct Host {
    peers: HttpPeers,
    random: SeededRandom,
    now: u64,
}

impl Host {
    fn new() -> Self {
        Self {
            peers: HttpPeers::new(3),
            random: SeededRandom::new(4),
            now: NOW,
        }
    }

    fn announce(&mut self, ip: &str, port: u32, rest: &str) -> Value {
        let announce = parse_announce(&format!("{IDS}&port={port}&{rest}")).unwrap();
        let ip: IpAddr = ip.parse().unwrap();
        let others = Counts::default();
        let body = self
            .peers
            .announce(&announce, ip, others, self.now, &mut self.random);
        decode(&body).unwrap()
    }
}

fn integer(reply: &Value, key: &str) -> i64 {
    reply.get(key).and_then(Value::as_integer).unwrap()
}

fn bytes<'a>(reply: &'a Value, key: &str) -> &'a [u8] {
    reply.get(key).and_then(Value::as_bytes).unwrap()
}

#[test]
fn queries_are_bytes() {
    let query =
        format!("{IDS}&port=6881&left=0&event=started&compact=1&numwant=7&key=%zz&ip=1.2.3.4");
    let announce = parse_announce(&query).unwrap();
    assert_eq!(&announce.info_hash.0, b"\x00\xff +4567890123456789");
    assert_eq!(announce.peer_id, PeerId(*b"-TR4000-abcdefghijkl"));
    assert_eq!(
        (announce.port.get(), announce.event),
        (6881, Event::Started)
    );
    assert!(announce.has_all && announce.is_compact && announce.numwant == 7);
    let announce = parse_announce(&format!("{IDS}&port=1&left=x&numwant=0")).unwrap();
    assert!(!announce.has_all && !announce.is_compact && announce.numwant == 50);
    let announce = parse_announce(&format!("{IDS}&port=1&numwant=1000")).unwrap();
    assert_eq!(announce.numwant, MAX_NUMWANT);
}

#[test]
fn bad_queries_have_the_references_errors() {
    use QueryError as E;
    for (query, error) in [
        ("", E::InfoHash),
        (
            "info_hash=short&peer_id=-TR4000-abcdefghijkl&port=1",
            E::InfoHash,
        ),
        ("info_hash=%F0%9F%98%80&port=1", E::InfoHash),
        (&IDS.replace("&peer_id", "&x"), E::PeerId),
        (IDS, E::Port),
        (&format!("{IDS}&port=0"), E::Port),
        (&format!("{IDS}&port=65536"), E::Port),
        (&format!("{IDS}&port=1&event=x"), E::Event),
        (&format!("{IDS}&port=1&{IDS}"), E::InfoHash),
        (
            &"x".repeat(MAX_QUERY_BYTES + 1),
            E::TooLong {
                bytes: MAX_QUERY_BYTES + 1,
            },
        ),
    ] {
        assert_eq!(parse_announce(query), Err(error), "{query}");
    }
    assert_eq!(
        write_failure(&E::Port),
        b"d14:failure reason12:invalid porte"
    );
    let one = "info_hash=12345678901234567890&";
    assert_eq!(info_hashes(&one.repeat(64)).unwrap().len(), 64);
    assert_eq!(info_hashes(&one.repeat(65)), Err(E::TooManyScraped));
    assert_eq!(info_hashes("x=1"), Ok(vec![]));
}

#[test]
fn compact_replies_have_both_families_and_never_the_announcer() {
    let mut host = Host::new();
    host.announce("10.0.0.1", 6881, "event=started");
    host.announce("::ffff:10.0.0.2", 80, "left=0");
    host.announce("2001:db8::1", 443, "");
    let reply = host.announce("10.0.0.1", 6881, "compact=1");
    assert_eq!(bytes(&reply, "peers"), [10, 0, 0, 2, 0, 80]);
    let v6: IpAddr = "2001:db8::1".parse().unwrap();
    let IpAddr::V6(v6) = v6 else { unreachable!() };
    assert_eq!(
        bytes(&reply, "peers6"),
        [&v6.octets()[..], &[1, 187]].concat()
    );
    assert_eq!(
        (integer(&reply, "complete"), integer(&reply, "incomplete")),
        (1, 2)
    );
    assert_eq!(integer(&reply, "interval"), 600);
    // The same address with another port is another peer.
    let reply = host.announce("10.0.0.1", 6882, "compact=1");
    assert_eq!(bytes(&reply, "peers").len(), 12);
}

#[test]
fn other_replies_list_dictionaries() {
    let mut host = Host::new();
    host.announce("2001:db8::1", 443, "");
    let reply = host.announce("10.0.0.1", 1, "compact=0");
    let list = reply.get("peers").and_then(Value::as_list).unwrap();
    assert_eq!(list.len(), 1);
    assert_eq!(bytes(&list[0], "ip"), b"2001:db8::1");
    assert_eq!(bytes(&list[0], "peer id"), b"-TR4000-abcdefghijkl");
    assert_eq!(integer(&list[0], "port"), 443);
    assert_eq!(reply.get("peers6"), None);
}

#[test]
fn who_stops_or_stays_silent_is_gone() {
    let mut host = Host::new();
    host.announce("10.0.0.1", 1, "left=0");
    host.announce("10.0.0.2", 2, "");
    let reply = host.announce("10.0.0.2", 2, "event=stopped&compact=1");
    assert_eq!(
        bytes(&reply, "peers"),
        [10, 0, 0, 1, 0, 1],
        "stopped still gets peers"
    );
    assert_eq!(
        (integer(&reply, "complete"), integer(&reply, "incomplete")),
        (1, 0)
    );
    let reply = host.announce("10.0.0.9", 9, "event=stopped");
    assert_eq!(integer(&reply, "incomplete"), 0);
    host.now += 1_199_999;
    assert_eq!(
        integer(&host.announce("10.0.0.3", 3, "event=completed"), "complete"),
        2
    );
    host.now += 1;
    assert_eq!(
        integer(&host.announce("10.0.0.3", 3, "left=9"), "complete"),
        1
    );
    host.peers.sweep(host.now + 1_200_000);
    assert!(host.peers.is_empty());
}

#[test]
fn many_peers_are_bounded_and_told_by_chance() {
    let mut host = Host::new();
    for n in 0..u32::try_from(MAX_HTTP_PEERS).unwrap() + 50 {
        host.now += 1;
        let ip = format!("10.{}.{}.1", n / 256, n % 256);
        host.peers.announce(
            &parse_announce(&format!("{IDS}&port=1&numwant=1")).unwrap(),
            ip.parse().unwrap(),
            Counts::default(),
            host.now,
            &mut host.random,
        );
    }
    assert_eq!(host.peers.entries.len(), MAX_HTTP_PEERS);
    let told = host.announce("1.1.1.1", 1, "compact=1&numwant=82");
    let mut peers: Vec<[u8; 6]> = bytes(&told, "peers").as_chunks().0.to_vec();
    peers.sort_unstable();
    peers.dedup();
    assert_eq!(peers.len(), 82);
    assert!(peers[0][1] < 4 && peers[81][1] > 11, "from all of them");
    let stored = host.peers.encode();
    assert!(stored.len() < 200_000);
    assert_eq!(
        HttpPeers::decode(&stored, 9, host.now),
        Ok(host.peers.clone())
    );
    assert_eq!(
        HttpPeers::decode(&stored[..100], 9, NOW),
        Err(StoredError::Damaged)
    );
    assert_eq!(HttpPeers::decode(&[], 9, NOW), Err(StoredError::Damaged));
    assert_eq!(
        HttpPeers::decode(&[7], 9, NOW),
        Err(StoredError::Version { version: 7 })
    );
    let many = [&stored[..], &stored[1..]].concat();
    assert_eq!(HttpPeers::decode(&many, 9, NOW), Err(StoredError::TooMany));
}

/// Two requests read the same value, both write: whoever is second merges.
#[test]
fn concurrent_writers_lose_nothing_and_bring_nobody_back() {
    let mut one = Host::new();
    one.announce("10.0.0.1", 1, "");
    let mut two = Host::new();
    two.peers = one.peers.clone();
    two.now += 5;
    one.announce("10.0.0.2", 2, "left=0");
    two.announce("10.0.0.1", 1, "event=stopped");
    let mut merged = one.peers.clone();
    merged.merge(&two.peers, two.now);
    assert_eq!(
        merged.counts(),
        Counts {
            complete: 1,
            incomplete: 0
        }
    );
    let mut other_way = two.peers.clone();
    other_way.merge(&one.peers, two.now);
    assert_eq!(merged, other_way);
}

fn any_peers() -> impl Strategy<Value = HttpPeers> {
    let progress = prop::sample::select(vec![
        Progress::Incomplete,
        Progress::Complete,
        Progress::Stopped,
    ]);
    let entry = (0_u8..6, 0_u64..4, progress, 0_u8..2);
    prop::collection::vec(entry, 0..8).prop_map(|entries| {
        let mut peers = HttpPeers::new(1);
        for (address, heard, progress, id) in entries {
            let entry = Entry {
                heard_unix_ms: NOW + heard,
                progress,
                peer_id: PeerId([id; 20]),
            };
            let ip = IpAddr::from([10, 0, 0, address]);
            peers.entries.insert((ip, 1).into(), entry);
        }
        peers
    })
}

proptest! {
    #[test]
    fn merging_does_not_depend_on_order_or_repetition(a in any_peers(), b in any_peers(), c in any_peers()) {
        let merge = |one: &HttpPeers, two: &HttpPeers| {
            let mut merged = one.clone();
            merged.merge(two, NOW);
            merged
        };
        prop_assert_eq!(merge(&a, &b), merge(&b, &a));
        prop_assert_eq!(merge(&merge(&a, &b), &c), merge(&a, &merge(&b, &c)));
        prop_assert_eq!(merge(&merge(&a, &b), &b), merge(&a, &b));
        let stored = HttpPeers::decode(&a.encode(), 2, NOW).unwrap();
        prop_assert_eq!(merge(&stored, &b), merge(&a, &b));
    }

    #[test]
    fn any_query_is_read_or_refused(query in "[a-z_=&%+0-9\u{e9}]{0,80}") {
        let _ = parse_announce(&query);
        let _ = info_hashes(&query);
    }
}
