//! Media as players, downloaders and caches ask for it.

use http::Method;

use e2e::published::published;
use e2e::video::text;
use e2e::{Answer, Client, media_checks};

/// The largest rendition and a client.
fn media() -> (Client, &'static media_checks::Rendition) {
    (published().instance.visitor(), &published().renditions[0])
}

fn range(client: &Client, url: &str, value: &str) -> Answer {
    client.get_with(url, &[("range", value)])
}

#[test]
fn get_and_head_say_the_same() {
    let (client, rendition) = media();
    let get = client.get(&rendition.url).expect_status(200);
    let head = client
        .call(Method::HEAD, &rendition.url, &[], &[])
        .expect_status(200);
    assert!(head.body.is_empty());
    assert_eq!(get.body, rendition.bytes);
    for name in [
        "content-length",
        "content-type",
        "etag",
        "accept-ranges",
        "cache-control",
    ] {
        assert_eq!(head.header(name), get.header(name), "{name}");
        assert_ne!(get.header(name), "", "{name}");
    }
    assert_eq!(
        get.header("content-length"),
        rendition.bytes.len().to_string()
    );
    assert_eq!(get.header("accept-ranges"), "bytes");
    assert!(
        get.header("cache-control").contains("immutable"),
        "{:?}",
        get.headers
    );
}

#[test]
fn ranges_are_exact() {
    let (client, rendition) = media();
    let bytes = &rendition.bytes;
    let size = bytes.len();
    let middle = size / 2;
    let cases = [
        ("bytes=0-0".to_owned(), 0, 0),
        ("bytes=0-1023".to_owned(), 0, 1_023),
        (
            format!("bytes={middle}-{}", middle + 99_999),
            middle,
            middle + 99_999,
        ),
        ("bytes=-500".to_owned(), size - 500, size - 1),
        (format!("bytes=-{}", size + 5), 0, size - 1),
        (format!("bytes={middle}-"), middle, size - 1),
        (
            format!("bytes={}-{}", size - 10, size + 1_000),
            size - 10,
            size - 1,
        ),
        ("bytes=0-".to_owned(), 0, size - 1),
    ];
    for (value, first, last) in cases {
        let answer = range(&client, &rendition.url, &value).expect_status(206);
        assert_eq!(
            answer.header("content-range"),
            format!("bytes {first}-{last}/{size}"),
            "{value}"
        );
        assert_eq!(
            answer.header("content-length"),
            (last - first + 1).to_string(),
            "{value}"
        );
        assert!(answer.body == bytes[first..=last], "{value}: other bytes");
        let headers = [("range", value.as_str())];
        let head = client.call(Method::HEAD, &rendition.url, &headers, &[]);
        assert!(
            head.body.is_empty() && matches!(head.status, 200 | 206),
            "{value}"
        );
    }
}

#[test]
fn a_range_past_the_end_is_416() {
    let (client, rendition) = media();
    let size = rendition.bytes.len();
    for value in [
        format!("bytes={size}-"),
        format!("bytes={}-{}", size + 5, size + 9),
        "bytes=-0".into(),
    ] {
        let answer = range(&client, &rendition.url, &value).expect_status(416);
        assert_eq!(
            answer.header("content-range"),
            format!("bytes */{size}"),
            "{value}"
        );
    }
}

#[test]
fn what_is_no_range_is_ignored() {
    let (client, rendition) = media();
    // RFC 9110, 14.2: a malformed range or an unknown unit is ignored.
    for value in ["bytes=9-5", "lines=0-5", "bytes=a-b", "bytes"] {
        let answer = range(&client, &rendition.url, value);
        assert_eq!(answer.status, 200, "{value}");
        assert_eq!(answer.body.len(), rendition.bytes.len(), "{value}");
    }
}

#[test]
fn validators() {
    let (client, rendition) = media();
    let etag = client
        .get(&rendition.url)
        .expect_status(200)
        .header("etag")
        .to_owned();
    let ask = |headers: &[(&str, &str)]| client.get_with(&rendition.url, headers);
    for value in [
        etag.as_str(),
        "*",
        &format!("\"other\", {etag}"),
        &format!("W/{etag}"),
    ] {
        let answer = ask(&[("if-none-match", value)]).expect_status(304);
        assert!(answer.body.is_empty());
        assert_eq!(answer.header("etag"), etag);
    }
    let _ = ask(&[("if-none-match", "\"other\"")]).expect_status(200);
    let first = ("range", "bytes=0-9");
    let same = ask(&[first, ("if-range", &etag)]).expect_status(206);
    assert_eq!(same.body, rendition.bytes[..10]);
    let other = ask(&[first, ("if-range", "\"other\"")]).expect_status(200);
    assert_eq!(other.body.len(), rendition.bytes.len());
}

