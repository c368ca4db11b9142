//! Processor time per request.
//!
//! workerd runs the Worker, its Durable Object and the simulators of R2, KV, queue and cache in one
//! process, so its time is an upper bound of the site Worker's own. Where R2 takes most of it, the same
//! bytes through a bare Worker are measured beside, and then the site's isolate by itself, which is what
//! the platform's limit is of.

use std::thread;
use std::time::Duration;

use e2e::client::{Client, percent};
use e2e::instance::ADMIN_PASSWORD;
use e2e::scratch::Scratch;
use e2e::{Instance, video};
use serde_json::Value;

use crate::bare::Bare;
use crate::figure::{Bound, Table};
use crate::http1::{Connection, Payload};
use crate::isolate;
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
/// Lengths of chunks in bytes, and how many of each are sent.
const CHUNKS: [(u64, u32); 2] = [(MIB, 64), (8 * MIB, 16)];
const LARGE_BYTES: u64 = 256 * MIB;
/// Farther than what is filled at once.
const MISS_STRIDE: u64 = 8 * MIB;
/// What the local run calls the site's script.
const WORKER: &str = "site";

/// Measures all kinds of request on one instance.
pub fn measure(table: &mut Table) {
    let stage = Stage::set(&[]);
    let mut connection = Connection::open(stage.instance.origin());
    pages(table, &stage, &mut connection);
    media(table, &stage, &mut connection);
    chunks(table, &stage, &mut connection);
    tokens(table, &stage, &mut connection);
    drop(stage);
    alone(table);
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
    let target = large_original(&stage.admin, &stage.instance);
    let miss = cpu_ms(stage.workerd(), MISSES, |number| {
        get_range(connection, &target, u64::from(number) * MISS_STRIDE);
    });
    let hit = cpu_ms(stage.workerd(), PAGES, |_| {
        get_range(connection, &target, 0)
    });
    let cap = Bound::AtMost(CAP_MS);
    table.line("media range of 1 MiB, in the edge cache", hit, "ms", cap);
    table.shown(
        "media range of 1 MiB, missing, with the fill after it",
        miss,
        "ms",
    );
}

/// Path of a large video's original.
fn large_original(admin: &Client, instance: &Instance) -> String {
    let scratch = Scratch::new("cpu");
    let path = sample::padded_bunny(&scratch, LARGE_BYTES);
    let fields = [("waitTranscoding", "false")];
    let large = video::upload(admin, &path, "Large", &fields);
    stage::original_path(admin, instance, &large.uuid)
}

/// Reads 1 MiB from an offset on.
fn get_range(connection: &mut Connection, target: &str, start: u64) {
    let range = format!("bytes={start}-{}", start + MIB - 1);
    let headers = [("range", range.as_str())];
    assert_eq!(connection.drain(target, &headers).status, 206, "{target}");
}

fn chunks(table: &mut Table, stage: &Stage, connection: &mut Connection) {
    let bare = Bare::start(true);
    let mut bare_connection = Connection::open(bare.origin());
    for (chunk_bytes, number) in CHUNKS {
        let content = content(chunk_bytes * u64::from(number + 1));
        let chunk = |at: u32| &content[index(chunk_bytes * u64::from(at))..][..index(chunk_bytes)];
        let mut upload = Upload::open(&stage.admin, &stage.instance, content.len());
        let ours = cpu_ms(stage.workerd(), number, |at| {
            upload.put(connection, chunk_bytes * u64::from(at), chunk(at));
        });
        // R2 takes no part below 5 MiB, so a short chunk is put behind those before it.
        let chunks_per_part = PART_BYTES / chunk_bytes;
        let theirs = cpu_ms(bare.workerd(), number, |at| {
            let behind = format!("{}", at.saturating_sub(1));
            let headers = [("behind", &*behind)];
            let is_first = u64::from(at).is_multiple_of(chunks_per_part);
            let headers = if is_first { &[][..] } else { &headers[..] };
            let path = format!("/{at}");
            let answer = bare_connection.call("PUT", &path, headers, Payload::Bytes(chunk(at)));
            let _ = answer.expect_status(200);
        });
        let mib = chunk_bytes / MIB;
        table.shown(&format!("upload chunk of {mib} MiB"), ours, "ms");
        table.shown("  the same objects by a bare Worker", theirs, "ms");
        table.shown("  beyond the bare Worker", ours - theirs, "ms");
    }
}

/// A resumable upload that is never finished.
struct Upload {
    target: String,
    authorization: String,
    total_bytes: usize,
}

impl Upload {
    fn open(admin: &Client, instance: &Instance, total_bytes: usize) -> Self {
        let total = u64::try_from(total_bytes).expect("lengths fit 64 bits");
        Self {
            target: stage::open_resumable(admin, instance, total),
            authorization: format!("Bearer {}", stage::sign_in(&instance.visitor()).0),
            total_bytes,
        }
    }

    fn put(&mut self, connection: &mut Connection, start: u64, chunk: &[u8]) {
        let end = index(start) + chunk.len();
        let range = format!("bytes {start}-{}/{}", end - 1, self.total_bytes);
        let headers = [
            ("authorization", self.authorization.as_str()),
            ("content-type", "application/octet-stream"),
            ("content-range", &range),
        ];
        let answer = connection.call("PUT", &self.target, &headers, Payload::Bytes(chunk));
        let _ = answer.expect_status(308);
    }
}

/// What the site's isolate itself does of the requests that R2 has most to do with.
fn alone(table: &mut Table) {
    let instance = Instance::inspected(&[]);
    let admin = instance.admin();
    let workerd = Process(instance.server_pid());
    let mut connection = Connection::open(instance.origin());
    let visitor = instance.visitor();
    let stir = || drop(visitor.get("/nodeinfo/2.0.json"));
    let inspector = instance.inspector_url();
    let each_ms = |times: u32, work: &mut dyn FnMut(u32)| {
        let all = || {
            (0..times).for_each(work);
            let _ = settled(workerd);
        };
        isolate::busy_ms(&inspector, WORKER, &stir, all) / f64::from(times)
    };
    let cap = Bound::AtMost(CAP_MS);
    let target = large_original(&admin, &instance);
    let miss = each_ms(MISSES, &mut |number| {
        get_range(&mut connection, &target, u64::from(number) * MISS_STRIDE);
    });
    table.line(
        "media range of 1 MiB, missing, with the fill: the site's isolate alone",
        miss,
        "ms",
        cap,
    );
    for (chunk_bytes, number) in CHUNKS {
        let content = content(chunk_bytes * u64::from(number + 1));
        let mut upload = Upload::open(&admin, &instance, content.len());
        let each = each_ms(number, &mut |at| {
            let start = chunk_bytes * u64::from(at);
            let chunk = &content[index(start)..][..index(chunk_bytes)];
            upload.put(&mut connection, start, chunk);
        });
        let mib = chunk_bytes / MIB;
        let name = format!("upload chunk of {mib} MiB: the site's isolate alone");
        table.line(&name, each, "ms", cap);
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
