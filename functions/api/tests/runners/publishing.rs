//! Our own transcoder's way: files sent, success with a report, published by that very call.

use app::videos;
use hls::MediaPlaylist;
use rest::ids::VideoRef;
use serde_json::{Value, json};
use sha2::Digest as _;
use testkit::block_on;

use crate::fixture::{Instance, VIDEO, source};
use crate::media::{rendition, report, slice};

#[test]
fn the_first_rendition_publishes_the_video() {
    let instance = Instance::with_video();
    instance.host.inner.advance_ms(60_000);
    let held = instance.runner("one").take("vod-hls-transcoding");
    held.finish_hls().done();
    assert_eq!(held.state(), "3");
    assert_eq!(
        instance
            .host
            .one("SELECT state, published_at_unix_ms, duration_secs, aspect_ratio FROM video"),
        "1|1767225660000|6|1.7778"
    );
    let file =
        "SELECT resolution, size_bytes, width, height, fps, has_audio, has_video FROM video_file
                WHERE kind = 'hls'";
    let size = rendition().mp4.len();
    assert_eq!(
        instance.host.one(file),
        format!("360|{size}|320|180|25|1|1")
    );
    let job = "SELECT progress, error, finished_at_unix_ms FROM runner_job WHERE state = 3";
    assert_eq!(instance.host.one(job), "NULL|NULL|1767225660000");
    instance.assert_hls(VIDEO, &[360]);
    instance.assert_no_orphans();
    let web = "SELECT count(*) FROM video_file WHERE kind = 'web'";
    assert_eq!(instance.host.one(web), "1", "until HLS is complete");
}

#[test]
fn each_rendition_makes_new_documents_and_lets_the_old_go() {
    let instance = Instance::with_video();
    let [high, low] = <[_; 2]>::try_from(instance.runner("one").take_ladder())
        .unwrap_or_else(|_| panic!("two renditions"));
    high.finish_hls().done();
    let names = "SELECT master_filename, sha256_filename FROM streaming_playlist";
    let first = instance.host.one(names);
    instance.host.inner.advance_ms(1_000);
    low.finish_hls().done();
    assert_ne!(instance.host.one(names), first);
    for old in first.split('|') {
        let due = instance.host.one(&format!(
            "SELECT delete_after_unix_ms FROM unowned_object WHERE object_key LIKE '%/{old}'"
        ));
        assert_eq!(due, "1767229201000", "an hour for viewers who have it open");
    }
    instance.assert_hls(VIDEO, &[240, 360]);
    instance.assert_no_orphans();
}

#[test]
fn the_watch_page_knows_how_each_rendition_begins() {
    let instance = Instance::with_video();
    for held in instance.runner("one").take_ladder() {
        held.finish_hls().done();
    }
    let old =
        "UPDATE video_file SET report = json_remove(report, '$.opening') WHERE resolution = 240";
    let openings = || {
        let video = VideoRef::parse(VIDEO).unwrap();
        block_on(videos::watch_page(&instance.host, &video, 0))
            .unwrap()
            .openings
    };
    let [low, high] = <[_; 2]>::try_from(openings()).unwrap_or_else(|_| panic!("two renditions"));
    for (opening, resolution) in [(low, 240), (high, 360)] {
        let folder = format!("streaming-playlists/hls/{VIDEO}");
        let playlist = instance.host.one(&format!(
            "SELECT playlist_filename FROM video_file WHERE kind = 'hls' AND resolution = {resolution}"
        ));
        let playlist = instance.text(&format!("{folder}/{playlist}"));
        let first = MediaPlaylist::parse(&playlist).unwrap().segments[0].range;
        assert_eq!(opening.init_bytes, first.first());
        assert_eq!(opening.init_bytes + opening.segment_bytes, first.end());
        let media = format!("{folder}/{}", opening.media_file);
        let media = instance.host.bucket().bytes(&media).unwrap();
        let digest = sha2::Sha256::digest(slice(&media, first));
        assert_eq!(opening.sha256.to_string(), hex::encode(digest));
        assert!(opening.has_audio && opening.codecs.starts_with("avc1."));
    }
    instance.host.dump(old);
    assert_eq!(openings().len(), 1, "rows of older versions do not say");
}

