//! `GET /videos/{id}` and what hangs on it.

use http::StatusCode;
use serde_json::json;

use crate::fixture::{add_files, add_tags, add_video, get, get_as, instance, set, uuid};

#[test]
fn a_video_says_where_all_its_files_are_in_one_batch() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Big: Bunny");
    add_files(&platform, 1);
    add_tags(&platform, 1, &["b", "a"]);
    let before = platform.database.batches();
    let answered = get(&platform, "/api/v1/videos/1/");
    assert_eq!(platform.database.batches() - before, 1);
    let video = &answered.json;
    assert_eq!(video["tags"], json!(["b", "a"]));
    assert_eq!(video["state"], json!({ "id": 1, "label": "Published" }));
    assert_eq!(
        video["commentsPolicy"],
        json!({ "id": 1, "label": "Enabled" })
    );
    assert_eq!(video["downloadEnabled"], true);
    assert_eq!(video["account"]["userId"], 3);
    assert_eq!(video["channel"]["ownerAccount"]["name"], "ada");
    assert_eq!(
        video["trackerUrls"],
        json!([
            format!("wss://video.test/tracker/socket/{}", uuid(1)),
            "https://video.test/tracker/announce".to_owned(),
        ])
    );
    let folder = format!(
        "https://video.test/static/streaming-playlists/hls/{}",
        uuid(1)
    );
    let playlist = &video["streamingPlaylists"][0];
    assert_eq!(playlist["type"], 1);
    assert_eq!(playlist["playlistUrl"], format!("{folder}/m1-master.m3u8"));
    assert_eq!(
        playlist["segmentsSha256Url"],
        format!("{folder}/m1-segments-sha256.json")
    );
    let file = &playlist["files"][0];
    assert_eq!(file["resolution"], json!({ "id": 720, "label": "720p" }));
    assert_eq!(file["fileUrl"], format!("{folder}/f1-720-fragmented.mp4"));
    assert_eq!(file["playlistUrl"], format!("{folder}/f1-720.m3u8"));
    assert_eq!(
        file["fileDownloadUrl"],
        "https://video.test/download/streaming-playlists/hls/videos/f1-720-fragmented.mp4"
    );
    assert_eq!(
        file["torrentUrl"],
        "https://video.test/lazy-static/torrents/f1-720-hls.torrent"
    );
    assert_eq!(
        file["torrentDownloadUrl"],
        "https://video.test/download/torrents/f1-720-hls.torrent"
    );
    assert_eq!(file["size"], 720_000);
    let magnet = file["magnetUri"].as_str().unwrap();
    assert!(
        magnet.contains("xt=urn:btih:0123456789abcdef0123456789abcdef01234567"),
        "{magnet}"
    );
    assert!(magnet.contains("dn=Big-+Bunny+720p.mp4"), "{magnet}");
    assert!(
        magnet.contains("&ws=https%3A%2F%2Fvideo.test%2Fstatic"),
        "{magnet}"
    );
    // The original has no torrent yet.
    assert_eq!(video["files"][0]["magnetUri"], json!(null));
    assert_eq!(
        video["files"][0]["fileDownloadUrl"],
        "https://video.test/download/web-videos/w1-720.mp4"
    );
}

#[test]
fn number_uuid_and_short_uuid_name_the_same_video() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    let short = rest::ids::short_uuid(&uuid(1)).unwrap();
    let by_number = get(&platform, "/api/v1/videos/1").json;
    for id in [uuid(1), uuid(1).to_ascii_uppercase(), short] {
        assert_eq!(
            get(&platform, &format!("/api/v1/videos/{id}")).json,
            by_number
        );
    }
    for id in [
        "2",
        "0",
        "one",
        "9c9de5e8-0a1e-484a-b099-000000000002",
        "%F0%9F%90%B0",
    ] {
        let answered = get(&platform, &format!("/api/v1/videos/{id}"));
        assert_eq!(answered.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(answered.json["status"], 404);
    }
}

#[test]
fn files_of_a_private_video_have_private_urls_and_no_web_seed() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    add_files(&platform, 1);
    set(&platform, 1, "privacy", 3i64);
    let video = get_as(&platform, "ada", "/api/v1/videos/1").json;
    let file = &video["streamingPlaylists"][0]["files"][0];
    assert_eq!(
        file["fileUrl"],
        format!(
            "https://video.test/static/streaming-playlists/hls/private/{}/f1-720-fragmented.mp4",
            uuid(1)
        )
    );
    assert!(!file["magnetUri"].as_str().unwrap().contains("&ws="));
    assert_eq!(
        video["files"][0]["fileUrl"],
        "https://video.test/static/web-videos/private/w1-720.mp4"
    );
}

#[test]
fn description_storyboard_captions_and_source() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    let none = get(&platform, "/api/v1/videos/1/storyboards");
    assert_eq!(none.json, json!({ "storyboards": [] }));
    add_files(&platform, 1);
    let long = "é".repeat(9_999);
    set(&platform, 1, "description", long.as_str());
    assert_eq!(
        get(&platform, "/api/v1/videos/1/description").json,
        json!({ "description": long })
    );
    assert_eq!(get(&platform, "/api/v1/videos/1").json["description"], long);
    assert_eq!(
        get(&platform, "/api/v1/videos/1/captions").json,
        json!({ "total": 0, "data": [] })
    );
    assert_eq!(
        get(&platform, "/api/v1/videos/1/storyboards").json["storyboards"][0],
        json!({
            "storyboardPath": "/lazy-static/storyboards/s1.jpg",
            "fileUrl": "https://video.test/lazy-static/storyboards/s1.jpg",
            "totalHeight": 1080, "totalWidth": 1920, "spriteHeight": 108, "spriteWidth": 192,
            "spriteDuration": 2.0,
        })
    );
    let source = get_as(&platform, "ada", "/api/v1/videos/1/source").json;
    assert_eq!(source["inputFilename"], "bunny.mp4");
    assert_eq!(
        source["fileDownloadUrl"],
        "https://video.test/download/original-video-files/w1-720.mp4"
    );
    assert_eq!(
        get(&platform, "/api/v1/videos/1/source").status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        get_as(&platform, "bob", "/api/v1/videos/1/source").status,
        StatusCode::FORBIDDEN
    );
    add_video(&platform, 2, "ada", "Two");
    assert_eq!(
        get_as(&platform, "ada", "/api/v1/videos/2/source").status,
        StatusCode::NOT_FOUND
    );
}

#[test]
fn vocabularies_are_maps_by_id() {
    let platform = instance();
    assert_eq!(
        get(&platform, "/api/v1/videos/categories/").json["2"],
        "Films"
    );
    assert_eq!(
        get(&platform, "/api/v1/videos/licences").json["1"],
        "Attribution"
    );
    assert_eq!(
        get(&platform, "/api/v1/videos/languages").json["fr"],
        "French"
    );
    assert_eq!(
        get(&platform, "/api/v1/videos/privacies").json["5"],
        "Password protected"
    );
}
