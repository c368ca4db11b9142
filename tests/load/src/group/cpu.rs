//! Processor time per request.
//!
//! workerd runs the Worker, its Durable Object and the simulators of R2, KV, queue and cache in one
//! process, so its time is an upper bound of the site Worker's own. Where R2 takes most of it, the same
//! bytes through a bare Worker are measured beside.

use std::thread;
use std::time::Duration;

use e2e::client::percent;
use e2e::instance::ADMIN_PASSWORD;
use e2e::scratch::Scratch;
use e2e::video;
use serde_json::Value;

use crate::bare::Bare;
use crate::figure::{Bound, Table, median};
use crate::http1::{Connection, Payload};
use crate::process::Process;
use crate::sample;
use crate::stage::{self, Stage};

/// The free plan's limit.
const CAP_MS: f64 = 10.0;
const PAGES: u32 = 500;
const SIGN_INS: u32 = 20;
/// Background work has ended when the process takes no time for so long.
const QUIET: Duration = Duration::from_millis(300);
const MIB: u64 = 1024 * 1024;
/// Of a multipart upload, as the site chooses it.
const PART_BYTES: u64 = 8 * MIB;
/// Each in a part of the file that no other request has touched.
const MISSES: u32 = 30;
const LARGE_BYTES: u64 = 256 * MIB;
/// Of chunks, ours and those of the bare Worker in turns.
const ROUNDS: u32 = 9;

/// Measures all kinds of request on one instance.
pub fn measure(table: &mut Table) {
    let stage = Stage::set(&[]);
    let mut connection = Connection::open(stage.instance.origin());
    pages(table, &stage, &mut connection);
    media(table, &stage, &mut connection);
    chunks(table, &stage, &mut connection);
    tokens(table, &stage, &mut connection);
}

/// Milliseconds of processor time per repetition.
fn cpu_ms(process: Process, times: u32, mut work: impl FnMut(u32)) -> f64 {
    let before = settled(process);
    for number in 0..times {
        work(number);
    }
    (settled(process) - before).as_secs_f64() * 1_000.0 / f64::from(times)
}

/// Time of the process once it has nothing more to do.
fn settled(process: Process) -> Duration {
    let mut last = process.cpu_time();
    loop {
        thread::sleep(QUIET);
        let now = process.cpu_time();
        if now == last {
            return now;
        }
        last = now;
    }
}

fn pages(table: &mut Table, stage: &Stage, connection: &mut Connection) {
    let details = format!("/api/v1/videos/{}", stage.created.uuid);
    let watch = stage.watch_path();
    let paths = [
        ("home page, rendered", "/"),
        ("watch page, rendered", watch.as_str()),
        ("/api/v1/videos, 15 listed", "/api/v1/videos"),
        ("/api/v1/videos/{id}", details.as_str()),
        ("/api/v1/config", "/api/v1/config"),
    ];
    for (name, path) in paths {
        // The site shows the very same page again for a second, so each is asked for by another address.
        let mut asked = 0;
        let mut get = |_| {
            asked += 1;
            let path = format!("{path}?n={asked}");
            assert_eq!(connection.drain(&path, &[]).status, 200, "{path}");
        };
        // V8 takes some calls to compile what is called often.
        cpu_ms(stage.workerd(), PAGES / 5, &mut get);
        let spent = cpu_ms(stage.workerd(), PAGES, &mut get);
        table.line(name, spent, "ms", Bound::AtMost(CAP_MS));
    }
}

fn media(table: &mut Table, stage: &Stage, connection: &mut Connection) {
    let scratch = Scratch::new("cpu");
    let path = sample::padded_bunny(&scratch, LARGE_BYTES);
    let fields = [("waitTranscoding", "false")];
    let large = video::upload(&stage.admin, &path, "Large", &fields);
    let target = stage::original_path(&stage.admin, &stage.instance, &large.uuid);
    let mut get = |start: u64| {
        let range = format!("bytes={start}-{}", start + MIB - 1);
        assert_eq!(
            connection.drain(&target, &[("range", &range)]).status,
            206,
            "{target}"
        );
    };
    let stride = LARGE_BYTES / u64::from(MISSES);
    let miss = cpu_ms(stage.workerd(), MISSES, |number| {
        get(u64::from(number) * stride)
    });
    let hit = cpu_ms(stage.workerd(), PAGES, |_| get(0));
    let cap = Bound::AtMost(CAP_MS);
    table.line("media range of 1 MiB, in the edge cache", hit, "ms", cap);
    table.line(
        "media range of 1 MiB, missing, with the fill after it",
        miss,
        "ms",
        cap,
    );
}

