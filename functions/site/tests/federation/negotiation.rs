//! One path, a page or a document.

use http::{Method, StatusCode};
use site::AnswerMemo;
use testkit::TestPlatform;

use crate::fixture::{ACCEPT, PUBLIC, ask, document, get, instance, location, request, run};

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

fn content_type(platform: &TestPlatform, path: &str, accept: &str) -> String {
    let request = request(Method::GET, path, accept);
    let (response, text) = ask(platform, &AnswerMemo::default(), request);
    assert_eq!(response.status(), StatusCode::OK, "{path}: {text}");
    assert_eq!(response.headers()["vary"], "Accept", "{path}");
    let value = response.headers()["content-type"].to_str().unwrap();
    value.split(';').next().unwrap().to_owned()
}

#[test]
fn accept_decides() {
    let platform = instance();
    let profile = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
    for path in [
        "/accounts/ada",
        "/a/ada/",
        "/video-channels/ada_channel",
        "/c/ada_channel",
        &format!("/videos/watch/{PUBLIC}"),
        &format!("/videos/watch/{PUBLIC}/"),
        "/w/kkGMgK9ZtnKebhAHkJBvgf",
    ] {
        let path = match path.starts_with("/w/") {
            true => format!("/w/{}", rest::ids::short_uuid(PUBLIC).unwrap()),
            false => path.to_owned(),
        };
        for accept in [
            ACCEPT,
            profile,
            "application/activity+json",
            "application/ld+json",
        ] {
            assert_eq!(
                content_type(&platform, &path, accept),
                "application/activity+json"
            );
        }
        for accept in [BROWSER, "*/*", "text/html, application/activity+json;q=0.5"] {
            assert_eq!(content_type(&platform, &path, accept), "text/html");
        }
    }
}

#[test]
fn a_page_and_a_document_are_remembered_apart() {
    let (platform, memo) = (instance(), AnswerMemo::default());
    let path = "/c/ada_channel";
    let ask = |accept| ask(&platform, &memo, request(Method::GET, path, accept)).1;
    let (page, first) = (ask(BROWSER), ask(ACCEPT));
    assert!(page.contains("<main") && first.starts_with('{'));
    let batches = platform.database.batches();
    assert_eq!((ask(BROWSER), ask(ACCEPT)), (page, first));
    assert_eq!(platform.database.batches(), batches, "both from memory");
}

/// A public playlist of ada's; its path.
fn add_playlist(platform: &TestPlatform) -> &'static str {
    run(
        platform,
        "INSERT INTO video_playlist (uuid, account_id, channel_id, display_name, privacy, type, \
         created_at_unix_ms, updated_at_unix_ms) SELECT '66666666-6666-4666-8666-666666666666', a.id, c.id, \
         'Mine', 1, 1, 1, 1 FROM channel c JOIN account a ON a.id = c.account_id WHERE a.name = 'ada' LIMIT 1",
    );
    "/video-playlists/66666666-6666-4666-8666-666666666666"
}

#[test]
fn a_playlist_is_never_what_it_was_before() {
    let (platform, memo) = (instance(), AnswerMemo::default());
    let path = add_playlist(&platform);
    let ask = || ask(&platform, &memo, request(Method::GET, path, ACCEPT));
    let (response, text) = ask();
    assert!(text.contains("\"name\":\"Mine\""), "{text}");
    assert_eq!(response.headers()["cache-control"], "public, max-age=0");
    // Another instance of the Worker, or another component, has changed it.
    run(
        &platform,
        "UPDATE video_playlist SET display_name = 'After' WHERE type = 1",
    );
    assert!(ask().1.contains("\"name\":\"After\""));
}

