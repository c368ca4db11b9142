//! Threads, answers, tombstones.

use http::StatusCode;
use serde_json::json;

use crate::fixture::{get, get_as, run, send, uuid};
use crate::stage::{
    add_remote_account, add_remote_comment, comment_path, counted, delete, post, stage, texts,
    threads_path, tree, write,
};

#[test]
fn a_comment_has_peertubes_shape() {
    let platform = stage();
    let answered = post(&platform, "bob", &threads_path(), "  *Fine* film \n");
    assert_eq!(answered.status, StatusCode::OK);
    assert_eq!(answered.header("cache-control"), "no-store");
    let comment = &answered.json["comment"];
    let account = &comment["account"];
    assert_eq!(account["name"], "bob");
    assert_eq!(account["host"], "video.test");
    let mut comment = comment.clone();
    comment["account"] = json!("bob");
    assert_eq!(
        comment,
        json!({
            "id": 1,
            "url": format!("https://video.test/videos/watch/{}/comments/1", uuid(1)),
            "text": "*Fine* film",
            "threadId": 1,
            "inReplyToCommentId": null,
            "videoId": 1,
            "createdAt": "2026-01-01T00:01:01.000Z",
            "updatedAt": "2026-01-01T00:01:01.000Z",
            "deletedAt": null,
            "heldForReview": false,
            "isDeleted": false,
            "totalRepliesFromVideoAuthor": 0,
            "totalReplies": 0,
            "account": "bob",
        })
    );
    let list = get(&platform, &threads_path()).json;
    assert_eq!(list["total"], 1);
    assert_eq!(list["totalNotDeletedComments"], 1);
    assert_eq!(list["data"][0]["text"], "*Fine* film");
}

