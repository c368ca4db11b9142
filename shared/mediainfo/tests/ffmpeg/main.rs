//! Files that ffmpeg makes, probed by us and by ffprobe. Both programs are part of every set-up of
//! this project, so their absence fails the tests.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on must fail")]

mod damage;
mod make;

use std::path::Path;

use make::{AAC, H264, PICTURE, SOUND, both, make, probe, run};
use mediainfo::{Container, MediaInfo};
use serde_json::Value;

fn ratio(text: &str) -> Option<f64> {
    let (numerator, denominator) = text.split_once('/')?;
    let (numerator, denominator): (f64, f64) = (numerator.parse().ok()?, denominator.parse().ok()?);
    (denominator > 0.0).then_some(numerator / denominator)
}

/// Compares with ffprobe; answers our outcome.
fn agrees_with_ffprobe(path: &Path) -> MediaInfo {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let arguments = [
        "-v",
        "error",
        "-of",
        "json",
        "-show_streams",
        "-show_format",
        path.to_str().unwrap(),
    ];
    let theirs: Value = serde_json::from_slice(&run("ffprobe", &arguments)).unwrap();
    let (ours, reads) = probe(&std::fs::read(path).unwrap());
    let ours = ours.unwrap_or_else(|error| panic!("{name}: {error}"));
    println!("{name}: {reads} reads, {ours:?}");
    let stream = |kind: &str| {
        theirs["streams"].as_array().unwrap().iter().find(|stream| {
            stream["codec_type"] == kind && stream["disposition"]["attached_pic"] == 0
        })
    };
    assert_eq!(ours.has_audio(), stream("audio").is_some(), "{name}: sound");
    if let (Some(ours), Some(theirs)) = (ours.audio, stream("audio")) {
        let theirs = theirs["codec_name"].as_str().unwrap();
        let codec = ours
            .codec
            .unwrap_or_else(|| panic!("{name}: no codec for {theirs}"));
        assert!(theirs.starts_with(codec), "{name}: {codec} for {theirs}");
    }
    assert_eq!(
        ours.has_video(),
        stream("video").is_some(),
        "{name}: picture"
    );
    if let (Some(ours), Some(theirs)) = (ours.video, stream("video")) {
        let turned = ours.rotation % 180 == 90;
        let (width, height) = if turned {
            (ours.height, ours.width)
        } else {
            (ours.width, ours.height)
        };
        assert_eq!(theirs["width"], width, "{name}: width");
        assert_eq!(theirs["height"], height, "{name}: height");
        assert_eq!(theirs["codec_name"].as_str(), ours.codec, "{name}: codec");
        // Of fragmented files ffprobe counts only some fragments.
        let rate = ratio(theirs["avg_frame_rate"].as_str().unwrap());
        if let (Some(ours), Some(theirs)) = (ours.fps, rate) {
            assert!(
                (ours - theirs).abs() < 0.05 * theirs,
                "{name}: {ours} fps for {theirs}"
            );
        }
    }
    if let Some(duration) = theirs["format"]["duration"].as_str() {
        let theirs_ms = duration.parse::<f64>().unwrap() * 1_000.0;
        let ours_ms = ours
            .duration_ms
            .unwrap_or_else(|| panic!("{name}: no duration"));
        let ours_ms = f64::from(u32::try_from(ours_ms).unwrap());
        assert!(
            (ours_ms - theirs_ms).abs() <= 60.0,
            "{name}: {ours_ms} ms for {theirs_ms}"
        );
    }
    ours
}

