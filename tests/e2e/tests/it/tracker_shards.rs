//! What several objects of the tracker make together: videos side by side, and shards of one video.

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use e2e::bencode::{self, Value};
use e2e::scratch::Scratch;
use e2e::tracker::http::{announce_from, scrape};
use e2e::tracker::peer::{Peer, latin1, peer_id};
use e2e::tracker::socket::{Frame, Socket};
use e2e::transcoder::Transcoder;
use e2e::video::text;
use e2e::{Instance, samples, video, wait};
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(60);
/// Long enough for a message that is on its way.
const SILENCE: Duration = Duration::from_millis(100);
/// Viewers of one shard.
const SHARD_PEERS: u32 = 8;
/// Viewers who come: four shards full of them.
const VIEWERS: u32 = 32;

/// A video and one of its swarms.
struct Swarm {
    uuid: String,
    info_hash: [u8; 20],
}

struct World {
    instance: Instance,
    swarms: [Swarm; 2],
}

/// Two short videos. Tests take turns, as their counts would disturb each other.
fn world() -> MutexGuard<'static, World> {
    static WORLD: OnceLock<Mutex<World>> = OnceLock::new();
    let world = WORLD.get_or_init(|| Mutex::new(publish()));
    world.lock().unwrap_or_else(PoisonError::into_inner)
}

fn publish() -> World {
    let shard_peers = SHARD_PEERS.to_string();
    let instance = Instance::with_vars(&[
        ("SHARD_PEERS", &shard_peers),
        ("REPORT_SECS", "1"),
        ("VIEWERS_PER_ADDRESS", "0"),
        ("CLIENT_ADDRESS_HEADER", "x-client-address"),
    ]);
    let admin = instance.admin();
    let scratch = Scratch::new("shards");
    let sample = samples::test_card(&scratch, "card.mp4", "320x180", 2);
    let created = ["One", "Other"].map(|name| video::upload(&admin, &sample, name, &[]));
    Transcoder::drain(&instance);
    let swarms = created.map(|created| {
        let video = video::wait_until_transcoded(&admin, &created.uuid, PATIENCE);
        let url = text(&video::renditions(&video)[0], "torrentUrl").to_owned();
        let torrent = instance.visitor().get(&url).expect_status(200);
        let hash = bencode::Value::decode(&torrent.body).info_hash(&torrent.body);
        let mut info_hash = [0; 20];
        hex::decode_to_slice(&hash, &mut info_hash).expect("an info hash is 40 hex digits");
        Swarm {
            uuid: created.uuid,
            info_hash,
        }
    });
    World { instance, swarms }
}

impl World {
    fn path(&self, video: usize) -> String {
        format!("/tracker/socket/{}", self.swarms[video].uuid)
    }

    fn peer(&self, path: &str, video: usize, number: u32) -> Peer {
        // A full shard lets nobody in until shard 0 has decided, at most once a second.
        let socket = wait::until("a shard has room", PATIENCE, || {
            Socket::try_open(self.instance.origin(), path, "").ok()
        });
        Peer {
            socket,
            id: peer_id(number),
            info_hash: latin1(&self.swarms[video].info_hash),
        }
    }

    /// Complete and incomplete peers of both videos and of a swarm that nobody knows.
    fn scraped(&self) -> [(u64, u64); 3] {
        let hashes = [
            self.swarms[0].info_hash,
            self.swarms[1].info_hash,
            [0xee; 20],
        ];
        let reply = scrape(&self.instance.visitor(), &hashes);
        let Value::Dictionary(files) = reply.member("files") else {
            panic!("{reply:?}")
        };
        hashes.map(|hash| {
            let (counts, _) = &files[hash.as_slice()];
            (
                counts.member("complete").size(),
                counts.member("incomplete").size(),
            )
        })
    }

    fn viewers(&self, video: usize) -> u64 {
        self.instance.run_cron();
        let details = video::details(&self.instance.visitor(), &self.swarms[video].uuid);
        video::number(&details, "viewers")
    }

    fn wait_for_viewers(&self, video: usize, viewers: u64) {
        wait::until("the API tells who watches", PATIENCE, || {
            (self.viewers(video) == viewers).then_some(())
        });
    }
}

#[test]
fn a_scrape_adds_up_what_all_objects_know() {
    let world = world();
    assert_eq!(world.scraped(), [(0, 0); 3]);
    let visitor = world.instance.visitor();
    let seed = &world.swarms[0].info_hash;
    let from = [("x-client-address", "192.0.2.1")];
    let reply = announce_from(
        &visitor,
        seed,
        b"-AA0001-000000000001",
        7_001,
        "&left=0",
        &from,
    );
    assert_eq!(reply.member("complete").size(), 1);
    let mut viewer = world.peer(&world.path(1), 1, 1);
    assert_eq!(viewer.join()["incomplete"], 1);
    // One of the other video who knows only the instance's address.
    let mut elsewhere = world.peer("/tracker/socket", 1, 2);
    assert_eq!(elsewhere.join()["incomplete"], 1);
    assert_eq!(world.scraped(), [(1, 0), (0, 2), (0, 0)]);
    drop((viewer, elsewhere));
    wait::until("both are gone", PATIENCE, || {
        (world.scraped() == [(1, 0), (0, 0), (0, 0)]).then_some(())
    });
    let _ = announce_from(
        &visitor,
        seed,
        b"-AA0001-000000000001",
        7_001,
        "&left=0&event=stopped",
        &from,
    );
    assert_eq!(world.scraped(), [(0, 0); 3]);
}

