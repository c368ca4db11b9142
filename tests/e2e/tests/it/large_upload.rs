//! Files larger than a Worker's memory of 128 MB pass through it.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use e2e::resumable::Resumable;
use e2e::scratch::Scratch;
use e2e::video::{self, Created, number, text};
use e2e::{Client, Instance, samples};

/// Copies of 1.05 MB each: 358 MB, far above the 128 MB that a Worker may use.
const COPIES: u32 = 340;
/// workerd runs the Worker, its database and the simulated object store in one process, whose memory
/// grows by up to 240 MB when it is busy, however large the file. Holding the file would add its size.
const GROWTH_BYTES: u64 = 320 * 1024 * 1024;
/// A chunk of a fast connection, not a multiple of anything.
const CHUNK_BYTES: usize = 37_000_001;
/// Of the download, not a divisor of anything.
const RANGE_BYTES: u64 = 7_000_003;

#[test]
fn a_form_larger_than_memory_is_streamed() {
    let scratch = Scratch::new("large");
    let sample = samples::long_bunny(&scratch, COPIES);
    let instance = Instance::start();
    let admin = instance.admin();
    let memory = Memory::watch(&instance);
    let created = video::upload(&admin, &sample, "Long", &[]);
    memory.assert_bounded();
    assert_identical(&admin, &created, &sample);
}

#[test]
fn a_resumable_upload_larger_than_memory_is_streamed() {
    let scratch = Scratch::new("large");
    let sample = samples::long_bunny(&scratch, COPIES);
    let mut file = File::open(&sample).unwrap();
    let total = file.metadata().unwrap().len();
    assert!(total > GROWTH_BYTES, "{total} bytes are not large");
    let instance = Instance::start();
    let admin = instance.admin();
    let memory = Memory::watch(&instance);
    let upload = Resumable::open(&admin, "Long", "long.mp4", total);
    let mut chunk = vec![0; CHUNK_BYTES];
    let mut start = 0;
    let answer = loop {
        let length = CHUNK_BYTES.min(usize::try_from(total - start).unwrap());
        file.read_exact(&mut chunk[..length]).unwrap();
        let answer = upload.try_put_chunk(start, &chunk[..length]).unwrap();
        start += u64::try_from(length).unwrap();
        if start == total {
            break answer.expect_status(200);
        }
        assert_eq!(e2e::resumable::received(&answer), Some(start));
    };
    memory.assert_bounded();
    assert_identical(&admin, &Created::from_answer(&answer), &sample);
}

/// The original comes back byte for byte, range by range.
fn assert_identical(admin: &Client, created: &Created, sample: &Path) {
    let video = video::details(admin, &created.uuid);
    let file = &video["files"][0];
    let url = text(file, "fileUrl");
    let mut expected = File::open(sample).expect("the sample was just made");
    let size = number(file, "size");
    let mut first = 0;
    while first < size {
        let length = RANGE_BYTES.min(size - first);
        let range = format!("bytes={first}-{}", first + length - 1);
        let answer = admin.get_with(url, &[("range", &range)]).expect_status(206);
        let mut part = vec![0; answer.body.len()];
        expected
            .read_exact(&mut part)
            .expect("the sample is as long as its upload");
        assert!(answer.body == part, "{range}: other bytes");
        first += length;
    }
    assert_eq!(expected.read(&mut [0]).expect("the end can be read"), 0);
}

/// Resident memory of workerd, by Linux's own peak counter.
struct Memory {
    pid: u32,
    before_bytes: u64,
}

impl Memory {
    fn watch(instance: &Instance) -> Self {
        let pid = instance.server_pid();
        // proc(5): writing 5 resets the peak to the current size.
        let reset = fs::write(format!("/proc/{pid}/clear_refs"), "5");
        reset.unwrap_or_else(|error| panic!("cannot reset the peak of workerd: {error}"));
        Self {
            pid,
            before_bytes: status_bytes(pid, "VmRSS"),
        }
    }

    fn assert_bounded(&self) {
        let peak = status_bytes(self.pid, "VmHWM");
        let growth = peak.saturating_sub(self.before_bytes);
        eprintln!(
            "workerd: {} MB, at most {} MB",
            self.before_bytes >> 20,
            peak >> 20
        );
        assert!(growth < GROWTH_BYTES, "workerd grew by {growth} bytes");
    }
}

fn status_bytes(pid: u32, field: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_else(|| panic!("no {field} of process {pid}")) * 1024
}