#[test]
fn iso_base_media() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, arguments) in [
        ("end.mp4", both(&[])),
        ("start.mp4", both(&["-movflags", "+faststart"])),
        (
            "fragmented.mp4",
            both(&["-movflags", "+frag_keyframe+empty_moov"]),
        ),
        ("hybrid.mp4", both(&["-movflags", "+frag_keyframe"])),
        (
            "dash.mp4",
            both(&["-movflags", "+frag_keyframe+empty_moov+dash+global_sidx"]),
        ),
        (
            "cmaf.mp4",
            both(&["-movflags", "+cmaf", "-frag_duration", "200000"]),
        ),
        ("film.mov", both(&[])),
        ("film.m4v", both(&["-f", "mp4"])),
        ("silent.mp4", [&PICTURE[..], &H264].concat()),
        ("sound.m4a", [&SOUND[..], &AAC].concat()),
        ("sound.mov", [&SOUND[..], &["-c:a", "pcm_s16le"]].concat()),
        ("mpeg4.3gp", [&PICTURE[..], &["-c:v", "mpeg4"]].concat()),
        (
            "mp3.mp4",
            [&PICTURE[..], &SOUND, &H264, &["-c:a", "libmp3lame"]].concat(),
        ),
        (
            "opus.mp4",
            [&PICTURE[..], &SOUND, &H264, &["-c:a", "libopus"]].concat(),
        ),
        (
            "vp9.mp4",
            [&PICTURE[..], &["-c:v", "libvpx-vp9", "-cpu-used", "8"]].concat(),
        ),
    ] {
        let info = agrees_with_ffprobe(&make(folder, name, &arguments));
        let is_quicktime = name.ends_with(".mov");
        assert_eq!(
            info.container == Container::QuickTime,
            is_quicktime,
            "{name}"
        );
        assert_eq!(info.container == Container::Mp4, !is_quicktime, "{name}");
    }
}

#[test]
fn many_fragments_are_counted_by_their_index() {
    let folder = tempfile::tempdir().unwrap();
    let long = [
        "-f",
        "lavfi",
        "-i",
        "testsrc=size=64x36:rate=10:duration=60",
    ];
    let movflags = ["-movflags", "+frag_keyframe+empty_moov", "-g", "10"];
    let path = make(
        folder.path(),
        "many.mp4",
        &[&long, &H264[..6], &movflags[..]].concat(),
    );
    let info = agrees_with_ffprobe(&path);
    assert_eq!(info.duration_ms, Some(60_000));
    // Without the index the file is taken, but its length is not known.
    let bytes = std::fs::read(&path).unwrap();
    let index = bytes
        .windows(4)
        .rposition(|window| window == b"mfra")
        .unwrap()
        - 4;
    assert_eq!(probe(&bytes[..index]).0.unwrap().duration_ms, None);
}

/// Where the matrix of the first track header stands: behind its type, 40 bytes of version 0.
fn matrix_at(bytes: &[u8]) -> usize {
    bytes
        .windows(4)
        .position(|window| window == b"tkhd")
        .unwrap()
        + 44
}

#[test]
fn rotation_turns_the_picture() {
    const ONE: [u8; 4] = [0, 1, 0, 0];
    const MINUS_ONE: [u8; 4] = [0xFF, 0xFF, 0, 0];
    const ZERO: [u8; 4] = [0; 4];
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let source = make(folder, "source.mp4", &[&PICTURE[..], &H264].concat());
    let source = std::fs::read(source).unwrap();
    // The matrix `a b u c d v`; the options of ffmpeg that write it differ between versions.
    for ([a, b, c, d], rotation, size) in [
        ([ONE, ZERO, ZERO, ONE], 0, (320, 180)),
        ([ZERO, ONE, MINUS_ONE, ZERO], 90, (180, 320)),
        ([MINUS_ONE, ZERO, ZERO, MINUS_ONE], 180, (320, 180)),
        ([ZERO, MINUS_ONE, ONE, ZERO], 270, (180, 320)),
    ] {
        let mut bytes = source.clone();
        let at = matrix_at(&bytes);
        bytes[at..at + 20].copy_from_slice(&[a, b, ZERO, c, d].concat());
        let path = folder.join(format!("rotated{rotation}.mp4"));
        std::fs::write(&path, bytes).unwrap();
        let info = agrees_with_ffprobe(&path);
        let video = info.video.unwrap();
        assert_eq!(video.rotation, rotation);
        assert_eq!((video.width, video.height), size);
        assert_eq!(info.resolution(), 180);
        let entries = ["-show_entries", "stream_side_data=rotation"];
        let listed = ["-v", "error", "-of", "default=nk=1:nw=1"];
        let arguments = [&listed[..], &entries, &[path.to_str().unwrap()]].concat();
        let theirs = String::from_utf8(run("ffprobe", &arguments)).unwrap();
        // ffprobe counts counter-clockwise from -180 to 180.
        let theirs: i32 = theirs.trim().parse().unwrap_or(0);
        assert_eq!((-theirs).rem_euclid(360), i32::from(rotation));
    }
}

