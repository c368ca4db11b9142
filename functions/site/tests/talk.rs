//! Pages of comments: the same for all strangers, more for whoever brings a token.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use http::{HeaderMap, Request, StatusCode};
use ports::{Body, Database, DigestAlgorithm, Digests, Platform, Statement, Value};
use site::AnswerMemo;
use testkit::{TestPlatform, block_on};

const UUID: &str = "9c9de5e8-0a1e-484a-b099-000000000001";

fn run(platform: &TestPlatform, sql: &'static str, params: Vec<Value>) {
    block_on(platform.database.batch(vec![Statement::new(sql, params)])).unwrap();
}

/// Ada, who is signed in with `token`, her public video with a comment of hers and one that is held.
fn stage() -> TestPlatform {
    let platform = TestPlatform::new();
    let now = platform.now();
    let sha256 = block_on(
        platform
            .digests()
            .digest(DigestAlgorithm::Sha256, &b"token".to_vec()),
    );
    let hex: String = sha256
        .unwrap()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for (sql, params) in [
        (
            "INSERT INTO user (id, username, email, password_hash, role, quota_bytes, quota_daily_bytes,
                 created_at_unix_ms) VALUES (1, 'ada', 'a@video.test', '', 2, -1, -1, ?1)",
            vec![now.into()],
        ),
        (
            "INSERT INTO account (id, user_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
             VALUES (1, 1, 'ada', 'Ada', ?1, ?1)",
            vec![now.into()],
        ),
        (
            "INSERT INTO channel (id, account_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
             VALUES (1, 1, 'films', 'Films', ?1, ?1)",
            vec![now.into()],
        ),
        (
            "INSERT INTO video (id, uuid, channel_id, name, privacy, state, created_at_unix_ms,
                 updated_at_unix_ms, published_at_unix_ms) VALUES (1, ?2, 1, 'Bunny', 1, 1, ?1, ?1, ?1)",
            vec![now.into(), UUID.into()],
        ),
        (
            "INSERT INTO comment (video_id, account_id, text, is_held, created_at_unix_ms,
                 updated_at_unix_ms)
             SELECT 1, 1, json_each.value, json_each.key, ?1, ?1 FROM json_each('[\"open\",\"waiting\"]')",
            vec![now.into()],
        ),
        (
            "INSERT INTO oauth_token (user_id, access_token_sha256, access_expires_at_unix_ms,
                 refresh_token_sha256, refresh_expires_at_unix_ms, created_at_unix_ms)
             VALUES (1, ?2, ?1, ?2, ?1, ?1)",
            vec![now.plus_ms(86_400_000).into(), hex.into()],
        ),
    ] {
        run(&platform, sql, params);
    }
    platform
}

fn ask(
    platform: &TestPlatform,
    memo: &AnswerMemo,
    path: &str,
    token: Option<&str>,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::builder().uri(format!("https://video.test{path}"));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    block_on(async {
        let request = request.body(Body::Empty).unwrap();
        let (parts, body) = site::answer(platform, memo, request).await.into_parts();
        let html = body.into_bytes(1_000_000).await.unwrap();
        (
            parts.status,
            parts.headers,
            String::from_utf8(html).unwrap(),
        )
    })
}

#[test]
fn a_token_shows_more_and_nobody_else_sees_it() {
    let (platform, memo) = (stage(), AnswerMemo::default());
    let path = format!("/w/{UUID}/comments");
    let (status, headers, stranger) = ask(&platform, &memo, &path, None);
    assert_eq!(status, StatusCode::OK);
    assert!(
        headers["cache-control"]
            .to_str()
            .unwrap()
            .starts_with("public")
    );
    assert!(stranger.contains("open") && !stranger.contains("waiting"));
    assert!(!stranger.contains("data-do"));
    let (_, headers, owner) = ask(&platform, &memo, &path, Some("token"));
    assert_eq!(headers["cache-control"], "no-store");
    assert!(owner.contains("waiting") && owner.contains("data-do=\"approve\""));
    let (_, _, again) = ask(&platform, &memo, &path, None);
    assert_eq!(again, stranger);
    let (status, _, _) = ask(&platform, &memo, &path, Some("wrong"));
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[test]
fn a_part_is_the_section_alone() {
    let (platform, memo) = (stage(), AnswerMemo::default());
    let (status, _, part) = ask(
        &platform,
        &memo,
        &format!("/w/{UUID}/comments?part=1"),
        None,
    );
    assert_eq!(status, StatusCode::OK);
    assert!(part.contains("open") && !part.contains("<html"));
    let before = platform.database.batches();
    ask(
        &platform,
        &memo,
        &format!("/w/{UUID}/comments?part=1"),
        None,
    );
    assert_eq!(platform.database.batches(), before, "kept for a second");
}

#[test]
fn the_watch_page_links_its_comments_and_asks_the_database_for_none() {
    let (platform, memo) = (stage(), AnswerMemo::default());
    let before = platform.database.batches();
    let (status, _, html) = ask(&platform, &memo, &format!("/w/{UUID}"), None);
    assert_eq!(status, StatusCode::OK);
    assert_eq!(platform.database.batches(), before + 1);
    assert!(html.contains("/comments\">1 comment</a>"), "{html}");
    assert!(html.contains("data-rate=\"like\""));
}

#[test]
fn a_private_video_shows_its_comments_to_nobody() {
    let (platform, memo) = (stage(), AnswerMemo::default());
    run(&platform, "UPDATE video SET privacy = 3", vec![]);
    let path = format!("/w/{UUID}/comments");
    let (status, _, html) = ask(&platform, &memo, &path, None);
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(!html.contains("open"));
    let (status, _, _) = ask(&platform, &memo, &path, Some("token"));
    assert_eq!(status, StatusCode::OK);
    let (status, _, _) = ask(&platform, &memo, "/w/999/comments", None);
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _, _) = ask(
        &platform,
        &memo,
        &format!("{path}?comment=99"),
        Some("token"),
    );
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[test]
fn an_answers_address_shows_its_whole_thread() {
    let (platform, memo) = (stage(), AnswerMemo::default());
    run(
        &platform,
        "INSERT INTO comment (video_id, account_id, parent_id, thread_id, text, created_at_unix_ms,
             updated_at_unix_ms)
         SELECT 1, 1, 1, 1, 'answer ' || value, 1, 1 FROM json_each('[1,2,3,4,5]')",
        vec![],
    );
    let path = format!("/w/{UUID}/comments");
    let (_, _, all) = ask(&platform, &memo, &path, None);
    assert!(all.contains("answer 3") && !all.contains("answer 4"));
    assert!(all.contains("Show 2 more"));
    let (status, _, thread) = ask(&platform, &memo, &format!("{path}?comment=7"), None);
    assert_eq!(status, StatusCode::OK);
    assert!(thread.contains("open") && thread.contains("answer 5"));
    let (_, _, beyond) = ask(&platform, &memo, &format!("{path}?comment=7&page=2"), None);
    assert!(beyond.contains("open") && !beyond.contains("answer 1"));
}
