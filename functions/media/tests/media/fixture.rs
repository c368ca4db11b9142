//! An instance with one video of some megabytes.

use app::media_access::FileToken;
use http::{HeaderMap, Method, Request, StatusCode};
use ports::{Body, Database, DigestAlgorithm, Digests, ObjectStore, Platform, Statement, Value};
use testkit::{TestPlatform, block_on};

pub const UUID: &str = "9c9de5e8-0a1e-484a-b099-e80766180a6d";
/// Two and a half blocks of the media function.
pub const MEDIA_BYTES: usize = 10 * 1024 * 1024;
pub const PLAYLIST: &str =
    "#EXTM3U\n#EXT-X-MAP:URI=\"f-720-fragmented.mp4\",BYTERANGE=\"10@0\"\nf-720-fragmented.mp4\n";

/// What came back.
pub struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answered {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

/// Bytes that differ everywhere, so that a shifted range shows: pages of counted words, the first of which
/// counts the pages.
pub fn media_bytes() -> Vec<u8> {
    let page: Vec<u8> = (0..1024u32).flat_map(u32::to_le_bytes).collect();
    let mut bytes = Vec::with_capacity(MEDIA_BYTES);
    for number in (1u32..).take(MEDIA_BYTES / page.len()) {
        bytes.extend_from_slice(&number.wrapping_mul(2_654_435_761).to_le_bytes());
        bytes.extend_from_slice(&page[4..]);
    }
    bytes
}

pub fn run(platform: &TestPlatform, sql: &'static str, params: Vec<Value>) {
    block_on(platform.database.batch(vec![Statement::new(sql, params)])).unwrap();
}

fn put(platform: &TestPlatform, object_key: &str, bytes: Vec<u8>) {
    let length = u64::try_from(bytes.len()).unwrap();
    block_on(
        platform
            .objects
            .put(object_key, "", Body::Bytes(bytes), length),
    )
    .unwrap();
}

fn add_user(platform: &TestPlatform, name: &str, role: i64) {
    let token = format!("token-of-{name}").into_bytes();
    let sha256 = block_on(platform.digests().digest(DigestAlgorithm::Sha256, &token)).unwrap();
    let hex: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    run(
        platform,
        "INSERT INTO user (username, email, password_hash, role, quota_bytes, quota_daily_bytes,
             created_at_unix_ms) VALUES (?1, ?1, '', ?2, -1, -1, 0)",
        vec![name.into(), role.into()],
    );
    for sql in [
        "INSERT INTO account (user_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, username, username, 0, ?2 * 0 FROM user WHERE username = ?1",
        "INSERT INTO channel (account_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, name || '_channel', name, 0, ?2 * 0 FROM account WHERE name = ?1",
    ] {
        run(platform, sql, vec![name.into(), 0i64.into()]);
    }
    run(
        platform,
        "INSERT INTO oauth_token (user_id, access_token_sha256, access_expires_at_unix_ms,
             refresh_token_sha256, refresh_expires_at_unix_ms, created_at_unix_ms)
         SELECT id, ?2, ?3, ?2, ?3, 0 FROM user WHERE username = ?1",
        vec![
            name.into(),
            hex.into(),
            platform.now().plus_ms(86_400_000).into(),
        ],
    );
}

/// The public video `Été: Bunny` of `ada`, with every kind of file; `bob` is somebody else, `mo` a
/// moderator.
pub fn instance() -> TestPlatform {
    let platform = TestPlatform::new();
    for (name, role) in [("ada", 2), ("bob", 2), ("mo", 1)] {
        add_user(&platform, name, role);
    }
    run(
        &platform,
        "INSERT INTO video (id, uuid, channel_id, name, privacy, state, created_at_unix_ms,
             updated_at_unix_ms, published_at_unix_ms) VALUES (1, ?1, 1, 'Été: Bunny', 1, 1, 0, 0, 0)",
        vec![UUID.into()],
    );
    let hls = format!("streaming-playlists/hls/{UUID}");
    let size = i64::try_from(MEDIA_BYTES).unwrap();
    run(
        &platform,
        "INSERT INTO video_file (video_id, kind, resolution, filename, object_key, size_bytes, fps,
             has_audio, has_video, playlist_filename, torrent_filename, created_at_unix_ms)
         VALUES (1, 'hls', 720, 'f-720-fragmented.mp4', ?1 || '/f-720-fragmented.mp4', ?2, 25, 1, 1,
             'f-720.m3u8', 'f-720-hls.torrent', 0),
         (1, 'web', 720, 'w-720.mp4', 'web-videos/w-720.mp4', ?2, 25, 1, 1, NULL, 'w-720.torrent', 0)",
        vec![hls.clone().into(), size.into()],
    );
    run(
        &platform,
        "INSERT INTO video_source (video_id, object_key, input_filename, size_bytes, content_type,
             resolution, has_audio, has_video, created_at_unix_ms)
         VALUES (1, 'web-videos/o-720.mov', 'bunny.mov', ?1, 'video/quicktime', 720, 1, 1, 0)",
        vec![size.into()],
    );
    put(
        &platform,
        &format!("{hls}/f-720-fragmented.mp4"),
        media_bytes(),
    );
    put(&platform, &format!("{hls}/f-720.m3u8"), PLAYLIST.into());
    put(
        &platform,
        &format!("{hls}/m-segments-sha256.json"),
        b"{}".to_vec(),
    );
    put(&platform, "web-videos/w-720.mp4", media_bytes());
    put(&platform, "web-videos/o-720.mov", b"original".to_vec());
    put(&platform, "thumbnails/t.jpg", b"picture".to_vec());
    put(&platform, "storyboards/s.jpg", b"sprites".to_vec());
    put(
        &platform,
        "torrents/f-720-hls.torrent",
        b"d4:infoe".to_vec(),
    );
    put(&platform, "thumbnails/empty.jpg", Vec::new());
    platform
}

pub fn set_privacy(platform: &TestPlatform, privacy: i64) {
    run(
        platform,
        "UPDATE video SET privacy = ?1",
        vec![privacy.into()],
    );
}

/// Asks, without running what is to happen after the answer.
pub fn ask_only(
    platform: &TestPlatform,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> Answered {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("https://video.test{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::Empty).unwrap();
    block_on(async {
        let response = media::handle(platform, request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answered {
            status: parts.status,
            headers: parts.headers,
            bytes: body.into_bytes(2 * MEDIA_BYTES).await.unwrap(),
        }
    })
}

/// Asks, and runs what is to happen after the answer.
pub fn ask(
    platform: &TestPlatform,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
) -> Answered {
    let answered = ask_only(platform, method, path, headers);
    platform.run_spawned();
    answered
}

pub fn get(platform: &TestPlatform, path: &str, headers: &[(&str, &str)]) -> Answered {
    ask(platform, Method::GET, path, headers)
}

pub fn range(platform: &TestPlatform, path: &str, range: &str) -> Answered {
    get(platform, path, &[("range", range)])
}

/// Path of the HLS media file.
pub fn hls_path() -> String {
    format!("/static/streaming-playlists/hls/{UUID}/f-720-fragmented.mp4")
}

pub fn private_hls_path(name: &str) -> String {
    format!("/static/streaming-playlists/hls/private/{UUID}/{name}")
}

/// A file token of the video for a user.
pub fn file_token(platform: &TestPlatform, user_id: Option<i64>) -> String {
    FileToken::starting(platform.now(), user_id)
        .sign(platform.settings(), UUID)
        .unwrap()
}
