//! Judges everything that transcoding has made of a video.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::bencode;
use crate::client::Client;
use crate::ffprobe;
use crate::hash::sha256;
use crate::host::Host;
use crate::jpeg;
use crate::playlist::{self, Media, Variant};
use crate::scratch::Scratch;
use crate::video::{number, renditions, text};

/// Two times that are the same moment: far less than a frame, far more than rounding.
const SAME_MOMENT_SECS: f64 = 0.002;
/// Players tolerate a small step between segments; a whole frame would be visible.
const DURATION_TOLERANCE_SECS: f64 = 0.3;

/// A rendition, fetched whole.
#[derive(Debug)]
pub struct Rendition {
    /// Smaller side in pixels.
    pub resolution: u64,
    /// Absolute URL of the file.
    pub url: String,
    /// Where it was put.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its playlist.
    pub media: Media,
    /// What the API says of it.
    pub file: Value,
}

impl Rendition {
    /// Path as text for other programs.
    #[must_use]
    pub fn path_text(&self) -> &str {
        self.path.to_str().expect("our own paths are text")
    }
}

/// Fetches all renditions of a published video.
#[must_use]
pub fn fetch_renditions(client: &Client, video: &Value, scratch: &Scratch) -> Vec<Rendition> {
    let fetch = |file: &Value| {
        let url = text(file, "fileUrl").to_owned();
        let bytes = client.get(&url).expect_status(200).body;
        assert_eq!(number(file, "size"), length(&bytes), "size of {url}");
        let resolution = number(&file["resolution"], "id");
        let path = scratch.join(&format!("{resolution}.mp4"));
        fs::write(&path, &bytes).unwrap_or_else(|error| panic!("cannot write a file: {error}"));
        let playlist = client
            .get(text(file, "playlistUrl"))
            .expect_status(200)
            .text();
        Rendition {
            resolution,
            url,
            path,
            bytes,
            media: playlist::parse_media(&playlist),
            file: file.clone(),
        }
    };
    renditions(video).iter().map(fetch).collect()
}

/// The master playlist names every rendition with its size, and ffprobe plays it over HTTP.
pub fn check_master(client: &Client, video: &Value, renditions: &[Rendition]) {
    let url = text(&video["streamingPlaylists"][0], "playlistUrl");
    let variants = playlist::parse_master(&client.get(url).expect_status(200).text());
    assert_eq!(variants.len(), renditions.len(), "{variants:#?}");
    for rendition in renditions {
        let playlist_url = text(&rendition.file, "playlistUrl");
        let variant = variants
            .iter()
            .find(|variant| playlist_url.ends_with(&variant.uri));
        let variant = variant.unwrap_or_else(|| panic!("{playlist_url} is not in {variants:#?}"));
        check_variant(variant, rendition);
    }
    let probe = ffprobe::probe(url);
    let streams = probe["streams"].as_array().map(Vec::len);
    assert!(
        streams >= Some(renditions.len()),
        "ffprobe sees {streams:?} streams in {url}"
    );
}

fn check_variant(variant: &Variant, rendition: &Rendition) {
    let probe = ffprobe::probe(rendition.path_text());
    let stream = ffprobe::stream(&probe, "video");
    let size = format!("{}x{}", number(stream, "width"), number(stream, "height"));
    assert_eq!(
        variant.attribute("RESOLUTION"),
        Some(size.as_str()),
        "{variant:?}"
    );
    let codecs = variant.attribute("CODECS").unwrap_or_default();
    assert!(
        codecs.contains("avc1.") && codecs.contains("mp4a.40.2"),
        "{variant:?}"
    );
    let peak = variant
        .attribute("BANDWIDTH")
        .and_then(|value| value.parse::<f64>().ok());
    let highest = rendition.media.peak_bps();
    assert!(
        peak >= Some(highest.floor()),
        "{variant:?}: a part has {highest} bit/s"
    );
}

