//! Every kind of job, for an Edgetube server and for a plain PeerTube.

use crate::judge;
use crate::server::{Server, Store, leftovers};
use crate::sources::{make, ordinary};
use hls::RenditionReport;
use serde_json::json;

/// A server with an ordinary source.
pub fn with_source() -> (Server, tempfile::TempDir) {
    let server = Server::start();
    let directory = tempfile::tempdir().unwrap();
    let source = std::fs::read(ordinary(directory.path())).unwrap();
    server
        .store()
        .files
        .insert("max-quality".to_owned(), source);
    std::fs::create_dir(directory.path().join("work")).unwrap();
    (server, directory)
}

/// The payload of an HLS job as an Edgetube server makes it.
pub fn edgetube_hls(server: &Server, uuid: &str, resolution: u32) -> serde_json::Value {
    let origin = &server.origin;
    let direct = |name: &str| {
        let url = format!("{origin}/s3/{uuid}-{name}?X-Amz-Signature=secret");
        json!({ "url": url, "method": "PUT", "headers": { "x-signed": "yes" } })
    };
    json!({
        "output": {
            "resolution": resolution, "fps": 25, "separatedAudio": false,
            "videoFileCustomUpload": { "url": format!("{origin}/custom/{uuid}-video?token=secret") },
            "resolutionPlaylistFileCustomUpload":
                { "url": format!("{origin}/custom/{uuid}-playlist?token=secret"), "method": "PUT" },
        },
        "edgetube": {
            "sourceId": "source-1",
            "directUploads":
                { "videoFile": direct("video"), "resolutionPlaylistFile": direct("playlist") },
        },
    })
}

/// Checks that an Edgetube HLS job is done and its parts fit together.
pub fn check_edgetube_hls(
    store: &Store,
    uuid: &str,
    prefix: &str,
    resolution: u32,
) -> RenditionReport {
    let job = &store.jobs[uuid];
    assert_eq!(job.state, "completed", "{:?}", job.errors);
    assert!(job.file_names.is_empty(), "files went elsewhere");
    let report = RenditionReport::from_json(&job.success["payload[edgetube]"]).unwrap();
    let (video, kind) = &store.uploads[&format!("{prefix}{uuid}-video")];
    assert_eq!(kind, "video/mp4");
    let (playlist, kind) = &store.uploads[&format!("{prefix}{uuid}-playlist")];
    assert_eq!(kind, "application/vnd.apple.mpegurl");
    let playlist = std::str::from_utf8(playlist).unwrap();
    judge::hls_bytes(
        video,
        playlist,
        &report,
        &format!("{uuid}-{resolution}-fragmented.mp4"),
    );
    assert_eq!(report.height, resolution);
    report
}