#[test]
fn threads_are_listed_in_every_order_and_page() {
    let platform = stage();
    let first = write(&platform, "bob", None, "first");
    write(&platform, "ada", None, "second");
    write(&platform, "bob", None, "third");
    write(&platform, "ada", Some(first), "answer");
    let listed = |query: &str| texts(&get(&platform, &format!("{}{query}", threads_path())).json);
    assert_eq!(listed(""), ["third", "second", "first"]);
    assert_eq!(listed("?sort=createdAt&count=2"), ["first", "second"]);
    assert_eq!(listed("?start=1&count=1"), ["second"]);
    assert_eq!(listed("?sort=-totalReplies&count=1"), ["first"]);
    let list = get(&platform, &threads_path()).json;
    assert_eq!(list["total"], 3);
    assert_eq!(list["totalNotDeletedComments"], 4);
    assert_eq!(list["data"][2]["totalReplies"], 1);
    assert_eq!(list["data"][2]["totalRepliesFromVideoAuthor"], 1);
    assert_eq!(counted(&platform), "4|0|0");
    let wrong = get(&platform, &format!("{}?sort=likes", threads_path()));
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

#[test]
fn a_thread_is_a_tree_and_a_deleted_comment_keeps_its_place() {
    let platform = stage();
    let first = write(&platform, "bob", None, "a");
    let second = write(&platform, "ada", Some(first), "b");
    let third = write(&platform, "bob", Some(second), "c");
    write(&platform, "ada", Some(first), "d");
    let path = format!("{}/{first}", threads_path());
    assert_eq!(tree(&get(&platform, &path).json), "a(b(c) d)");
    let gone = delete(&platform, Some("ada"), &comment_path(second));
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let thread = get(&platform, &path).json;
    assert_eq!(tree(&thread), "a(+(c) d)");
    let tombstone = &thread["children"][0]["comment"];
    assert_eq!(tombstone["text"], "");
    assert_eq!(tombstone["account"], json!(null));
    assert!(tombstone["deletedAt"].is_string());
    assert_eq!(thread["comment"]["totalReplies"], 2);
    assert_eq!(counted(&platform), "3|0|0");
    // Once more is a conflict; an answer to it too; to what stands below it not.
    let again = delete(&platform, Some("ada"), &comment_path(second));
    assert_eq!(again.status, StatusCode::CONFLICT);
    let answer = post(&platform, "bob", &comment_path(second), "e");
    assert_eq!(answer.status, StatusCode::CONFLICT);
    write(&platform, "ada", Some(third), "f");
    assert_eq!(tree(&get(&platform, &path).json), "a(+(c(f)) d)");
}

#[test]
fn a_thread_is_named_by_its_first_comment() {
    let platform = stage();
    crate::fixture::add_video(&platform, 2, "ada", "Other");
    let first = write(&platform, "bob", None, "a");
    let answer = write(&platform, "bob", Some(first), "b");
    let status = |path: String| get(&platform, &path).status;
    assert_eq!(
        status(format!("{}/{answer}", threads_path())),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        status(format!("{}/999", threads_path())),
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        status(format!("{}/x", threads_path())),
        StatusCode::BAD_REQUEST
    );
    let other = get(
        &platform,
        &format!("/api/v1/videos/{}/comment-threads/{first}", uuid(2)),
    );
    assert_eq!(other.status, StatusCode::BAD_REQUEST);
    assert_eq!(other.json["code"], "comment_not_associated_to_video");
}

#[test]
fn texts_have_bounds() {
    let platform = stage();
    for text in ["", "  ", &"x".repeat(10_001)] {
        let answered = post(&platform, "bob", &threads_path(), text);
        assert_eq!(answered.status, StatusCode::BAD_REQUEST);
    }
    write(&platform, "bob", None, &"ü".repeat(10_000));
    let nothing = send(&platform, "POST", &threads_path(), "bob", &json!({}));
    assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
}

#[test]
fn the_same_words_twice_in_a_minute_are_one_comment() {
    let platform = stage();
    let first = write(&platform, "bob", None, "hello");
    assert_eq!(write(&platform, "bob", None, "hello"), first);
    assert_ne!(write(&platform, "bob", Some(first), "hello"), first);
    assert_ne!(write(&platform, "ada", None, "hello"), first);
    platform.advance_ms(60_000);
    assert_ne!(write(&platform, "bob", None, "hello"), first);
    assert_eq!(counted(&platform), "4|0|0");
}

#[test]
fn nobody_writes_without_end() {
    let platform = stage();
    let count = (0..40)
        .take_while(|number| {
            post(&platform, "bob", &threads_path(), &format!("{number}")).status == StatusCode::OK
        })
        .count();
    assert_eq!(count, 30);
    let refused = post(&platform, "bob", &threads_path(), "more");
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let secs: u32 = refused.header("retry-after").parse().unwrap();
    assert!((1..=300).contains(&secs), "{secs}");
    write(&platform, "ada", None, "others go on");
    platform.advance_ms(300_000);
    write(&platform, "bob", None, "later");
}

#[test]
fn other_servers_comments_name_their_origin() {
    let platform = stage();
    add_remote_account(&platform, "eve@other.test");
    add_remote_comment(&platform, "eve@other.test", "<p>hi</p>");
    let comment = &get(&platform, &threads_path()).json["data"][0];
    let url = comment["url"].as_str().unwrap();
    assert!(url.starts_with("https://other.test/notes/"), "{url}");
    assert_eq!(comment["account"]["name"], "eve");
    assert_eq!(comment["account"]["host"], "other.test");
    assert_eq!(comment["account"]["url"], "https://other.test/users/eve");
    assert_eq!(comment["account"]["followersCount"], 12);
}

#[test]
fn people_who_go_take_their_words_along() {
    let platform = stage();
    let first = write(&platform, "bob", None, "a");
    write(&platform, "ada", Some(first), "b");
    run(&platform, "DELETE FROM user WHERE username = 'bob'", vec![]);
    let thread = get(&platform, &format!("{}/{first}", threads_path())).json;
    assert_eq!(tree(&thread), "+(b)");
    assert_eq!(counted(&platform), "1|0|0");
}

#[test]
fn owners_and_moderators_list_comments_of_many_videos() {
    let platform = stage();
    crate::fixture::add_video(&platform, 2, "bob", "Other");
    add_remote_account(&platform, "eve@other.test");
    write(&platform, "bob", None, "from bob");
    add_remote_comment(&platform, "eve@other.test", "from EVE");
    let other = format!("/api/v1/videos/{}/comment-threads", uuid(2));
    assert_eq!(post(&platform, "ada", &other, "elsewhere").status, 200);
    let mine = |query: &str| {
        let path = format!("/api/v1/users/me/videos/comments{query}");
        texts(&get_as(&platform, "ada", &path).json)
    };
    assert_eq!(mine(""), ["from EVE", "from bob"]);
    assert_eq!(mine("?search=eve"), ["from EVE"]);
    assert_eq!(mine("?searchAccount=bob"), ["from bob"]);
    assert_eq!(mine("?isLocal=true"), ["from bob"]);
    assert_eq!(mine("?searchVideo=other"), Vec::<String>::new());
    let all = "/api/v1/videos/comments?count=2";
    assert_eq!(get_as(&platform, "ada", all).status, StatusCode::FORBIDDEN);
    let list = get_as(&platform, "mo", all).json;
    assert_eq!(texts(&list), ["elsewhere", "from EVE"]);
    assert_eq!(list["total"], 3);
    assert_eq!(list["data"][0]["video"]["name"], "Other");
    assert_eq!(list["data"][0]["video"]["channel"]["name"], "bob_channel");
    assert_eq!(list["data"][0]["automaticTags"], json!([]));
}

#[test]
fn all_of_one_person_can_be_removed_at_once() {
    let platform = stage();
    crate::fixture::add_video(&platform, 2, "bob", "Other");
    write(&platform, "bob", None, "one");
    write(&platform, "bob", None, "two");
    let other = format!("/api/v1/videos/{}/comment-threads", uuid(2));
    assert_eq!(post(&platform, "bob", &other, "at home").status, 200);
    let path = "/api/v1/bulk/remove-comments-of";
    let asked = |scope: &str| json!({ "accountName": "bob@video.test", "scope": scope });
    let refused = send(&platform, "POST", path, "ada", &asked("instance"));
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let done = send(&platform, "POST", path, "ada", &asked("my-videos"));
    assert_eq!(done.status, StatusCode::NO_CONTENT);
    assert_eq!(counted(&platform), "0|0|0");
    assert_eq!(texts(&get(&platform, &other).json), ["at home"]);
    send(&platform, "POST", path, "mo", &asked("instance"));
    assert_eq!(texts(&get(&platform, &other).json), [""]);
}