/// Every byte range of every playlist hashes to its entry, nothing else has one, and the ranges
/// cover the files without gap.
pub fn check_segment_hashes(client: &Client, video: &Value, renditions: &[Rendition]) {
    let url = text(&video["streamingPlaylists"][0], "segmentsSha256Url");
    let hashes = client.get(url).expect_status(200).json();
    let files = hashes
        .as_object()
        .unwrap_or_else(|| panic!("no object: {hashes}"));
    assert_eq!(files.len(), renditions.len(), "{hashes}");
    for rendition in renditions {
        let name = rendition.url.rsplit('/').next().unwrap_or_default();
        let entries = files.get(name).and_then(Value::as_object);
        let entries = entries.unwrap_or_else(|| panic!("no {name} in {hashes}"));
        let media = &rendition.media;
        assert_eq!(media.map.0, name);
        assert_eq!(media.map.1.first, 0);
        assert_eq!(entries.len(), media.segments.len(), "{name}");
        let mut next = media.map.1.last + 1;
        for segment in &media.segments {
            assert_eq!((segment.uri.as_str(), segment.range.first), (name, next));
            next = segment.range.last + 1;
            let range = segment.range.text();
            let header = format!("bytes={range}");
            let answer = client
                .get_with(&rendition.url, &[("range", &header)])
                .expect_status(206);
            assert_eq!(entries[&range], sha256(&answer.body), "{name} {range}");
            let target = u32::try_from(media.target_duration_secs).map(f64::from);
            assert!(
                segment.duration_secs.round() <= target.unwrap_or_default(),
                "{segment:?}"
            );
        }
        assert_eq!(
            next,
            length(&rendition.bytes),
            "{name} has bytes outside all ranges"
        );
    }
}

/// ffprobe and ffmpeg accept each file; codecs, sizes and rates are what the API says.
pub fn check_files(video: &Value, renditions: &[Rendition], duration_secs: u64) {
    assert_eq!(number(video, "duration"), duration_secs);
    let expected = f64::from(u32::try_from(duration_secs).expect("samples are short"));
    for rendition in renditions {
        let probe = ffprobe::probe(rendition.path_text());
        let picture = ffprobe::stream(&probe, "video");
        assert_eq!(picture["codec_name"], "h264");
        assert_eq!(picture["pix_fmt"], "yuv420p");
        for side in ["width", "height"] {
            assert_eq!(
                picture[side], rendition.file[side],
                "{side} of {}",
                rendition.url
            );
        }
        let smaller = number(picture, "width").min(number(picture, "height"));
        assert_eq!(smaller, rendition.resolution, "{}", rendition.url);
        assert_eq!(ffprobe::stream(&probe, "audio")["codec_name"], "aac");
        let duration = text(&probe["format"], "duration")
            .parse::<f64>()
            .unwrap_or_default();
        assert!(
            duration >= expected && duration < expected + 1.0,
            "{duration} s"
        );
        let listed: f64 = rendition
            .media
            .segments
            .iter()
            .map(|s| s.duration_secs)
            .sum();
        assert!(
            (listed - duration).abs() < DURATION_TOLERANCE_SECS,
            "{listed} of {duration} s"
        );
        assert!(
            ffprobe::decode(rendition.path_text()) > 0,
            "no frames in {}",
            rendition.url
        );
    }
}

/// Key frames stand at the same moments in all renditions, and every segment starts with one.
pub fn check_key_frames(renditions: &[Rendition]) {
    let first = ffprobe::key_frames_secs(renditions[0].path_text());
    let same = |a: f64, b: f64| (a - b).abs() < SAME_MOMENT_SECS;
    for rendition in renditions {
        let times = ffprobe::key_frames_secs(rendition.path_text());
        let aligned =
            times.len() == first.len() && times.iter().zip(&first).all(|(a, b)| same(*a, *b));
        assert!(
            aligned,
            "{}p: {times:?} but {first:?}",
            rendition.resolution
        );
        let mut start = times[0];
        for segment in &rendition.media.segments {
            let on_key = times.iter().any(|time| (time - start).abs() < 0.05);
            assert!(
                on_key,
                "{}p: no key frame at {start} in {times:?}",
                rendition.resolution
            );
            start += segment.duration_secs;
        }
    }
}

