//! Throughput and memory of uploads, interleaved with a bare Worker on the same kind of store.

use std::path::Path;
use std::time::Instant;

use e2e::scratch::Scratch;
use e2e::{Instance, video};

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
    let (mut form, mut chunks, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    let site = Site::start();
    let bare_worker = Bare::start(true);
    for round in 0..ROUNDS {
        bare.push(rate(|| put_bare(&bare_worker, &large, round)));
        form.push(rate(|| site.send_form(&large)));
        chunks.push(rate(|| site.send_chunks(&large)));
    }
    let bare = median(bare);
    table.shown("bare Worker, 512 MB", bare, "MB/s");
    for (name, rates) in [("one form", form), ("8 MiB chunks", chunks)] {
        let ours = median(rates);
        table.shown(&format!("{name}, 512 MB"), ours, "MB/s");
        table.line(
            &format!("{name} / bare"),
            ours / bare,
            "x",
            Bound::AtLeast(RATIO),
        );
    }
    drop((site, bare_worker));
    memory(table, &scratch, &large);
}

fn rate(send: impl FnOnce()) -> f64 {
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

/// The product, signed in.
struct Site {
    instance: Instance,
    authorization: String,
    channel_id: String,
}

impl Site {
    fn start() -> Self {
        let instance = Instance::start();
        let token = stage::sign_in(&instance.visitor()).0;
        let channel_id = video::channel_id(&instance.admin());
        Self {
            instance,
            authorization: format!("Bearer {token}"),
            channel_id,
        }
    }

    fn workerd(&self) -> Process {
        Process(self.instance.workerd_pid())
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
        let content = std::fs::read(path).unwrap_or_else(|error| panic!("{error}"));
        let total = u64::try_from(content.len()).expect("lengths fit 64 bits");
        let target = stage::open_resumable(&self.instance.admin(), &self.instance, total);
        let mut connection = Connection::open(self.instance.origin());
        let mut start = 0;
        while start < total {
            let end = total.min(start + CHUNK_BYTES);
            let range = format!("bytes {start}-{}/{total}", end - 1);
            let headers = [
                ("authorization", self.authorization.as_str()),
                ("content-type", "application/octet-stream"),
                ("content-range", range.as_str()),
            ];
            let chunk = &content[index(start)..index(end)];
            let answer = connection.call("PUT", &target, &headers, Payload::Bytes(chunk));
            let _ = answer.expect_status(if end == total { 200 } else { 308 });
            start = end;
        }
    }
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).expect("the file is in memory")
}
