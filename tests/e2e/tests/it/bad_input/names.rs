//! Names, paths and ids that mean something else, or nothing.

use std::fs;

use e2e::client::percent;
use e2e::published::published;
use e2e::video::{self, Created, text};
use e2e::{raw_http, samples};

use super::{admin, assert_healthy, instance, upload_bytes};

#[test]
fn path_tricks_in_file_names() {
    let sample = fs::read(samples::bunny()).unwrap();
    let expected = [
        ("../../../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\cmd.exe", "cmd.exe"),
        ("film.mp4/../../x.mp4", "x.mp4"),
        ("a\"; rm -rf /; \".mp4", ".mp4"),
        (
            "<img src=x onerror=alert(1)>.mp4",
            "<img src=x onerror=alert(1)>.mp4",
        ),
    ];
    for (sent, _) in expected {
        let answer = upload_bytes(admin(), sent, &sample).expect_status(200);
        let created = Created::from_answer(&answer);
        let source = admin().get(&format!("/api/v1/videos/{}/source", created.uuid));
        let name = text(&source.expect_status(200).json(), "inputFilename").to_owned();
        assert!(
            !name.contains(['/', '\\']) && name != "..",
            "{sent:?} became {name:?}"
        );
        let video = video::details(admin(), &created.uuid);
        let url = text(&video["files"][0], "fileUrl");
        assert!(
            !url.contains("..") && !url.contains("passwd") && url.ends_with(".mp4"),
            "{url}"
        );
        let _ = admin()
            .delete(&format!("/api/v1/videos/{}", created.uuid))
            .expect_status(204);
    }
    for (key, _) in instance().objects() {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "/-._".contains(c);
        assert!(key.chars().all(is_plain) && !key.contains(".."), "{key}");
    }
    assert_healthy(instance());
}

#[test]
fn path_tricks_in_media_urls() {
    let origin = published().instance.origin();
    let uuid = &published().created.uuid;
    let tricks = [
        "/static/web-videos/../../secrets.json".to_owned(),
        "/static/web-videos/..%2f..%2fsecrets.json".to_owned(),
        "/static/web-videos/%2e%2e/%2e%2e/etc/passwd".to_owned(),
        "/static/web-videos/..%5c..%5csecrets.json".to_owned(),
        "/static/web-videos/%00.mp4".to_owned(),
        "/static/web-videos/%ff%fe.mp4".to_owned(),
        "/static/web-videos//etc/passwd".to_owned(),
        "/static/web-videos/".to_owned(),
        "/static/".to_owned(),
        format!("/static/web-videos/{}.mp4", "a".repeat(10_000)),
        format!("/static/streaming-playlists/hls/{uuid}/../../../uploads/x"),
        format!("/static/streaming-playlists/hls/{uuid}/"),
        "/static/streaming-playlists/hls/not-a-uuid/x.m3u8".to_owned(),
        "/lazy-static/thumbnails/..%2f..%2fx.jpg".to_owned(),
        "/lazy-static/torrents/x".to_owned(),
        "/download/torrents/..%2fx".to_owned(),
        "/client/../index.js".to_owned(),
        "/client/..%2f..%2findex.js".to_owned(),
    ];
    for target in &tricks {
        let answer = raw_http::send(origin, "GET", target, &[], b"");
        let status = answer.status;
        assert!(
            matches!(status, 400 | 403 | 404 | 414),
            "{target:.80} answered {status}"
        );
    }
    assert_healthy(&published().instance);
}

#[test]
fn unknown_ids() {
    let visitor = instance().visitor();
    let ids = [
        "999999",
        "00000000-0000-4000-8000-000000000000",
        "aaaaaaaaaaaaaaaaaaaaaa",
        "99999999999999999999999999",
        "-1",
        "x'; DROP TABLE video; --",
    ];
    for id in ids.map(percent) {
        for path in ["", "/description", "/storyboards"] {
            let answer = visitor.get(&format!("/api/v1/videos/{id}{path}"));
            let status = answer.status;
            assert!(matches!(status, 400 | 404), "{id}{path}: {status}");
            let _ = answer.problem(status);
        }
        let page = visitor.get(&format!("/w/{id}"));
        assert_eq!(page.status, 404);
        assert!(
            page.header("content-type").starts_with("text/html"),
            "{:?}",
            page.headers
        );
    }
    for path in [
        "/video-channels/nobody",
        "/accounts/nobody",
        "/no/such/route",
    ] {
        let _ = visitor.get(&format!("/api/v1{path}")).problem(404);
    }
    let _ = admin()
        .post_empty("/api/v1/runners/jobs/nothing/cancel")
        .problem(404);
    assert_healthy(instance());
}
