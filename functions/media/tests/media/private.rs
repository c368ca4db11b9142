//! Files of closed videos.

use http::{Method, StatusCode};

use crate::fixture::{
    MEDIA_BYTES, PLAYLIST, UUID, ask, file_token, get, hls_path, instance, private_hls_path, run,
    set_privacy,
};

const FILES: [&str; 2] = ["f-720-fragmented.mp4", "f-720.m3u8"];

#[test]
fn a_closed_video_has_no_public_files() {
    for privacy in [3, 4, 5] {
        let platform = instance();
        set_privacy(&platform, privacy);
        let token = file_token(&platform, Some(1));
        for path in [
            hls_path(),
            "/static/web-videos/w-720.mp4".into(),
            "/static/webseed/w-720.mp4".into(),
        ] {
            let path = format!("{path}?videoFileToken={token}");
            for method in [Method::GET, Method::HEAD] {
                let answered = ask(
                    &platform,
                    method,
                    &path,
                    &[("authorization", "Bearer token-of-ada")],
                );
                assert_eq!(answered.status, StatusCode::NOT_FOUND, "{privacy} {path}");
            }
        }
    }
}

#[test]
fn a_file_token_opens_without_any_database() {
    let platform = instance();
    set_privacy(&platform, 3);
    let token = file_token(&platform, Some(1));
    for name in FILES {
        let path = format!("{}?videoFileToken={token}", private_hls_path(name));
        let before = platform.database.batches();
        let answered = get(&platform, &path, &[("range", "bytes=0-9")]);
        assert_eq!(answered.status, StatusCode::PARTIAL_CONTENT);
        assert_eq!(answered.bytes.len(), 10);
        assert_eq!(answered.header("cache-control"), "private, no-store");
        assert_eq!(platform.database.batches(), before);
    }
    let keys = platform.cache.keys();
    assert!(
        !keys
            .iter()
            .any(|key| key.starts_with("block/") || key.contains("open")),
        "{keys:?}"
    );
    let web = format!("/static/web-videos/private/w-720.mp4?videoFileToken={token}");
    assert_eq!(get(&platform, &web, &[]).bytes.len(), MEDIA_BYTES);
}

#[test]
fn no_token_a_wrong_one_and_an_old_one_are_refused() {
    let platform = instance();
    set_privacy(&platform, 3);
    let token = file_token(&platform, Some(1));
    let wrong = format!("{}0", &token[..token.len() - 1]);
    let try_all = |query: &str| {
        for path in [
            private_hls_path("f-720-fragmented.mp4"),
            "/static/web-videos/private/w-720.mp4".into(),
        ] {
            let answered = get(&platform, &format!("{path}{query}"), &[]);
            assert_eq!(answered.status, StatusCode::FORBIDDEN, "{path}{query}");
            assert_eq!(
                answered.header("content-type"),
                "application/problem+json; charset=utf-8"
            );
        }
    };
    try_all("");
    try_all("?videoFileToken=");
    try_all(&format!("?videoFileToken={wrong}"));
    platform.advance_ms(8 * 3_600_000);
    try_all(&format!("?videoFileToken={token}"));
}

#[test]
fn a_bearer_token_opens_to_owner_and_moderator_and_internal_ones_to_all() {
    let platform = instance();
    let status = |user: &str| {
        let bearer = format!("Bearer token-of-{user}");
        let headers = [("authorization", bearer.as_str()), ("range", "bytes=0-1")];
        let hls = get(
            &platform,
            &private_hls_path("f-720-fragmented.mp4"),
            &headers,
        )
        .status;
        let web = get(&platform, "/static/web-videos/private/w-720.mp4", &headers).status;
        assert_eq!(hls, web);
        hls.as_u16()
    };
    set_privacy(&platform, 3);
    assert_eq!(
        ["ada", "mo", "bob", "nobody"].map(status),
        [206, 206, 403, 401]
    );
    set_privacy(&platform, 4);
    assert_eq!(
        ["ada", "mo", "bob", "nobody"].map(status),
        [206, 206, 206, 401]
    );
    // A video that has just been opened still answers at the URLs that players hold.
    set_privacy(&platform, 1);
    assert_eq!(
        get(&platform, &private_hls_path("f-720.m3u8"), &[]).status,
        StatusCode::OK
    );
}

#[test]
fn a_password_opens_a_protected_video() {
    let platform = instance();
    set_privacy(&platform, 5);
    let hmac =
        app::media_access::password_hmac(ports::Platform::settings(&platform), UUID, "sesame")
            .unwrap();
    run(
        &platform,
        "INSERT INTO video_password VALUES (1, ?1)",
        vec![hmac.into()],
    );
    for (password, expected) in [("sesame", 200), ("Sesame", 403)] {
        let headers = [("x-peertube-video-password", password)];
        for path in [
            private_hls_path("f-720.m3u8"),
            "/download/web-videos/w-720.mp4".into(),
        ] {
            assert_eq!(get(&platform, &path, &headers).status, expected, "{path}");
        }
    }
}

#[test]
fn a_playlist_passes_the_token_on_when_asked() {
    let platform = instance();
    set_privacy(&platform, 3);
    let token = file_token(&platform, Some(1));
    let path = private_hls_path("f-720.m3u8");
    let plain = get(&platform, &format!("{path}?videoFileToken={token}"), &[]);
    assert_eq!(plain.bytes, PLAYLIST.as_bytes());
    let asked = format!("{path}?videoFileToken={token}&reinjectVideoFileToken=true");
    let rewritten = get(&platform, &asked, &[("range", "bytes=0-1")]);
    assert_eq!(rewritten.status, StatusCode::OK);
    assert_eq!(
        rewritten.header("content-type"),
        "application/vnd.apple.mpegurl"
    );
    assert_eq!(rewritten.header("cache-control"), "private, no-store");
    let text = String::from_utf8(rewritten.bytes).unwrap();
    assert_eq!(
        text.matches(&format!("f-720-fragmented.mp4?videoFileToken={token}"))
            .count(),
        2,
        "{text}"
    );
    let head = ask(&platform, Method::HEAD, &asked, &[]);
    assert_eq!((head.status, head.bytes.len()), (StatusCode::OK, 0));
}
