//! `PUT` and `DELETE` of a video, and what cron does to it.

use app::videos::{DELETE_GRACE_MS, apply_schedule};
use http::{Request, StatusCode};
use ports::{Body, Platform};
use serde_json::{Value, json};
use testkit::{TestPlatform, block_on};

use crate::fixture::{
    add_files, add_tags, add_video, ask, get, get_as, instance, request, run, send, set,
};

fn put(platform: &TestPlatform, user: &str, body: Value) -> StatusCode {
    let answered = send(platform, "PUT", "/api/v1/videos/1", user, &body);
    assert!(
        answered.status != StatusCode::NO_CONTENT || answered.bytes.is_empty(),
        "204 has no body"
    );
    answered.status
}

#[test]
fn what_is_named_changes_and_the_rest_stays() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Old name");
    add_files(&platform, 1);
    add_tags(&platform, 1, &["old"]);
    let before = get(&platform, "/api/v1/videos/1").json;
    platform.advance_ms(1_000);
    let change = json!({
        "name": "New name", "tags": ["one", "two"], "category": 15, "licence": 1, "language": "fr",
        "description": null, "support": "Give", "commentsPolicy": 2, "downloadEnabled": false,
        "originallyPublishedAt": "2020-02-02",
    });
    assert_eq!(put(&platform, "ada", change), StatusCode::NO_CONTENT);
    let after = get(&platform, "/api/v1/videos/1").json;
    for (key, expected) in [
        ("name", json!("New name")),
        ("tags", json!(["one", "two"])),
        (
            "category",
            json!({ "id": 15, "label": "Science & Technology" }),
        ),
        ("licence", json!({ "id": 1, "label": "Attribution" })),
        ("language", json!({ "id": "fr", "label": "French" })),
        ("description", json!(null)),
        ("support", json!("Give")),
        ("commentsPolicy", json!({ "id": 2, "label": "Disabled" })),
        ("downloadEnabled", json!(false)),
        ("originallyPublishedAt", json!("2020-02-02T00:00:00.000Z")),
        ("updatedAt", json!("2026-01-01T00:01:01.000Z")),
        ("publishedAt", before["publishedAt"].clone()),
        ("nsfw", json!(false)),
    ] {
        assert_eq!(after[key], expected, "{key}");
    }
    let urls = |video: &Value| video["streamingPlaylists"][0]["files"][0]["fileUrl"].clone();
    assert_eq!(urls(&after), urls(&before), "files keep their names");
}

#[test]
fn forms_of_browsers_change_a_video_too() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Old name");
    let body = "--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nFrom a form\r\n\
        --x\r\nContent-Disposition: form-data; name=\"tags[0]\"\r\n\r\nfirst\r\n\
        --x\r\nContent-Disposition: form-data; name=\"privacy\"\r\n\r\n2\r\n\
        --x\r\nContent-Disposition: form-data; name=\"thumbnailfile\"; filename=\"a.jpg\"\r\n\
        Content-Type: image/jpeg\r\n\r\n\u{1}\u{2}\r\n--x--\r\n";
    let asked = Request::put("https://video.test/api/v1/videos/1")
        .header("authorization", "Bearer token-of-ada")
        .header("content-type", "multipart/form-data; boundary=x")
        .body(Body::Bytes(body.as_bytes().to_vec()))
        .unwrap();
    assert_eq!(ask(&platform, asked).status, StatusCode::NO_CONTENT);
    let video = get_as(&platform, "ada", "/api/v1/videos/1").json;
    assert_eq!(video["name"], "From a form");
    assert_eq!(video["tags"], json!(["first"]));
    assert_eq!(video["privacy"]["id"], 2);
}

#[test]
fn only_the_owner_and_moderators_change_and_delete() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Video");
    let change = || json!({ "name": "Changed" });
    assert_eq!(put(&platform, "bob", change()), StatusCode::FORBIDDEN);
    let delete_as = |user| {
        ask(
            &platform,
            request("DELETE", "/api/v1/videos/1", user, Body::Empty),
        )
        .status
    };
    assert_eq!(delete_as(Some("bob")), StatusCode::FORBIDDEN);
    assert_eq!(delete_as(None), StatusCode::UNAUTHORIZED);
    assert_eq!(platform.database.dump("SELECT name FROM video"), ["Video"]);
    assert_eq!(put(&platform, "mo", change()), StatusCode::NO_CONTENT);
    assert_eq!(delete_as(Some("root")), StatusCode::NO_CONTENT);
    assert_eq!(delete_as(Some("root")), StatusCode::NOT_FOUND);
    assert_eq!(put(&platform, "ada", change()), StatusCode::NOT_FOUND);
}

