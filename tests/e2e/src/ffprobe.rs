//! What ffprobe and ffmpeg say of a file or URL.

use std::process::Command;

use serde_json::Value;

use crate::programs;

/// Streams and format; panics if ffprobe has anything to complain about.
#[must_use]
pub fn probe(input: &str) -> Value {
    probe_with(input, &["-show_format", "-show_streams"])
}

/// The one stream of that kind (`video`, `audio`).
#[must_use]
pub fn stream<'a>(probe: &'a Value, kind: &str) -> &'a Value {
    let streams = probe["streams"].as_array();
    let found = streams.and_then(|streams| streams.iter().find(|s| s["codec_type"] == kind));
    found.unwrap_or_else(|| panic!("no {kind} stream in {probe}"))
}

/// Presentation times of all key frames of the video stream, in seconds.
#[must_use]
pub fn key_frames_secs(input: &str) -> Vec<f64> {
    let options = [
        "-select_streams",
        "v:0",
        "-skip_frame",
        "nokey",
        "-show_entries",
        "frame=pts_time",
    ];
    let frames = probe_with(input, &options);
    let time = |frame: &Value| frame["pts_time"].as_str()?.parse().ok();
    let times = frames["frames"]
        .as_array()
        .map(|frames| frames.iter().map(time).collect());
    let times: Option<Vec<f64>> = times.flatten();
    times.unwrap_or_else(|| panic!("no frames of {input}: {frames}"))
}

/// Decodes everything; panics at the first error. Answers how many frames the video has.
#[must_use]
pub fn decode(input: &str) -> u64 {
    let output = programs::run(
        Command::new(programs::tool("ffmpeg"))
            .args([
                "-v",
                "error",
                "-nostdin",
                "-xerror",
                "-progress",
                "-",
                "-i",
                input,
            ])
            .args(["-f", "null", "-"]),
    );
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.is_empty(), "ffmpeg says of {input}: {errors}");
    let progress = String::from_utf8_lossy(&output.stdout).into_owned();
    let frames = progress
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("frame="));
    frames
        .and_then(|frames| frames.trim().parse().ok())
        .unwrap_or(0)
}

fn probe_with(input: &str, options: &[&str]) -> Value {
    let output = programs::run(
        Command::new(programs::tool("ffprobe"))
            .args(["-v", "error", "-of", "json"])
            .args(options)
            .arg(input),
    );
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.is_empty(), "ffprobe says of {input}: {errors}");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("ffprobe's answer for {input}: {error}"))
}
