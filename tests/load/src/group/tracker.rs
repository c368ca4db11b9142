//! The tracker in workerd beside the Node tracker that PeerTube uses, under the same load, in turns; and
//! what the platform itself takes: bare JavaScript objects that do the least a tracker does, one whose
//! sockets outlive its sleep, as ours do, and one that never sleeps (`bare-worker/swarm.mjs`).

use std::process::Command;
use std::time::{Duration, Instant};

use e2e::tracker::peer::Peer;
use e2e::{Instance, programs};
use serde_json::json;

use crate::bare::Bare;
use crate::figure::{Bound, Table, count, median};
use crate::foreign_trackers::ForeignTracker;
use crate::process::Process;
use crate::swarm::{self, Plan};

const INFO_HASH: &str = "FuGEr478XuVjbIYvey2c";
const VIDEO: &str = "00000000-0000-4000-8000-00000000000";
/// Sockets of a lively and of a large swarm.
const SWARMS: [usize; 2] = [100, 1_000];
const TURNS: u32 = 5;
const WARM_UP: Duration = Duration::from_secs(1);
const MEASURED: Duration = Duration::from_secs(2);
const RELAYS: u32 = 50;
const RELAY_CAP_MS: f64 = 50.0;

/// One of those compared.
struct Rival<'a> {
    name: &'static str,
    host: &'a str,
    path: String,
    process: Process,
}

/// Measures all of them.
pub fn measure(table: &mut Table) {
    let node = ForeignTracker::node();
    let version = programs::run(Command::new(programs::node()).arg("--version"));
    let version = String::from_utf8_lossy(&version.stdout);
    table.note(&format!(
        "the Node tracker runs on Node {}; a newer one is faster",
        version.trim()
    ));
    // Neither limits nor intervals that grow with load: the Node tracker has none.
    let instance = Instance::with_vars(&[
        ("OPEN_TRACKER", "true"),
        ("VIEWERS_PER_ADDRESS", "0"),
        ("ANNOUNCE_SECS", "120"),
    ]);
    let bare = Bare::swarm();
    let aquatic = ForeignTracker::aquatic();
    if aquatic.is_none() {
        table.note(
            "aquatic_ws is not installed (`cargo install aquatic_ws`), so it is not compared",
        );
    }
    // As in production, where a route leads past the site.
    let ours = instance.tracker_url();
    for (number, peers) in SWARMS.into_iter().enumerate() {
        let rival = |name, host, path, process| Rival {
            name,
            host,
            path,
            process,
        };
        let bare_host = bare.origin().trim_start_matches("http://");
        let mut rivals = vec![
            rival("Node tracker", node.host(), "/".to_owned(), node.process()),
            rival(
                "ours",
                ours.trim_start_matches("http://"),
                format!("/tracker/socket/{VIDEO}{number}"),
                Process(instance.server_pid()),
            ),
            rival(
                "bare object",
                bare_host,
                format!("/hibernating/{number}"),
                bare.workerd(),
            ),
            rival(
                "bare object, no sleep",
                bare_host,
                format!("/awake/{number}"),
                bare.workerd(),
            ),
        ];
        if let Some(aquatic) = &aquatic {
            rivals.push(rival(
                "aquatic_ws",
                aquatic.host(),
                "/".to_owned(),
                aquatic.process(),
            ));
        }
        compare(table, peers, &rivals);
    }
    let cap = Bound::AtMost(RELAY_CAP_MS);
    let first = first_offer_ms(&instance);
    let name = format!("first offer of a newcomer at a viewer, slowest of {RELAYS}");
    table.line(&name, first, "ms", cap);
    table.line("later offers, median", relay_ms(&instance), "ms", cap);
}

/// Each in turn, several times. The first one is what the others are measured by, the second one ours.
fn compare(table: &mut Table, peers: usize, rivals: &[Rival<'_>]) {
    let mut figures: Vec<(Vec<f64>, Vec<f64>)> = vec![Default::default(); rivals.len()];
    for _ in 0..TURNS {
        for (rival, (rates, costs)) in rivals.iter().zip(&mut figures) {
            let (rate, cost) = run(rival, peers);
            rates.push(rate);
            costs.push(cost);
        }
    }
    let figures: Vec<(f64, f64)> = figures
        .into_iter()
        .map(|(rates, costs)| (median(rates), median(costs)))
        .collect();
    let [(norm, _), (ours, _), ..] = *figures else {
        return;
    };
    for (number, (rival, (rate, cost))) in rivals.iter().zip(&figures).enumerate() {
        let name = format!("{peers} peers, {}", rival.name);
        table.shown(&name, *rate, "responses/s");
        // Time of the processor says the same on a busy machine.
        table.shown("  processor time", *cost, "us each");
        let ratio = format!("{name}, to Node's");
        match number {
            0 => {}
            1 => table.line(&ratio, rate / norm, "", Bound::AtLeast(1.0)),
            _ => {
                table.shown("  to Node's", rate / norm, "");
                table.shown("  ours to this", ours / rate, "");
            }
        }
    }
}

/// Responses per second, and the server's processor time for each in microseconds, with the warm-up's.
fn run(rival: &Rival<'_>, peers: usize) -> (f64, f64) {
    let Rival {
        host,
        path,
        process: server,
        ..
    } = rival;
    let plan = Plan {
        host: (*host).to_owned(),
        path: path.clone(),
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

/// From the first announce of somebody new to its offer at the one who is there: the longest of many.
fn first_offer_ms(instance: &Instance) -> f64 {
    let path = format!("/tracker/socket/{VIDEO}8");
    let times = (0..RELAYS).map(|number| {
        let info_hash = format!("{number:0>20}");
        let open = |peer| Peer::open(instance.origin(), &path, &info_hash, peer);
        let mut viewer = open(2 * number);
        viewer.join();
        let mut newcomer = open(2 * number + 1);
        let announced = Instant::now();
        newcomer.announce(5, &json!({ "event": "started" }));
        let relayed = viewer.receive();
        let time = announced.elapsed();
        assert_eq!(relayed["peer_id"], newcomer.id, "no offer: {relayed}");
        time.as_secs_f64() * 1_000.0
    });
    times.fold(0.0, f64::max)
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
