//! Throughput and memory of uploads, interleaved with a bare Worker on the same kind of store.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use e2e::scratch::Scratch;
use e2e::{Client, Instance, programs, video};

use crate::bare::Bare;
use crate::figure::{Bound, Table, count, median};
use crate::http1::{Connection, Payload};
use crate::process::Process;
use crate::{sample, stage};

const MB: u64 = 1_000_000;
const LARGE_BYTES: u64 = 512 * MB;
const SMALL_BYTES: u64 = 64 * MB;
const CHUNK_BYTES: u64 = 8 * 1024 * 1024;
const ROUNDS: u32 = 3;
const RATIO: f64 = 0.8;
/// "Flat": eight times the file may not take more than this beyond what the small file takes.
const GROWTH_MB: f64 = 64.0;
const BOUNDARY: &str = "edgetube-load";

/// Measures rates, then memory.
pub fn measure(table: &mut Table) {
    let scratch = Scratch::new("upload");
    let large = sample::padded_bunny(&scratch, LARGE_BYTES);
    let site = Site::start();
    let bare = Bare::start(true);
    let mut rates: [Vec<f64>; 4] = Default::default();
    for round in 0..ROUNDS {
        let ways: [&dyn Fn(); 4] = [
            &|| put_bare(&bare, &large, round),
            &|| site.send_form(&large),
            &|| put_bare_chunks(&bare, &large, round),
            &|| site.send_chunks(&large),
        ];
        for (rates, send) in rates.iter_mut().zip(ways) {
            rates.push(rate(send));
        }
    }
    let [bare_whole, form, bare_chunks, chunks] = rates.map(median);
    let least = Bound::AtLeast(RATIO);
    table.shown("bare Worker, 512 MB in one body", bare_whole, "MB/s");
    table.shown("ours, one form", form, "MB/s");
    table.line("  ours / bare", form / bare_whole, "x", least);
    table.shown("bare Worker, objects of 8 MiB", bare_chunks, "MB/s");
    table.shown("ours, chunks of 8 MiB", chunks, "MB/s");
    table.line("  ours / bare", chunks / bare_chunks, "x", least);
    drop((site, bare));
    memory(table, &scratch, &large);
}

/// MB per second, after all that others have written is on disk.
fn rate(send: impl FnOnce()) -> f64 {
    programs::run(&mut Command::new("sync"));
    let started = Instant::now();
    send();
    count(LARGE_BYTES / MB) / started.elapsed().as_secs_f64()
}

fn memory(table: &mut Table, scratch: &Scratch, large: &Path) {
    let small = sample::padded_bunny(scratch, SMALL_BYTES);
    let pair = |send: &dyn Fn(&Path) -> f64| (send(&small), send(large));
    let ways: [(&str, (f64, f64), bool); 3] = [
        ("bare Worker", pair(&bare_peak_mb), false),
        ("one form", pair(&form_peak_mb), true),
        ("8 MiB chunks", pair(&chunks_peak_mb), true),
    ];
    for (name, (with_small, with_large), is_ours) in ways {
        table.shown(&format!("{name}, 64 MB: workerd at most"), with_small, "MB");
        table.shown(
            &format!("{name}, 512 MB: workerd at most"),
            with_large,
            "MB",
        );
        let bound = if is_ours {
            Bound::AtMost(GROWTH_MB)
        } else {
            Bound::Shown
        };
        table.line("  difference", with_large - with_small, "MB", bound);
    }
}

fn peak_mb(process: Process, send: impl FnOnce()) -> f64 {
    process.forget_peak();
    send();
    count(process.peak_bytes() / MB)
}

fn bare_peak_mb(path: &Path) -> f64 {
    let bare = Bare::start(true);
    peak_mb(bare.workerd(), || put_bare(&bare, path, 0))
}

fn form_peak_mb(path: &Path) -> f64 {
    let site = Site::start();
    peak_mb(site.workerd(), || site.send_form(path))
}

