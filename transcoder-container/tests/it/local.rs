//! `edgetube-transcoder transcode` on every kind of source.

use crate::judge::{self, Seen};
use crate::sources::{make, ordinary, picture_and_tone};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

fn run(source: &Path, out: &Path, args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_edgetube-transcoder"))
        .arg("transcode")
        .arg(source)
        .arg("--out")
        .arg(out)
        .args(args.split_whitespace())
        .output()
        .unwrap()
}

/// Transcodes a source made by `args` and judges the HLS rendition of each stem.
fn ladder(name: &str, source_args: &str, args: &str, stems: &[&str]) -> (TempDir, Vec<Seen>) {
    let directory = tempfile::tempdir().unwrap();
    let source = make(directory.path(), name, source_args);
    let seen = transcode(&source, &directory.path().join("out"), args, stems);
    (directory, seen)
}

fn transcode(source: &Path, out: &Path, args: &str, stems: &[&str]) -> Vec<Seen> {
    let output = run(source, out, args);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let work_left = std::fs::read_dir(out).unwrap().flatten();
    let work_left: Vec<_> = work_left
        .filter(|e| e.file_name().to_string_lossy().starts_with(".work"))
        .collect();
    assert!(work_left.is_empty(), "{work_left:?}");
    let seen: Vec<Seen> = stems.iter().map(|stem| judge::hls(out, stem)).collect();
    let videos: Vec<&Seen> = seen.iter().filter(|seen| seen.report.has_video).collect();
    for pair in videos.windows(2) {
        assert_eq!(pair[0].key_frames, pair[1].key_frames, "key frames line up");
        assert_eq!(pair[0].report.segments.len(), pair[1].report.segments.len());
    }
    judge::decodes(&out.join("master.m3u8"));
    seen
}

fn size(seen: &Seen) -> (u32, u32) {
    (seen.report.width, seen.report.height)
}

#[test]
fn an_ordinary_source_with_everything() {
    let directory = tempfile::tempdir().unwrap();
    let source = ordinary(directory.path());
    let out = directory.path().join("out");
    let args =
        "--resolutions 180,120,90,0 --web-videos --storyboard --picture 281x157 --picture 64x64";
    let stems = [
        "180-fragmented",
        "120-fragmented",
        "90-fragmented",
        "0-fragmented",
    ];
    let seen = transcode(&source, &out, args, &stems);
    assert_eq!(
        seen.iter().map(size).collect::<Vec<_>>(),
        [(320, 180), (214, 120), (160, 90), (0, 0)]
    );
    assert_eq!(seen[0].key_frames.len(), 3, "one every two seconds of five");
    assert_eq!(seen[0].report.segments.len(), 2, "segments of four seconds");
    for stem in ["180", "120", "90", "0"] {
        let path = out.join(format!("{stem}.mp4"));
        judge::decodes(&path);
        let report = std::fs::read(out.join(format!("{stem}.json"))).unwrap();
        let report = hls::RenditionReport::from_json(&report).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        judge::pieces(&bytes, &report);
        assert!(report.segments.is_empty());
        let moov_end = usize::try_from(report.init_range.last()).unwrap();
        let mdat = bytes.windows(4).position(|w| w == b"mdat").unwrap();
        assert!(moov_end < mdat, "a web video starts before it is loaded");
    }
    let image = |name: &str| {
        let found = judge::stream(&out.join(name), "v:0");
        (
            found["codec_name"].clone(),
            found["width"].clone(),
            found["height"].clone(),
        )
    };
    assert_eq!(
        image("picture-281x157.jpg"),
        ("mjpeg".into(), 281.into(), 157.into())
    );
    assert_eq!(
        image("picture-64x64.jpg"),
        ("mjpeg".into(), 64.into(), 64.into())
    );
    assert_eq!(
        image("storyboard.jpg"),
        ("mjpeg".into(), 1920.into(), 1080.into())
    );
    let master = std::fs::read_to_string(out.join("master.m3u8")).unwrap();
    assert_eq!(
        master.matches("#EXT-X-STREAM-INF").count(),
        3,
        "sound alone is no variant"
    );
    let hashes: serde_json::Value =
        serde_json::from_slice(&std::fs::read(out.join("segments-sha256.json")).unwrap()).unwrap();
    assert_eq!(hashes.as_object().unwrap().len(), 4);
}

#[test]
fn ntsc_rates_stay_exact_and_line_up_at_half_the_rate() {
    let source = picture_and_tone("1280x720", "60000/1001", 5);
    let stems = ["720-fragmented", "144-fragmented"];
    let (_kept, seen) = ladder("ntsc.mkv", &source, "--resolutions 720,144", &stems);
    assert_eq!(seen[0].video["avg_frame_rate"], "60000/1001");
    assert_eq!(seen[1].video["avg_frame_rate"], "30000/1001");
    assert_eq!(seen[0].key_frames.len(), 3);
}

