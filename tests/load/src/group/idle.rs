//! What five thousand idle viewers of one video cost the tracker, and how it wakes up under them.

use std::thread;
use std::time::{Duration, Instant};

use e2e::Instance;
use e2e::tracker::peer::Peer;
use serde_json::{Value, json};

use crate::figure::{Bound, Table, count, median};
use crate::heap;
use crate::process::Process;

const INFO_HASH: &str = "FuGEr478XuVjbIYvey2c";
const PATH: &str = "/tracker/socket/00000000-0000-4000-8000-000000000000";
const SOCKETS: u32 = 5_000;
/// workerd lets an object sleep after ten seconds without an event.
const ASLEEP_AFTER: Duration = Duration::from_secs(13);
/// Nothing but a wake is measured, and the clock is not what wakes it.
const REPORT_SECS: &str = "3600";
const WAKE_CAP_MS: f64 = 100.0;
const SOCKET_CAP_KB: f64 = 3.0;
/// What the local run calls the tracker's script.
const WORKER: &str = "tracker";

const ROUNDS: u64 = 3;

struct Size {
    wasm: f64,
    resident: f64,
    objects_built: u64,
}

const VARS: [(&str, &str); 4] = [
    ("OPEN_TRACKER", "true"),
    ("VIEWERS_PER_ADDRESS", "0"),
    ("ANNOUNCE_SECS", "3600"),
    ("REPORT_SECS", REPORT_SECS),
];

/// Measures all of it.
pub fn measure(table: &mut Table) {
    memory(table);
    wake(table);
}

/// Of each socket: Wasm's memory, which never shrinks, and the JavaScript heap while the object is awake
/// and while it sleeps. What workerd holds besides, such as buffers of the connection, is in neither.
fn memory(table: &mut Table) {
    let instance = Instance::inspected(&VARS);
    // The entry answers, so that no object wakes up.
    let stir = || drop(instance.visitor().get("/tracker/measures"));
    let heap_bytes = || heap::used_bytes(&instance.inspector_url(), WORKER, stir);
    let mut first = Peer::open(instance.origin(), PATH, INFO_HASH, 0);
    first.join();
    let (before, heap_before) = (size(&instance), heap_bytes());
    let _idle = crowd(&instance);
    let (after, heap_awake) = (size(&instance), heap_bytes());
    let per_socket = |bytes: f64| bytes / f64::from(SOCKETS - 1) / 1_000.0;
    let wasm = per_socket(after.wasm - before.wasm);
    let awake = per_socket(heap_awake - heap_before);
    // Every event would keep it awake, so there is nothing to wait for but time.
    thread::sleep(ASLEEP_AFTER);
    let asleep = per_socket(heap_bytes() - heap_before);
    table.shown(
        &format!("Wasm memory of each of {SOCKETS} idle sockets"),
        wasm,
        "KB",
    );
    table.shown("  JavaScript heap while awake", awake, "KB");
    table.shown("  JavaScript heap while asleep", asleep, "KB");
    let cap = Bound::AtMost(SOCKET_CAP_KB);
    table.line("  in all, awake", wasm + awake, "KB", cap);
    table.line("  in all, asleep", wasm + asleep, "KB", cap);
    let resident = per_socket(after.resident - before.resident);
    table.shown("  of workerd's resident memory", resident, "KB");
    table.note(
        "the latter with buffers of the connection, of which Cloudflare's edge holds one end",
    );
}

fn crowd(instance: &Instance) -> Vec<Peer> {
    let joined = |number| {
        let mut peer = Peer::open(instance.origin(), PATH, INFO_HASH, number);
        peer.join();
        peer
    };
    (1..SOCKETS).map(joined).collect()
}

/// How long an announce takes that wakes the object.
fn wake(table: &mut Table) {
    let instance = Instance::with_vars(&VARS);
    let mut first = Peer::open(instance.origin(), PATH, INFO_HASH, 0);
    first.join();
    let mut idle = crowd(&instance);
    let built_before = size(&instance).objects_built;
    let workerd = Process(instance.server_pid());
    let (mut awake, mut woken, mut used) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        awake.push(announce_ms(&mut first));
        thread::sleep(ASLEEP_AFTER);
        let before = workerd.cpu_time();
        woken.push(announce_ms(&mut first));
        let time = workerd.cpu_time().saturating_sub(before);
        used.push(time.as_secs_f64() * 1_000.0);
    }
    let built = size(&instance).objects_built - built_before;
    table.shown("announce to an object that is awake", median(awake), "ms");
    let name = format!("announce that wakes it, with {SOCKETS} sockets");
    table.line(&name, median(woken), "ms", Bound::AtMost(WAKE_CAP_MS));
    table.shown("  of it processor time", median(used), "ms");
    if built != ROUNDS {
        table.note("the object has not slept each time: the figure says less than it seems");
    }
    // All are still there.
    let last = idle.last_mut().map(Peer::join);
    assert_eq!(
        last.map(|reply| reply["incomplete"].clone()),
        Some(json!(SOCKETS))
    );
}

fn announce_ms(peer: &mut Peer) -> f64 {
    let announced = Instant::now();
    peer.announce(0, &json!({}));
    peer.receive();
    announced.elapsed().as_secs_f64() * 1_000.0
}

fn size(instance: &Instance) -> Size {
    let answer = instance.visitor().get("/tracker/measures");
    let told: Value = answer.expect_status(200).json();
    let number = |name: &str| told[name].as_u64().unwrap_or_default();
    let workerd = Process(instance.server_pid());
    Size {
        wasm: count(number("wasm_bytes")),
        resident: count(workerd.resident_bytes()),
        objects_built: number("objects_built"),
    }
}
