//! What people say about videos, on the real database and in a real browser.

use e2e::{Client, Instance, database, samples, video};
use http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::browser::run_script;

/// A second user, who has the first one's password: nobody can register yet.
fn add_user(database: &Connection) -> rusqlite::Result<()> {
    for sql in [
        "INSERT INTO user (username, email, password_hash, role, quota_bytes, quota_daily_bytes,
             created_at_unix_ms)
         SELECT 'bob', 'bob@elsewhere.test', password_hash, 2, -1, -1, 1 FROM user WHERE username = 'root'",
        "INSERT INTO account (user_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, 'bob', 'Bob', 1, 1 FROM user WHERE username = 'bob'",
        "INSERT INTO channel (account_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, 'bob_channel', 'Bob', 1, 1 FROM account WHERE name = 'bob'",
    ] {
        database.execute(sql, [])?;
    }
    Ok(())
}

fn put(client: &Client, path: &str, value: &Value, status: u16) {
    let headers = [("content-type", "application/json")];
    let answer = client.call(Method::PUT, path, &headers, value.to_string().as_bytes());
    let _ = answer.expect_status(status);
}

fn say(client: &Client, path: &str, text: &str) -> u64 {
    let answer = client.post_json(path, &json!({ "text": text }));
    let comment = &answer.expect_status(200).json()["comment"];
    video::number(comment, "id")
}

fn texts(client: &Client, path: &str) -> Vec<String> {
    let list = client.get(path).expect_status(200).json();
    let items = list["data"].as_array().into_iter().flatten();
    items
        .map(|item| video::text(item, "text").to_owned())
        .collect()
}

/// An instance with the users root and bob, and a public video of root's.
fn stage() -> (Instance, String) {
    let mut instance = Instance::start();
    let created = video::upload(&instance.admin(), &samples::bunny(), "Bunny", &[]);
    database::change(&mut instance, add_user);
    (instance, created.uuid)
}

#[test]
fn people_talk_and_owners_decide() {
    let (instance, uuid) = stage();
    let (root, visitor) = (instance.admin(), instance.visitor());
    let bob = visitor.signed_in("bob", e2e::instance::ADMIN_PASSWORD);
    let threads = format!("/api/v1/videos/{uuid}/comment-threads");
    let comment = |id: u64| format!("/api/v1/videos/{uuid}/comments/{id}");

    let first = say(&bob, &threads, "first");
    let answer = say(&root, &comment(first), "an answer");
    let _ = say(&bob, &comment(answer), "once more");
    let _ = say(&root, &threads, "second");
    assert_eq!(texts(&visitor, &threads), ["second", "first"]);
    let by_replies = format!("{threads}?sort=-totalReplies");
    assert_eq!(texts(&visitor, &by_replies), ["first", "second"]);
    let _ = root.delete(&comment(answer)).expect_status(204);
    let tree = visitor
        .get(&format!("{threads}/{first}"))
        .expect_status(200)
        .json();
    let stone = &tree["children"][0];
    assert_eq!(stone["comment"]["isDeleted"], true);
    assert_eq!(stone["children"][0]["comment"]["text"], "once more");
    assert_eq!(tree["comment"]["totalReplies"], 1);

    let watched = format!("/api/v1/videos/{uuid}");
    put(
        &bob,
        &format!("{watched}/rate"),
        &json!({ "rating": "like" }),
        204,
    );
    put(
        &root,
        &format!("{watched}/rate"),
        &json!({ "rating": "dislike" }),
        204,
    );
    let details = visitor.get(&watched).expect_status(200).json();
    let counts = ["comments", "likes", "dislikes"].map(|key| video::number(&details, key));
    assert_eq!(counts, [3, 1, 1]);
    let rated = bob
        .get("/api/v1/accounts/bob/ratings")
        .expect_status(200)
        .json();
    assert_eq!(rated["data"][0]["rating"], "like");

    put(&root, &watched, &json!({ "commentsPolicy": 3 }), 204);
    let held = say(&bob, &threads, "may I?");
    assert_eq!(texts(&visitor, &threads), ["second", "first"]);
    let waiting = "/api/v1/users/me/videos/comments?isHeldForReview=true";
    assert_eq!(texts(&root, waiting), ["may I?"]);
    let _ = root
        .post_empty(&format!("{}/approve", comment(held)))
        .expect_status(204);
    assert_eq!(texts(&visitor, &threads)[0], "may I?");
    let everywhere = texts(&root, "/api/v1/videos/comments?search=MAY");
    assert_eq!(everywhere, ["may I?"]);
    let feed = visitor
        .get("/feeds/video-comments.json")
        .expect_status(200)
        .json();
    assert_eq!(feed["items"].as_array().unwrap().len(), 4);
}