#[test]
fn vertical_and_rotated_pictures_are_named_by_their_smaller_side() {
    let stems = ["180-fragmented", "90-fragmented"];
    let upright = picture_and_tone("180x320", "25", 3);
    let (kept, seen) = ladder("upright.mp4", &upright, "--resolutions 180,90", &stems);
    assert_eq!(
        seen.iter().map(size).collect::<Vec<_>>(),
        [(180, 320), (90, 160)]
    );
    drop(kept);

    let directory = tempfile::tempdir().unwrap();
    let flat = make(
        directory.path(),
        "flat.mp4",
        &picture_and_tone("320x180", "25", 3),
    );
    let turn = format!("-i {} -c copy -metadata:s:v:0 rotate=90", flat.display());
    let turned = make(directory.path(), "turned.mp4", &turn);
    let seen = transcode(
        &turned,
        &directory.path().join("out"),
        "--resolutions 180,90",
        &stems,
    );
    assert_eq!(
        seen.iter().map(size).collect::<Vec<_>>(),
        [(180, 320), (90, 160)]
    );
    assert!(seen[0].video["side_data_list"].is_null(), "turned for good");
}

#[test]
fn odd_sizes_become_even_and_stretched_pixels_square() {
    let odd = "-f lavfi -i testsrc2=size=320x180:rate=25:duration=3 -vf scale=213:121,setsar=1,format=yuv444p \
               -c:v ffv1";
    let stems = ["120-fragmented", "90-fragmented"];
    let (kept, seen) = ladder("odd.mkv", odd, "--resolutions 90 --original", &stems);
    assert_eq!(
        seen.iter().map(size).collect::<Vec<_>>(),
        [(212, 120), (158, 90)]
    );
    assert!(!seen[0].report.has_audio, "no sound in, none out");
    drop(kept);

    let wide = "-f lavfi -i testsrc2=size=180x144:rate=25:duration=3 -vf setsar=16/15 -c:v libx264";
    let (_kept, seen) = ladder("pal.mp4", wide, "--resolutions 144", &["144-fragmented"]);
    assert_eq!(size(&seen[0]), (192, 144));
}

#[test]
fn a_variable_rate_becomes_constant() {
    // Every frame whose number has a low bit pattern is missing, and the picture starts late.
    let uneven = "-f lavfi -i testsrc2=size=160x90:rate=30:duration=5 \
                  -f lavfi -i sine=sample_rate=48000:duration=5 -map 0:v -map 1:a \
                  -vf select='gt(mod(n,7),1)*gt(n,20)' -vsync vfr -c:v libx264 -c:a flac";
    let stems = ["90-fragmented", "60-fragmented"];
    let (_kept, seen) = ladder("uneven.mkv", uneven, "--resolutions 90,60", &stems);
    let count: u32 = seen[0].video["nb_frames"]
        .as_str()
        .unwrap_or("0")
        .parse()
        .unwrap();
    let fps = seen[0].report.fps;
    assert!(
        (fps * 5).abs_diff(count.max(fps * 5)) <= fps,
        "{count} frames at {fps}"
    );
    assert!(
        seen[0].report.duration_ms > 4_500,
        "the late start is filled"
    );
}

#[test]
fn ten_bits_and_hdr_become_eight_bits_and_sdr() {
    let deep =
        "-f lavfi -i testsrc2=size=160x90:rate=25:duration=2 -c:v libx264 -pix_fmt yuv420p10le";
    let (kept, _) = ladder("deep.mp4", deep, "--resolutions 90", &["90-fragmented"]);
    drop(kept);
    for transfer in ["smpte2084", "arib-std-b67"] {
        let hdr =
            format!("{deep} -color_primaries bt2020 -colorspace bt2020nc -color_trc {transfer}");
        let stems = ["90-fragmented", "60-fragmented"];
        let (_kept, seen) = ladder(
            "hdr.mp4",
            &hdr,
            "--resolutions 90,60 --picture 64x36",
            &stems,
        );
        assert_eq!(seen[0].video["color_transfer"], "bt709", "{transfer}");
        assert_eq!(seen[0].video["color_primaries"], "bt709", "{transfer}");
    }
}

#[test]
fn sound_alone_and_its_cover() {
    let directory = tempfile::tempdir().unwrap();
    let cover = make(
        directory.path(),
        "cover.png",
        "-f lavfi -i testsrc2=size=100x80 -frames:v 1",
    );
    let args = format!(
        "-f lavfi -i sine=sample_rate=96000:duration=9 -i {} -map 0 -map 1 -c:a flac -c:v copy \
         -disposition:v attached_pic",
        cover.display()
    );
    let source = make(directory.path(), "sound.flac", &args);
    let out = directory.path().join("out");
    let seen = transcode(
        &source,
        &out,
        "--resolutions 720,0 --picture 40x40",
        &["0-fragmented"],
    );
    assert_eq!(seen[0].audio["sample_rate"], "48000");
    assert_eq!(seen[0].report.segments.len(), 3);
    assert_eq!(
        judge::stream(&out.join("picture-40x40.jpg"), "v:0")["width"],
        40
    );
    let master = std::fs::read_to_string(out.join("master.m3u8")).unwrap();
    assert!(
        master.contains("0-fragmented.m3u8"),
        "all there is, is a variant"
    );
}

