//! An instance with users, and videos in whatever state a test needs.

use http::{HeaderMap, Request, StatusCode};
use ports::{Body, Database, DigestAlgorithm, Digests, Platform, Statement, Value};
use serde_json::Value as Json;
use testkit::{TestPlatform, block_on};

/// What came back.
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub json: Json,
    pub bytes: Vec<u8>,
}

impl Answered {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The names of a list's items.
    pub fn names(&self) -> Vec<&str> {
        self.json["data"]
            .as_array()
            .unwrap_or_else(|| panic!("no list: {}", self.json))
            .iter()
            .map(|item| item["name"].as_str().unwrap())
            .collect()
    }
}

pub fn ask(platform: &TestPlatform, request: Request<Body>) -> Answered {
    block_on(async {
        let response = api::handle(platform, request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.into_bytes(1_000_000).await.unwrap();
        Answered {
            status: parts.status,
            headers: parts.headers,
            json: serde_json::from_slice(&bytes).unwrap_or(Json::Null),
            bytes,
        }
    })
}

/// One request; `token` names the user (see [`add_user`]).
pub fn request(method: &str, path: &str, user: Option<&str>, body: Body) -> Request<Body> {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("https://video.test{path}"));
    if let Some(user) = user {
        request = request.header("authorization", format!("Bearer token-of-{user}"));
    }
    if !matches!(body, Body::Empty) {
        request = request.header("content-type", "application/json");
    }
    request.body(body).unwrap()
}

pub fn get(platform: &TestPlatform, path: &str) -> Answered {
    ask(platform, request("GET", path, None, Body::Empty))
}

pub fn get_as(platform: &TestPlatform, user: &str, path: &str) -> Answered {
    ask(platform, request("GET", path, Some(user), Body::Empty))
}

pub fn send(
    platform: &TestPlatform,
    method: &str,
    path: &str,
    user: &str,
    body: &Json,
) -> Answered {
    let body = Body::Bytes(body.to_string().into_bytes());
    ask(platform, request(method, path, Some(user), body))
}

pub fn run(platform: &TestPlatform, sql: &'static str, params: Vec<Value>) {
    block_on(platform.database.batch(vec![Statement::new(sql, params)])).unwrap();
}

/// Adds a user with account, channel `{name}_channel`, and the access token `token-of-{name}`.
pub fn add_user(platform: &TestPlatform, name: &str, role: i64) {
    let now = platform.now();
    let token = format!("token-of-{name}").into_bytes();
    let sha256 = block_on(platform.digests().digest(DigestAlgorithm::Sha256, &token)).unwrap();
    let hex: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    run(
        platform,
        "INSERT INTO user (username, email, password_hash, role, quota_bytes, quota_daily_bytes,
             created_at_unix_ms) VALUES (?1, ?1 || '@video.test', '', ?2, 1000000, -1, ?3)",
        vec![name.into(), role.into(), now.into()],
    );
    run(
        platform,
        "INSERT INTO account (user_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, username, upper(username), ?2, ?2 FROM user WHERE username = ?1",
        vec![name.into(), now.into()],
    );
    run(
        platform,
        "INSERT INTO channel (account_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, name || '_channel', display_name || ' channel', ?2, ?2 FROM account
         WHERE name = ?1",
        vec![name.into(), now.into()],
    );
    run(
        platform,
        "INSERT INTO oauth_token (user_id, access_token_sha256, access_expires_at_unix_ms,
             refresh_token_sha256, refresh_expires_at_unix_ms, created_at_unix_ms)
         SELECT id, ?2, ?3, ?2, ?3, ?3 FROM user WHERE username = ?1",
        vec![name.into(), hex.into(), now.plus_ms(86_400_000).into()],
    );
}

/// The UUID of video `number`.
pub fn uuid(number: u32) -> String {
    format!("9c9de5e8-0a1e-484a-b099-{number:012}")
}

/// An instance with the admin `root`, the moderator `mo`, and the users `ada` and `bob`.
pub fn instance() -> TestPlatform {
    let platform = TestPlatform::new();
    for (name, role) in [("root", 0), ("mo", 1), ("ada", 2), ("bob", 2)] {
        add_user(&platform, name, role);
    }
    platform
}

/// Adds a public, published video of `owner`, one minute younger than the video before it.
pub fn add_video(platform: &TestPlatform, number: u32, owner: &str, name: &str) {
    platform.advance_ms(60_000);
    run(
        platform,
        "INSERT INTO video (id, uuid, channel_id, name, description, privacy, state, duration_secs,
             aspect_ratio, created_at_unix_ms, updated_at_unix_ms, published_at_unix_ms)
         SELECT ?1, ?2, id, ?4, 'About ' || ?4, 1, 1, 60, 1.7777777, ?5, ?5, ?5
         FROM channel WHERE name = ?3 || '_channel'",
        vec![
            number.into(),
            uuid(number).into(),
            owner.into(),
            name.into(),
            platform.now().into(),
        ],
    );
}

