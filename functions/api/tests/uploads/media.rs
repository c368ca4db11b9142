//! Files to upload: a small one by ffmpeg, larger ones padded by a box that players skip.

use std::process::Command;
use std::sync::OnceLock;

/// Bytes of one storage part.
pub const PART: usize = 8 * 1024 * 1024;

/// Half a second of 64x48 at 10 frames a second with sound, its index at the end.
pub fn tiny_mp4() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| made("tiny.mp4", &["-c:v", "libx264", "-c:a", "aac"]))
}

/// The same as WebM.
pub fn tiny_webm() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| made("tiny.webm", &["-c:v", "libvpx", "-c:a", "libopus"]))
}

/// The sound alone as MP3.
pub fn tiny_mp3() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| made("tiny.mp3", &["-vn", "-c:a", "libmp3lame"]))
}

fn made(name: &str, codecs: &[&str]) -> Vec<u8> {
    let directory = std::env::temp_dir().join(format!("uploads-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let file = directory.join(name);
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i"])
        .arg("testsrc=size=64x48:rate=10:duration=1")
        .args([
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=440:duration=1",
            "-pix_fmt",
            "yuv420p",
        ])
        .args(codecs)
        .arg(&file)
        .status()
        .expect("ffmpeg is part of the set-up");
    assert!(status.success());
    let bytes = std::fs::read(&file).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
    bytes
}

/// [`tiny_mp4`], made exactly `len` bytes long by a `free` box of noise at its end (ISO 14496-12, 8.1.2),
/// so that no two places of the file look alike.
pub fn mp4_of(len: usize) -> Vec<u8> {
    let mut file = tiny_mp4().to_vec();
    let padding = len - file.len();
    assert!(padding >= 8, "there must be room for a box header");
    file.extend(u32::try_from(padding).unwrap().to_be_bytes());
    file.extend(b"free");
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    while file.len() < len {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let wanted = (len - file.len()).min(8);
        file.extend(&state.to_le_bytes()[..wanted]);
    }
    file
}

/// A PNG of that size, its header alone: nobody decodes it here.
pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    file.extend(width.to_be_bytes());
    file.extend(height.to_be_bytes());
    file.extend([8, 2, 0, 0, 0]);
    file
}