fn chunks_peak_mb(path: &Path) -> f64 {
    let site = Site::start();
    peak_mb(site.workerd(), || site.send_chunks(path))
}

fn put_bare(bare: &Bare, path: &Path, number: u32) {
    let file = Payload::File {
        before: &[],
        path,
        after: &[],
    };
    let answer = Connection::open(bare.origin()).call("PUT", &format!("/{number}"), &[], file);
    let _ = answer.expect_status(200);
}

/// Each piece is on disk before the next is asked for, as a chunk of ours is.
fn put_bare_chunks(bare: &Bare, path: &Path, number: u32) {
    let mut connection = Connection::open(bare.origin());
    for_each_chunk(path, |start, chunk, _| {
        let target = format!("/{number}-{start}");
        let answer = connection.call("PUT", &target, &[], Payload::Bytes(chunk));
        let _ = answer.expect_status(200);
    });
}

/// Calls `send` with the offset, the bytes and the size of the file.
fn for_each_chunk(path: &Path, mut send: impl FnMut(u64, &[u8], u64)) {
    let mut file = File::open(path).unwrap_or_else(|error| panic!("{error}"));
    let total = file.metadata().map_or(0, |metadata| metadata.len());
    let mut chunk = vec![0; index(CHUNK_BYTES)];
    for start in (0..total).step_by(index(CHUNK_BYTES)) {
        let chunk = &mut chunk[..index(CHUNK_BYTES.min(total - start))];
        file.read_exact(chunk)
            .unwrap_or_else(|error| panic!("{error}"));
        send(start, chunk, total);
    }
}

/// The product, signed in.
struct Site {
    instance: Instance,
    admin: Client,
    authorization: String,
    channel_id: String,
}

impl Site {
    fn start() -> Self {
        let instance = Instance::start();
        let token = stage::sign_in(&instance.visitor()).0;
        let admin = instance.visitor().with_token(&token);
        let channel_id = video::channel_id(&admin);
        Self {
            instance,
            admin,
            authorization: format!("Bearer {token}"),
            channel_id,
        }
    }

    fn workerd(&self) -> Process {
        Process(self.instance.server_pid())
    }

    fn send_form(&self, path: &Path) {
        let field = |name: &str, value: &str| {
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
        };
        let before = format!(
            "{}{}{}--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"videofile\"; \
             filename=\"large.mp4\"\r\nContent-Type: video/mp4\r\n\r\n",
            field("name", "Large"),
            field("channelId", &self.channel_id),
            field("privacy", "1"),
        );
        let after = format!("\r\n--{BOUNDARY}--\r\n");
        let headers = [
            ("authorization", self.authorization.as_str()),
            (
                "content-type",
                &*format!("multipart/form-data; boundary={BOUNDARY}"),
            ),
        ];
        let form = Payload::File {
            before: before.as_bytes(),
            path,
            after: after.as_bytes(),
        };
        let mut connection = Connection::open(self.instance.origin());
        let _ = connection
            .call("POST", "/api/v1/videos/upload", &headers, form)
            .expect_status(200);
    }

    fn send_chunks(&self, path: &Path) {
        let total = std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        let target = stage::open_resumable(&self.admin, &self.instance, total);
        let mut connection = Connection::open(self.instance.origin());
        for_each_chunk(path, |start, chunk, total| {
            let end = start + u64::try_from(chunk.len()).expect("lengths fit 64 bits");
            let range = format!("bytes {start}-{}/{total}", end - 1);
            let headers = [
                ("authorization", self.authorization.as_str()),
                ("content-type", "application/octet-stream"),
                ("content-range", range.as_str()),
            ];
            let answer = connection.call("PUT", &target, &headers, Payload::Bytes(chunk));
            let _ = answer.expect_status(if end == total { 200 } else { 308 });
        });
    }
}

fn index(bytes: u64) -> usize {
    usize::try_from(bytes).expect("a chunk fits memory")
}
