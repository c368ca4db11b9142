//! Comments that wait for the video's owner.

use http::StatusCode;
use serde_json::json;
use testkit::TestPlatform;

use crate::fixture::{get, get_as, run, send, uuid};
use crate::stage::{comment_path, counted, delete, post, stage, texts, threads_path, write};

fn with_approval() -> TestPlatform {
    let platform = stage();
    let path = format!("/api/v1/videos/{}", uuid(1));
    let changed = send(
        &platform,
        "PUT",
        &path,
        "ada",
        &json!({ "commentsPolicy": 3 }),
    );
    assert_eq!(changed.status, StatusCode::NO_CONTENT);
    platform
}

fn approve(platform: &TestPlatform, user: &str, id: i64) -> StatusCode {
    let path = format!("{}/approve", comment_path(id));
    send(platform, "POST", &path, user, &json!({})).status
}

#[test]
fn a_held_comment_is_seen_by_author_owner_and_moderators() {
    let platform = with_approval();
    let answered = post(&platform, "bob", &threads_path(), "wait");
    assert_eq!(answered.json["comment"]["heldForReview"], true);
    let id = answered.json["comment"]["id"].as_i64().unwrap();
    let list = get(&platform, &threads_path()).json;
    assert_eq!(list["total"], 0);
    assert_eq!(list["totalNotDeletedComments"], 0);
    for user in ["bob", "ada", "mo", "root"] {
        let list = get_as(&platform, user, &threads_path()).json;
        assert_eq!(texts(&list), ["wait"], "{user}");
    }
    let thread = format!("{}/{id}", threads_path());
    assert_eq!(get(&platform, &thread).status, StatusCode::NOT_FOUND);
    assert_eq!(counted(&platform), "0|0|0");
    let mine = "/api/v1/users/me/videos/comments?search=heldForReview:true";
    assert_eq!(texts(&get_as(&platform, "ada", mine).json), ["wait"]);

    assert_eq!(approve(&platform, "bob", id), StatusCode::FORBIDDEN);
    assert_eq!(approve(&platform, "ada", id), StatusCode::NO_CONTENT);
    assert_eq!(approve(&platform, "ada", id), StatusCode::BAD_REQUEST);
    assert_eq!(texts(&get(&platform, &threads_path()).json), ["wait"]);
    assert_eq!(counted(&platform), "1|0|0");
    let approval = platform
        .database
        .dump("SELECT reply_approval_url FROM comment");
    let expected = format!(
        "https://video.test/videos/watch/{}/comments/{id}/approve-reply",
        uuid(1)
    );
    assert_eq!(approval, [expected]);
}

#[test]
fn owner_and_moderators_need_no_approval() {
    let platform = with_approval();
    for user in ["ada", "mo"] {
        let answered = post(&platform, user, &threads_path(), "at once");
        assert_eq!(answered.json["comment"]["heldForReview"], false, "{user}");
    }
    assert_eq!(counted(&platform), "2|0|0");
}

#[test]
fn on_another_servers_video_its_server_approves() {
    let platform = with_approval();
    run(
        &platform,
        "UPDATE video SET remote_url = 'https://other.test/v/1' WHERE id = 1",
        vec![],
    );
    let answered = post(&platform, "mo", &threads_path(), "wait");
    assert_eq!(answered.json["comment"]["heldForReview"], true);
    let id = answered.json["comment"]["id"].as_i64().unwrap();
    assert_eq!(approve(&platform, "mo", id), StatusCode::FORBIDDEN);
}

#[test]
fn a_refused_comment_leaves_no_trace() {
    let platform = with_approval();
    let id = write(&platform, "bob", None, "bad");
    assert_eq!(
        delete(&platform, Some("ada"), &comment_path(id)).status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(get(&platform, &threads_path()).json["total"], 0);
    assert_eq!(counted(&platform), "0|0|0");
    assert_eq!(approve(&platform, "ada", id), StatusCode::CONFLICT);
}

#[test]
fn strangers_learn_nothing_of_what_is_held() {
    let platform = with_approval();
    let id = write(&platform, "bob", None, "wait");
    crate::fixture::add_user(&platform, "cyd", 2);
    let answer = post(&platform, "cyd", &comment_path(id), "x");
    assert_eq!(answer.status, StatusCode::CONFLICT);
    let removed = delete(&platform, Some("cyd"), &comment_path(id));
    assert_eq!(removed.status, StatusCode::NOT_FOUND);
}
