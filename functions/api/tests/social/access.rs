//! Who may read, write and remove.

use http::StatusCode;
use ports::Body;
use serde_json::json;

use crate::fixture::{ask, get, get_as, request, send, set, uuid};
use crate::stage::{comment_path, delete, post, stage, threads_path, write};

#[test]
fn only_people_of_this_instance_write() {
    let platform = stage();
    let body = Body::Bytes(br#"{"text":"x"}"#.to_vec());
    let stranger = ask(&platform, request("POST", &threads_path(), None, body));
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    let nowhere = format!("/api/v1/videos/{}/comment-threads", uuid(9));
    assert_eq!(
        post(&platform, "bob", &nowhere, "x").status,
        StatusCode::NOT_FOUND
    );
}

#[test]
fn comments_are_as_private_as_their_video() {
    let platform = stage();
    let first = write(&platform, "ada", None, "secret");
    set(&platform, 1, "privacy", 3i64);
    for path in [threads_path(), format!("{}/{first}", threads_path())] {
        assert_eq!(get(&platform, &path).status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            get_as(&platform, "bob", &path).status,
            StatusCode::FORBIDDEN
        );
        assert_eq!(get_as(&platform, "ada", &path).status, StatusCode::OK);
        assert_eq!(get_as(&platform, "mo", &path).status, StatusCode::OK);
    }
    let written = post(&platform, "bob", &threads_path(), "x");
    assert_eq!(written.status, StatusCode::FORBIDDEN);
    let rate = format!("/api/v1/videos/{}/rate", uuid(1));
    let rated = send(&platform, "PUT", &rate, "bob", &json!({ "rating": "like" }));
    assert_eq!(rated.status, StatusCode::FORBIDDEN);
}

#[test]
fn author_owner_and_moderators_remove() {
    let platform = stage();
    for (author, remover, expected) in [
        ("bob", "bob", 204),
        ("bob", "ada", 204),
        ("bob", "mo", 204),
        ("bob", "root", 204),
        ("ada", "bob", 403),
        ("mo", "bob", 403),
    ] {
        let id = write(&platform, author, None, &format!("{author} {remover}"));
        let answered = delete(&platform, Some(remover), &comment_path(id));
        assert_eq!(answered.status, expected, "{remover} removes {author}'s");
    }
    let id = write(&platform, "bob", None, "stays");
    let stranger = delete(&platform, None, &comment_path(id));
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    // Under another video it is not found there.
    crate::fixture::add_video(&platform, 2, "bob", "Bob's");
    let path = format!("/api/v1/videos/{}/comments/{id}", uuid(2));
    let elsewhere = delete(&platform, Some("bob"), &path);
    assert_eq!(elsewhere.status, StatusCode::BAD_REQUEST);
}

#[test]
fn closed_videos_take_and_show_nothing() {
    let platform = stage();
    let first = write(&platform, "bob", None, "before");
    let path = format!("/api/v1/videos/{}", uuid(1));
    let closed = send(
        &platform,
        "PUT",
        &path,
        "ada",
        &json!({ "commentsPolicy": 2 }),
    );
    assert_eq!(closed.status, StatusCode::NO_CONTENT);
    assert_eq!(
        post(&platform, "bob", &threads_path(), "x").status,
        StatusCode::CONFLICT
    );
    let list = get(&platform, &threads_path()).json;
    assert_eq!(
        list,
        json!({ "total": 0, "totalNotDeletedComments": 0, "data": [] })
    );
    let thread = get(&platform, &format!("{}/{first}", threads_path()));
    assert_eq!(thread.status, StatusCode::NOT_FOUND);
}

#[test]
fn a_change_is_told_to_other_servers() {
    let platform = stage();
    while platform.tasks.take().is_some() {}
    let id = write(&platform, "bob", None, "x");
    delete(&platform, Some("bob"), &comment_path(id));
    let tell = ports::Task::Federation(ports::FederationTask::TellChanges);
    assert_eq!(platform.tasks.take(), Some(tell.clone()));
    assert_eq!(platform.tasks.take(), Some(tell));
}