fn chunks(table: &mut Table, stage: &Stage, connection: &mut Connection) {
    let bare = Bare::start(true);
    let mut bare_connection = Connection::open(bare.origin());
    for (chunk_bytes, a_round) in [(MIB, 16), (8 * MIB, 4)] {
        let content = content(chunk_bytes * u64::from(ROUNDS * a_round + 1));
        let chunk = |at: u32| &content[index(chunk_bytes * u64::from(at))..][..index(chunk_bytes)];
        let total = u64::try_from(content.len()).expect("lengths fit 64 bits");
        let target = stage::open_resumable(&stage.admin, &stage.instance, total);
        let token = stage::sign_in(&stage.instance.visitor()).0;
        let mut send_ours = |at: u32| {
            let start = chunk_bytes * u64::from(at);
            let range = format!("bytes {start}-{}/{total}", start + chunk_bytes - 1);
            let headers = [
                ("authorization", &*format!("Bearer {token}")),
                ("content-type", "application/octet-stream"),
                ("content-range", &range),
            ];
            let answer = connection.call("PUT", &target, &headers, Payload::Bytes(chunk(at)));
            let _ = answer.expect_status(308);
        };
        // R2 takes no part below 5 MiB, so a short chunk is put behind those before it.
        let chunks_per_part = PART_BYTES / chunk_bytes;
        let mut send_theirs = |at: u32| {
            let behind = format!("{}", at.saturating_sub(1));
            let headers = [("behind", &*behind)];
            let is_first = u64::from(at).is_multiple_of(chunks_per_part);
            let headers = if is_first { &[][..] } else { &headers[..] };
            let path = format!("/{at}");
            let answer = bare_connection.call("PUT", &path, headers, Payload::Bytes(chunk(at)));
            let _ = answer.expect_status(200);
        };
        // In turns: the machine is not the same from one minute to the next.
        let (mut ours, mut theirs, mut beyond) = (Vec::new(), Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let first = round * a_round;
            let our = cpu_ms(stage.workerd(), a_round, |n| send_ours(first + n));
            let their = cpu_ms(bare.workerd(), a_round, |n| send_theirs(first + n));
            ours.push(our);
            theirs.push(their);
            beyond.push(our - their);
        }
        let mib = chunk_bytes / MIB;
        let name = format!("upload chunk of {mib} MiB, median of {ROUNDS} rounds");
        table.shown(&name, median(ours), "ms");
        table.shown("  the same objects by a bare Worker", median(theirs), "ms");
        let cap = Bound::AtMost(CAP_MS);
        table.line("  beyond the bare Worker", median(beyond), "ms", cap);
    }
}

/// The beginning of a video, and zeros.
fn content(bytes: u64) -> Vec<u8> {
    let scratch = Scratch::new("content");
    std::fs::read(sample::padded_bunny(&scratch, bytes)).expect("it was written just now")
}

fn index(bytes: u64) -> usize {
    usize::try_from(bytes).expect("it is in memory")
}

fn tokens(table: &mut Table, stage: &Stage, connection: &mut Connection) {
    let visitor = stage.instance.visitor();
    let (_, mut refresh_token) = stage::sign_in(&visitor);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let mut ask = |fields: &str| -> Value {
        let payload = Payload::Bytes(fields.as_bytes());
        connection
            .call("POST", "/api/v1/users/token", &form, payload)
            .expect_status(200)
            .json()
    };
    let client = stage::refresh_fields(&visitor, "");
    let refresh = cpu_ms(stage.workerd(), PAGES / 5, |_| {
        let tokens = ask(&format!("{client}{refresh_token}"));
        refresh_token = video::text(&tokens, "refresh_token").to_owned();
    });
    let password = percent(ADMIN_PASSWORD);
    let fields = client.replace(
        "grant_type=refresh_token&refresh_token=",
        "grant_type=password",
    );
    let fields = format!("{fields}&username=root&password={password}");
    let sign_in = cpu_ms(stage.workerd(), SIGN_INS, |_| {
        let _ = ask(&fields);
    });
    table.line("token by refresh", refresh, "ms", Bound::AtMost(CAP_MS));
    table.shown("token by password", sign_in, "ms");
    table.shown(
        "  of it Argon2 (by password less by refresh)",
        sign_in - refresh,
        "ms",
    );
}
