//! Judges outputs with ffprobe, ffmpeg and plain hashing: nothing of ours but the parsers.

use hls::{MediaPlaylist, RenditionReport};
use serde_json::Value;
use sha1::Digest as _;
use std::path::Path;
use std::process::Command;

/// A rendition as ffprobe sees it.
#[derive(Debug)]
pub struct Seen {
    pub report: RenditionReport,
    /// ffprobe's first video stream, or null.
    pub video: Value,
    /// ffprobe's first audio stream, or null.
    pub audio: Value,
    /// Times of key frames as ffprobe prints them.
    pub key_frames: Vec<String>,
}

/// Checks `{stem}.mp4`, `.m3u8` and `.json` in `directory` against each other.
pub fn hls(directory: &Path, stem: &str) -> Seen {
    let file = |extension: &str| directory.join(format!("{stem}.{extension}"));
    let bytes = std::fs::read(file("mp4")).unwrap();
    let report = RenditionReport::from_json(&std::fs::read(file("json")).unwrap()).unwrap();
    let playlist = std::fs::read_to_string(file("m3u8")).unwrap();
    hls_bytes(&bytes, &playlist, &report, &format!("{stem}.mp4"));
    decodes(&file("m3u8"));
    let seen = Seen {
        video: stream(&file("mp4"), "v:0"),
        audio: stream(&file("mp4"), "a:0"),
        key_frames: key_frames(&file("mp4")),
        report,
    };
    agrees(&seen);
    seen
}

/// Every range of the playlist hashes to its entry, and the pieces are those of the file.
pub fn hls_bytes(bytes: &[u8], playlist: &str, report: &RenditionReport, media_name: &str) {
    let playlist = MediaPlaylist::parse(playlist).unwrap();
    assert_eq!(playlist.uri, media_name);
    assert_eq!(playlist.init_range, report.init_range);
    assert_eq!(playlist.segments.len(), report.segments.len());
    let at = |offset: u64| usize::try_from(offset).unwrap();
    for (segment, entry) in playlist.segments.iter().zip(&report.segments) {
        assert_eq!(segment.range, entry.range);
        let part = &bytes[at(segment.range.first())..at(segment.range.end())];
        assert_eq!(hls::Sha256(sha2::Sha256::digest(part).into()), entry.sha256);
    }
    let last = playlist.segments.last().unwrap();
    assert_eq!(
        at(last.range.end()),
        bytes.len(),
        "the playlist covers the file"
    );
    pieces(bytes, report);
}

/// Size and piece hashes of a report are those of the file.
pub fn pieces(bytes: &[u8], report: &RenditionReport) {
    assert_eq!(report.size_bytes, u64::try_from(bytes.len()).unwrap());
    let length = usize::try_from(report.piece_length_bytes).unwrap();
    let digests = bytes.chunks(length).flat_map(sha1::Sha1::digest);
    assert_eq!(digests.collect::<Vec<u8>>(), report.pieces);
}

/// Decodes everything without a single complaint.
pub fn decodes(path: &Path) {
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-xerror", "-i"])
        .arg(path)
        .args(["-f", "null", "-"])
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && complaint.is_empty(),
        "{path:?}: {complaint}"
    );
}

/// ffprobe's description of one stream.
pub fn stream(path: &Path, which: &str) -> Value {
    let answer = ffprobe(
        path,
        &["-select_streams", which, "-show_streams", "-of", "json"],
    );
    let mut answer: Value = serde_json::from_str(&answer).unwrap();
    answer["streams"]
        .get_mut(0)
        .map_or(Value::Null, Value::take)
}

fn key_frames(path: &Path) -> Vec<String> {
    let entries = [
        "-select_streams",
        "v:0",
        "-show_entries",
        "packet=pts_time,flags",
        "-of",
        "csv=p=0",
    ];
    let lines = ffprobe(path, &entries);
    let keys = lines.lines().filter_map(|line| line.split_once(",K"));
    keys.map(|(time, _)| time.to_owned()).collect()
}

fn ffprobe(path: &Path, args: &[&str]) -> String {
    let output = Command::new("ffprobe")
        .args(["-v", "error"])
        .args(args)
        .arg(path)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The report says what ffprobe says, and the streams are what every browser plays.
fn agrees(seen: &Seen) {
    let Seen {
        report,
        video,
        audio,
        ..
    } = seen;
    assert_eq!(report.has_video, !video.is_null());
    assert_eq!(report.has_audio, !audio.is_null());
    if !video.is_null() {
        assert_eq!(video["codec_name"], "h264");
        assert_eq!(video["profile"], "High");
        assert_eq!(video["pix_fmt"], "yuv420p");
        assert_eq!(video["width"], report.width);
        assert_eq!(video["height"], report.height);
        assert_eq!(video["sample_aspect_ratio"], "1:1");
        assert!(report.codecs.starts_with("avc1.64"), "{}", report.codecs);
        // A constant rate: the average is the rate of every pair of frames.
        assert_eq!(video["avg_frame_rate"], video["r_frame_rate"]);
    }
    if !audio.is_null() {
        assert_eq!(audio["codec_name"], "aac");
        assert_eq!(audio["profile"], "LC");
        assert_eq!(audio["channels"], 2);
        assert!(report.codecs.ends_with("mp4a.40.2"), "{}", report.codecs);
    }
}