#[test]
fn edgetube_jobs_of_one_source_are_done_together() {
    let (server, directory) = with_source();
    let work_dir = directory.path().join("work");
    for (uuid, resolution) in [("a-1", 180), ("a-2", 120), ("a-3", 90)] {
        server.add_job(
            uuid,
            "vod-hls-transcoding",
            edgetube_hls(&server, uuid, resolution),
        );
    }
    let extent = |width: u32, height: u32| json!({ "width": width, "height": height });
    for (uuid, size, count) in [
        ("b-1", extent(80, 45), extent(3, 2)),
        ("b-2", extent(85, 48), extent(1, 1)),
    ] {
        let custom = json!({ "url": format!("{}/custom/{uuid}", server.origin), "method": "POST" });
        let payload = json!({
            "sprites": { "size": size, "count": count, "duration": 1 },
            "output": { "storyboardFileCustomUpload": custom },
            "edgetube": { "sourceId": "source-1" },
        });
        server.add_job(uuid, "generate-video-storyboard", payload);
    }
    let said = server.drain(&work_dir);
    let store = server.store();
    assert_eq!(store.downloads, 1, "{said}");
    for (uuid, resolution) in [("a-1", 180), ("a-2", 120), ("a-3", 90)] {
        check_edgetube_hls(&store, uuid, "/s3/", resolution);
        assert_eq!(
            store.jobs[uuid].progress.first(),
            Some(&0),
            "the first report comes at once"
        );
    }
    for (uuid, width, height) in [("b-1", 240, 90), ("b-2", 85, 48)] {
        assert_eq!(store.jobs[uuid].state, "completed");
        let path = directory.path().join("image.jpg");
        std::fs::write(&path, &store.uploads[&format!("/custom/{uuid}")].0).unwrap();
        let image = judge::stream(&path, "v:0");
        assert_eq!(
            (&image["width"], &image["height"]),
            (&json!(width), &json!(height))
        );
    }
    assert_eq!(leftovers(&work_dir), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_plain_peertube_gets_plain_success_calls() {
    let (server, directory) = with_source();
    let work_dir = directory.path().join("work");
    let output = |resolution: u32| json!({ "output": { "resolution": resolution, "fps": 25.0 } });
    server.add_job("p-1", "vod-web-video-transcoding", output(120));
    server.add_job("p-2", "vod-hls-transcoding", output(120));
    server.add_job("p-3", "vod-hls-transcoding", output(0));
    let sprites = json!({ "size": { "width": 64, "height": 36 }, "count": { "width": 2, "height": 2 }, "duration": 2 });
    server.add_job(
        "p-4",
        "generate-video-storyboard",
        json!({ "sprites": sprites, "output": {} }),
    );
    server.drain(&work_dir);
    let store = server.store();
    assert_eq!((store.downloads, store.registrations), (1, 1));
    for job in store.jobs.values() {
        assert_eq!(job.state, "completed", "{:?}", job.errors);
        assert!(
            !job.success.contains_key("payload[edgetube]"),
            "PeerTube does not know it"
        );
    }
    let hls = &store.jobs["p-2"];
    assert_eq!(
        hls.file_names["payload[videoFile]"],
        "p-2-120-fragmented.mp4"
    );
    assert_eq!(
        hls.file_names["payload[resolutionPlaylistFile]"],
        "p-2-120-fragmented.m3u8"
    );
    let playlist = std::str::from_utf8(&hls.success["payload[resolutionPlaylistFile]"]).unwrap();
    assert_eq!(
        hls::MediaPlaylist::parse(playlist).unwrap().uri,
        "p-2-120-fragmented.mp4"
    );
    assert_eq!(
        store.jobs["p-1"].file_names["payload[videoFile]"],
        "p-1-120.mp4"
    );
    assert_eq!(
        store.jobs["p-4"].file_names["payload[storyboardFile]"],
        "storyboard.jpg"
    );
}

#[test]
fn picture_and_sound_are_merged_and_joined() {
    let (server, directory) = with_source();
    let work_dir = directory.path().join("work");
    let sound = "-f lavfi -i sine=sample_rate=44100:duration=4 -c:a libmp3lame";
    let sound = std::fs::read(make(directory.path(), "sound.mp3", sound)).unwrap();
    let still = "-f lavfi -i testsrc2=size=161x91 -frames:v 1";
    let still = std::fs::read(make(directory.path(), "still.png", still)).unwrap();
    let silent = "-f lavfi -i testsrc2=size=160x90:rate=25:duration=4 -c:v libx264";
    let silent = std::fs::read(make(directory.path(), "silent.mp4", silent)).unwrap();
    server.store().files.extend([
        ("audio".to_owned(), sound),
        ("previews/max-quality".to_owned(), still),
        ("silent".to_owned(), silent),
    ]);
    let merge = json!({
        "input": {
            "audioFileUrl": server.input("m-1", "audio"),
            "previewFileUrl": server.input("m-1", "previews/max-quality"),
        },
        "output": { "resolution": 720, "fps": 25 }, "edgetube": {},
    });
    server.add_job("m-1", "vod-audio-merge-transcoding", merge);
    let joined = json!({
        "input": {
            "videoFileUrl": server.input("m-2", "silent"),
            "separatedAudioFileUrl": [server.input("m-2", "audio")],
        },
        "output": { "resolution": 90, "fps": 25 },
    });
    server.add_job("m-2", "vod-hls-transcoding", joined);
    server.drain(&work_dir);
    let store = server.store();
    for uuid in ["m-1", "m-2"] {
        let job = &store.jobs[uuid];
        assert_eq!(job.state, "completed", "{:?}", job.errors);
        let path = directory.path().join("made.mp4");
        std::fs::write(&path, &job.success["payload[videoFile]"]).unwrap();
        judge::decodes(&path);
        assert_eq!(judge::stream(&path, "v:0")["height"], 90, "{uuid}");
        assert_eq!(judge::stream(&path, "a:0")["codec_name"], "aac", "{uuid}");
        let duration = judge::stream(&path, "v:0")["duration"]
            .as_str()
            .unwrap()
            .to_owned();
        let seconds: f64 = duration.parse().unwrap();
        assert!((3.8..4.4).contains(&seconds), "{uuid}: {seconds} s");
    }
    let report = &store.jobs["m-1"].success["payload[edgetube]"];
    assert_eq!(RenditionReport::from_json(report).unwrap().fps, 25);
}

#[test]
fn one_impossible_job_does_not_spoil_its_siblings() {
    let (server, directory) = with_source();
    let silent = "-f lavfi -i testsrc2=size=160x90:rate=25:duration=2 -c:v libx264";
    let silent = std::fs::read(make(directory.path(), "silent.mp4", silent)).unwrap();
    server
        .store()
        .files
        .insert("max-quality".to_owned(), silent);
    let output = |resolution: u32| json!({ "output": { "resolution": resolution, "fps": 25 } });
    server.add_job("i-1", "vod-hls-transcoding", output(90));
    server.add_job("i-2", "vod-hls-transcoding", output(0));
    let nonsense = json!({ "sprites": { "size": { "width": 0, "height": 0 }, "count": { "width": 0, "height": 0 } } });
    server.add_job("i-3", "generate-video-storyboard", nonsense);
    server.drain(&directory.path().join("work"));
    let store = server.store();
    assert_eq!(store.jobs["i-1"].state, "completed");
    assert!(
        store.jobs["i-2"].errors[0].contains("no audio stream"),
        "{:?}",
        store.jobs["i-2"].errors
    );
    assert!(store.jobs["i-3"].errors[0].contains("empty or too large"));
}
