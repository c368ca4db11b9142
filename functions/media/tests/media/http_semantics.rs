//! Statuses, headers, ranges, preconditions.

use http::{Method, StatusCode};

use crate::fixture::{MEDIA_BYTES, UUID, ask, get, hls_path, instance, media_bytes, range};

#[test]
fn a_whole_file_with_its_headers() {
    let platform = instance();
    let answered = get(&platform, &hls_path(), &[]);
    assert_eq!(answered.status, StatusCode::OK);
    assert!(answered.bytes == media_bytes());
    for (name, expected) in [
        ("content-type", "video/mp4"),
        ("content-length", "10485760"),
        ("accept-ranges", "bytes"),
        ("etag", "\"f-720-fragmented.mp4\""),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("access-control-allow-origin", "*"),
        ("x-content-type-options", "nosniff"),
        ("content-disposition", ""),
    ] {
        assert_eq!(answered.header(name), expected, "{name}");
    }
    for exposed in [
        "Content-Range",
        "Content-Length",
        "ETag",
        "Location",
        "Range",
    ] {
        assert!(
            answered
                .header("access-control-expose-headers")
                .contains(exposed)
        );
    }
}

#[test]
fn every_kind_of_file_has_its_type() {
    let platform = instance();
    let hls = format!("/static/streaming-playlists/hls/{UUID}");
    for (path, content_type, length) in [
        (
            format!("{hls}/f-720.m3u8"),
            "application/vnd.apple.mpegurl",
            84,
        ),
        (
            format!("{hls}/m-segments-sha256.json"),
            "application/json",
            2,
        ),
        (
            "/static/web-videos/w-720.mp4".into(),
            "video/mp4",
            MEDIA_BYTES,
        ),
        ("/static/webseed/w-720.mp4".into(), "video/mp4", MEDIA_BYTES),
        ("/lazy-static/thumbnails/t.jpg".into(), "image/jpeg", 7),
        ("/lazy-static/previews/t.jpg".into(), "image/jpeg", 7),
        ("/lazy-static/storyboards/s.jpg".into(), "image/jpeg", 7),
        (
            "/lazy-static/torrents/f-720-hls.torrent".into(),
            "application/x-bittorrent",
            8,
        ),
    ] {
        let answered = get(&platform, &path, &[]);
        assert_eq!(answered.status, StatusCode::OK, "{path}");
        assert_eq!(answered.header("content-type"), content_type, "{path}");
        assert_eq!(answered.bytes.len(), length, "{path}");
        let head = ask(&platform, Method::HEAD, &path, &[("range", "bytes=0-1")]);
        assert_eq!(head.status, StatusCode::OK, "{path}");
        assert_eq!(head.header("content-length"), length.to_string(), "{path}");
        assert_eq!(head.header("content-type"), content_type, "{path}");
        assert!(head.bytes.is_empty(), "{path}");
    }
}

#[test]
fn ranges_first_middle_suffix_and_open() {
    let all = media_bytes();
    let last = MEDIA_BYTES - 1;
    for (asked, first, end) in [
        ("bytes=0-0", 0, 0),
        ("bytes=0-99", 0, 99),
        ("bytes=1000-2000", 1000, 2000),
        ("bytes=-5", last - 4, last),
        ("bytes=10485000-", 10_485_000, last),
        ("bytes=10485000-99999999", 10_485_000, last),
        ("bytes=4194303-4194304", 4_194_303, 4_194_304),
        ("bytes=4194300-8388700", 4_194_300, 8_388_700),
    ] {
        // Cold, and once more from the blocks that the first filled.
        let platform = instance();
        for temperature in ["cold", "warm"] {
            let answered = range(&platform, &hls_path(), asked);
            assert_eq!(answered.status, StatusCode::PARTIAL_CONTENT, "{asked}");
            let expected = format!("bytes {first}-{end}/{MEDIA_BYTES}");
            assert_eq!(answered.header("content-range"), expected, "{temperature}");
            let length = end - first + 1;
            assert_eq!(answered.header("content-length"), length.to_string());
            assert!(answered.bytes == all[first..=end], "{temperature} {asked}");
        }
    }
}