#[test]
fn moderators_hear_reports_and_block() {
    let (instance, uuid) = stage();
    let (root, visitor) = (instance.admin(), instance.visitor());
    let bob = visitor.signed_in("bob", e2e::instance::ADMIN_PASSWORD);
    let threads = format!("/api/v1/videos/{uuid}/comment-threads");
    let spam = say(&bob, &threads, "spam");

    for about in [
        json!({ "comment": { "id": spam } }),
        json!({ "account": { "id": 1 } }),
    ] {
        let mut body = json!({ "reason": "not nice", "predefinedReasons": ["spamOrMisleading"] });
        body.as_object_mut()
            .unwrap()
            .extend(about.as_object().unwrap().clone());
        let _ = bob.post_json("/api/v1/abuses", &body).expect_status(200);
    }
    let list = root.get("/api/v1/abuses").expect_status(200).json();
    assert_eq!(list["total"], 2);
    assert_eq!(list["data"][1]["comment"]["text"], "spam");
    assert_eq!(list["data"][1]["flaggedAccount"]["name"], "bob");
    let id = video::number(&list["data"][1], "id");
    put(
        &root,
        &format!("/api/v1/abuses/{id}"),
        &json!({ "state": 3 }),
        204,
    );
    let mine = bob
        .get("/api/v1/users/me/abuses?state=3")
        .expect_status(200)
        .json();
    assert_eq!(mine["total"], 1);

    let block = json!({ "accountName": "bob" });
    let accounts = "/api/v1/server/blocklist/accounts";
    let _ = root.post_json(accounts, &block).expect_status(204);
    assert_eq!(texts(&visitor, &threads), Vec::<String>::new());
    let host = json!({ "host": "elsewhere.test:8443" });
    let _ = root
        .post_json("/api/v1/server/blocklist/servers", &host)
        .expect_status(204);
    let _ = bob.post_json(
        "/api/v1/users/me/blocklist/accounts",
        &json!({ "accountName": "root" }),
    );
    let status = "/api/v1/blocklist/status?accounts=bob&hosts=elsewhere.test:8443";
    let status = visitor.get(status).expect_status(200).json();
    assert_eq!(
        status["hosts"]["elsewhere.test:8443"]["blockedByServer"],
        true
    );
    let shown = bob
        .get("/api/v1/videos?sort=-publishedAt")
        .expect_status(200)
        .json();
    assert_eq!(shown["total"], 0, "he blocks the only publisher");
    let shown = visitor.get("/api/v1/videos").expect_status(200).json();
    assert_eq!(
        shown["total"], 1,
        "what he does not want to see is his affair"
    );
    let _ = root.delete(&format!("{accounts}/bob")).expect_status(204);
    assert_eq!(texts(&visitor, &threads), ["spam"]);
}

#[test]
fn comments_are_written_read_and_decided_in_a_browser() {
    let (instance, uuid) = stage();
    let bob = instance
        .visitor()
        .signed_in("bob", e2e::instance::ADMIN_PASSWORD);
    let threads = format!("/api/v1/videos/{uuid}/comment-threads");
    let first = say(&bob, &threads, "At 0:02 it is *large* <img src=x>");
    let _ = say(
        &bob,
        &format!("/api/v1/videos/{uuid}/comments/{first}"),
        "I mean the rabbit",
    );
    let watch = format!("/w/{uuid}");
    let page = instance.visitor().get(&watch).expect_status(200).text();
    assert!(page.len() < 30 * 1024, "{} bytes", page.len());
    let extra = json!({ "watch": watch, "uuid": uuid, "first": first });
    run_script("talk.mjs", &instance, &extra);
}