#[test]
fn the_api_tells_how_many_watch() {
    let world = world();
    let mut viewers: Vec<Peer> = (1..=3)
        .map(|number| world.peer(&world.path(0), 0, number))
        .collect();
    for viewer in &mut viewers {
        let _ = viewer.join();
    }
    // A socket alone is no viewer.
    let _stranger = Socket::open(world.instance.origin(), &world.path(0));
    world.wait_for_viewers(0, 3);
    assert_eq!(world.viewers(1), 0);
    viewers.truncate(1);
    world.wait_for_viewers(0, 1);
    drop(viewers);
    world.wait_for_viewers(0, 0);
}

/// What a peer has heard.
#[derive(Debug, Clone, Default)]
struct Found {
    /// Peers in its shard.
    together: u64,
    /// Answers to its offers.
    answers: u64,
}

impl Found {
    /// Answers all offers that have come.
    fn take_messages(&mut self, peer: &mut Peer) {
        while let Some(message) = peer.next_within(SILENCE) {
            if message["offer"].is_object() {
                peer.answer(text(&message, "peer_id"), text(&message, "offer_id"));
            }
            self.answers += u64::from(message["answer"].is_object());
            self.together = message["incomplete"].as_u64().unwrap_or(self.together);
        }
    }
}

#[test]
fn a_large_swarm_is_split_and_merged_again() {
    let world = world();
    let path = world.path(1);
    let mut peers: Vec<Peer> = (0..VIEWERS)
        .map(|number| {
            let mut peer = world.peer(&path, 1, number);
            let together = peer.join()["incomplete"].as_u64();
            assert!(together <= Some(SHARD_PEERS.into()), "{together:?}");
            peer
        })
        .collect();
    assert_eq!(world.scraped()[1], (0, VIEWERS.into()));
    world.wait_for_viewers(1, VIEWERS.into());

    // Whatever shard somebody is in, offers find a neighbour and answers come back.
    for peer in &mut peers {
        peer.announce(5, &json!({}));
    }
    let mut found = vec![Found::default(); peers.len()];
    for _ in 0..2 {
        // What comes before a peer's turn waits; the last to answer are heard in the second round.
        for (peer, found) in peers.iter_mut().zip(&mut found) {
            found.take_messages(peer);
        }
    }
    let alone = found.iter().filter(|found| found.together == 1).count();
    let answered = found.iter().filter(|found| found.answers > 0).count();
    assert!(alone <= 2, "{found:?}");
    assert_eq!(answered + alone, peers.len(), "{found:?}");

    // The first came before there was a second shard, the last when that was full.
    let mut last = peers.pop().expect("there are many");
    peers.truncate(1);
    assert_eq!(
        last.socket.receive_within(PATIENCE),
        Some(Frame::Close(1013))
    );
    // Shards are closed one after the other, and hosts remember for ten seconds which are open.
    wait::until("both are in the first shard", PATIENCE, || {
        let mut back = world.peer(&path, 1, VIEWERS);
        (back.join()["incomplete"] == 2).then_some(())
    });
}

#[test]
fn peers_of_both_families_are_told_of_each_other() {
    let world = world();
    let visitor = world.instance.visitor();
    let swarm = &world.swarms[0].info_hash;
    let come = |address: &str, number: u8, further: &str| {
        let mut peer_id = *b"-AA0002-000000000000";
        peer_id[19] = number;
        let headers = [("x-client-address", address)];
        announce_from(&visitor, swarm, &peer_id, 7_000, further, &headers)
    };
    let _ = come("2001:db8::7", 1, "&left=9&compact=1");
    let _ = come("192.0.2.7", 2, "&left=9&compact=1");
    let told = come("2001:db8::8", 3, "&left=9&compact=1");
    let Value::Bytes(peers6) = told.member("peers6") else {
        panic!("{told:?}")
    };
    let mut address = [0; 18];
    address[..4].copy_from_slice(&[0x20, 0x01, 0x0d, 0xb8]);
    address[15] = 7;
    address[16..].copy_from_slice(&7_000_u16.to_be_bytes());
    assert_eq!(peers6.as_slice(), address);
    let Value::Bytes(peers) = told.member("peers") else {
        panic!("{told:?}")
    };
    assert_eq!(peers.as_slice(), [192, 0, 2, 7, 0x1b, 0x58]);
    let listed = come("192.0.2.7", 2, "&left=9");
    let Value::List(listed) = listed.member("peers") else {
        panic!("{listed:?}")
    };
    let mut ips: Vec<String> = listed.iter().map(|peer| peer.member("ip").text()).collect();
    ips.sort();
    assert_eq!(ips, ["2001:db8::7", "2001:db8::8"]);
    for (address, number) in [("2001:db8::7", 1), ("192.0.2.7", 2), ("2001:db8::8", 3)] {
        let _ = come(address, number, "&event=stopped");
    }
}