#[test]
fn past_the_end_is_416_with_the_size() {
    let platform = instance();
    for asked in ["bytes=10485760-", "bytes=99999999-999999999", "bytes=-0"] {
        let answered = range(&platform, &hls_path(), asked);
        assert_eq!(
            answered.status,
            StatusCode::RANGE_NOT_SATISFIABLE,
            "{asked}"
        );
        assert_eq!(answered.header("content-range"), "bytes */10485760");
        assert!(answered.bytes.is_empty());
    }
    let empty = range(&platform, "/lazy-static/thumbnails/empty.jpg", "bytes=0-0");
    assert_eq!(empty.header("content-range"), "bytes */0");
    let whole = get(&platform, "/lazy-static/thumbnails/empty.jpg", &[]);
    assert_eq!((whole.status, whole.bytes.len()), (StatusCode::OK, 0));
}

#[test]
fn several_ranges_and_nonsense_get_the_whole() {
    let platform = instance();
    for asked in ["bytes=0-1,5-6", "bytes=5-4", "chapters=1-2", "bytes=x"] {
        let answered = range(&platform, &hls_path(), asked);
        assert_eq!(answered.status, StatusCode::OK, "{asked}");
        assert_eq!(answered.bytes.len(), MEDIA_BYTES, "{asked}");
    }
}

#[test]
fn preconditions_are_kept() {
    let platform = instance();
    let path = hls_path();
    let etag = "\"f-720-fragmented.mp4\"";
    for _ in ["cold", "warm"] {
        let known = get(&platform, &path, &[("if-none-match", etag)]);
        assert_eq!(known.status, StatusCode::NOT_MODIFIED);
        assert_eq!(known.header("etag"), etag);
        assert!(known.bytes.is_empty());
    }
    let head = ask(&platform, Method::HEAD, &path, &[("if-none-match", etag)]);
    assert_eq!(head.status, StatusCode::NOT_MODIFIED);
    let other = get(&platform, &path, &[("if-match", "\"other\"")]);
    assert_eq!(other.status, StatusCode::PRECONDITION_FAILED);
    let same = get(
        &platform,
        &path,
        &[("if-range", etag), ("range", "bytes=0-1")],
    );
    assert_eq!(same.status, StatusCode::PARTIAL_CONTENT);
    let stale = get(
        &platform,
        &path,
        &[("if-range", "\"other\""), ("range", "bytes=0-1")],
    );
    assert_eq!(stale.status, StatusCode::OK);
    assert_eq!(stale.bytes.len(), MEDIA_BYTES);
}

#[test]
fn a_preflight_is_allowed_what_it_asks_and_remembered() {
    let platform = instance();
    let answered = ask(
        &platform,
        Method::OPTIONS,
        &hls_path(),
        &[("access-control-request-headers", "cache-control, range")],
    );
    assert_eq!(answered.status, StatusCode::NO_CONTENT);
    assert_eq!(
        answered.header("access-control-allow-headers"),
        "cache-control, range"
    );
    assert_eq!(answered.header("access-control-allow-origin"), "*");
    assert_eq!(answered.header("access-control-max-age"), "7200");
    assert!(
        answered
            .header("access-control-allow-methods")
            .contains("HEAD")
    );
}

#[test]
fn other_methods_and_unknown_files() {
    let platform = instance();
    let post = ask(&platform, Method::POST, &hls_path(), &[]);
    assert_eq!(post.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(post.header("allow"), "GET, HEAD, OPTIONS");
    let nowhere = UUID.replace('9', "8");
    for path in [
        "/static/web-videos/none.mp4".to_owned(),
        "/static/web-videos/..%2f..%2finstance".into(),
        "/static/web-videos/o-720.mov".into(),
        format!("/static/streaming-playlists/hls/{UUID}/none.mp4"),
        format!("/static/streaming-playlists/hls/{nowhere}/f-720-fragmented.mp4"),
        "/lazy-static/thumbnails/none.jpg".into(),
        "/download/torrents/none.torrent".into(),
        "/static/streaming-playlists/".into(),
    ] {
        for method in [Method::GET, Method::HEAD] {
            let answered = ask(&platform, method, &path, &[("range", "bytes=0-1")]);
            assert_eq!(answered.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(answered.header("access-control-allow-origin"), "*");
            assert_eq!(answered.header("cache-control"), "private, no-store");
        }
        assert_eq!(
            get(&platform, &path, &[]).status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}