#[test]
fn wrong_fields_change_nothing() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Video");
    for (wrong, field) in [
        (json!({ "name": "x".repeat(10_000) }), "name"),
        (json!({ "name": "" }), "name"),
        (json!({ "tags": ["a", "b", "c", "d", "e", "f"] }), "tags"),
        (json!({ "category": 99 }), "category"),
        (json!({ "privacy": 6 }), "privacy"),
        (json!({ "privacy": 5 }), "videoPasswords"),
    ] {
        let answered = send(&platform, "PUT", "/api/v1/videos/1", "ada", &wrong);
        assert_eq!(answered.status, StatusCode::BAD_REQUEST, "{wrong:.60}");
        assert!(
            answered.json["invalid-params"][field].is_object(),
            "{}",
            answered.json
        );
    }
    let foreign = json!({ "channelId": 4, "name": "Changed" });
    assert_eq!(
        put(&platform, "ada", foreign.clone()),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        put(&platform, "mo", foreign),
        StatusCode::BAD_REQUEST,
        "nor to somebody else's"
    );
    assert_eq!(
        platform.database.dump("SELECT name, channel_id FROM video"),
        ["Video|3"]
    );
}

#[test]
fn a_video_is_published_when_strangers_may_first_see_it() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Video");
    set(&platform, 1, "privacy", 3i64);
    platform.advance_ms(5_000);
    assert_eq!(
        put(&platform, "ada", json!({ "privacy": 2 })),
        StatusCode::NO_CONTENT
    );
    let published = || {
        platform
            .database
            .dump("SELECT published_at_unix_ms - created_at_unix_ms FROM video")
    };
    assert_eq!(published(), ["5000"]);
    platform.advance_ms(5_000);
    assert_eq!(
        put(&platform, "ada", json!({ "privacy": 1 })),
        StatusCode::NO_CONTENT
    );
    assert_eq!(published(), ["5000"], "an unlisted video was out already");
}

#[test]
fn a_planned_change_happens_once_its_time_has_come() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Video");
    let plan = json!({ "privacy": 3, "scheduleUpdate": { "updateAt": "2026-01-01T01:00:00.000Z", "privacy": 1 } });
    assert_eq!(put(&platform, "ada", plan), StatusCode::NO_CONTENT);
    let planned = get_as(&platform, "ada", "/api/v1/videos/1").json["scheduledUpdate"].clone();
    assert_eq!(
        planned,
        json!({ "updateAt": "2026-01-01T01:00:00.000Z", "privacy": 1 })
    );
    let rows = || {
        platform
            .database
            .dump("SELECT privacy, scheduled_privacy, scheduled_at_unix_ms IS NULL FROM video")
    };
    block_on(apply_schedule(&platform)).unwrap();
    assert_eq!(rows(), ["3|1|0"]);
    platform.advance_ms(3_600_000);
    block_on(apply_schedule(&platform)).unwrap();
    assert_eq!(rows(), ["1|NULL|1"]);
    assert_eq!(get(&platform, "/api/v1/videos").json["total"], 1);

    let unplan = json!({ "scheduleUpdate": null });
    assert_eq!(put(&platform, "ada", unplan), StatusCode::NO_CONTENT);
}

#[test]
fn a_deleted_video_leaves_no_row_and_every_object_to_cron() {
    let platform = instance();
    for number in [1, 2] {
        add_video(&platform, number, "ada", "Video");
        add_files(&platform, number);
        add_tags(&platform, number, &["tag"]);
    }
    run(
        &platform,
        "INSERT INTO runner_job (uuid, video_id, type, payload, private_payload, state, priority,
             created_at_unix_ms, updated_at_unix_ms)
         VALUES ('job', 1, 'vod-hls-transcoding', '{}', '{}', 1, 1, 0, 0)",
        vec![],
    );
    let deleted = ask(
        &platform,
        request("DELETE", "/api/v1/videos/1", Some("ada"), Body::Empty),
    );
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    for table in [
        "video_file",
        "video_tag",
        "thumbnail",
        "storyboard",
        "streaming_playlist",
        "video_source",
    ] {
        let ids = platform
            .database
            .dump(&format!("SELECT DISTINCT video_id FROM {table}"));
        assert_eq!(ids, ["2"], "{table}");
    }
    assert!(
        platform
            .database
            .dump("SELECT 1 FROM runner_job")
            .is_empty()
    );
    let hls = format!("streaming-playlists/hls/{}", crate::fixture::uuid(1));
    let mut expected = vec![
        "storyboards/s1.jpg".to_owned(),
        "thumbnails/t1-280.jpg".to_owned(),
        "thumbnails/t1-850.jpg".to_owned(),
        "torrents/f1-360-hls.torrent".to_owned(),
        "torrents/f1-720-hls.torrent".to_owned(),
        "web-videos/w1-720.mp4".to_owned(),
    ];
    for name in [
        "f1-360-fragmented.mp4",
        "f1-360.m3u8",
        "f1-720-fragmented.mp4",
        "f1-720.m3u8",
        "m1-master.m3u8",
        "m1-segments-sha256.json",
    ] {
        expected.push(format!("{hls}/{name}"));
    }
    expected.sort();
    assert_eq!(
        platform
            .database
            .dump("SELECT object_key FROM unowned_object ORDER BY 1"),
        expected
    );
    let due = platform
        .database
        .dump("SELECT DISTINCT delete_after_unix_ms FROM unowned_object");
    assert_eq!(due, [platform.now().plus_ms(DELETE_GRACE_MS).0.to_string()]);
    assert_eq!(get(&platform, "/api/v1/videos").json["total"], 1);
}
