//! People of another server, and shorthands.

use http::StatusCode;
use ports::{Body, Platform};
use serde_json::{Value as Json, json};
use testkit::TestPlatform;

use crate::fixture::{Answered, add_video, ask, instance, request, run, send, uuid};

/// An instance where ada has one video.
pub fn stage() -> TestPlatform {
    let platform = instance();
    add_video(&platform, 1, "ada", "Bunny");
    platform
}

pub fn threads_path() -> String {
    format!("/api/v1/videos/{}/comment-threads", uuid(1))
}

pub fn comment_path(id: i64) -> String {
    format!("/api/v1/videos/{}/comments/{id}", uuid(1))
}

pub fn post(platform: &TestPlatform, user: &str, path: &str, text: &str) -> Answered {
    platform.advance_ms(1_000);
    send(platform, "POST", path, user, &json!({ "text": text }))
}

/// Writes a first comment, or an answer; gives its row id.
pub fn write(platform: &TestPlatform, user: &str, parent: Option<i64>, text: &str) -> i64 {
    let path = parent.map_or_else(threads_path, comment_path);
    let answered = post(platform, user, &path, text);
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.json);
    answered.json["comment"]["id"].as_i64().unwrap()
}

pub fn delete(platform: &TestPlatform, user: Option<&str>, path: &str) -> Answered {
    ask(platform, request("DELETE", path, user, Body::Empty))
}

/// `bob@other.test` with account and actor.
pub fn add_remote_account(platform: &TestPlatform, handle: &str) {
    let (name, host) = handle.split_once('@').unwrap();
    run(
        platform,
        "INSERT INTO account (name, display_name, created_at_unix_ms, updated_at_unix_ms)
         VALUES (?1, 'Remote ' || ?1, 1, 1)",
        vec![handle.into()],
    );
    run(
        platform,
        "INSERT INTO channel (account_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, 'films_of_' || name, 'Films', 1, 1 FROM account WHERE name = ?1",
        vec![handle.into()],
    );
    run(
        platform,
        "INSERT INTO actor (url, kind, host, preferred_username, account_id, public_key_id,
             public_key_pem, followers, fetched_at_unix_ms)
         SELECT 'https://' || ?2 || '/users/' || ?3, 'account', ?2, ?3, id, '', '', 12, 1
         FROM account WHERE name = ?1",
        vec![handle.into(), host.into(), name.into()],
    );
}

/// A comment as another server has sent it.
pub fn add_remote_comment(platform: &TestPlatform, handle: &str, text: &str) {
    platform.advance_ms(1_000);
    run(
        platform,
        "INSERT INTO comment (remote_url, video_id, account_id, text, created_at_unix_ms,
             updated_at_unix_ms)
         SELECT 'https://other.test/notes/' || ?3, 1, id, ?2, ?3, ?3 FROM account WHERE name = ?1",
        vec![handle.into(), text.into(), platform.now().into()],
    );
}

/// The texts of a list of comments.
pub fn texts(list: &Json) -> Vec<String> {
    list["data"]
        .as_array()
        .unwrap_or_else(|| panic!("no list: {list}"))
        .iter()
        .map(|item| item["text"].as_str().unwrap().to_owned())
        .collect()
}

/// A tree as text: `a(b c(d))`; tombstones are `+`.
pub fn tree(node: &Json) -> String {
    let text = match node["comment"]["isDeleted"].as_bool() {
        Some(true) => "+",
        _ => node["comment"]["text"].as_str().unwrap(),
    };
    let children: Vec<String> = node["children"]
        .as_array()
        .unwrap()
        .iter()
        .map(tree)
        .collect();
    if children.is_empty() {
        text.to_owned()
    } else {
        format!("{text}({})", children.join(" "))
    }
}

/// `comments` of the video, as stored.
pub fn counted(platform: &TestPlatform) -> String {
    platform
        .database
        .dump("SELECT comments, likes, dislikes FROM video WHERE id = 1")
        .join("")
}
