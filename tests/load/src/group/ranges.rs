//! One-megabyte ranges of a large file.

use std::thread;
use std::time::Instant;

use e2e::random::Random;
use e2e::scratch::Scratch;
use e2e::{Instance, video};

use crate::bare::Bare;
use crate::figure::{Bound, Table, count, median};
use crate::http1::{Connection, Payload};
use crate::sample;
use crate::stage;

const CONNECTIONS: usize = 8;
const RANGE_BYTES: u64 = 1024 * 1024;
const RANGES: u64 = 256;
/// A bare Worker got 73 a second from the simulator as Miniflare ships it.
const SIMULATOR: f64 = 73.0;
const ROUNDS: u32 = 3;

/// Measures ours cold and warm, and two bare Workers.
pub fn measure(table: &mut Table) {
    let scratch = Scratch::new("ranges");
    let sample = sample::padded_bunny(&scratch, RANGES * RANGE_BYTES);
    let instance = Instance::start();
    let admin = instance.admin();
    let created = video::upload(&admin, &sample, "Large", &[("waitTranscoding", "false")]);
    let target = stage::original_path(&admin, &instance, &created.uuid);
    let (bare, unchanged) = (Bare::start(true), Bare::start(false));
    for bare in [&bare, &unchanged] {
        let file = Payload::File {
            before: &[],
            path: &sample,
            after: &[],
        };
        let stored = Connection::open(bare.origin()).call("PUT", "/large", &[], file);
        let _ = stored.expect_status(200);
    }
    let cold = rate(instance.origin(), &target);
    let (mut ours, mut theirs, mut shipped) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.push(rate(instance.origin(), &target));
        theirs.push(rate(bare.origin(), "/large"));
        shipped.push(rate(unchanged.origin(), "/large"));
    }
    let (ours, theirs) = (median(ours), median(theirs));
    table.shown("each range for the first time", cold, "/s");
    table.line("again", ours, "/s", Bound::AtLeast(SIMULATOR));
    table.shown("bare Worker on the same simulator", theirs, "/s");
    table.shown(
        "bare Worker on the simulator as shipped",
        median(shipped),
        "/s",
    );
    table.shown("ours / bare", ours / theirs, "x");
}

/// Asks for every range once, in an order that no read-ahead guesses.
fn rate(origin: &str, target: &str) -> f64 {
    let mut order: Vec<u64> = (0..RANGES).collect();
    let mut random = Random::new(RANGES);
    for at in (1..RANGES).rev() {
        let other = random.between(0, at);
        order.swap(index(at), index(other));
    }
    let started = Instant::now();
    thread::scope(|scope| {
        for share in order.chunks(order.len() / CONNECTIONS) {
            scope.spawn(move || {
                let mut connection = Connection::open(origin);
                for number in share {
                    let first = number * RANGE_BYTES;
                    let range = format!("bytes={first}-{}", first + RANGE_BYTES - 1);
                    let answer = connection.drain(target, &[("range", &range)]);
                    assert_eq!(
                        (answer.status, answer.body_bytes),
                        (206, RANGE_BYTES),
                        "{target}"
                    );
                }
            });
        }
    });
    count(RANGES) / started.elapsed().as_secs_f64()
}

fn index(number: u64) -> usize {
    usize::try_from(number).expect("a few hundred")
}