#[test]
fn the_create_of_a_playlist_embeds_it() {
    let platform = instance();
    let path = add_playlist(&platform);
    let mut playlist = document(&platform, path);
    let create = document(&platform, &format!("{path}/activity"));
    assert_eq!(create["type"], "Create");
    assert_eq!(create["id"], format!("https://video.test{path}/activity"));
    assert_eq!(create["actor"], "https://video.test/accounts/ada");
    assert_eq!(create["@context"], playlist["@context"]);
    playlist.as_object_mut().unwrap().remove("@context");
    assert_eq!(create["object"], playlist);
    run(
        &platform,
        "UPDATE video_playlist SET privacy = 3 WHERE type = 1",
    );
    let (status, _) = get(&platform, &format!("{path}/activity"));
    assert_eq!(status, StatusCode::NOT_FOUND, "it is private now");
}

#[test]
fn pages_of_an_actor_lead_to_its_document() {
    let platform = instance();
    for (page, id) in [
        ("/c/ada_channel/videos", "/video-channels/ada_channel"),
        (
            "/video-channels/ada_channel/videos",
            "/video-channels/ada_channel",
        ),
        ("/a/ada/video-channels", "/accounts/ada"),
    ] {
        assert_eq!(content_type(&platform, page, BROWSER), "text/html");
        assert_eq!(document(&platform, page), document(&platform, id), "{page}");
    }
}

#[test]
fn documents_may_be_shared_and_asked_again() {
    let (platform, memo) = (instance(), AnswerMemo::default());
    let path = "/accounts/ada";
    let (response, _) = ask(&platform, &memo, request(Method::GET, path, ACCEPT));
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
    let cache_control = response.headers()["cache-control"].to_str().unwrap();
    assert!(cache_control.starts_with("public, max-age="));
    let mut again = request(Method::GET, path, ACCEPT);
    let etag = response.headers()["etag"].clone();
    again.headers_mut().insert("if-none-match", etag);
    let (response, text) = ask(&platform, &memo, again);
    assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
    assert!(text.is_empty());

    let (response, text) = ask(&platform, &memo, request(Method::HEAD, path, ACCEPT));
    assert_eq!(response.status(), StatusCode::OK);
    assert!(text.is_empty() && response.headers().contains_key("etag"));

    let (response, _) = ask(&platform, &memo, request(Method::OPTIONS, path, ACCEPT));
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.headers()["access-control-allow-origin"], "*");
}

#[test]
fn an_inbox_only_takes() {
    let platform = instance();
    for path in ["/inbox", "/accounts/ada/inbox/", "/video-channels/x/inbox"] {
        let request = request(Method::GET, path, ACCEPT);
        let (response, _) = ask(&platform, &AnswerMemo::default(), request);
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(response.headers()["allow"], "POST, OPTIONS");
    }
    let request = request(Method::POST, "/inbox", ACCEPT);
    let (response, _) = ask(&platform, &AnswerMemo::default(), request);
    assert!(response.status().is_client_error());
}

#[test]
fn what_is_not_here_is_not_found() {
    let platform = instance();
    for path in [
        "/accounts/nobody",
        "/accounts/ada_channel",
        "/video-channels/ada",
        "/accounts/nobody/followers",
        "/accounts/nobody/outbox",
        "/accounts/nobody/playlists",
        "/accounts/ada/follows/1",
        "/accounts/ada/likes/1",
        "/video-channels/ada_channel/likes/1",
        "/videos/watch/99",
        "/videos/watch/9c9de5e8-0a1e-484a-b099-000000000099",
        "/accounts/ada/outbox?page=0",
        "/accounts/ada/outbox?page=2001",
    ] {
        let (status, problem) = get(&platform, path);
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(problem["status"], 404, "{path}");
    }
    assert_eq!(
        get(&platform, "/accounts/ada/outbox?page=x").0,
        StatusCode::BAD_REQUEST
    );
}

