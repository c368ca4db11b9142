//! `POST /videos/upload`.

use http::StatusCode;
use ports::Body;
use serde_json::Value as Json;

use crate::client::{Answer, Client, Interrupted, assert_clean, client, count, original};
use crate::media::{PART, mp4_of, png, tiny_mp4};

const URI: &str = "/api/v1/videos/upload";
/// Looks a little like the file's own bytes, to keep the scanner awake.
const BOUNDARY: &str = "----geckoformboundary\u{27}free";

/// One part of a form: name, file name if it is a file, bytes.
pub type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

pub fn encoded(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, filename, bytes) in parts {
        body.extend(
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"").into_bytes(),
        );
        if let Some(filename) = filename {
            body.extend(
                format!("; filename=\"{filename}\"\r\nContent-Type: video/mp4").into_bytes(),
            );
        }
        body.extend(b"\r\n\r\n");
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
    body
}

pub fn send(client: &Client, body: Body, length: usize) -> Answer {
    let content_type = format!("multipart/form-data; boundary=\"{BOUNDARY}\"");
    let headers = [
        ("content-type", content_type.as_str()),
        ("content-length", &length.to_string()),
    ];
    client.send("POST", URI, &headers, body)
}

pub fn send_parts(client: &Client, parts: &[Part<'_>]) -> Answer {
    let body = encoded(parts);
    let length = body.len();
    send(client, Body::Bytes(body), length)
}

/// The fields, then the file.
pub fn form_of(client: &Client, fields: &Json, file: &[u8]) -> Answer {
    let texts: Vec<(String, String)> = fields
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != "filename")
        .map(|(name, value)| {
            (
                name.clone(),
                value.as_str().map_or(value.to_string(), str::to_owned),
            )
        })
        .collect();
    let mut parts: Vec<Part<'_>> = texts
        .iter()
        .map(|(name, value)| (name.as_str(), None, value.as_bytes()))
        .collect();
    parts.push(("videofile", Some("film.mp4"), file));
    send_parts(client, &parts)
}

#[test]
fn fields_in_any_order_around_files_of_any_size() {
    let client = client();
    let channel = client.channel_id.to_string();
    for size in [
        tiny_mp4().len() + 8,
        PART - 1,
        PART,
        PART + 1,
        3 * PART + 77,
    ] {
        let file = mp4_of(size);
        let mut parts: Vec<Part<'_>> = vec![
            ("videofile", Some("C:\\films\\film.mp4"), &file),
            ("name", None, b"A film"),
            ("channelId", None, channel.as_bytes()),
            ("tags[0]", None, b"one"),
            ("tags[1]", None, b"two"),
        ];
        for turn in 0..parts.len() {
            if turn > 0 && size > PART {
                break;
            }
            let uuid = send_parts(&client, &parts).video_uuid();
            assert!(
                original(&client.platform, &uuid) == file,
                "{size}, order {turn}"
            );
            parts.rotate_left(1);
        }
    }
    let tags = client
        .platform
        .database
        .dump("SELECT tag, count(*) = (SELECT count(*) FROM video) FROM video_tag GROUP BY tag");
    assert_eq!(tags, ["one|1", "two|1"]);
    let names = client
        .platform
        .database
        .dump("SELECT DISTINCT input_filename FROM video_source");
    assert_eq!(names, ["film.mp4"]);
    assert_clean(&client.platform);
}

#[test]
fn pictures_come_along_for_small_and_large_files() {
    for size in [50_000, PART + 50_000] {
        let client = client();
        let (channel, file) = (client.channel_id.to_string(), mp4_of(size));
        let (small, large) = (png(280, 157), png(850, 480));
        let parts: [Part<'_>; 5] = [
            ("previewfile", Some("p.png"), &large),
            ("name", None, b"A film"),
            ("videofile", Some("film.mp4"), &file),
            ("channelId", None, channel.as_bytes()),
            ("thumbnailfile", Some("t.png"), &small),
        ];
        send_parts(&client, &parts).video_uuid();
        assert_eq!(
            client
                .platform
                .database
                .dump("SELECT width, height FROM thumbnail ORDER BY width"),
            ["280|157", "850|480"]
        );
        assert_clean(&client.platform);
    }
}