/// Thumbnail, preview and storyboard are JPEGs of the size that the API states.
pub fn check_pictures(client: &Client, video: &Value) {
    let thumbnails = video["thumbnails"].as_array().cloned().unwrap_or_default();
    assert!(!thumbnails.is_empty(), "no thumbnails in {video}");
    for thumbnail in &thumbnails {
        let answer = client.get(text(thumbnail, "fileUrl")).expect_status(200);
        assert_eq!(answer.header("content-type"), "image/jpeg");
        let stated = (number(thumbnail, "width"), number(thumbnail, "height"));
        assert_eq!(jpeg::size(&answer.body), stated, "{thumbnail}");
    }
    for key in ["thumbnailPath", "previewPath"] {
        let answer = client.get(text(video, key)).expect_status(200);
        let (width, height) = jpeg::size(&answer.body);
        assert!(width >= 280 && height >= 157, "{key} has {width}x{height}");
    }
    let path = format!("/api/v1/videos/{}/storyboards", text(video, "uuid"));
    let storyboards = client.get(&path).expect_status(200).json();
    let storyboard = &storyboards["storyboards"][0];
    let answer = client
        .get(text(storyboard, "storyboardPath"))
        .expect_status(200);
    let total = (
        number(storyboard, "totalWidth"),
        number(storyboard, "totalHeight"),
    );
    assert_eq!(jpeg::size(&answer.body), total, "{storyboard}");
    let columns = total.0 / number(storyboard, "spriteWidth");
    let rows = total.1 / number(storyboard, "spriteHeight");
    assert!(
        (1..=11).contains(&columns) && (1..=11).contains(&rows),
        "{storyboard}"
    );
    let secs = storyboard["spriteDuration"].as_f64().unwrap_or_default();
    let sprites = u32::try_from(columns * rows).expect("121 at most");
    let duration = u32::try_from(number(video, "duration")).expect("samples are short");
    assert!(
        f64::from(sprites) * secs >= f64::from(duration),
        "{storyboard} for {duration} s"
    );
}

/// Every rendition has a torrent that describes exactly this file, with our tracker and web seed.
pub fn check_torrents(client: &Client, renditions: &[Rendition]) {
    for rendition in renditions {
        let answer = client
            .get(text(&rendition.file, "torrentUrl"))
            .expect_status(200);
        assert_eq!(answer.header("content-type"), "application/x-bittorrent");
        let torrent = bencode::Value::decode(&answer.body);
        let info = torrent.member("info");
        assert_eq!(info.member("length").size(), length(&rendition.bytes));
        check_pieces(info, &rendition.bytes);
        assert_eq!(torrent.member("url-list").texts().join(" "), rendition.url);
        let trackers = torrent.member("announce-list").texts();
        // Spin keeps no sockets, and no other tracker is named.
        assert_eq!(
            trackers.iter().any(|url| url.contains("/tracker/socket")),
            Host::under_test() == Host::Workerd,
            "{trackers:?}"
        );
        assert!(
            trackers.iter().any(|url| url.contains("/tracker/announce")),
            "{trackers:?}"
        );
        let magnet = text(&rendition.file, "magnetUri");
        let hash = torrent.info_hash(&answer.body);
        assert!(
            magnet.contains(&format!("xt=urn:btih:{hash}")),
            "{magnet} but {hash}"
        );
    }
}

fn check_pieces(info: &bencode::Value, bytes: &[u8]) {
    use sha1::{Digest, Sha1};
    let bencode::Value::Bytes(pieces) = info.member("pieces") else {
        panic!("pieces are no bytes")
    };
    let piece_length = usize::try_from(info.member("piece length").size()).unwrap_or(usize::MAX);
    let hashes: Vec<u8> = bytes
        .chunks(piece_length)
        .flat_map(|piece| Sha1::digest(piece).to_vec())
        .collect();
    assert!(
        *pieces == hashes,
        "the pieces of a torrent are not those of its file"
    );
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).expect("a length in memory fits 64 bits")
}
