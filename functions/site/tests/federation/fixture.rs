//! A small instance: `ada` with a channel and videos, `bob@far.test` and his channel at another server.

use http::{Method, Request, Response, StatusCode};
use ports::{Body, Database, Statement};
use serde_json::Value;
use site::AnswerMemo;
use testkit::{TestPlatform, block_on};

/// What we and PeerTube send as `Accept`.
pub const ACCEPT: &str = "application/activity+json, application/ld+json";
/// A public video of ours, row 1.
pub const PUBLIC: &str = "9c9de5e8-0a1e-484a-b099-000000000001";
/// An unlisted one, row 2.
pub const UNLISTED: &str = "9c9de5e8-0a1e-484a-b099-000000000002";
/// One of `far.test`, row 10.
pub const REMOTE: &str = "9c9de5e8-0a1e-484a-b099-000000000010";

const SCHEMA: [&str; 16] = [
    "INSERT INTO user (username, email, password_hash, role, quota_bytes, quota_daily_bytes,
         created_at_unix_ms) VALUES ('ada', 'ada@video.test', '', 2, -1, -1, 0)",
    "INSERT INTO account (id, user_id, name, display_name, description, created_at_unix_ms,
         updated_at_unix_ms) SELECT 1, id, 'ada', 'Ada', 'About *Ada*', 1767225600000, 0 FROM user",
    "INSERT INTO channel (id, account_id, name, display_name, support, created_at_unix_ms,
         updated_at_unix_ms) VALUES (1, 1, 'ada_channel', 'Films', 'Send coins', 1767225600000, 0)",
    "INSERT INTO account (id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         VALUES (2, 'bob@far.test', 'Bob', 0, 0)",
    "INSERT INTO channel (id, account_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         VALUES (2, 2, 'bobs@far.test', 'Bobs', 0, 0)",
    "INSERT INTO actor (id, url, kind, host, preferred_username, account_id, public_key_id,
         public_key_pem, followers_url, fetched_at_unix_ms)
         VALUES (90, 'https://far.test/u/bob', 'account', 'far.test', 'bob', 2, 'k', 'p',
         'https://far.test/u/bob/followers', 0)",
    "INSERT INTO actor (id, url, kind, host, preferred_username, channel_id, public_key_id,
         public_key_pem, followers_url, fetched_at_unix_ms)
         VALUES (91, 'https://far.test/g/bobs', 'channel', 'far.test', 'bobs', 2, 'k', 'p',
         'https://far.test/g/bobs/followers', 0)",
    "INSERT INTO video (id, uuid, channel_id, name, description, category, licence, language, privacy,
         state, duration_secs, aspect_ratio, nsfw, nsfw_flags, created_at_unix_ms, updated_at_unix_ms,
         published_at_unix_ms)
     SELECT n, '9c9de5e8-0a1e-484a-b099-' || substr('000000000000' || n, -12), 1, 'Film ' || n,
         'Some **words**', 2, 1, 'en', privacy, state, 60, 1.7777, 1, 2, 1767225600000, 1767225600000,
         1767225600000
     FROM (SELECT 1 AS n, 1 AS privacy, 1 AS state UNION ALL SELECT 2, 2, 1 UNION ALL SELECT 3, 3, 1
         UNION ALL SELECT 4, 4, 1 UNION ALL SELECT 5, 5, 1) ",
    "INSERT INTO video (id, uuid, channel_id, name, privacy, state, created_at_unix_ms,
         updated_at_unix_ms, published_at_unix_ms)
     VALUES (6, '9c9de5e8-0a1e-484a-b099-000000000006', 1, 'Unfinished', 1, 2, 0, 0, 0)",
    "INSERT INTO video (id, uuid, remote_url, channel_id, name, privacy, state, created_at_unix_ms,
         updated_at_unix_ms, published_at_unix_ms)
     VALUES (10, '9c9de5e8-0a1e-484a-b099-000000000010', 'https://far.test/videos/10', 2, 'Far', 1, 1,
         0, 0, 0)",
    "INSERT INTO video_file (video_id, kind, resolution, filename, object_key, size_bytes, width, height,
         fps, has_audio, has_video, playlist_filename, torrent_filename, info_hash, created_at_unix_ms)
     SELECT 1, 'hls', r, 'f-' || r || '-fragmented.mp4', 'k' || r, 6000000000, r * 2, r, 25, 1, 1,
         'f-' || r || '.m3u8', 'f-' || r || '-hls.torrent',
         '0123456789abcdef0123456789abcdef01234567', 0 FROM (SELECT 360 AS r UNION ALL SELECT 720)",
    "INSERT INTO video_file (video_id, kind, resolution, filename, object_key, size_bytes, width, height,
         fps, has_audio, has_video, created_at_unix_ms)
     VALUES (1, 'web', 720, 'w.mkv', 'w', 5000, 1280, 720, 25, 1, 1, 0)",
    "INSERT INTO streaming_playlist (video_id, master_filename, sha256_filename, updated_at_unix_ms)
     VALUES (1, 'm-master.m3u8', 'm-segments-sha256.json', 0)",
    "INSERT INTO video_swarm (info_hash, video_id)
     VALUES ('fedcba9876543210fedcba9876543210fedcba98', 1)",
    "INSERT INTO thumbnail (video_id, width, height, filename)
     SELECT 1, w, h, 't-' || w || '.jpg' FROM (SELECT 850 AS w, 480 AS h UNION ALL SELECT 280, 157)",
    "INSERT INTO storyboard (video_id, filename, total_width, total_height, sprite_width, sprite_height,
         sprite_duration_secs) VALUES (1, 's.jpg', 1920, 1080, 192, 108, 2)",
];