#[test]
fn plain_aac_is_taken_over_and_may_be_split_off() {
    let stereo = "-f lavfi -i testsrc2=size=160x90:rate=25:duration=5 \
                  -f lavfi -i sine=sample_rate=48000:duration=5 -map 0:v -map 1:a \
                  -c:v libx264 -c:a aac -ac 2 -b:a 96k";
    let stems = ["90-fragmented", "60-fragmented", "0-fragmented"];
    let (kept, seen) = ladder(
        "aac.mp4",
        stereo,
        "--resolutions 90,60,0 --split-audio",
        &stems,
    );
    assert!(!seen[0].report.has_audio && !seen[1].report.has_audio && seen[2].report.has_audio);
    let packets = |path: PathBuf| judge::stream(&path, "a:0")["bit_rate"].clone();
    let before = packets(kept.path().join("aac.mp4"));
    assert!(!before.is_null());
    let master = std::fs::read_to_string(kept.path().join("out/master.m3u8")).unwrap();
    assert!(master.contains("#EXT-X-MEDIA:TYPE=AUDIO"), "{master}");
}

#[test]
fn a_truncated_file_gives_what_is_in_it_or_an_error() {
    let directory = tempfile::tempdir().unwrap();
    let args = picture_and_tone("320x180", "25", 8).replace("mp2", "aac");
    let whole = make(
        directory.path(),
        "whole.mp4",
        &format!("{args} -movflags +faststart"),
    );
    let bytes = std::fs::read(&whole).unwrap();
    let cut = directory.path().join("cut.mp4");
    std::fs::write(&cut, &bytes[..bytes.len() * 6 / 10]).unwrap();
    let out = directory.path().join("out");
    let seen = transcode(
        &cut,
        &out,
        "--resolutions 180,90",
        &["180-fragmented", "90-fragmented"],
    );
    assert!(
        (2_000..7_000).contains(&seen[0].report.duration_ms),
        "{:?}",
        seen[0].report
    );

    // With the description at the end nothing can be read.
    let late = make(directory.path(), "late.mp4", &args);
    let bytes = std::fs::read(&late).unwrap();
    std::fs::write(&cut, &bytes[..bytes.len() * 6 / 10]).unwrap();
    refused(
        &cut,
        &directory.path().join("none"),
        "not a readable video or audio file",
    );
}

#[test]
fn what_is_no_media_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let out = directory.path().join("out");
    refused(
        &file("text.mp4", "this is no video"),
        &out,
        "not a readable",
    );
    refused(&file("empty.mp4", ""), &out, "not a readable");
    // Playlists and scripts would make ffmpeg read other files of this machine.
    let inside = ordinary(directory.path());
    let playlist = format!(
        "#EXTM3U\n#EXTINF:5,\n{}\n#EXT-X-ENDLIST\n",
        inside.display()
    );
    refused(&file("playlist.mp4", &playlist), &out, "not a readable");
    let script = format!("ffconcat version 1.0\nfile {}\n", inside.display());
    refused(&file("script.mp4", &script), &out, "not a readable");
    let picture = make(
        directory.path(),
        "x.jpg",
        "-f lavfi -i testsrc2=size=64x64 -frames:v 1",
    );
    refused(&picture, &out, "not a readable");
}

#[test]
fn the_disk_bound_holds_before_anything_is_encoded() {
    let directory = tempfile::tempdir().unwrap();
    let args = "-f lavfi -i color=size=1280x720:rate=30:duration=60 -c:v libx264 -preset ultrafast";
    let source = make(directory.path(), "long.mp4", args);
    let out = directory.path().join("out");
    let output = run(&source, &out, "--resolutions 720 --max-disk 16M");
    assert!(
        output.status.success(),
        "a still picture needs little by its own bit rate"
    );
    let noisy = make(
        directory.path(),
        "noise.mp4",
        "-f lavfi -i nullsrc=size=640x360:rate=30:duration=4,geq=random(1)*255:128:128 \
         -c:v libx264 -preset ultrafast -qp 1",
    );
    let output = run(&noisy, &out, "--resolutions 360 --max-disk 16M");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(complaint.contains("bytes of disk"), "{complaint}");
}

fn refused(source: &Path, out: &Path, expected: &str) {
    let output = run(source, out, "--resolutions 720,0");
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        !output.status.success() && complaint.contains(expected),
        "{source:?}: {complaint}"
    );
    let left: Vec<_> = std::fs::read_dir(out).unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
}
