//! Size of the Worker bundle.

use std::fs;
use std::io::Write;
use std::path::Path;

use e2e::programs;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::figure::{Bound, Table, count};

/// Cloudflare's free plan takes 3 MiB after gzip.
const GZIP_CAP_KIB: f64 = 3_072.0;
const BUNDLE: [&str; 2] = ["index.js", "index_bg.wasm"];

/// Measures the bundle as it was built.
pub fn measure(table: &mut Table) {
    let folder = programs::root().join("functions/workers-site/build");
    let (mut raw, mut packed) = (0, 0);
    for name in BUNDLE {
        let bytes = read(&folder.join(name));
        raw += bytes.len();
        packed += gzip_bytes(&bytes);
    }
    table.shown("Worker, raw", kib(raw), "KiB");
    table.line(
        "Worker, gzip",
        kib(packed),
        "KiB",
        Bound::AtMost(GZIP_CAP_KIB),
    );
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Length after gzip at its best level.
#[must_use]
pub fn gzip_bytes(bytes: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let packed = encoder.write_all(bytes).and_then(|()| encoder.finish());
    packed.expect("memory takes every byte").len()
}

/// A length in KiB.
#[must_use]
pub fn kib(bytes: usize) -> f64 {
    count(u64::try_from(bytes).expect("lengths fit 64 bits")) / 1_024.0
}
