//! The tracker over HTTP: by hand, and with desktop clients that exchange a file through it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use e2e::bencode::Value;
use e2e::hash::sha256;
use e2e::programs::tool;
use e2e::published::{info_hash_of, published};
use e2e::scratch::Scratch;
use e2e::tracker::http::{announce, scrape};
use e2e::video::text;
use e2e::{Client, Instance, wait};

const PATIENCE: Duration = Duration::from_secs(60);

fn bytes(value: &Value) -> &[u8] {
    let Value::Bytes(bytes) = value else {
        panic!("{value:?} is no string")
    };
    bytes
}

/// A tracker for any infohash and any number of peers at this address.
fn open_tracker() -> Instance {
    Instance::with_vars(&[("OPEN_TRACKER", "true"), ("VIEWERS_PER_ADDRESS", "0")])
}

/// Announces the first peer, which has everything.
fn seed(visitor: &Client, swarm: &[u8; 20]) -> Value {
    let peer_id = b"-AA0001-000000000001";
    let answer = announce(visitor, swarm, peer_id, 7_001, "&left=0&compact=1");
    assert_eq!(answer.member("complete").size(), 1);
    answer
}

/// Announces the second peer, which must be told of the first.
fn find_seed(visitor: &Client, swarm: &[u8; 20]) -> Value {
    let peer_id = b"-AA0001-000000000002";
    let answer = announce(visitor, swarm, peer_id, 7_002, "&left=9&compact=1");
    assert_eq!(bytes(answer.member("peers")), [127, 0, 0, 1, 0x1b, 0x59]);
    answer
}

#[test]
fn peers_are_told_of_each_other_in_every_form() {
    let instance = open_tracker();
    let visitor = instance.visitor();
    let swarm = [0xf1; 20];
    let first = seed(&visitor, &swarm);
    assert_eq!(bytes(first.member("peers")), b"");
    assert_eq!(bytes(first.member("peers6")), b"");
    let second = find_seed(&visitor, &swarm);
    assert_eq!(second.member("incomplete").size(), 1);
    let third = announce(&visitor, &swarm, b"-AA0001-000000000002", 7_002, "&left=9");
    let Value::List(peers) = third.member("peers") else {
        panic!("{third:?}")
    };
    assert_eq!(peers.len(), 1);
    assert_eq!(peers[0].member("ip").text(), "127.0.0.1");
    assert_eq!(peers[0].member("port").size(), 7_001);
    assert_eq!(bytes(peers[0].member("peer id")), b"-AA0001-000000000001");
    let files = scrape(&visitor, &[swarm]);
    let Value::Dictionary(swarms) = files.member("files") else {
        panic!("{files:?}")
    };
    let (counts, _) = &swarms[swarm.as_slice()];
    assert_eq!(counts.member("complete").size(), 1);
    assert_eq!(counts.member("incomplete").size(), 1);
    let _ = announce(
        &visitor,
        &swarm,
        b"-AA0001-000000000001",
        7_001,
        "&left=0&event=stopped",
    );
    let left = announce(&visitor, &swarm, b"-AA0001-000000000002", 7_002, "&left=9");
    assert_eq!(left.member("complete").size(), 0);
}

#[test]
fn peers_outlive_the_end_of_their_object() {
    let instance = open_tracker();
    let swarm = [0xf2; 20];
    let visitor = instance.visitor();
    let _ = seed(&visitor, &swarm);
    instance.kill_server();
    let second = find_seed(&visitor, &swarm);
    assert_eq!(second.member("complete").size(), 1);
}

/// Of no video, and of another first byte each: nothing that is remembered of one helps with the next.
fn nobodys(number: u8) -> [u8; 20] {
    let mut info_hash = [0xee; 20];
    info_hash[0] = number;
    info_hash
}

#[test]
fn an_address_does_not_ask_without_end_whose_infohashes_are() {
    // One viewer may announce thirty times in five minutes, and may scrape as often.
    let instance = Instance::with_vars(&[("VIEWERS_PER_ADDRESS", "1")]);
    let visitor = instance.visitor();
    let refusal = |number: u8| {
        let peer_id = b"-AA0001-000000000001";
        let answer = announce(&visitor, &nobodys(number), peer_id, 7_001, "&left=9");
        answer.member("failure reason").text()
    };
    for number in 0..30 {
        let refusal = refusal(number);
        assert!(
            refusal.starts_with("Unknown infoHash"),
            "{number}: {refusal}"
        );
    }
    assert!(refusal(30).starts_with("Too many requests"));
    let scraped = scrape(&visitor, &[nobodys(31)]);
    let scraped = scraped.member("failure reason").text();
    assert!(scraped.starts_with("Too many requests"), "{scraped}");
}