/// Changes columns of a video.
pub fn set(platform: &TestPlatform, number: u32, column: &str, value: impl Into<Value>) {
    // A test's own column names; there is no other way to build a static text from them.
    let sql = match column {
        "privacy" => "UPDATE video SET privacy = ?2 WHERE id = ?1",
        "state" => "UPDATE video SET state = ?2 WHERE id = ?1",
        "nsfw" => "UPDATE video SET nsfw = ?2 WHERE id = ?1",
        "nsfw_flags" => "UPDATE video SET nsfw_flags = ?2 WHERE id = ?1",
        "views" => "UPDATE video SET views = ?2 WHERE id = ?1",
        "likes" => "UPDATE video SET likes = ?2 WHERE id = ?1",
        "recent_views" => "UPDATE video SET recent_views = ?2 WHERE id = ?1",
        "category" => "UPDATE video SET category = ?2 WHERE id = ?1",
        "language" => "UPDATE video SET language = ?2 WHERE id = ?1",
        "licence" => "UPDATE video SET licence = ?2 WHERE id = ?1",
        "duration_secs" => "UPDATE video SET duration_secs = ?2 WHERE id = ?1",
        "description" => "UPDATE video SET description = ?2 WHERE id = ?1",
        other => panic!("no such column here: {other}"),
    };
    run(platform, sql, vec![number.into(), value.into()]);
}

pub fn add_tags(platform: &TestPlatform, number: u32, tags: &[&str]) {
    for (position, tag) in tags.iter().enumerate() {
        run(
            platform,
            "INSERT INTO video_tag (video_id, position, tag) VALUES (?1, ?2, ?3)",
            vec![
                number.into(),
                u32::try_from(position).unwrap().into(),
                (*tag).into(),
            ],
        );
    }
}

/// Gives a video two HLS renditions, one plain file, thumbnails, a storyboard and its source.
pub fn add_files(platform: &TestPlatform, number: u32) {
    let now = platform.now();
    for resolution in [360u32, 720] {
        run(
            platform,
            "INSERT INTO video_file (video_id, kind, resolution, filename, object_key, size_bytes,
                 width, height, fps, has_audio, has_video, playlist_filename, torrent_filename,
                 info_hash, created_at_unix_ms)
             SELECT ?1, 'hls', ?2, 'f' || CAST(?1 AS INTEGER) || '-' || CAST(?2 AS INTEGER) || '-fragmented.mp4',
                 'streaming-playlists/hls/' || uuid || '/f' || CAST(?1 AS INTEGER) || '-' || CAST(?2 AS INTEGER) || '-fragmented.mp4',
                 ?2 * 1000, CAST(?2 AS INTEGER) * 16 / 9, ?2, 25, 1, 1, 'f' || CAST(?1 AS INTEGER) || '-' || CAST(?2 AS INTEGER) || '.m3u8',
                 'f' || CAST(?1 AS INTEGER) || '-' || CAST(?2 AS INTEGER) || '-hls.torrent',
                 '0123456789abcdef0123456789abcdef01234567', ?3 FROM video WHERE id = ?1",
            vec![number.into(), resolution.into(), now.into()],
        );
    }
    for sql in [
        "INSERT INTO video_file (video_id, kind, resolution, filename, object_key, size_bytes, width,
             height, fps, has_audio, has_video, created_at_unix_ms)
         VALUES (?1, 'web', 720, 'w' || CAST(?1 AS INTEGER) || '-720.mp4', 'web-videos/w' || CAST(?1 AS INTEGER) || '-720.mp4', 5000,
             1280, 720, 25, 1, 1, ?2)",
        "INSERT INTO video_source (video_id, object_key, input_filename, size_bytes, content_type,
             width, height, resolution, fps, has_audio, has_video, created_at_unix_ms)
         VALUES (?1, 'web-videos/w' || CAST(?1 AS INTEGER) || '-720.mp4', 'bunny.mp4', 5000, 'video/mp4', 1280, 720,
             720, 25, 1, 1, ?2)",
        "INSERT INTO streaming_playlist (video_id, master_filename, sha256_filename,
             updated_at_unix_ms)
         VALUES (?1, 'm' || CAST(?1 AS INTEGER) || '-master.m3u8', 'm' || CAST(?1 AS INTEGER) || '-segments-sha256.json', ?2)",
        "INSERT INTO thumbnail (video_id, width, height, filename)
         SELECT ?1, w, h, 't' || CAST(?1 AS INTEGER) || '-' || w || '.jpg'
         FROM (SELECT 850 AS w, 480 AS h UNION SELECT 280, 157 WHERE ?2 > 0)",
        "INSERT INTO storyboard (video_id, filename, total_width, total_height, sprite_width,
             sprite_height, sprite_duration_secs)
         VALUES (?1, 's' || CAST(?1 AS INTEGER) || '.jpg', 1920, 1080, 192, 108, max(2, ?2 * 0))",
    ] {
        run(platform, sql, vec![number.into(), now.into()]);
    }
}
