use futures_util::future::join_all;
use http::Request as HttpRequest;
use testkit::{MemorySlots, TestDatabase, block_on, rows};
use torrent::bencode::{Value, decode};

use super::*;

const NOW: u64 = 1_800_000_000_000;
/// Of [`HASH`].
const NAMED: &str = "info_hash=AAAAAAAAAAAAAAAAAAAA";
const HASH: InfoHash = InfoHash([b'A'; 20]);

struct World {
    database: TestDatabase,
    slots: MemorySlots,
    tracker: Tracker,
}

fn config(viewers: &'static str) -> Config {
    Config::from_variables(&|name| match name {
        "OPEN_TRACKER" => Some("true".to_owned()),
        "VIEWERS_PER_ADDRESS" => Some(viewers.to_owned()),
        _ => None,
    })
    .unwrap()
}

impl World {
    fn new(config: Config) -> Self {
        Self {
            database: TestDatabase::new(),
            slots: MemorySlots::default(),
            tracker: Tracker::new(config, 7),
        }
    }

    async fn answer(&self, address: &str, path: &str) -> (u16, String, Vec<u8>) {
        let mut request = HttpRequest::new(());
        *request.uri_mut() = path.parse().unwrap();
        if !address.is_empty() {
            let address = ClientAddress(address.to_owned());
            request.extensions_mut().insert(address);
        }
        let (head, ()) = request.into_parts();
        let (response, _) = self
            .tracker
            .answer(&self.database, &self.slots, &head, NOW)
            .await;
        let status = response.status().as_u16();
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
        let kind = kind.to_owned();
        let body = response.into_body().into_bytes(100_000).await.unwrap();
        (status, kind, body)
    }

    async fn ask(&self, address: &str, path: &str) -> Value {
        let (status, kind, body) = self.answer(address, path).await;
        assert_eq!((status, kind.as_str()), (200, "text/plain"), "{path}");
        decode(&body).unwrap()
    }

    async fn announce(&self, address: &str, port: u32, rest: &str) -> Value {
        let path = format!(
            "/tracker/announce?{NAMED}&peer_id=-TR4000-{port:012}&port={port}&compact=1&{rest}"
        );
        self.ask(address, &path).await
    }
}

fn count(value: &Value, name: &str) -> i64 {
    value.get(name).and_then(Value::as_integer).unwrap()
}

fn bytes<'a>(value: &'a Value, name: &str) -> &'a [u8] {
    value.get(name).and_then(Value::as_bytes).unwrap()
}

fn failure(value: &Value) -> String {
    String::from_utf8(bytes(value, "failure reason").to_vec()).unwrap()
}

#[test]
fn peers_of_both_families_meet() {
    let world = World::new(config("0"));
    block_on(async {
        world.announce("10.0.0.1", 7001, "left=0").await;
        world.announce("2001:db8::1", 7002, "left=9").await;
        let third = world.announce("10.0.0.2", 7003, "left=9").await;
        assert_eq!(bytes(&third, "peers"), [10, 0, 0, 1, 0x1b, 0x59]);
        let mut six = [0; 18];
        six[..4].copy_from_slice(&[0x20, 1, 0x0d, 0xb8]);
        six[15..].copy_from_slice(&[1, 0x1b, 0x5a]);
        assert_eq!(bytes(&third, "peers6"), six);
        let other = "info_hash=BBBBBBBBBBBBBBBBBBBB";
        let path = format!("/tracker/scrape?{NAMED}&{other}");
        let reply = world.ask("10.0.0.9", &path).await;
        let files = reply.get("files").unwrap();
        let Value::Dictionary(files) = files else {
            panic!("{files:?}")
        };
        let counts = &files[HASH.0.as_slice()];
        assert_eq!(
            (count(counts, "complete"), count(counts, "incomplete")),
            (1, 2)
        );
        assert_eq!(count(&files[[b'B'; 20].as_slice()], "incomplete"), 0);
    });
}

#[test]
fn nobody_is_lost_among_many_at_once() {
    let world = World::new(config("0"));
    block_on(async {
        let all = (1..=200).map(|port| world.announce("10.0.0.1", port, "left=9"));
        join_all(all).await;
        let last = world.announce("10.0.0.1", 1, "left=9").await;
        assert_eq!(count(&last, "incomplete"), 200);
    });
}

