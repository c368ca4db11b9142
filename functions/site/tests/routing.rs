//! Which function answers which path, over the in-memory host.

#![expect(clippy::unwrap_used, reason = "a test's own requests and answers")]

use http::{Method, Request, Response, StatusCode};
use ports::{Body, Database, Statement};
use site::AnswerMemo;
use testkit::{TestPlatform, block_on};

fn ask(method: Method, path: &str) -> (Response<()>, String) {
    ask_again(&TestPlatform::new(), &AnswerMemo::default(), method, path)
}

fn ask_again(
    platform: &TestPlatform,
    memo: &AnswerMemo,
    method: Method,
    path: &str,
) -> (Response<()>, String) {
    let request = Request::builder()
        .method(method)
        .uri(format!("https://video.test{path}"))
        .body(Body::Empty)
        .unwrap();
    block_on(async {
        let (parts, body) = site::answer(platform, memo, request).await.into_parts();
        let bytes = body.into_bytes(1_000_000).await.unwrap();
        (
            Response::from_parts(parts, ()),
            String::from_utf8(bytes).unwrap(),
        )
    })
}

fn check(path: &str, status: StatusCode, content_type: &str, text: &str) {
    let (response, body) = ask(Method::GET, path);
    assert_eq!(response.status(), status, "{path}: {body}");
    let found = response.headers()["content-type"].to_str().unwrap();
    assert!(found.starts_with(content_type), "{path}: {found}");
    assert!(body.contains(text), "{path}: {body}");
}

#[test]
fn every_kind_of_path_has_its_function() {
    let (ok, missing) = (StatusCode::OK, StatusCode::NOT_FOUND);
    check("/", ok, "text/html", "<main");
    check("/about/", ok, "text/html", "<main");
    check("/login", ok, "text/html", "<form");
    check("/videos/trending", ok, "text/html", "Trending videos");
    check(
        "/search?search=nothing+here",
        ok,
        "text/html",
        "nothing here",
    );
    check("/robots.txt", ok, "text/plain", "Sitemap");
    check("/sitemap.xml", ok, "application/xml", "<urlset");
    check("/api/v1/videos/", ok, "application/json", "\"total\":0");
    check("/api/v1/config", ok, "application/json", "serverVersion");
    check("/nowhere", missing, "text/html", "<main");
    check("/c/nobody", missing, "text/html", "<main");
    check(
        "/api/v1/nowhere",
        missing,
        "application/problem+json",
        "404",
    );
    check(
        "/static/web-videos/none.mp4",
        missing,
        "application/problem+json",
        "",
    );
}

#[test]
fn a_watch_page_of_no_video_is_a_404_that_scripts_may_fill() {
    check(
        "/w/kkGMgK9ZtnKfYAgnEtQxbv",
        StatusCode::NOT_FOUND,
        "text/html",
        "not available",
    );
}

#[test]
fn oembed_is_answered_for_pages_of_this_instance_only() {
    let path = "/services/oembed?format=json&url=https%3A%2F%2Felsewhere.test%2Fw%2Fa";
    let (response, _) = ask(Method::GET, path);
    assert!(response.status().is_client_error());
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}

#[test]
fn head_is_get_without_the_body() {
    let (response, body) = ask(Method::HEAD, "/");
    assert_eq!(response.status(), StatusCode::OK);
    assert!(body.is_empty());
    assert!(response.headers().contains_key("content-security-policy"));
}

#[test]
fn a_page_is_shown_again_until_the_site_changes_something() {
    let (platform, memo) = (TestPlatform::new(), AnswerMemo::default());
    let run = |sql| {
        let batch = vec![Statement::new(sql, Vec::new())];
        block_on(platform.database.batch(batch)).unwrap();
    };
    let channel = |memo| ask_again(&platform, memo, Method::GET, "/c/ada_channel").1;
    run(
        "INSERT INTO user (username, email, password_hash, role, quota_bytes, quota_daily_bytes,
             created_at_unix_ms) VALUES ('ada', 'ada@video.test', '', 2, -1, -1, 0)",
    );
    run(
        "INSERT INTO account (user_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, 'ada', 'Ada', 0, 0 FROM user",
    );
    run("INSERT INTO channel (account_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, 'ada_channel', 'Old name', 0, 0 FROM account");
    assert!(channel(&memo).contains("Old name"));
    run("UPDATE channel SET display_name = 'New name'");
    assert!(
        channel(&memo).contains("Old name"),
        "within the same second"
    );
    let views = "/api/v1/videos/9c9de5e8-0a1e-484a-b099-000000000001/views";
    ask_again(&platform, &memo, Method::POST, views);
    assert!(
        channel(&memo).contains("Old name"),
        "a player's ping is no change"
    );
    ask_again(&platform, &memo, Method::POST, "/api/v1/users/revoke-token");
    assert!(channel(&memo).contains("New name"));
    run("UPDATE channel SET display_name = 'Newest name'");
    platform.advance_ms(1_000);
    assert!(channel(&memo).contains("Newest name"));
}

fn discovery(method: Method, path: &str, etag: Option<&str>) -> (Response<()>, String) {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("https://video.test{path}"));
    if let Some(etag) = etag {
        request = request.header("if-none-match", etag);
    }
    let request = request.body(Body::Empty).unwrap();
    block_on(async {
        let response = site::answer(&TestPlatform::new(), &AnswerMemo::default(), request).await;
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(body.into_bytes(100_000).await.unwrap()).unwrap();
        (Response::from_parts(parts, ()), text)
    })
}