#[test]
fn cross_origin_requests_are_welcome() {
    let (client, rendition) = media();
    let video = &published().video;
    let playlist = &video["streamingPlaylists"][0];
    let urls = [
        rendition.url.as_str(),
        text(playlist, "playlistUrl"),
        text(playlist, "segmentsSha256Url"),
        text(&rendition.file, "torrentUrl"),
        "/api/v1/config",
        "/api/v1/videos",
    ];
    let preflight = [
        ("origin", "https://elsewhere.example"),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "range, cache-control"),
    ];
    for url in urls {
        let answer = client
            .call(Method::OPTIONS, url, &preflight, &[])
            .expect_status(204);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{url}");
        let allowed = answer.header("access-control-allow-headers").to_lowercase();
        assert!(
            allowed.contains("range") && allowed.contains("cache-control"),
            "{url}: {allowed}"
        );
        assert_ne!(answer.header("access-control-max-age"), "", "{url}");
        let answer = client.get_with(url, &[preflight[0]]).expect_status(200);
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{url}");
    }
    let answer = range(&client, &rendition.url, "bytes=0-9");
    let exposed = answer
        .header("access-control-expose-headers")
        .to_lowercase();
    assert!(exposed.contains("content-range"), "{exposed}");
}

#[test]
fn content_types_and_caching_of_every_file() {
    let (client, rendition) = media();
    let video = &published().video;
    let playlist = &video["streamingPlaylists"][0];
    let thumbnail = text(video, "thumbnailPath");
    let storyboards = format!("/api/v1/videos/{}/storyboards", published().created.uuid);
    let storyboards = client.get(&storyboards).expect_status(200).json();
    let cases = [
        (rendition.url.as_str(), "video/mp4"),
        (
            text(&rendition.file, "playlistUrl"),
            "application/vnd.apple.mpegurl",
        ),
        (
            text(playlist, "playlistUrl"),
            "application/vnd.apple.mpegurl",
        ),
        (text(playlist, "segmentsSha256Url"), "application/json"),
        (
            text(&rendition.file, "torrentUrl"),
            "application/x-bittorrent",
        ),
        (thumbnail, "image/jpeg"),
        (
            text(&storyboards["storyboards"][0], "storyboardPath"),
            "image/jpeg",
        ),
    ];
    for (url, content_type) in cases {
        let answer = client.get(url).expect_status(200);
        assert!(
            answer.header("content-type").starts_with(content_type),
            "{url}: {:?}",
            answer.headers
        );
        let cache = answer.header("cache-control");
        assert!(
            cache.contains("immutable") && cache.contains("max-age="),
            "{url}: {cache}"
        );
        let etag = answer.header("etag").to_owned();
        let _ = client
            .get_with(url, &[("if-none-match", &etag)])
            .expect_status(304);
    }
}

#[test]
fn downloads_are_attachments() {
    let (client, rendition) = media();
    for key in ["fileDownloadUrl", "torrentDownloadUrl"] {
        let answer = client.get(text(&rendition.file, key)).expect_status(200);
        let disposition = answer.header("content-disposition");
        assert!(
            disposition.starts_with("attachment"),
            "{key}: {disposition}"
        );
        if key == "fileDownloadUrl" {
            assert!(answer.body == rendition.bytes, "other bytes");
        }
    }
}

#[test]
fn cached_and_uncached_bytes_are_the_same() {
    let (client, rendition) = media();
    // Ranges across and within the blocks that the edge cache holds, each three times: the first may
    // fill the cache, the others may come from it.
    let size = rendition.bytes.len();
    for first in (0..size).step_by(size / 7) {
        let last = (size - 1).min(first + size / 5);
        for _ in 0..3 {
            let answer = range(&client, &rendition.url, &format!("bytes={first}-{last}"));
            assert_eq!(answer.status, 206);
            assert!(
                answer.body == rendition.bytes[first..=last],
                "{first}-{last}: other bytes"
            );
        }
    }
    for _ in 0..3 {
        let answer = client.get(&rendition.url).expect_status(200);
        assert!(answer.body == rendition.bytes, "other bytes");
    }
}

#[test]
fn trailing_slashes_and_all_kinds_of_ids() {
    let client = published().instance.visitor();
    let created = &published().created;
    for id in [&created.uuid, &created.short_uuid, &created.id.to_string()] {
        for slash in ["", "/"] {
            let answer = client
                .get(&format!("/api/v1/videos/{id}{slash}"))
                .expect_status(200);
            assert_eq!(answer.json()["uuid"], created.uuid);
        }
        let _ = client.get(&format!("/w/{id}")).expect_status(200);
        let _ = client
            .get(&format!("/videos/watch/{id}"))
            .expect_status(200);
        let _ = client
            .get(&format!("/videos/embed/{id}"))
            .expect_status(200);
    }
    let _ = client.get("/api/v1/config/").expect_status(200);
    let _ = client.get("/api/v1/videos/").expect_status(200);
}
