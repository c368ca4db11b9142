//! Queries of HTTP announces and scrapes, and stored swarms: nothing panics, whatever is answered is
//! bencoded, and what is read from a store is written as it was.
#![no_main]

use core::net::{IpAddr, Ipv4Addr};

use libfuzzer_sys::fuzz_target;
use tracker::http::{HttpPeers, SwarmCounts, info_hashes, write_scrape_reply};
use tracker::shard::{ShardLoad, ShardRecord};
use tracker::{AddressKey, Config, HttpReceived, SeededRandom, Tracker};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(peers) = HttpPeers::decode(bytes, 1, 0) {
        assert_eq!(HttpPeers::decode(&peers.encode(), 1, 0), Ok(peers));
    }
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    if let Ok(record) = ShardRecord::decode(text) {
        assert_eq!(ShardRecord::decode(&record.encode()), Ok(record));
    }
    if let Ok(load) = ShardLoad::decode(text) {
        assert_eq!(ShardLoad::decode(&load.encode()), Ok(load));
    }
    let mut tracker = Tracker::new(Config::default(), 1);
    tracker.serve_everything();
    let mut random = SeededRandom::new(1);
    let ip = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let reply = tracker.receive_http_announce(text, ip, AddressKey(1), 1_000, &mut random);
    if let HttpReceived::Reply(body) = reply {
        torrent::bencode::decode(&body).expect("what is answered is bencoded");
    }
    let info_hashes = info_hashes(text).unwrap_or_default();
    let mut sum = SwarmCounts::nobody(info_hashes.clone());
    let counts = tracker.receive_http_scrape(&info_hashes, AddressKey(1), 1_000, &mut random);
    let counts = counts.expect("the first scrape is not one too many");
    assert_eq!(sum.add(&SwarmCounts::encode(&counts)), Ok(()));
    let body = write_scrape_reply(sum.files(|_| true));
    torrent::bencode::decode(&body).expect("what is answered is bencoded");
    let _ = sum.add(text);
});
