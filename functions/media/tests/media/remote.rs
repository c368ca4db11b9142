//! Pictures of other servers.

use http::{Method, StatusCode};
use testkit::{TestPlatform, typed_response};

use crate::fixture::{ask, instance, run};

const THUMBNAIL: &str = "/lazy-static/thumbnails/0123456789abcdef0123456789abcdef.jpg";
const ORIGIN: &str = "https://far.example/t.jpg";
const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0 a picture";

/// The instance knows a far video with a thumbnail, and the avatar of its channel.
fn with_far_pictures() -> TestPlatform {
    let platform = instance();
    for sql in [
        "INSERT INTO video (id, uuid, remote_url, channel_id, name, privacy, state, created_at_unix_ms,
             updated_at_unix_ms, published_at_unix_ms)
         SELECT 77, '9c9de5e8-0a1e-484a-b099-000000000077', 'https://far.example/v', id, 'Far', 1, 1, 0, 0, 0
         FROM channel LIMIT 1",
        r#"INSERT INTO remote_video (video_id, page_url, document, fetched_at_unix_ms) VALUES (77, '',
             '{"pictures":[{"filename":"0123456789abcdef0123456789abcdef.jpg","width":280,"height":157,
               "url":"https://far.example/t.jpg"}]}', 0)"#,
        "INSERT INTO thumbnail (video_id, width, height, filename)
         VALUES (77, 280, 157, '0123456789abcdef0123456789abcdef.jpg')",
        "INSERT INTO actor (id, url, kind, host, preferred_username, public_key_id, public_key_pem,
             avatar_url, fetched_at_unix_ms)
         VALUES (9, 'https://far.example/c', 'channel', 'far.example', 'c', '', '',
             'https://far.example/a.png', 0)",
    ] {
        run(&platform, sql, vec![]);
    }
    platform
}

#[test]
fn a_thumbnail_is_fetched_once_for_everybody() {
    let platform = with_far_pictures();
    platform
        .http
        .serve(ORIGIN, |_| typed_response("image/jpeg", JPEG));
    for _ in 0..3 {
        let answer = ask(&platform, Method::GET, THUMBNAIL, &[]);
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "image/jpeg");
        assert_eq!(answer.header("cache-control"), "public, max-age=86400");
        assert_eq!(answer.bytes, JPEG);
        platform.run_spawned();
    }
    let sent = platform.http.take_sent();
    assert_eq!(sent.len(), 1);
    assert!(sent[0].headers.get("signature").is_none());
    for name in ["cookie", "referer", "x-forwarded-for", "range"] {
        assert!(sent[0].headers.get(name).is_none(), "{name}");
    }
    let known = ask(
        &platform,
        Method::GET,
        THUMBNAIL,
        &[("if-none-match", "\"0123456789abcdef0123456789abcdef.jpg\"")],
    );
    assert_eq!(known.status, StatusCode::NOT_MODIFIED);
    let head = ask(&platform, Method::HEAD, THUMBNAIL, &[]);
    assert_eq!(head.header("content-length"), JPEG.len().to_string());
    assert!(head.bytes.is_empty());
}

#[test]
fn what_is_no_picture_is_not_passed_on() {
    let big = vec![0xFF; app::remote_picture::MAX_PICTURE_BYTES + 1];
    // What this thread remembers outlives a host: each begins after the time of the one before.
    for (begin_ms, (content_type, bytes)) in (0..).step_by(10_800_000).zip([
        ("text/html", &b"<script>"[..]),
        ("image/svg+xml", b"<svg onload=alert(1)>"),
        ("image/jpeg", b"<html>"),
        ("image/jpeg", b""),
        ("image/jpeg", &big),
    ]) {
        let platform = with_far_pictures();
        platform.advance_ms(begin_ms);
        let bytes = bytes.to_vec();
        platform
            .http
            .serve(ORIGIN, move |_| typed_response(content_type, &bytes));
        let answer = ask(&platform, Method::GET, THUMBNAIL, &[]);
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{content_type}");
        // Whether it fails or not: an origin is not asked for the same thing at every look.
        let again = ask(&platform, Method::GET, THUMBNAIL, &[]);
        assert_eq!(again.status, StatusCode::NOT_FOUND);
        assert_eq!(platform.http.take_sent().len(), 1, "{content_type}");
        platform.advance_ms(3_600_000);
        ask(&platform, Method::GET, THUMBNAIL, &[]);
        assert_eq!(platform.http.take_sent().len(), 1, "asked again later");
    }
}

#[test]
fn unknown_names_ask_nobody() {
    let platform = with_far_pictures();
    let current = app::videos::shape::avatar_name(9, "https://far.example/a.png");
    let stale = app::videos::shape::avatar_name(9, "https://far.example/old.png");
    for path in [
        "/lazy-static/thumbnails/ffffffffffffffffffffffffffffffff.jpg",
        "/lazy-static/avatars/x.png",
        "/lazy-static/avatars/10-0000000000000000.png",
        &format!("/lazy-static/avatars/{stale}"),
    ] {
        let answer = ask(&platform, Method::GET, path, &[]);
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(platform.http.take_sent().is_empty());
    platform.http.serve("https://far.example/a.png", |_| {
        typed_response("image/png", b"\x89PNG\r\n\x1A\n")
    });
    let path = format!("/lazy-static/avatars/{current}");
    assert_eq!(
        ask(&platform, Method::GET, &path, &[]).status,
        StatusCode::OK
    );
}

#[test]
fn media_of_a_far_video_is_not_here() {
    let platform = with_far_pictures();
    let path = "/static/streaming-playlists/hls/9c9de5e8-0a1e-484a-b099-000000000077/a.m3u8";
    let answer = ask(&platform, Method::GET, path, &[]);
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}