#[test]
fn what_is_wrong_is_said_with_status_200() {
    let published = published();
    let visitor = published.instance.visitor();
    let strange = announce(&visitor, &[7; 20], b"-AA0001-000000000001", 7_001, "");
    assert!(
        strange
            .member("failure reason")
            .text()
            .starts_with("Unknown infoHash")
    );
    for query in ["", "?info_hash=short", "?info_hash=%ff"] {
        let answer = visitor
            .get(&format!("/tracker/announce{query}"))
            .expect_status(200);
        let reason = Value::decode(&answer.body).member("failure reason").text();
        assert!(!reason.is_empty(), "{query}");
    }
    let known = info_hash_of(published);
    let reply = announce(
        &visitor,
        &known,
        b"-AA0001-000000000001",
        7_001,
        "&compact=1",
    );
    assert!(reply.member("interval").size() >= 60);
}

/// A seeding or fetching client; dropped, it is killed.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address.expect("loopback has free ports").port()
}

/// Seeds with libtorrent, known through the tracker alone; prints a line when that has answered.
const LIBTORRENT: &str = r#"
import sys, time
import libtorrent as lt
torrent, folder, port = sys.argv[1:4]
session = lt.session({
    'listen_interfaces': '127.0.0.1:' + port, 'enable_dht': False, 'enable_lsd': False,
    'enable_upnp': False, 'enable_natpmp': False, 'allow_multiple_connections_per_ip': True,
    'enable_incoming_utp': False, 'enable_outgoing_utp': False,
    # It asks no tracker on loopback whose path is not exactly /announce.
    'ssrf_mitigation': False,
    'alert_mask': lt.alert.category_t.all_categories,
})
handle = session.add_torrent({'ti': lt.torrent_info(torrent), 'save_path': folder})
for _ in range(600):
    for alert in session.pop_alerts():
        if isinstance(alert, lt.tracker_reply_alert) and handle.status().is_seeding:
            print('announced', flush=True)
    time.sleep(0.1)
"#;

#[test]
fn two_desktop_clients_exchange_a_rendition_without_its_web_seed() {
    let published = published();
    let rendition = &published.renditions[0];
    let scratch = Scratch::new("swarm");
    let answer = published
        .instance
        .visitor()
        .get(text(&rendition.file, "torrentUrl"))
        .expect_status(200);
    let torrent = scratch.join("rendition.torrent");
    fs::write(&torrent, without_web_seed(&answer.body)).unwrap();
    let name = Value::decode(&answer.body)
        .member("info")
        .member("name")
        .text();
    let (seeds, fetches) = (scratch.join("seeds"), scratch.join("fetches"));
    fs::create_dir_all(&seeds).unwrap();
    fs::create_dir_all(&fetches).unwrap();
    fs::write(seeds.join(&name), &rendition.bytes).unwrap();
    let seeder = Command::new("/usr/bin/python3")
        .args(["-c", LIBTORRENT])
        .arg(&torrent)
        .arg(&seeds)
        .arg(free_port().to_string())
        .stdout(Stdio::piped())
        .spawn();
    let mut seeder = Running(seeder.expect("cargo xtask setup installs libtorrent"));
    let mut line = String::new();
    let lines = seeder.0.stdout.take().unwrap();
    BufReader::new(lines).read_line(&mut line).unwrap();
    assert_eq!(line, "announced\n");
    let fetcher = Command::new(tool("aria2c"))
        .args([
            "--quiet",
            "--no-conf",
            "--seed-time=0",
            "--check-integrity=true",
        ])
        .args([
            "--enable-dht=false",
            "--enable-dht6=false",
            "--bt-enable-lpd=false",
        ])
        .args(["--enable-peer-exchange=false", "--bt-stop-timeout=50"])
        .arg(format!("--listen-port={}", free_port()))
        .arg("--dir")
        .arg(&fetches)
        .arg(&torrent)
        .spawn();
    let mut fetcher = Running(fetcher.expect("aria2c starts"));
    let status = wait::until("aria2c has the file", PATIENCE, || {
        fetcher.0.try_wait().unwrap()
    });
    assert!(status.success(), "aria2c ended with {status}");
    let fetched = fs::read(fetches.join(&name)).unwrap();
    assert_eq!(sha256(&fetched), sha256(&rendition.bytes));
}

/// The torrent without `url-list`, and with no other change, so that its info hash stays.
fn without_web_seed(torrent: &[u8]) -> Vec<u8> {
    let Value::Dictionary(members) = Value::decode(torrent) else {
        panic!("a torrent is a dictionary")
    };
    let mut out = b"d".to_vec();
    for (key, (_, span)) in members {
        if key != b"url-list" {
            out.extend(format!("{}:", key.len()).into_bytes());
            out.extend(&key);
            out.extend(&torrent[span]);
        }
    }
    out.push(b'e');
    out
}
