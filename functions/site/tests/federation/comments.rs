//! Comments of ours below anybody's videos.

use http::StatusCode;
use serde_json::{Value, json};
use testkit::TestPlatform;

use crate::fixture::{ACCEPT, PUBLIC, REMOTE, document, get, instance, location, run};

fn with_comments() -> TestPlatform {
    let platform = instance();
    for sql in [
        "INSERT INTO comment (id, video_id, account_id, text, created_at_unix_ms, updated_at_unix_ms)
         VALUES (1, 1, 1, 'First', 1000, 2000)",
        "INSERT INTO comment (id, remote_url, video_id, account_id, parent_id, thread_id, text,
             created_at_unix_ms, updated_at_unix_ms)
         VALUES (2, 'https://far.test/n/2', 1, 2, 1, 1, 'From afar', 0, 0)",
        "INSERT INTO comment (id, video_id, account_id, parent_id, thread_id, text, created_at_unix_ms,
             updated_at_unix_ms) VALUES (3, 1, 1, 2, 1, 'Answer', 0, 0)",
        "INSERT INTO comment (id, video_id, account_id, parent_id, thread_id, text, created_at_unix_ms,
             updated_at_unix_ms, deleted_at_unix_ms) VALUES (4, 1, 1, 2, 1, '', 1000, 2000, 3000)",
        "INSERT INTO comment (id, video_id, account_id, text, is_held, created_at_unix_ms,
             updated_at_unix_ms) VALUES (5, 1, 1, 'Waits', 1, 0, 0)",
        "INSERT INTO comment (id, video_id, account_id, text, is_held, created_at_unix_ms,
             updated_at_unix_ms) VALUES (6, 10, 1, 'Waits there', 1, 0, 0)",
        "INSERT INTO comment (id, video_id, account_id, text, created_at_unix_ms, updated_at_unix_ms)
         VALUES (7, 3, 1, 'Private', 0, 0)",
    ] {
        run(&platform, sql);
    }
    platform
}

fn path(id: i64) -> String {
    format!("/videos/watch/{PUBLIC}/comments/{id}")
}

#[test]
fn a_comment_is_a_note_below_its_video() {
    let platform = with_comments();
    let note = document(&platform, &path(1));
    assert_eq!(note["type"], "Note");
    assert_eq!(note["id"], format!("https://video.test{}", path(1)));
    assert_eq!(note["content"], "First");
    assert_eq!(
        note["inReplyTo"],
        format!("https://video.test/videos/watch/{PUBLIC}")
    );
    assert_eq!(note["attributedTo"], "https://video.test/accounts/ada");
    assert_eq!(note["published"], "1970-01-01T00:00:01.000Z");
    assert_eq!(
        note["audience"],
        "https://video.test/video-channels/ada_channel"
    );
    assert_eq!(
        note["to"],
        json!(["https://www.w3.org/ns/activitystreams#Public"])
    );
    let create = document(&platform, &format!("{}/activity", path(1)));
    assert_eq!(create["type"], "Create");
    assert_eq!(create["object"]["id"], note["id"]);
    assert_eq!((&create["to"], &create["cc"]), (&note["to"], &note["cc"]));
}

#[test]
fn an_answer_mentions_whom_it_answers() {
    let platform = with_comments();
    let note = document(&platform, &path(3));
    assert_eq!(note["inReplyTo"], "https://far.test/n/2");
    assert_eq!(
        note["tag"],
        json!([{ "type": "Mention", "href": "https://far.test/u/bob", "name": "@bob@far.test" }])
    );
    let cc: Vec<&str> = note["cc"]
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    assert!(cc.contains(&"https://far.test/u/bob"), "{cc:?}");
}

#[test]
fn deleted_comments_leave_a_tombstone_and_hidden_ones_nothing() {
    let platform = with_comments();
    for rest in ["", "/activity"] {
        let (status, tombstone) = get(&platform, &format!("{}{rest}", path(4)));
        assert_eq!(status, StatusCode::GONE);
        assert_eq!(tombstone["type"], "Tombstone");
        assert_eq!(tombstone["formerType"], "Note");
        assert_eq!(tombstone["deleted"], "1970-01-01T00:00:03.000Z");
    }
    let private = "/videos/watch/9c9de5e8-0a1e-484a-b099-000000000003/comments/7";
    let misplaced = format!("/videos/watch/{REMOTE}/comments/1");
    for path in [&path(5), private, &misplaced, &path(99)] {
        assert_eq!(get(&platform, path).0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn a_comment_that_waits_at_another_server_can_be_read_there() {
    let platform = with_comments();
    let note = document(&platform, &format!("/videos/watch/{REMOTE}/comments/6"));
    assert_eq!(note["inReplyTo"], "https://far.test/videos/10");
    assert_eq!(note["audience"], "https://far.test/g/bobs");
    let cc = note["cc"].as_array().unwrap();
    assert!(cc.contains(&Value::from("https://far.test/g/bobs/followers")));
}

#[test]
fn comments_of_others_lead_there_and_people_are_led_to_the_video() {
    let platform = with_comments();
    assert_eq!(
        location(&platform, &path(2), ACCEPT),
        "https://far.test/n/2"
    );
    let short = rest::ids::short_uuid(PUBLIC).unwrap();
    assert_eq!(
        location(&platform, &path(3), "text/html"),
        format!("/w/{short}/comments?comment=3#comment-3")
    );
}

#[test]
fn the_comments_of_a_video_are_those_that_everybody_sees() {
    let platform = with_comments();
    let collection = format!("/videos/watch/{PUBLIC}/comments");
    let page = document(&platform, &format!("{collection}?page=1"));
    assert_eq!(
        page["orderedItems"],
        json!([
            format!("https://video.test{}", path(1)),
            "https://far.test/n/2",
            format!("https://video.test{}", path(3)),
        ])
    );
    assert_eq!(document(&platform, &collection)["totalItems"], 3);
}

#[test]
fn an_approval_can_be_read() {
    let platform = with_comments();
    let approval = document(&platform, &format!("{}/approve-reply", path(2)));
    assert_eq!(approval["type"], "ApproveReply");
    assert_eq!(approval["object"], "https://far.test/n/2");
    assert_eq!(approval["actor"], "https://video.test/accounts/ada");
    assert_eq!(
        approval["inReplyTo"],
        format!("https://video.test{}", path(1))
    );
}
