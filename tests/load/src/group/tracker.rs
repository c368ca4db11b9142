//! The tracker in workerd beside the Node tracker that PeerTube uses, under the same load, in turns.

use std::process::{Child, Command};
use std::time::{Duration, Instant};

use e2e::scratch::Scratch;
use e2e::tracker::peer::Peer;
use e2e::{Instance, programs};
use serde_json::json;

use crate::bare::{free_port, start_server};
use crate::figure::{Bound, Table, count, median};
use crate::process::Process;
use crate::swarm::{self, Plan};

/// Of the npm package, fetched when this is measured.
const NODE_TRACKER: &str = "@peertube/bittorrent-tracker-server@11.1.2";
const INFO_HASH: &str = "FuGEr478XuVjbIYvey2c";
const VIDEO: &str = "00000000-0000-4000-8000-00000000000";
/// Sockets of a lively and of a large swarm.
const SWARMS: [usize; 2] = [100, 1_000];
const TURNS: u32 = 3;
const WARM_UP: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(3);
const RELAYS: u32 = 50;
const RELAY_CAP_MS: f64 = 50.0;

const SERVER: &str = r"
import { Server } from '@peertube/bittorrent-tracker-server'
const server = new Server({ udp: false, http: false, ws: true, stats: false })
server.on('warning', () => {})
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'))
process.stdin.on('end', () => process.exit()).resume()
";

struct NodeTracker {
    process: Child,
    _folder: Scratch,
    host: String,
}

impl NodeTracker {
    fn start() -> Self {
        let folder = Scratch::new("node-tracker");
        let mut install = Command::new("npm");
        install
            .args([
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefix",
            ])
            .arg(folder.path())
            .arg(NODE_TRACKER);
        programs::run(&mut install);
        let script = folder.join("server.mjs");
        std::fs::write(&script, SERVER).unwrap_or_else(|error| panic!("{error}"));
        let port = free_port();
        let mut command = Command::new(programs::node());
        command.arg(script).env("PORT", port.to_string());
        Self {
            process: start_server(&mut command),
            _folder: folder,
            host: format!("127.0.0.1:{port}"),
        }
    }
}

impl Drop for NodeTracker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Measures both.
pub fn measure(table: &mut Table) {
    let node = NodeTracker::start();
    // Neither limits nor intervals that grow with load: the Node tracker has none.
    let instance = Instance::with_vars(&[
        ("OPEN_TRACKER", "true"),
        ("VIEWERS_PER_ADDRESS", "0"),
        ("ANNOUNCE_SECS", "120"),
    ]);
    // As in production, where a route leads past the site.
    let ours = instance.tracker_url();
    let ours = ours.trim_start_matches("http://");
    for (number, peers) in SWARMS.into_iter().enumerate() {
        let path = format!("/tracker/socket/{VIDEO}{number}");
        let (mut rates, mut rivals) = (Vec::new(), Vec::new());
        let (mut cost, mut rival_cost) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            let (rate, micros) = run(&node.host, "/", peers, Process(node.process.id()));
            rivals.push(rate);
            rival_cost.push(micros);
            let (rate, micros) = run(ours, &path, peers, Process(instance.workerd_pid()));
            rates.push(rate);
            cost.push(micros);
        }
        let (rate, rival) = (median(rates), median(rivals));
        table.shown(&format!("{peers} peers, responses"), rate, "per s");
        table.shown(&format!("{peers} peers, Node tracker"), rival, "per s");
        table.line(
            &format!("{peers} peers, ratio"),
            rate / rival,
            "",
            Bound::AtLeast(1.0),
        );
        // Time of the processor says the same on a busy machine.
        let (cost, rival) = (median(cost), median(rival_cost));
        table.shown(&format!("{peers} peers, processor time"), cost, "us each");
        let name = format!("{peers} peers, processor time, Node tracker");
        table.shown(&name, rival, "us each");
    }
    table.line(
        "relayed offer",
        relay_ms(&instance),
        "ms",
        Bound::AtMost(RELAY_CAP_MS),
    );
}

/// Responses per second, and the server's processor time for each in microseconds, with the warm-up's.
fn run(host: &str, path: &str, peers: usize, server: Process) -> (f64, f64) {
    let plan = Plan {
        host: host.to_owned(),
        path: path.to_owned(),
        info_hash: INFO_HASH.to_owned(),
        peers,
        answers: true,
        warm_up: WARM_UP,
        measured: MEASURED,
    };
    let before = server.cpu_time();
    let (counts, time) = swarm::run(&plan).unwrap_or_else(|error| panic!("{host}{path}: {error}"));
    let used = server.cpu_time().saturating_sub(before);
    assert_eq!(counts.others, 0, "{host}{path} refuses messages");
    let rate = count(counts.responses()) / time.as_secs_f64();
    // The warm-up's responses are not counted, but go at the same rate.
    let all = rate * (WARM_UP + MEASURED).as_secs_f64();
    (rate, used.as_secs_f64() * 1_000_000.0 / all)
}

/// From an announce to the offer at the other peer.
fn relay_ms(instance: &Instance) -> f64 {
    let path = format!("/tracker/socket/{VIDEO}9");
    let mut receiver = Peer::open(instance.origin(), &path, INFO_HASH, 1);
    let mut sender = Peer::open(instance.origin(), &path, INFO_HASH, 2);
    receiver.join();
    sender.join();
    let times = (0..RELAYS).map(|_| {
        let announced = Instant::now();
        sender.announce(5, &json!({}));
        receiver.receive();
        let time = announced.elapsed();
        sender.receive();
        time.as_secs_f64() * 1_000.0
    });
    median(times.collect())
}