#[test]
fn what_is_wrong_is_said_and_nothing_stays() {
    let client = client();
    let channel = client.channel_id.to_string();
    let long = "x".repeat(10_000);
    let large = mp4_of(PART + 1_000);
    let film = ("videofile", Some("film.mp4"), tiny_mp4());
    let name: Part<'_> = ("name", None, b"A film");
    let channel_id: Part<'_> = ("channelId", None, channel.as_bytes());
    let cases: Vec<(Vec<Part<'_>>, u16, &str)> = vec![
        (vec![name, channel_id], 400, "videofile"),
        (vec![film, channel_id], 400, "name"),
        (vec![name, film], 400, "channelId"),
        (
            vec![name, ("channelId", None, b"99"), film],
            400,
            "channelId",
        ),
        (
            vec![("name", None, long.as_bytes()), channel_id, film],
            400,
            "name",
        ),
        (vec![name, channel_id, film, film], 400, "videofile"),
        (
            vec![name, channel_id, ("videofile", Some("film.mp4"), b"")],
            422,
            "empty",
        ),
        (
            vec![
                name,
                channel_id,
                ("videofile", Some("film.mp4"), b"<html>no film</html>"),
            ],
            415,
            "unreadable",
        ),
        (
            vec![
                name,
                channel_id,
                ("videofile", Some("f.mp4"), &tiny_mp4()[..3_000]),
            ],
            422,
            "cut off",
        ),
        (
            vec![
                name,
                channel_id,
                film,
                ("previewfile", Some("p.jpg"), b"no picture"),
            ],
            400,
            "previewfile",
        ),
        // The large file is in storage before the wrong field comes.
        (
            vec![("videofile", Some("f.mp4"), &large), name],
            400,
            "channelId",
        ),
        (
            vec![
                ("videofile", Some("f.mp4"), &large),
                name,
                ("channelId", None, b"99"),
            ],
            400,
            "channelId",
        ),
        (
            vec![("videofile", Some("f.mp4"), &large[8..]), name, channel_id],
            415,
            "unreadable",
        ),
    ];
    for (parts, status, detail) in cases {
        send_parts(&client, &parts).is_problem(status, detail);
    }
    let body = encoded(&[name, channel_id, film]);
    let cut = Body::Bytes(body[..body.len() - 40].to_vec());
    send(&client, cut, body.len()).is_problem(400, "ends before its last boundary");
    let headers = [("content-type", "application/json")];
    client
        .send("POST", URI, &headers, Body::Bytes(b"{}".to_vec()))
        .is_problem(415, "content type");
    assert_eq!(
        client.platform.objects.open_multiparts(),
        0,
        "removed at once, not by cron"
    );
    assert_clean(&client.platform);
    assert_eq!(count(&client.platform, "video"), "0");
}

#[test]
fn wrong_fields_before_the_file_are_refused_before_it_comes() {
    let client = client();
    let long = "x".repeat(10_000);
    let file = mp4_of(2 * PART);
    let parts: [Part<'_>; 2] = [
        ("name", None, long.as_bytes()),
        ("videofile", Some("film.mp4"), &file),
    ];
    send_parts(&client, &parts).is_problem(400, "name");
    assert_eq!(client.platform.objects.writes(), 0);
}

#[test]
fn quota_stops_a_form_as_early_as_it_can() {
    let platform = testkit::TestPlatform::new();
    let quota = PART + 5_000;
    let client = Client::of(&platform, "ada", i64::try_from(quota).unwrap(), -1);
    let channel = client.channel_id.to_string();
    let huge = send(&client, Body::Empty, 40 * PART);
    huge.is_problem(413, "quota");
    assert_eq!(huge.json()["code"], "quota_reached");
    let file = mp4_of(quota + 1);
    let parts: [Part<'_>; 3] = [
        ("name", None, b"A film"),
        ("channelId", None, channel.as_bytes()),
        ("videofile", Some("film.mp4"), &file),
    ];
    send_parts(&client, &parts).is_problem(413, "quota");
    assert_clean(&platform);
    let fits = mp4_of(quota);
    let parts = [
        parts[0],
        parts[1],
        ("videofile", Some("film.mp4"), fits.as_slice()),
    ];
    send_parts(&client, &parts).video_uuid();
    send_parts(
        &client,
        &[parts[0], parts[1], ("videofile", Some("f"), tiny_mp4())],
    )
    .is_problem(413, "quota");
    assert_clean(&platform);
}

#[test]
fn a_connection_that_breaks_leaves_nothing_after_cron() {
    let client = client();
    let channel = client.channel_id.to_string();
    let file = mp4_of(3 * PART);
    let body = encoded(&[
        ("name", None, b"A film"),
        ("channelId", None, channel.as_bytes()),
        ("videofile", Some("film.mp4"), &file),
    ]);
    let answer = send(
        &client,
        Interrupted::broken(&body, 2 * PART + 9_000),
        body.len(),
    );
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_clean(&client.platform);
}
