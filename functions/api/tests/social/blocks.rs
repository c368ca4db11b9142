//! Whom somebody does not want to hear of.

use http::StatusCode;
use serde_json::json;
use testkit::TestPlatform;

use crate::fixture::{add_video, get, get_as, run, send};
use crate::stage::{
    add_remote_account, add_remote_comment, delete, stage, texts, threads_path, tree, write,
};

const MINE: &str = "/api/v1/users/me/blocklist";
const INSTANCE: &str = "/api/v1/server/blocklist";

fn block(platform: &TestPlatform, user: &str, path: &str, what: &str) -> StatusCode {
    platform.advance_ms(1_000);
    let body = if path.ends_with("servers") {
        json!({ "host": what })
    } else {
        json!({ "accountName": what })
    };
    send(platform, "POST", path, user, &body).status
}

fn seen(platform: &TestPlatform, user: Option<&str>) -> Vec<String> {
    let path = threads_path();
    let list = match user {
        Some(user) => get_as(platform, user, &path).json,
        None => get(platform, &path).json,
    };
    assert_eq!(list["total"], list["data"].as_array().unwrap().len());
    texts(&list)
}

/// Comments by bob and by eve of another server under ada's video.
fn talk() -> TestPlatform {
    let platform = stage();
    crate::fixture::add_user(&platform, "cyd", 2);
    add_remote_account(&platform, "eve@other.test");
    write(&platform, "bob", None, "bob's");
    add_remote_comment(&platform, "eve@other.test", "eve's");
    platform
}

#[test]
fn a_users_block_is_theirs_alone() {
    let platform = talk();
    let accounts = format!("{MINE}/accounts");
    assert_eq!(block(&platform, "cyd", &accounts, "eve@OTHER.test"), 204);
    assert_eq!(block(&platform, "cyd", &accounts, "eve@other.test"), 204);
    assert_eq!(seen(&platform, Some("cyd")), ["bob's"]);
    assert_eq!(seen(&platform, Some("bob")), ["eve's", "bob's"]);
    assert_eq!(seen(&platform, None), ["eve's", "bob's"]);
    let list = get_as(&platform, "cyd", &accounts).json;
    assert_eq!(list["total"], 1);
    assert_eq!(list["data"][0]["blockedAccount"]["name"], "eve");
    assert_eq!(list["data"][0]["blockedAccount"]["host"], "other.test");
    assert_eq!(list["data"][0]["byAccount"]["name"], "cyd");
    assert!(list["data"][0]["createdAt"].is_string());
    let entry = format!("{accounts}/eve@other.test");
    assert_eq!(delete(&platform, Some("cyd"), &entry).status, 204);
    assert_eq!(delete(&platform, Some("cyd"), &entry).status, 404);
    assert_eq!(seen(&platform, Some("cyd")), ["eve's", "bob's"]);
}

#[test]
fn whom_the_owner_blocks_nobody_reads_there() {
    let platform = talk();
    assert_eq!(
        block(&platform, "ada", &format!("{MINE}/servers"), "other.test"),
        204
    );
    for user in [None, Some("bob"), Some("cyd")] {
        assert_eq!(seen(&platform, user), ["bob's"]);
    }
    let list = get_as(&platform, "ada", &format!("{MINE}/servers")).json;
    assert_eq!(
        list["data"][0]["blockedServer"],
        json!({ "host": "other.test" })
    );
}

#[test]
fn an_answer_goes_with_the_blocked_comment_above_it() {
    let platform = talk();
    let first = write(&platform, "ada", None, "a");
    let second = write(&platform, "bob", Some(first), "b");
    write(&platform, "ada", Some(second), "c");
    block(&platform, "cyd", &format!("{MINE}/accounts"), "bob");
    let path = format!("{}/{first}", threads_path());
    assert_eq!(tree(&get(&platform, &path).json), "a(b(c))");
    assert_eq!(tree(&get_as(&platform, "cyd", &path).json), "a");
}

