//! Small sources made by ffmpeg.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs ffmpeg with `args` (split at spaces), writing `name` in `directory`.
pub fn make(directory: &Path, name: &str, args: &str) -> PathBuf {
    let path = directory.join(name);
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-y"])
        .args(args.split_whitespace())
        .arg(&path)
        .output()
        .expect("ffmpeg is installed");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cannot make {name}: {complaint}");
    path
}

/// Arguments for `seconds` of a moving picture and a tone.
pub fn picture_and_tone(size: &str, rate: &str, seconds: u32) -> String {
    format!(
        "-f lavfi -i testsrc2=size={size}:rate={rate}:duration={seconds} \
         -f lavfi -i sine=frequency=440:sample_rate=44100:duration={seconds} \
         -map 0:v -map 1:a -c:v libx264 -preset ultrafast -c:a mp2 -b:a 64k"
    )
}

/// A short ordinary source of 320x180.
pub fn ordinary(directory: &Path) -> PathBuf {
    make(
        directory,
        "ordinary.mkv",
        &picture_and_tone("320x180", "25", 5),
    )
}