#[test]
fn matroska_avi_and_ogg() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let vp8 = [
        "-c:v",
        "libvpx",
        "-cpu-used",
        "8",
        "-deadline",
        "realtime",
        "-c:a",
        "libopus",
    ];
    let theora = ["-c:v", "libtheora", "-c:a", "libvorbis"];
    for (name, arguments, container) in [
        ("film.mkv", both(&[]), Container::Matroska),
        (
            "cues.mkv",
            both(&["-reserve_index_space", "1000"]),
            Container::Matroska,
        ),
        (
            "film.webm",
            [&PICTURE[..], &SOUND, &vp8].concat(),
            Container::WebM,
        ),
        (
            "sound.webm",
            [&SOUND[..], &["-c:a", "libvorbis"]].concat(),
            Container::WebM,
        ),
        ("film.avi", both(&[]), Container::Avi),
        (
            "mjpeg.avi",
            [
                &PICTURE[..],
                &SOUND,
                &["-c:v", "mjpeg", "-c:a", "pcm_s16le"],
            ]
            .concat(),
            Container::Avi,
        ),
        (
            "mp3.avi",
            [
                &PICTURE[..],
                &SOUND,
                &["-c:v", "mpeg4", "-c:a", "libmp3lame"],
            ]
            .concat(),
            Container::Avi,
        ),
        (
            "film.ogv",
            [&PICTURE[..], &SOUND, &theora].concat(),
            Container::Ogg,
        ),
    ] {
        let info = agrees_with_ffprobe(&make(folder, name, &arguments));
        assert_eq!(info.container, container, "{name}");
    }
}

#[test]
fn browser_recordings_have_no_length() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        &PICTURE[..],
        &["-c:v", "libvpx", "-cpu-used", "8", "-live", "1"],
    ]
    .concat();
    let path = make(folder.path(), "live.webm", &arguments);
    let info = probe(&std::fs::read(path).unwrap()).0.unwrap();
    assert_eq!(info.container, Container::WebM);
    assert_eq!(info.duration_ms, None);
    assert_eq!(info.resolution(), 180);
}

#[test]
fn sound_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (name, codec, container) in [
        (
            "cbr.mp3",
            vec!["libmp3lame", "-b:a", "96k", "-write_xing", "0"],
            Container::Mp3,
        ),
        ("vbr.mp3", vec!["libmp3lame", "-q:a", "5"], Container::Mp3),
        (
            "bare.mp3",
            vec![
                "libmp3lame",
                "-id3v2_version",
                "0",
                "-write_xing",
                "0",
                "-ar",
                "22050",
            ],
            Container::Mp3,
        ),
        ("sound.flac", vec!["flac"], Container::Flac),
        ("sound.wav", vec!["pcm_s16le"], Container::Wav),
        (
            "long.wav",
            vec!["pcm_s24le", "-rf64", "always"],
            Container::Wav,
        ),
        ("vorbis.ogg", vec!["libvorbis"], Container::Ogg),
        ("opus.ogg", vec!["libopus"], Container::Ogg),
        ("opus.opus", vec!["libopus"], Container::Ogg),
        ("flac.ogg", vec!["flac"], Container::Ogg),
    ] {
        let arguments = [&SOUND[..], &["-c:a"], &codec].concat();
        let info = agrees_with_ffprobe(&make(folder, name, &arguments));
        assert_eq!(info.container, container, "{name}");
        assert_eq!(info.resolution(), 0);
        assert!(info.content_type().starts_with("audio/"));
    }
}

#[test]
fn cover_pictures_are_no_video() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let cover = make(
        folder,
        "cover.jpg",
        &[&PICTURE[..], &["-frames:v", "1"]].concat(),
    );
    let cover = ["-i", cover.to_str().unwrap()];
    let map = ["-map", "0", "-map", "1", "-disposition:v", "attached_pic"];
    for (name, codec) in [
        ("tagged.mp3", "libmp3lame"),
        ("tagged.flac", "flac"),
        ("tagged.m4a", "aac"),
    ] {
        let arguments = [&SOUND[..], &cover, &map, &["-c:v", "copy", "-c:a", codec]].concat();
        let info = agrees_with_ffprobe(&make(folder, name, &arguments));
        assert!(!info.has_video(), "{name}");
    }
}
