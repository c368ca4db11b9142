//! `/download`.

use http::{Method, StatusCode};

use crate::fixture::{MEDIA_BYTES, ask, file_token, get, instance, run, set_privacy};

#[test]
fn downloads_are_named_after_the_video() {
    let platform = instance();
    for (path, ascii, exact) in [
        (
            "/download/web-videos/w-720.mp4",
            "_t_- Bunny-720p.mp4",
            "%C3%89t%C3%A9-%20Bunny-720p.mp4",
        ),
        (
            "/download/streaming-playlists/hls/videos/f-720-fragmented.mp4",
            "_t_- Bunny-720p-hls.mp4",
            "%C3%89t%C3%A9-%20Bunny-720p-hls.mp4",
        ),
        (
            "/download/torrents/f-720-hls.torrent",
            "_t_- Bunny-720p.torrent",
            "%C3%89t%C3%A9-%20Bunny-720p.torrent",
        ),
    ] {
        let answered = get(&platform, path, &[]);
        assert_eq!(answered.status, StatusCode::OK, "{path}");
        let expected = format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{exact}");
        assert_eq!(answered.header("content-disposition"), expected);
        assert_eq!(answered.header("cache-control"), "public, max-age=300");
    }
    let part = get(
        &platform,
        "/download/web-videos/w-720.mp4",
        &[("range", "bytes=-5")],
    );
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(
        part.header("content-range"),
        format!(
            "bytes {}-{}/{MEDIA_BYTES}",
            MEDIA_BYTES - 5,
            MEDIA_BYTES - 1
        )
    );
}

#[test]
fn a_hostile_title_stays_inside_its_header() {
    let platform = instance();
    run(
        &platform,
        "UPDATE video SET name = ?1",
        vec!["x\"; filename=evil.exe\r\nSet-Cookie: a=b".into()],
    );
    let answered = get(&platform, "/download/web-videos/w-720.mp4", &[]);
    assert_eq!(answered.status, StatusCode::OK);
    assert_eq!(
        answered.header("content-disposition"),
        "attachment; filename=\"x-; filename=evil.exe--Set-Cookie- a=b-720p.mp4\""
    );
    assert_eq!(answered.header("set-cookie"), "");
}

#[test]
fn downloads_of_closed_videos_need_the_right() {
    let platform = instance();
    set_privacy(&platform, 3);
    let token = file_token(&platform, Some(1));
    for path in [
        "/download/web-videos/w-720.mp4",
        "/download/streaming-playlists/hls/videos/f-720-fragmented.mp4",
    ] {
        assert_eq!(get(&platform, path, &[]).status, StatusCode::FORBIDDEN);
        let answered = get(&platform, &format!("{path}?videoFileToken={token}"), &[]);
        assert_eq!(answered.status, StatusCode::OK);
        assert_eq!(answered.header("cache-control"), "private, no-store");
    }
}

#[test]
fn the_original_is_for_its_owner() {
    let platform = instance();
    let path = "/download/original-video-files/o-720.mov";
    let status = |query: &str, bearer: &str| {
        let headers = [("authorization", bearer)];
        let headers = if bearer.is_empty() {
            &[][..]
        } else {
            &headers[..]
        };
        get(&platform, &format!("{path}{query}"), headers)
            .status
            .as_u16()
    };
    assert_eq!(status("", ""), 403, "even of a public video");
    assert_eq!(status("", "Bearer token-of-bob"), 403);
    assert_eq!(status("", "Bearer token-of-ada"), 200);
    assert_eq!(status("", "Bearer token-of-mo"), 200);
    let of_user = |user_id| format!("?videoFileToken={}", file_token(&platform, user_id));
    assert_eq!(status(&of_user(Some(1)), ""), 200);
    assert_eq!(status(&of_user(Some(2)), ""), 403);
    assert_eq!(status(&of_user(None), ""), 403);
    run(
        &platform,
        "UPDATE user SET blocked = 1 WHERE id = 1",
        vec![],
    );
    assert_eq!(status(&of_user(Some(1)), ""), 403);
    let head = ask(
        &platform,
        Method::HEAD,
        path,
        &[("authorization", "Bearer token-of-mo")],
    );
    assert_eq!(head.header("content-length"), "8");
    assert_eq!(head.header("content-type"), "video/quicktime");
}