#[test]
fn the_instance_blocks_for_everybody() {
    let platform = talk();
    let servers = format!("{INSTANCE}/servers");
    assert_eq!(block(&platform, "ada", &servers, "other.test"), 403);
    assert_eq!(block(&platform, "mo", &servers, "other.test"), 204);
    assert_eq!(seen(&platform, None), ["bob's"]);
    assert_eq!(
        block(&platform, "root", &format!("{INSTANCE}/accounts"), "bob"),
        204
    );
    assert_eq!(seen(&platform, None), Vec::<String>::new());
    assert_eq!(
        get(&platform, &threads_path()).json["totalNotDeletedComments"],
        0
    );
    let list = get_as(&platform, "mo", &servers).json;
    assert_eq!(list["data"][0]["byAccount"]["name"], "peertube");
    // People of that server who come later are blocked from the start.
    add_remote_account(&platform, "mal@other.test");
    let flags = "SELECT name, is_blocked FROM account WHERE name LIKE '%@%' ORDER BY name";
    assert_eq!(
        platform.database.dump(flags),
        ["eve@other.test|1", "mal@other.test|1"]
    );
    // So is an actor who turns out to be one of them.
    run(
        &platform,
        "INSERT INTO account (name, display_name, created_at_unix_ms, updated_at_unix_ms)
         VALUES ('zoe@other.test', 'Zoe', 1, 1)",
        vec![],
    );
    for sql in [
        "INSERT INTO actor (url, kind, host, preferred_username, public_key_id, public_key_pem,
             fetched_at_unix_ms) VALUES ('https://other.test/zoe', 'account', 'other.test', 'zoe', '', '', 1)",
        "UPDATE actor SET account_id = (SELECT id FROM account WHERE name = 'zoe@other.test')
         WHERE preferred_username = 'zoe'",
    ] {
        run(&platform, sql, vec![]);
    }
    let zoe = "SELECT is_blocked FROM account WHERE name LIKE 'zoe@%'";
    assert_eq!(platform.database.dump(zoe), ["1"]);
    run(
        &platform,
        "DELETE FROM account WHERE name LIKE 'zoe@%'",
        vec![],
    );
    // An account that is blocked itself stays so when its server is not any more.
    block(
        &platform,
        "mo",
        &format!("{INSTANCE}/accounts"),
        "eve@other.test",
    );
    assert_eq!(
        delete(&platform, Some("mo"), &format!("{servers}/other.test")).status,
        204
    );
    assert_eq!(
        platform.database.dump(flags),
        ["eve@other.test|1", "mal@other.test|0"]
    );
}