#[test]
fn one_address_neither_fills_a_swarm_nor_asks_without_end() {
    let mut strict = config("1");
    strict.rate_limits = tracker::RateLimits::UNLIMITED;
    let world = World::new(strict);
    block_on(async {
        for port in 1..=15 {
            world.announce("10.0.0.1", port, "left=9").await;
        }
        let more = world.announce("10.0.0.1", 16, "left=9").await;
        assert!(failure(&more).contains("Too many"), "{more:?}");
        // Those that are there may go on, and others come.
        let again = world.announce("10.0.0.1", 15, "left=9").await;
        assert_eq!(count(&again, "incomplete"), 15);
        let other = world.announce("10.0.0.2", 1, "left=9").await;
        assert_eq!(count(&other, "incomplete"), 16);
    });
    let world = World::new(config("1"));
    block_on(async {
        for _ in 0..15 {
            world.announce("10.0.0.1", 1, "left=9").await;
        }
        let more = world.announce("10.0.0.1", 1, "left=9").await;
        assert!(failure(&more).contains("Too many"), "{more:?}");
    });
}

#[test]
fn only_what_is_a_video_of_this_instance_is_served() {
    let closed = Config::from_variables(&|_| None).unwrap();
    let world = World::new(closed);
    block_on(async {
        let strange = world.announce("10.0.0.1", 1, "left=9").await;
        assert!(failure(&strange).starts_with("Unknown infoHash"));
        assert_eq!(world.slots.keys().await, Ok(Vec::new()));
        publish_video(&world.database).await;
        // What was not known may be asked again a minute later; here by another tracker.
        let world = World {
            tracker: Tracker::new(Config::from_variables(&|_| None).unwrap(), 8),
            ..world
        };
        let known = world.announce("10.0.0.1", 1, "left=9").await;
        assert_eq!(count(&known, "incomplete"), 1);
        let reply = world
            .ask("10.0.0.1", &format!("/tracker/scrape?{NAMED}"))
            .await;
        let files = reply.get("files").unwrap();
        let Value::Dictionary(files) = files else {
            panic!("{files:?}")
        };
        assert_eq!(count(&files[HASH.0.as_slice()], "incomplete"), 1);
    });
}

/// A public video with one swarm.
async fn publish_video(database: &TestDatabase) {
    rows::add_channel(database);
    rows::add_video(database);
    let (info_hash, name) = (HASH.to_string(), HASH.to_string());
    let swarms = store::tracker::insert_swarms(1, &[store::tracker::Swarm { info_hash, name }]);
    database.batch(vec![swarms]).await.unwrap();
}

#[test]
fn what_is_wrong_is_said() {
    let world = World::new(config("0"));
    block_on(async {
        for path in [
            "/tracker/announce",
            "/tracker/announce?info_hash=x",
            "/tracker/scrape",
        ] {
            assert!(!failure(&world.ask("10.0.0.1", path).await).is_empty());
        }
        let nobody = world.announce("", 1, "left=9").await;
        assert_eq!(failure(&nobody), "your address is not known");
        let problem = "application/problem+json; charset=utf-8";
        let (status, kind, _) = world.answer("10.0.0.1", "/tracker/else").await;
        assert_eq!((status, kind.as_str()), (404, problem));
        let (status, kind, body) = world.answer("10.0.0.1", "/tracker/socket/u").await;
        assert_eq!((status, kind.as_str()), (501, problem));
        assert!(String::from_utf8(body).unwrap().contains("no WebSockets"));
        world.slots.set_failing(true);
        let path = format!("/tracker/announce?{NAMED}&peer_id=-TR4000-000000000000&port=1");
        let (status, kind, _) = world.answer("10.0.0.1", &path).await;
        assert_eq!((status, kind.as_str()), (503, problem));
    });
}

#[test]
fn who_wants_a_socket_learns_where_there_is_one() {
    let mut elsewhere = config("0");
    elsewhere.socket_tracker = Some("wss://far.test/tracker/socket/{uuid}".to_owned());
    let world = World::new(elsewhere);
    let (status, _, body) = block_on(world.answer("", "/tracker/socket/u"));
    assert_eq!(status, 501);
    let body = String::from_utf8(body).unwrap();
    assert!(body.contains("wss://far.test/tracker/socket/u."), "{body}");
}