#[test]
fn success_twice_is_success_once() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    held.finish_hls().done();
    let everything = || {
        let rows = [
            "video",
            "video_file",
            "streaming_playlist",
            "runner_job",
            "unowned_object",
        ]
        .map(|table| instance.host.dump(&format!("SELECT * FROM {table}")));
        (rows, instance.host.bucket().keys())
    };
    let before = everything();
    held.succeed_with_report().done();
    held.call("success", json!({})).done();
    held.call("update", json!({ "progress": 50 })).done();
    assert!(before == everything());
    let mut stranger = held;
    stranger.job_token = "ptrjt-other".to_owned();
    stranger.succeed_with_report().refused(404, None);
}

#[test]
fn a_report_that_does_not_fit_changes_nothing() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    held.put("videoFile", &rendition().mp4).done();
    let good = serde_json::to_value(report()).unwrap();
    let bad: [(&str, Value); 6] = [
        ("sizeBytes", json!(good["sizeBytes"].as_u64().unwrap() - 1)),
        ("segments", json!([])),
        ("pieces", json!("AAAA")),
        ("codecs", json!("a\"b")),
        ("width", json!(-1)),
        ("initRange", json!({ "first": 5, "last": 2 })),
    ];
    for (field, value) in bad {
        let mut report = good.clone();
        report[field] = value;
        let answer = held.call("success", json!({ "payload": { "edgetube": report } }));
        let problem = answer.refused(400, None);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("Payload is invalid"), "{field}: {detail}");
    }
    let answer = held.call("success", json!({ "payload": { "edgetube": "words" } }));
    answer.refused(400, None);
    assert_eq!(held.state(), "2");
    assert_eq!(instance.host.one("SELECT state FROM video"), "2");
    held.succeed_with_report().done();
    instance.assert_hls(VIDEO, &[360]);
}

#[test]
fn a_video_that_did_not_wait_keeps_its_date() {
    let instance = Instance::new();
    instance.add_video(&source(VIDEO), 1);
    instance.host.inner.advance_ms(60_000);
    instance
        .runner("one")
        .take("vod-hls-transcoding")
        .finish_hls()
        .done();
    assert_eq!(
        instance
            .host
            .one("SELECT state, published_at_unix_ms FROM video"),
        "1|1767225600000"
    );
}

#[test]
fn private_media_has_no_web_seed() {
    let instance = Instance::with_video();
    testkit::block_on(async {
        use ports::{Database, Platform, Statement};
        let hide = Statement::new("UPDATE video SET privacy = 3", vec![]);
        instance.host.database().batch(vec![hide]).await.unwrap();
    });
    instance
        .runner("one")
        .take("vod-hls-transcoding")
        .finish_hls()
        .done();
    let name = instance
        .host
        .one("SELECT torrent_filename FROM video_file WHERE kind = 'hls'");
    let bytes = instance
        .host
        .bucket()
        .bytes(&format!("torrents/{name}"))
        .unwrap();
    let torrent = torrent::Torrent::decode(&bytes).unwrap();
    assert_eq!(torrent.web_seeds, Vec::<String>::new());
}

#[test]
fn transcoding_progress_is_the_mean_of_the_jobs_that_count() {
    let instance = Instance::with_video();
    let progress = || {
        let sql = concat!("SELECT ", store::transcoding_progress!(), " FROM video");
        instance.host.one(sql)
    };
    assert_eq!(progress(), "0");
    let ladder = instance.runner("one").take_ladder();
    ladder[0].call("update", json!({ "progress": 60 })).done();
    ladder[1].call("update", json!({ "progress": 21 })).done();
    assert_eq!(progress(), "40");
    ladder[0].finish_hls().done();
    assert_eq!(progress(), "60");
    ladder[1].finish_hls().done();
    assert_eq!(progress(), "NULL", "nothing left to wait for");
}

#[test]
fn the_tracker_forgets_a_video_that_is_closed_or_deleted() {
    let instance = Instance::with_video();
    instance
        .runner("one")
        .take("vod-hls-transcoding")
        .finish_hls()
        .done();
    let served = || {
        instance
            .host
            .rows(store::tracker::select_info_hashes(VIDEO))
    };
    let open = served();
    assert!(!open.is_empty());
    let nobodys = |info_hash: &String| {
        let of = instance
            .host
            .rows(store::tracker::select_video_of(info_hash));
        assert_eq!(of, Vec::<String>::new());
    };
    let run = |sql| {
        let statement = ports::Statement::new(sql, Vec::new());
        instance.host.rows(statement);
    };
    run("UPDATE video SET privacy = 3");
    assert_eq!(served(), Vec::<String>::new());
    open.iter().for_each(nobodys);
    run("UPDATE video SET privacy = 2");
    assert_eq!(served(), open);
    run("DELETE FROM video");
    open.iter().for_each(nobodys);
}