#[test]
fn what_cannot_be_blocked() {
    let platform = talk();
    let (accounts, servers) = (format!("{MINE}/accounts"), format!("{MINE}/servers"));
    for (path, what, expected) in [
        (&accounts, "ada", StatusCode::CONFLICT),
        (&accounts, "ada@video.test", StatusCode::CONFLICT),
        (&accounts, "nobody@nowhere.test", StatusCode::NOT_FOUND),
        (&accounts, "", StatusCode::BAD_REQUEST),
        (&servers, "video.test", StatusCode::CONFLICT),
        (&servers, "https://other.test", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(block(&platform, "ada", path, what), expected, "{what}");
    }
}

#[test]
fn anybody_may_ask_what_is_blocked() {
    let platform = talk();
    block(
        &platform,
        "mo",
        &format!("{INSTANCE}/servers"),
        "other.test",
    );
    block(&platform, "cyd", &format!("{MINE}/accounts"), "bob");
    let path = "/api/v1/blocklist/status?accounts=bob&accounts=ada@video.test&hosts=other.test&hosts=x.test";
    let none = json!({ "blockedByServer": false, "blockedByUser": false });
    assert_eq!(
        get_as(&platform, "cyd", path).json,
        json!({
            "accounts": {
                "bob@video.test": { "blockedByServer": false, "blockedByUser": true },
                "ada@video.test": none,
            },
            "hosts": {
                "other.test": { "blockedByServer": true, "blockedByUser": false },
                "x.test": none,
            },
        })
    );
    assert_eq!(
        get(&platform, path).json["accounts"]["bob@video.test"],
        none
    );
}

/// Titles of a list, which must agree with its total.
fn listed(platform: &TestPlatform, user: Option<&str>, path: &str) -> String {
    let answered = match user {
        Some(user) => get_as(platform, user, path),
        None => get(platform, path),
    };
    let names = answered.names();
    assert_eq!(answered.json["total"], names.len(), "{path}");
    names.join(", ")
}

#[test]
fn videos_of_the_blocked_are_in_no_list() {
    let platform = talk();
    add_video(&platform, 2, "bob", "Bob's");
    let all = "/api/v1/videos";
    let lists = [
        all,
        "/api/v1/videos?isLocal=true",
        "/api/v1/videos?sort=-views",
        "/api/v1/videos?sort=-trending",
        "/api/v1/videos?sort=name",
        "/api/v1/video-channels/bob_channel/videos",
        "/api/v1/accounts/bob/videos",
        "/api/v1/search/videos?search=b",
    ];
    let accounts = format!("{MINE}/accounts");
    block(&platform, "cyd", &accounts, "bob");
    assert_eq!(listed(&platform, Some("cyd"), all), "Bunny");
    assert_eq!(listed(&platform, Some("ada"), all), "Bob's, Bunny");
    assert_eq!(listed(&platform, None, all), "Bob's, Bunny");

    block(&platform, "mo", &format!("{INSTANCE}/accounts"), "bob");
    for list in lists {
        for user in [None, Some("ada")] {
            let shown = listed(&platform, user, list);
            assert!(!shown.contains("Bob's"), "{list} {user:?}: {shown}");
        }
    }
    // His own list has them, and moderators may ask for them.
    assert_eq!(
        listed(&platform, Some("bob"), "/api/v1/users/me/videos"),
        "Bob's"
    );
    let asked = "/api/v1/videos?include=4";
    assert_eq!(listed(&platform, Some("mo"), asked), "Bob's, Bunny");
}

#[test]
fn the_total_of_listed_videos_leaves_the_blocked_out() {
    let platform = talk();
    add_video(&platform, 2, "bob", "Bob's first");
    let accounts = format!("{INSTANCE}/accounts");
    let total = || {
        let sql = "SELECT listed_videos FROM video_total";
        platform.database.dump(sql).join("")
    };
    assert_eq!(total(), "2");
    block(&platform, "mo", &accounts, "bob");
    assert_eq!(total(), "1");
    add_video(&platform, 3, "bob", "Bob's second");
    assert_eq!(total(), "1");
    run(&platform, "DELETE FROM video WHERE id = 2", vec![]);
    assert_eq!(total(), "1");
    run(
        &platform,
        "UPDATE video SET privacy = 3 WHERE id = 3",
        vec![],
    );
    assert_eq!(total(), "1");
    run(
        &platform,
        "UPDATE video SET privacy = 1 WHERE id = 3",
        vec![],
    );
    delete(&platform, Some("mo"), &format!("{accounts}/bob"));
    assert_eq!(total(), "2");
    block(&platform, "mo", &accounts, "bob");
    run(
        &platform,
        "DELETE FROM channel WHERE name = 'bob_channel'",
        vec![],
    );
    assert_eq!(total(), "1");
    // A channel that moves takes its videos out of the total, and back.
    for (account, expected) in [(4, "0"), (3, "1")] {
        run(
            &platform,
            "UPDATE channel SET account_id = ?1 WHERE name = 'ada_channel'",
            vec![i64::from(account).into()],
        );
        assert_eq!(total(), expected);
    }
    block(&platform, "mo", &accounts, "ada");
    assert_eq!(total(), "0");
    run(&platform, "DELETE FROM user WHERE username = 'ada'", vec![]);
    assert_eq!(total(), "0");
}