#[test]
fn what_lives_elsewhere_leads_there_and_is_shown_here() {
    let platform = instance();
    for (path, target) in [
        ("/accounts/bob@far.test", "https://far.test/u/bob"),
        ("/video-channels/bobs%40far.test", "https://far.test/g/bobs"),
        ("/accounts/bob@far.test/outbox", "https://far.test/u/bob"),
        (
            "/videos/watch/9c9de5e8-0a1e-484a-b099-000000000010",
            "https://far.test/videos/10",
        ),
        (
            "/videos/watch/9c9de5e8-0a1e-484a-b099-000000000010/likes?page=1",
            "https://far.test/videos/10",
        ),
        ("/videos/watch/10", "https://far.test/videos/10"),
    ] {
        assert_eq!(location(&platform, path, ACCEPT), target);
    }
    assert_eq!(location(&platform, "/accounts/bob@far.test", BROWSER), "");
    assert_eq!(location(&platform, "/accounts/peertube", BROWSER), "/");
    assert_eq!(
        location(&platform, "/videos/watch/1", ACCEPT),
        format!("https://video.test/videos/watch/{PUBLIC}")
    );
}

#[test]
fn a_visitors_own_server_sends_them_to_the_right_page() {
    let platform = instance();
    run(
        &platform,
        "INSERT INTO comment (id, remote_url, video_id, account_id, text, created_at_unix_ms,
             updated_at_unix_ms) VALUES (4, 'https://far.test/n/1', 1, 2, '', 0, 0)",
    );
    let short = rest::ids::short_uuid(PUBLIC).unwrap();
    let far = rest::ids::short_uuid(crate::fixture::REMOTE).unwrap();
    for (uri, target) in [
        (
            "https://video.test/c/ada_channel",
            "/c/ada_channel".to_owned(),
        ),
        ("https://far.test/videos/10", format!("/w/{far}")),
        ("https://far.test/n/1", format!("/w/{short}")),
        ("https://far.test/u/bob", "/a/bob@far.test".to_owned()),
        ("acct:bobs@far.test", "/c/bobs@far.test".to_owned()),
        ("@bob@far.test", "/a/bob@far.test".to_owned()),
        (
            "https://new.test/x?y",
            "/search?search=https%3A%2F%2Fnew.test%2Fx%3Fy".to_owned(),
        ),
        (
            "https://video.test.evil/",
            "/search?search=https%3A%2F%2Fvideo.test.evil%2F".to_owned(),
        ),
        (
            "https://video.test//evil.test/",
            "/search?search=https%3A%2F%2Fvideo.test%2F%2Fevil.test%2F".to_owned(),
        ),
    ] {
        let uri: String = form_urlencoded::byte_serialize(uri.as_bytes()).collect();
        let path = format!("/remote-interaction?type=follow&uri={uri}");
        assert_eq!(location(&platform, &path, BROWSER), target);
    }
    assert_eq!(location(&platform, "/remote-interaction", BROWSER), "/");
}

#[test]
fn webfinger_leads_to_every_actor() {
    let platform = instance();
    for (handle, id) in [
        ("ada", "/accounts/ada"),
        ("ada_channel", "/video-channels/ada_channel"),
        ("peertube", "/accounts/peertube"),
        ("video.test", "/accounts/peertube"),
    ] {
        let path = format!("/.well-known/webfinger?resource=acct:{handle}@video.test");
        let request = request(Method::GET, &path, "application/json");
        let (_, text) = ask(&platform, &AnswerMemo::default(), request);
        let found: serde_json::Value = serde_json::from_str(&text).unwrap();
        let url = found["links"][0]["href"].as_str().unwrap();
        assert_eq!(url, format!("https://video.test{id}"));
        assert_eq!(document(&platform, id)["id"], url);
    }
    let nodeinfo = request(Method::GET, "/.well-known/nodeinfo", "application/json");
    let (_, text) = ask(&platform, &AnswerMemo::default(), nodeinfo);
    let index: serde_json::Value = serde_json::from_str(&text).unwrap();
    let links = index["links"].as_array().unwrap();
    let rel = "https://www.w3.org/ns/activitystreams#Application";
    let application = links.iter().find(|link| link["rel"] == rel).unwrap();
    assert_eq!(application["href"], "https://video.test/accounts/peertube");
}
