//! Files to upload, of any size.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use e2e::scratch::Scratch;
use e2e::{programs, samples};

/// A playable file of exactly `size_bytes`: Big Buck Bunny, then a `free` box (ISO 14496-12, 8.1.2)
/// that the file system stores as a hole, so that reading it costs the sender next to nothing.
#[must_use]
pub fn padded_bunny(scratch: &Scratch, size_bytes: u64) -> PathBuf {
    let output = scratch.join(&format!("{size_bytes}.mp4"));
    pad(&samples::bunny(), &output, size_bytes)
        .unwrap_or_else(|error| panic!("cannot write {}: {error}", output.display()));
    output
}

fn pad(source: &Path, output: &Path, size_bytes: u64) -> std::io::Result<()> {
    let copied = fs::copy(source, output)?;
    let mut file = OpenOptions::new().append(true).open(output)?;
    let free = size_bytes - copied;
    assert!(free >= 16, "{size_bytes} bytes have no room for a box");
    // Size 1 says that 64 bits of size follow the type.
    file.write_all(&1_u32.to_be_bytes())?;
    file.write_all(b"free")?;
    file.write_all(&free.to_be_bytes())?;
    file.set_len(size_bytes)
}

/// Sixteen seconds of Big Buck Bunny in 1920x1080, moving as a film does.
#[must_use]
pub fn full_hd_bunny(scratch: &Scratch) -> PathBuf {
    let output = scratch.join("full-hd.mp4");
    programs::run(
        Command::new("ffmpeg")
            .args(["-nostdin", "-loglevel", "error", "-stream_loop", "3", "-i"])
            .arg(samples::bunny())
            .args(["-t", "16", "-vf", "scale=1920:1080", "-c:v", "libx264"])
            .args(["-preset", "veryfast", "-crf", "18", "-c:a", "aac", "-y"])
            .arg(&output),
    );
    output
}
