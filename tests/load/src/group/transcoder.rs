//! What the transcoder says of itself.

use std::process::Command;

use e2e::programs;
use e2e::scratch::Scratch;
use serde_json::Value;

use crate::figure::{Bound, Table};
use crate::sample;

/// Over one hand-written command that makes the same renditions.
const MAX_WALL_RATIO: f64 = 1.05;
/// Over one ffmpeg for each rendition.
const MAX_CPU_RATIO: f64 = 0.8;
const MIB: f64 = 1024.0 * 1024.0;

/// Judges what its own benchmark has measured.
pub fn measure(table: &mut Table) {
    let scratch = Scratch::new("transcoder");
    let source = sample::full_hd_bunny(&scratch);
    let output = programs::run(
        Command::new(programs::transcoder())
            .args(["bench", "--source"])
            .arg(&source),
    );
    let said: Value = serde_json::from_slice(&output.stdout).expect("it measures in JSON");
    let number = |key: &str| {
        let number = said[key].as_f64();
        number.unwrap_or_else(|| panic!("no {key} in {said}"))
    };
    table.line(
        "wall time over one ffmpeg written by hand",
        number("wallRatio"),
        "",
        Bound::AtMost(MAX_WALL_RATIO),
    );
    table.line(
        "processor time over one ffmpeg per rendition",
        number("cpuRatio"),
        "",
        Bound::AtMost(MAX_CPU_RATIO),
    );
    for (name, key) in [
        ("peak memory of ffmpeg", "peakMemoryBytes"),
        ("  of the one written by hand", "byHandPeakMemoryBytes"),
    ] {
        table.shown(name, number(key) / MIB, "MiB");
    }
}
