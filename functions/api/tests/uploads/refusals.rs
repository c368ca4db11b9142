//! What a resumable upload is refused for, and that a refused one leaves nothing.

use http::StatusCode;
use ports::Body;
use serde_json::json;

use crate::client::{Client, RESUMABLE, assert_clean, client, count, path_of};
use crate::media::{PART, mp4_of, tiny_mp4};

#[test]
fn first_calls() {
    let client = client();
    let bob = Client::of(&client.platform, "bob", -1, -1);
    let good = client.fields();
    let with = |field: &str, value: serde_json::Value| {
        let mut fields = good.clone();
        fields[field] = value;
        fields
    };
    for (fields, size, status, detail) in [
        (json!({}), 1_000, 400, "channelId, name"),
        (with("name", "x".repeat(10_000).into()), 1_000, 400, "name"),
        (with("name", "ab".into()), 1_000, 400, "name"),
        (
            with("filename", serde_json::Value::Null),
            1_000,
            400,
            "filename",
        ),
        (with("channelId", 99.into()), 1_000, 400, "channelId"),
        (
            with("channelId", bob.channel_id.into()),
            1_000,
            403,
            "somebody else",
        ),
        (with("category", 99.into()), 1_000, 400, "category"),
        (with("nsfwFlags", 1.into()), 1_000, 400, "nsfw"),
        (with("tags", json!(["a", "b"])), 1_000, 400, "tags"),
        (good.clone(), 0, 422, "empty"),
        (
            good.clone(),
            50 * 1024 * 1024 * 1024 + 1,
            413,
            "maximum file size",
        ),
    ] {
        client.open(&fields, size).is_problem(status, detail);
    }
    let answer = client.open(&good, 51 * 1024 * 1024 * 1024);
    assert_eq!(answer.json()["code"], "max_file_size_reached");
    let params = &client.open(&with("name", "ab".into()), 1_000).json()["invalid-params"];
    assert_eq!(params["name"]["msg"], "must have 3 to 120 characters");
    let headers = [("content-type", "application/json")];
    client
        .send(
            "POST",
            RESUMABLE,
            &headers,
            Body::Bytes(good.to_string().into_bytes()),
        )
        .is_problem(400, "x-upload-content-length");
    assert_eq!(count(&client.platform, "upload"), "0");
}

#[test]
fn nobody_without_a_token() {
    let client = client();
    for method in ["POST", "PUT", "DELETE"] {
        let request = http::Request::builder()
            .method(method)
            .uri(RESUMABLE)
            .header("authorization", "Bearer wrong")
            .body(Body::Empty)
            .unwrap();
        let answer = crate::client::answer(&client.platform, request);
        answer.is_problem(401, "");
        assert_eq!(answer.json()["code"], "invalid_token");
    }
}

#[test]
fn uploads_that_are_not_there_or_not_mine() {
    let client = client();
    let bob = Client::of(&client.platform, "bob", -1, -1);
    let path = client.opened(1_000);
    bob.put(&path, &[0; 1_000], 0, 10)
        .is_problem(403, "somebody else");
    bob.status(&path, 1_000).is_problem(403, "somebody else");
    bob.cancel(&path).is_problem(403, "somebody else");
    let unknown = format!("{RESUMABLE}?upload_id=unknown");
    client
        .put(&unknown, &[0; 1_000], 0, 10)
        .is_problem(404, "no such upload");
    client
        .status(&unknown, 1_000)
        .is_problem(404, "no such upload");
    assert_eq!(client.cancel(&unknown).status, StatusCode::NO_CONTENT);
    client
        .put(RESUMABLE, &[0; 1_000], 0, 10)
        .is_problem(400, "upload_id");
    assert_eq!(
        client.status(&path, 1_000).status,
        StatusCode::PERMANENT_REDIRECT
    );
}

#[test]
fn chunks_outside_the_file() {
    let client = client();
    let file = mp4_of(50_000);
    let path = client.opened(file.len());
    let chunk = |start: usize, end: usize, total: usize| {
        client.put_body(&path, start, end, total, Body::Bytes(vec![1; end - start]))
    };
    chunk(0, 50_001, 50_001).is_problem(409, "another size");
    chunk(0, 1_000, 40_000).is_problem(409, "another size");
    chunk(49_000, 50_001, 50_000).is_problem(409, "outside");
    let headers = [
        ("content-range", "bytes 0-999/50000"),
        ("content-length", "1500"),
    ];
    client
        .send("PUT", &path, &headers, Body::Bytes(vec![0; 1_500]))
        .is_problem(409, "do not agree");
    for range in ["bytes 5-4/50000", "items 0-9/50000", "bytes 0-9"] {
        let headers = [("content-range", range)];
        client
            .send("PUT", &path, &headers, Body::Bytes(vec![0; 10]))
            .is_problem(400, "content-range");
    }
    assert_eq!(
        client.status(&path, file.len()).header("range"),
        "bytes=0--1",
        "nothing was taken"
    );
}