pub fn run(platform: &TestPlatform, sql: &'static str) {
    let batch = vec![Statement::new(sql, Vec::new())];
    block_on(platform.database.batch(batch)).unwrap();
}

pub fn instance() -> TestPlatform {
    let platform = TestPlatform::new();
    for sql in SCHEMA {
        run(&platform, sql);
    }
    platform
}

pub fn ask(
    platform: &TestPlatform,
    memo: &AnswerMemo,
    request: Request<Body>,
) -> (Response<()>, String) {
    block_on(async {
        let (parts, body) = site::answer(platform, memo, request).await.into_parts();
        let bytes = body.into_bytes(1_000_000).await.unwrap();
        let text = String::from_utf8(bytes).unwrap();
        (Response::from_parts(parts, ()), text)
    })
}

pub fn request(method: Method, path: &str, accept: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(format!("https://video.test{path}"))
        .header("accept", accept)
        .body(Body::Empty)
        .unwrap()
}

/// The status and document of a path for another server.
pub fn get(platform: &TestPlatform, path: &str) -> (StatusCode, Value) {
    let request = request(Method::GET, path, ACCEPT);
    let (response, text) = ask(platform, &AnswerMemo::default(), request);
    let document = serde_json::from_str(&text).unwrap_or(Value::Null);
    (response.status(), document)
}

/// The same of a path that has a document.
pub fn document(platform: &TestPlatform, path: &str) -> Value {
    let (status, document) = get(platform, path);
    assert_eq!(status, StatusCode::OK, "{path}: {document}");
    assert_eq!(
        document["@context"][0], "https://www.w3.org/ns/activitystreams",
        "{path}"
    );
    document
}

/// Where a path leads to; empty when it leads nowhere.
pub fn location(platform: &TestPlatform, path: &str, accept: &str) -> String {
    let request = request(Method::GET, path, accept);
    let (response, _) = ask(platform, &AnswerMemo::default(), request);
    let location = response.headers().get("location");
    assert_eq!(
        location.is_some(),
        response.status() == StatusCode::FOUND,
        "{path}"
    );
    location.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}
