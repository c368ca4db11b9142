//! Renditions as a transcoder makes them: one fragmented MP4 with its playlist, made once by ffmpeg.

use std::process::Command;
use std::sync::OnceLock;

use hls::{ByteRange, Depth, Fmp4Indexer, MediaPlaylist, RenditionDraft, RenditionReport, Sha256};
use sha1::Digest as _;

/// A fragmented MP4 and its playlist.
pub struct Rendition {
    pub mp4: Vec<u8>,
    pub playlist: String,
}

/// Six seconds of 320x180 with sound, a key frame a second, about 1 MB: several segments and several
/// pieces whose borders do not meet.
pub fn rendition() -> &'static Rendition {
    static MADE: OnceLock<Rendition> = OnceLock::new();
    MADE.get_or_init(|| {
        let output = [
            "-f",
            "hls",
            "-hls_time",
            "1",
            "-hls_playlist_type",
            "vod",
            "-hls_list_size",
            "0",
            "-hls_segment_type",
            "fmp4",
            "-hls_flags",
            "single_file",
            "-hls_segment_filename",
            "runner-320-fragmented.mp4",
        ];
        let directory = run(&output, "runner-320.m3u8");
        let read = |name: &str| std::fs::read(directory.join(name)).unwrap();
        let made = Rendition {
            mp4: read("runner-320-fragmented.mp4"),
            playlist: String::from_utf8(read("runner-320.m3u8")).unwrap(),
        };
        std::fs::remove_dir_all(&directory).unwrap();
        assert!(made.mp4.len() > 600_000, "{} bytes", made.mp4.len());
        made
    })
}

/// The same as a plain MP4 with its index in front.
pub fn plain_mp4() -> &'static [u8] {
    static MADE: OnceLock<Vec<u8>> = OnceLock::new();
    MADE.get_or_init(|| {
        let directory = run(&["-movflags", "+faststart"], "plain.mp4");
        let bytes = std::fs::read(directory.join("plain.mp4")).unwrap();
        std::fs::remove_dir_all(&directory).unwrap();
        bytes
    })
}

fn run(options: &[&str], output: &str) -> std::path::PathBuf {
    let directory = std::env::temp_dir().join(format!("runners-{}-{output}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let status = Command::new("ffmpeg")
        .current_dir(&directory)
        .args(["-v", "error", "-y", "-f", "lavfi", "-i"])
        .arg("testsrc2=size=320x180:rate=25:duration=6")
        .args(["-f", "lavfi", "-i", "sine=frequency=440:duration=6"])
        .args([
            "-vf",
            "noise=alls=20:allf=t",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
        ])
        .args([
            "-b:v",
            "1200k",
            "-pix_fmt",
            "yuv420p",
            "-g",
            "25",
            "-keyint_min",
            "25",
        ])
        .args(["-sc_threshold", "0", "-c:a", "aac", "-shortest"])
        .args(options)
        .arg(output)
        .status()
        .expect("ffmpeg is part of the set-up");
    assert!(status.success());
    directory
}

/// A JPEG of that size.
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i"])
        .arg(format!("testsrc=size={width}x{height}:rate=1:duration=1"))
        .args(["-frames:v", "1", "-f", "mjpeg", "-"])
        .output()
        .expect("ffmpeg is part of the set-up");
    assert!(output.status.success());
    output.stdout
}

/// What our transcoder reports of a file.
pub fn report_of(mp4: &[u8], playlist: Option<&str>) -> RenditionReport {
    let size_bytes = u64::try_from(mp4.len()).unwrap();
    let mut indexer = Fmp4Indexer::new(size_bytes, Depth::Fragments).unwrap();
    while let Some(range) = indexer.needs() {
        indexer.feed(slice(mp4, range)).unwrap();
    }
    let index = indexer.finish().unwrap();
    let playlist = playlist.map(|text| MediaPlaylist::parse(text).unwrap());
    let draft = RenditionDraft::new(&index, playlist.as_ref()).unwrap();
    let hashes: Vec<Sha256> = draft
        .segments()
        .iter()
        .map(|segment| Sha256(sha2::Sha256::digest(slice(mp4, segment.range)).into()))
        .collect();
    let piece_length = torrent::piece_length_bytes(size_bytes);
    let pieces = pieces_of(mp4, piece_length);
    draft.into_report(&hashes, piece_length, pieces).unwrap()
}

/// The report on [`rendition`], as JSON.
pub fn report() -> RenditionReport {
    let rendition = rendition();
    report_of(&rendition.mp4, Some(&rendition.playlist))
}

/// SHA-1 of every piece.
pub fn pieces_of(bytes: &[u8], piece_length_bytes: u32) -> Vec<u8> {
    bytes
        .chunks(usize::try_from(piece_length_bytes).unwrap())
        .flat_map(|piece| sha1::Sha1::digest(piece).to_vec())
        .collect()
}

/// The bytes of a range.
pub fn slice(bytes: &[u8], range: ByteRange) -> &[u8] {
    let first = usize::try_from(range.first()).unwrap();
    let end = usize::try_from(range.end()).unwrap();
    &bytes[first..end]
}