#[test]
fn what_is_no_video_goes_as_soon_as_its_first_bytes_are_here() {
    let client = client();
    let page = "<html>".repeat(20_000).into_bytes();
    // Fewer bytes than tell a format: wait for more.
    let path = client.opened(page.len());
    assert_eq!(client.put(&path, &page, 0, 10).received(), 10);
    client
        .put(&path, &page, 10, 5_000)
        .is_problem(415, "not a video");
    client
        .put(&path, &page, 10, 5_000)
        .is_problem(404, "no such upload");
    // In the first whole part of a large one, and in a small one at once.
    let large = vec![b'x'; 2 * PART];
    let path = client.opened(large.len());
    client
        .put(&path, &large, 0, PART)
        .is_problem(415, "not a video");
    let path = client.opened(8);
    client
        .put(&path, b"no video", 0, 8)
        .is_problem(415, "not a video");
    assert_eq!(client.platform.objects.open_multiparts(), 0);
    assert_eq!(
        count(&client.platform, "upload"),
        "0",
        "gone at once, not by cron"
    );
    assert_clean(&client.platform);
}

#[test]
fn files_that_break_off_or_hold_nothing() {
    let client = client();
    let cut = &tiny_mp4()[..tiny_mp4().len() - 700];
    let path = client.opened(cut.len());
    client
        .put(&path, cut, 0, cut.len())
        .is_problem(422, "cut off");
    // A large one: its index is missing, which only shows at its end.
    let mut large = tiny_mp4()[..3_000].to_vec();
    large.resize(PART + 3_000, 0);
    let path = client.opened(large.len());
    client
        .put(&path, &large, 0, large.len())
        .is_problem(422, "unreadable");
    let path = client.opened(16);
    let empty = b"\0\0\0\x10ftypisom\0\0\0\0";
    let answer = client.put(&path, empty, 0, 16);
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{answer:?}"
    );
    assert_eq!(count(&client.platform, "upload"), "0");
    assert_clean(&client.platform);
}

#[test]
fn quotas_at_the_first_call_and_again_at_the_last_byte() {
    let platform = testkit::TestPlatform::new();
    let client = Client::of(&platform, "ada", 100_000, 60_000);
    let full = client.open(&client.fields(), 60_001);
    full.is_problem(413, "daily");
    assert_eq!(full.json()["code"], "quota_reached");
    client
        .open(&client.fields(), 100_001)
        .is_problem(413, "The user video quota");
    // Two uploads that fit alone, but not together.
    let file = mp4_of(40_000);
    let first = client.opened(file.len());
    let second = client.opened(file.len());
    client.put(&first, &file, 0, file.len()).video_uuid();
    let refused = client.put(&second, &file, 0, file.len());
    refused.is_problem(413, "daily");
    assert_eq!(refused.json()["code"], "quota_reached");
    assert_eq!(count(&platform, "upload WHERE video_uuid IS NULL"), "0");
    platform.advance_ms(domain::time::DAY_MS + 1);
    client.upload(&file, 10_000);
    platform.advance_ms(domain::time::DAY_MS + 1);
    client
        .open(&client.fields(), 20_001)
        .is_problem(413, "The user video quota");
    assert_eq!(
        client.open(&client.fields(), 20_000).status,
        StatusCode::CREATED
    );
    assert_clean(&platform);
}

#[test]
fn a_channel_that_is_gone_at_the_last_byte() {
    for size in [50_000, PART + 50_000] {
        let client = client();
        let file = mp4_of(size);
        let path = client.opened(size);
        client.put(&path, &file, 0, size - 10);
        crate::client::execute(&client.platform, "DELETE FROM channel", vec![]);
        client
            .put(&path, &file, size - 10, size)
            .is_problem(400, "channelId");
        assert_eq!(count(&client.platform, "upload"), "0");
        assert_clean(&client.platform);
    }
}

#[test]
fn so_many_uploads_and_no_more() {
    let client = client();
    let paths: Vec<String> = (0..20).map(|_| client.opened(1_000)).collect();
    let refused = client.open(&client.fields(), 1_000);
    refused.is_problem(429, "20 unfinished uploads");
    assert_eq!(refused.header("retry-after"), "60");
    let bob = Client::of(&client.platform, "bob", -1, -1);
    assert_eq!(bob.open(&bob.fields(), 1_000).status, StatusCode::CREATED);
    assert_eq!(client.cancel(&paths[0]).status, StatusCode::NO_CONTENT);
    assert_eq!(
        path_of(&client.open(&client.fields(), 1_000)).len(),
        paths[0].len()
    );
}
