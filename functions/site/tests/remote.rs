//! Pages of what lives on other servers, and those about following.

#![expect(clippy::unwrap_used, reason = "a test's own requests and answers")]

use http::{Request, StatusCode};
use ports::{Body, Database, Statement};
use site::AnswerMemo;
use testkit::{TestPlatform, block_on};

const UUID: &str = "9c9de5e8-0a1e-484a-b099-000000000001";

fn get(platform: &TestPlatform, path: &str) -> (StatusCode, String) {
    let request = Request::builder()
        .uri(format!("https://video.test{path}"))
        .body(Body::Empty)
        .unwrap();
    block_on(async {
        let response = site::answer(platform, &AnswerMemo::default(), request).await;
        let status = response.status();
        let bytes = response.into_body().into_bytes(1_000_000).await.unwrap();
        (status, String::from_utf8(bytes).unwrap())
    })
}

/// An instance that follows the channel `films@far.example` with one video.
fn instance() -> TestPlatform {
    let platform = TestPlatform::new();
    let statements = [
        "INSERT INTO account (id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         VALUES (1, 'ada@far.example', 'Ada far away', 0, 0)",
        "INSERT INTO channel (id, account_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         VALUES (1, 1, 'films@far.example', 'Far films', 0, 0)",
        "INSERT INTO actor (url, kind, host, preferred_username, channel_id, public_key_id, public_key_pem,
             fetched_at_unix_ms)
         VALUES ('https://far.example/video-channels/films', 'channel', 'far.example', 'films', 1, '', '', 0)",
        "INSERT INTO actor (url, kind, host, preferred_username, public_key_id, public_key_pem,
             private_key_sealed, fetched_at_unix_ms)
         VALUES ('https://video.test/accounts/peertube', 'instance', '', 'peertube', '', '', 'x', 0)",
        "INSERT INTO follow (follower_id, target_id, state, created_at_unix_ms, updated_at_unix_ms)
         SELECT i.id, t.id, 'accepted', 0, 0 FROM actor i, actor t
         WHERE i.kind = 'instance' AND t.kind = 'channel'",
        "INSERT INTO video (id, uuid, remote_url, channel_id, name, privacy, state, created_at_unix_ms,
             updated_at_unix_ms, published_at_unix_ms)
         VALUES (1, '9c9de5e8-0a1e-484a-b099-000000000001', 'https://far.example/videos/watch/1', 1,
             'Far video', 1, 1, 0, 0, 0)",
        r#"INSERT INTO remote_video (video_id, page_url, document, fetched_at_unix_ms)
         VALUES (1, 'https://far.example/w/1', '{"streaming":{"master_url":"https://far.example/m.m3u8",
             "hashes_url":"https://far.example/h.json","files":[]},
             "trackers":["wss://far.example/tracker/socket"]}', 0)"#,
    ];
    let batch = statements
        .into_iter()
        .map(|sql| Statement::new(sql, vec![]))
        .collect();
    block_on(platform.database.batch(batch)).unwrap();
    platform
}

#[test]
fn a_far_video_has_a_page_that_plays_from_its_origin() {
    let platform = instance();
    let (status, page) = get(&platform, &format!("/w/{UUID}"));
    assert_eq!(status, StatusCode::OK);
    for expected in [
        r#"<link rel="canonical" href="https://far.example/videos/watch/1">"#,
        r#"href="https://far.example/w/1""#,
        r#""master":"https://far.example/m.m3u8""#,
        r#"href="/c/films@far.example""#,
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    let (status, embed) = get(&platform, &format!("/videos/embed/{UUID}"));
    assert_eq!(status, StatusCode::OK);
    assert!(embed.contains("https://far.example/m.m3u8"));
}

#[test]
fn far_channels_and_accounts_have_pages_under_their_handles() {
    let platform = instance();
    for (path, expected) in [
        ("/c/films@far.example", "Far films"),
        ("/c/films%40FAR.example/videos", "Far video"),
        ("/a/ada@far.example", "Ada far away"),
        ("/search?search=films@far.example", "data-elsewhere"),
        ("/search?search=far", "Far films"),
        (
            "/search?search=https%3A%2F%2Ffar.example%2Fvideos%2Fwatch%2F1",
            "Far video",
        ),
        ("/videos/recently-added", "Far video"),
        ("/videos/local", "Nothing here yet"),
        ("/videos/subscriptions", "data-videos"),
        ("/admin/follows", "data-followers"),
        ("/admin/settings/follows/following-list", "data-following"),
    ] {
        let (status, page) = get(&platform, path);
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(page.contains(expected), "{path}: {expected}");
    }
    let (status, _) = get(&platform, "/c/films");
    assert_eq!(status, StatusCode::NOT_FOUND, "nobody here has that name");
    let (_, sitemap) = get(&platform, "/sitemap.xml");
    assert!(!sitemap.contains("/w/"), "search engines find it at home");
    assert!(platform.http.take_sent().is_empty(), "no page asks anybody");
}
