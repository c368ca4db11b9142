//! An instance with channels, and videos in whatever state a test needs.

use app::{AppError, Rejection};
use feed_rs::model::{Entry, Feed};
use feeds::{Asked, Document, Markup, Route, document};
use ports::{Database, Platform, Statement, Value};
use testkit::{TestPlatform, block_on};

/// Shows Markdown as it is.
pub struct Verbatim;

impl Markup for Verbatim {
    fn html(&self, markdown: &str, max_bytes: usize) -> String {
        assert!(max_bytes >= 10_000);
        match markdown {
            "" => String::new(),
            text => format!("<p>{text}</p>"),
        }
    }

    fn plain_text(&self, markdown: &str, max_chars: usize) -> String {
        markdown.chars().take(max_chars).collect()
    }
}

pub fn run(platform: &TestPlatform, sql: &'static str, params: Vec<Value>) {
    block_on(platform.database.batch(vec![Statement::new(sql, params)])).unwrap();
}

/// An instance with the users `ada` (account and channel 1) and `bob` (2).
pub fn instance() -> TestPlatform {
    let platform = TestPlatform::new();
    for name in ["ada", "bob"] {
        let now = || Value::from(platform.now());
        run(
            &platform,
            "INSERT INTO user (username, email, password_hash, role, quota_bytes,
                 quota_daily_bytes, created_at_unix_ms)
             VALUES (?1, ?1 || '@video.test', '', 2, -1, -1, ?2)",
            vec![name.into(), now()],
        );
        run(
            &platform,
            "INSERT INTO account (user_id, name, display_name, description, created_at_unix_ms,
                 updated_at_unix_ms)
             SELECT id, username, upper(username), 'Account of ' || ?1, ?2, ?2 FROM user
             WHERE username = ?1",
            vec![name.into(), now()],
        );
        run(
            &platform,
            "INSERT INTO channel (account_id, name, display_name, description, created_at_unix_ms,
                 updated_at_unix_ms)
             SELECT id, name || '_channel', display_name || ' channel', 'Channel of ' || ?1, ?2, ?2
             FROM account WHERE name = ?1",
            vec![name.into(), now()],
        );
    }
    platform
}

/// Adds a public video of channel `channel`, a minute younger than the one before, with two HLS renditions
/// and pictures.
pub fn add_video(platform: &TestPlatform, number: u32, channel: u32, name: &str) {
    platform.advance_ms(60_000);
    let now = Value::from(platform.now());
    let uuid = format!("9c9de5e8-0a1e-484a-b099-{number:012}");
    run(
        platform,
        "INSERT INTO video (id, uuid, channel_id, name, description, privacy, state, category, language,
             duration_secs, created_at_unix_ms, updated_at_unix_ms, published_at_unix_ms)
         VALUES (?1, ?2, ?3, ?4, 'About ' || ?4, 1, 1, 2, 'fr', 100, ?5, ?5, ?5)",
        vec![
            number.into(),
            uuid.into(),
            channel.into(),
            name.into(),
            now.clone(),
        ],
    );
    for resolution in [360_u32, 720] {
        run(
            platform,
            "INSERT INTO video_file (video_id, kind, resolution, filename, object_key, size_bytes,
                 width, height, fps, has_audio, has_video, playlist_filename, torrent_filename,
                 info_hash, created_at_unix_ms)
             SELECT ?1, 'hls', ?2, n || '.mp4', 'k/' || n, ?2 * 1000, CAST(?2 AS INTEGER) * 16 / 9,
                 ?2, 25, 1, 1, n || '.m3u8', n || '.torrent',
                 '0123456789abcdef0123456789abcdef01234567', ?3
             FROM (SELECT 'f' || CAST(?1 AS INTEGER) || '-' || CAST(?2 AS INTEGER) AS n)",
            vec![number.into(), resolution.into(), now.clone()],
        );
    }
    run(
        platform,
        "INSERT INTO streaming_playlist (video_id, master_filename, sha256_filename,
             updated_at_unix_ms)
         VALUES (?1, 'm' || CAST(?1 AS INTEGER) || '.m3u8', 's.json', ?2)",
        vec![number.into(), now.clone()],
    );
    for (width, height) in [(850_u32, 480_u32), (280, 157)] {
        run(
            platform,
            "INSERT INTO thumbnail (video_id, width, height, filename)
             VALUES (?1, ?2, ?3, 't' || CAST(?1 AS INTEGER) || '-' || CAST(?2 AS INTEGER) || '.jpg')",
            vec![number.into(), width.into(), height.into()],
        );
    }
}

/// Changes one column of a video.
pub fn set(platform: &TestPlatform, number: u32, column: &str, value: impl Into<Value>) {
    // A test's own column names; there is no other way to build a static text from them.
    let sql = match column {
        "name" => "UPDATE video SET name = ?2 WHERE id = ?1",
        "privacy" => "UPDATE video SET privacy = ?2 WHERE id = ?1",
        "nsfw" => "UPDATE video SET nsfw = ?2 WHERE id = ?1",
        "views" => "UPDATE video SET views = ?2 WHERE id = ?1",
        "description" => "UPDATE video SET description = ?2 WHERE id = ?1",
        "tag" => "INSERT INTO video_tag (video_id, position, tag) VALUES (?1, 0, ?2)",
        other => panic!("no such column here: {other}"),
    };
    run(platform, sql, vec![number.into(), value.into()]);
}

pub fn ask(platform: &TestPlatform, path_and_query: &str) -> Result<Document, AppError> {
    let (path, query) = path_and_query
        .split_once('?')
        .unwrap_or((path_and_query, ""));
    let route = Route::parse(path).unwrap();
    let asked = Asked { query, accept: "" };
    block_on(document(platform, &Verbatim, route, asked))
}

pub fn text(platform: &TestPlatform, path_and_query: &str) -> String {
    let document =
        ask(platform, path_and_query).unwrap_or_else(|error| panic!("{path_and_query}: {error:?}"));
    String::from_utf8(document.bytes).unwrap()
}

/// The feed as a foreign reader understands it.
pub fn read(platform: &TestPlatform, path_and_query: &str) -> Feed {
    let text = text(platform, path_and_query);
    feed_rs::parser::parse(text.as_bytes())
        .unwrap_or_else(|error| panic!("{path_and_query}: {error}\n{text}"))
}

pub fn titles(feed: &Feed) -> Vec<&str> {
    feed.entries.iter().map(title).collect()
}

pub fn title(entry: &Entry) -> &str {
    &entry.title.as_ref().unwrap().content
}

pub fn rejection(platform: &TestPlatform, path_and_query: &str) -> Rejection {
    match ask(platform, path_and_query) {
        Err(AppError::Rejected { rejection, .. }) => rejection,
        other => panic!("{path_and_query}: {other:?}"),
    }
}