#[test]
fn servers_and_readers_get_documents_that_caches_may_share() {
    for (path, content_type) in [
        (
            "/.well-known/webfinger?resource=acct:peertube@video.test",
            "application/jrd+json",
        ),
        ("/.well-known/host-meta", "application/xrd+xml"),
        ("/.well-known/nodeinfo/", "application/json"),
        ("/nodeinfo/2.0.json", "application/json; profile="),
        ("/feeds/videos.atom", "application/atom+xml"),
    ] {
        let (answer, text) = discovery(Method::GET, path, None);
        assert_eq!(answer.status(), StatusCode::OK, "{path}: {text}");
        let headers = answer.headers();
        let found = headers["content-type"].to_str().unwrap();
        assert!(found.starts_with(content_type), "{path}: {found}");
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert_eq!(headers["cache-control"], "public, max-age=300");
        let etag = headers["etag"].to_str().unwrap();
        let (again, nothing) = discovery(Method::GET, path, Some(etag));
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert!(nothing.is_empty());
        let (head, nothing) = discovery(Method::HEAD, path, None);
        assert_eq!(head.headers()["etag"].to_str().unwrap(), etag);
        assert!(nothing.is_empty());
        let (preflight, _) = discovery(Method::OPTIONS, path, None);
        assert_eq!(preflight.status(), StatusCode::NO_CONTENT);
        let (refused, _) = discovery(Method::POST, path, None);
        assert_eq!(refused.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}

#[test]
fn servers_and_readers_are_told_what_is_wrong() {
    let (bad, missing) = (StatusCode::BAD_REQUEST, StatusCode::NOT_FOUND);
    let unsigned = StatusCode::UNAUTHORIZED;
    let problem = "application/problem+json";
    check("/.well-known/webfinger", bad, problem, "resource");
    check("/nodeinfo/9.json", missing, problem, "version");
    check("/feeds/videos.pdf", missing, problem, "Feed not found");
    check("/feeds/videos.xml?sort=x", bad, problem, "sort");
    check("/feeds/subscriptions.xml", unsigned, problem, "token");
    check("/.well-known/unknown", missing, "text/html", "<main");
}

#[test]
fn a_feed_is_shown_again_per_type_until_the_site_changes_something() {
    let (platform, memo) = (TestPlatform::new(), AnswerMemo::default());
    let ask = |path| ask_again(&platform, &memo, Method::GET, path).1;
    let first = ask("/feeds/videos.xml");
    let batches = platform.database.batches();
    assert_eq!(ask("/feeds/videos.xml"), first);
    assert_eq!(platform.database.batches(), batches, "shown again");
    assert_ne!(ask("/feeds/videos.json"), first);
    ask_again(&platform, &memo, Method::POST, "/api/v1/users/revoke-token");
    let batches = platform.database.batches();
    ask("/feeds/videos.xml");
    assert_eq!(platform.database.batches(), batches + 1);
}

#[test]
fn an_answer_of_the_api_is_given_again_to_whoever_is_nobody_in_particular() {
    let (platform, memo) = (TestPlatform::new(), AnswerMemo::default());
    let batches_of = |path: &str, header: Option<(&str, &str)>| {
        let before = platform.database.batches();
        let mut request = Request::builder().uri(format!("https://video.test{path}"));
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let request = request.body(Body::Empty).unwrap();
        let response = block_on(site::answer(&platform, &memo, request));
        assert!(
            response
                .headers()
                .contains_key("access-control-allow-origin")
        );
        platform.database.batches() - before
    };
    let list = "/api/v1/videos?count=15";
    assert_eq!(batches_of(list, None), 1);
    assert_eq!(batches_of(list, None), 0, "within the same second");
    assert_eq!(batches_of("/api/v1/videos?count=16", None), 1);
    for personal in [
        ("authorization", "Bearer of-nobody"),
        ("x-peertube-video-password", "open"),
        ("if-none-match", "W/\"0\""),
    ] {
        assert!(batches_of(list, Some(personal)) > 0, "{personal:?}");
    }
    let missing = "/api/v1/videos/9c9de5e8-0a1e-484a-b099-000000000001";
    assert_eq!(batches_of(missing, None), 1);
    assert_eq!(batches_of(missing, None), 1, "it may be there in a moment");
    ask_again(&platform, &memo, Method::POST, "/api/v1/users/revoke-token");
    assert_eq!(batches_of(list, None), 1, "something may have changed");
    platform.advance_ms(1_000);
    assert_eq!(batches_of(list, None), 1);
}

#[test]
fn a_host_that_takes_little_says_so_before_and_after() {
    let mut settings = testkit::test_settings();
    settings.max_request_bytes = Some(10 * 1024 * 1024);
    let platform = TestPlatform::with_settings(settings);
    let memo = AnswerMemo::default();
    let (_, config) = ask_again(&platform, &memo, Method::GET, "/api/v1/config");
    assert!(config.contains(r#""maxChunkSize":8388608"#), "{config}");
    let request = Request::builder()
        .method(Method::POST)
        .uri("https://video.test/api/v1/videos/upload")
        .header("content-length", "10485761")
        .body(Body::Empty)
        .unwrap();
    let response = block_on(site::answer(&platform, &memo, request));
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let kind = response.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("application/problem+json"), "{kind}");
}
