//! Accounts, channels, the instance, and their collections.

use http::StatusCode;
use serde_json::json;
use testkit::TestPlatform;

use crate::fixture::{PUBLIC, document, get, instance, run};

#[test]
fn an_account_a_channel_and_the_instance() {
    let platform = instance();
    let account = document(&platform, "/accounts/ada");
    let id = "https://video.test/accounts/ada";
    assert_eq!(account["type"], "Person");
    assert_eq!(account["id"], id);
    assert_eq!(account["preferredUsername"], "ada");
    assert_eq!(account["name"], "Ada");
    assert_eq!(account["summary"], "About *Ada*");
    assert_eq!(account["url"], "https://video.test/a/ada");
    assert_eq!(account["inbox"], format!("{id}/inbox"));
    assert_eq!(
        account["endpoints"]["sharedInbox"],
        "https://video.test/inbox"
    );
    assert_eq!(account["publicKey"]["owner"], id);
    let pem = account["publicKey"]["publicKeyPem"].as_str().unwrap();
    assert!(pem.starts_with("-----BEGIN PUBLIC KEY-----"));
    assert_eq!(account["published"], "2026-01-01T00:00:00.000Z");

    let channel = document(&platform, "/c/ada_channel/");
    assert_eq!(channel["type"], "Group");
    assert_eq!(channel["support"], "Send coins");
    assert_eq!(
        channel["attributedTo"],
        json!([{ "type": "Person", "id": id }])
    );
    let instance = document(&platform, "/accounts/peertube");
    assert_eq!(instance["type"], "Application");
    assert_eq!(instance["name"], "Test instance");
    assert_eq!(instance["preferredUsername"], "peertube");
}

#[test]
fn a_key_is_made_once_and_then_an_actor_costs_one_batch() {
    let platform = instance();
    let first = document(&platform, "/accounts/ada");
    let batches = platform.database.batches();
    let again = document(&platform, "/accounts/ada");
    assert_eq!(again, first);
    assert_eq!(platform.database.batches(), batches + 1);
}

#[test]
fn a_deleted_account_leaves_a_tombstone_where_others_knew_it() {
    let platform = instance();
    document(&platform, "/accounts/ada");
    run(
        &platform,
        "UPDATE actor SET account_id = NULL WHERE url LIKE '%/ada'",
    );
    run(&platform, "DELETE FROM user");
    let (status, tombstone) = get(&platform, "/accounts/ada");
    assert_eq!(status, StatusCode::GONE);
    assert_eq!(tombstone["type"], "Tombstone");
    assert_eq!(tombstone["formerType"], "Person");
    let (status, _) = get(&platform, "/video-channels/ada_channel");
    assert_eq!(status, StatusCode::NOT_FOUND, "nobody knew the channel");
}

fn follow(platform: &TestPlatform) {
    document(platform, "/accounts/ada");
    document(platform, "/c/ada_channel");
    run(
        platform,
        "INSERT INTO follow (id, follower_id, target_id, state, created_at_unix_ms, updated_at_unix_ms)
         SELECT 5, 90, id, 'accepted', 0, 0 FROM actor WHERE url LIKE '%/ada_channel'",
    );
    run(
        platform,
        "INSERT INTO follow (id, follower_id, target_id, state, created_at_unix_ms, updated_at_unix_ms)
         SELECT 6, 91, id, 'pending', 0, 0 FROM actor WHERE url LIKE '%/ada_channel'",
    );
    run(
        platform,
        "INSERT INTO follow (id, follower_id, target_id, state, created_at_unix_ms, updated_at_unix_ms)
         SELECT 7, id, 91, 'accepted', 0, 0 FROM actor WHERE url LIKE '%/accounts/ada'",
    );
}

#[test]
fn followers_are_counted_and_named_once_they_are_accepted() {
    let platform = instance();
    follow(&platform);
    let id = "https://video.test/video-channels/ada_channel/followers";
    let head = document(&platform, "/video-channels/ada_channel/followers");
    assert_eq!(head["type"], "OrderedCollection");
    assert_eq!(head["totalItems"], 1);
    assert_eq!(head["first"], format!("{id}?page=1"));
    let page = document(&platform, "/video-channels/ada_channel/followers?page=1");
    assert_eq!(page["id"], format!("{id}?page=1"));
    assert_eq!(page["orderedItems"], json!(["https://far.test/u/bob"]));
    assert_eq!(page["partOf"], id);
    assert_eq!(page.get("next"), None);
    let following = document(&platform, "/accounts/ada/following?page=1");
    assert_eq!(
        following["orderedItems"],
        json!(["https://far.test/g/bobs"])
    );
    let empty = document(&platform, "/accounts/peertube/followers");
    assert_eq!(
        (&empty["totalItems"], empty.get("first")),
        (&json!(0), None)
    );
    assert_eq!(
        document(&platform, "/accounts/peertube/playlists")["totalItems"],
        0
    );
}

#[test]
fn a_follow_of_ours_can_be_read() {
    let platform = instance();
    follow(&platform);
    let mut read = document(&platform, "/accounts/ada/follows/7");
    read.as_object_mut().unwrap().remove("@context");
    assert_eq!(
        read,
        json!({
            "type": "Follow",
            "id": "https://video.test/accounts/ada/follows/7",
            "actor": "https://video.test/accounts/ada",
            "object": "https://far.test/g/bobs",
        })
    );
    let (status, _) = get(&platform, "/accounts/ada/follows/5");
    assert_eq!(status, StatusCode::NOT_FOUND, "it is of another server");
}

#[test]
fn outboxes_name_public_videos_alone() {
    let platform = instance();
    let video = format!("https://video.test/videos/watch/{PUBLIC}");
    for (path, verb) in [
        ("/accounts/ada/outbox", "Create"),
        ("/video-channels/ada_channel/outbox", "Announce"),
        ("/accounts/peertube/outbox", "Announce"),
    ] {
        assert_eq!(document(&platform, path)["totalItems"], 1, "{path}");
        let page = document(&platform, &format!("{path}?page=1"));
        let items = page["orderedItems"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{path}");
        assert_eq!(items[0]["type"], verb);
        assert_eq!(items[0]["object"], video);
        let owner = path.strip_suffix("/outbox").unwrap();
        assert_eq!(items[0]["actor"], format!("https://video.test{owner}"));
        // What an activity calls itself can be fetched, and says the same.
        let id = items[0]["id"].as_str().unwrap();
        let read = document(&platform, id.strip_prefix("https://video.test").unwrap());
        assert_eq!(
            (&read["id"], &read["type"]),
            (&items[0]["id"], &items[0]["type"])
        );
        assert_eq!(read["actor"], items[0]["actor"]);
    }
}

#[test]
fn an_outbox_goes_on_page_by_page() {
    let platform = instance();
    run(
        &platform,
        "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 140)
         INSERT INTO video (id, uuid, channel_id, name, privacy, state, created_at_unix_ms,
             updated_at_unix_ms, published_at_unix_ms)
         SELECT i, '9c9de5e8-0a1e-484a-b099-' || substr('000000000000' || i, -12), 1, 'More', 1, 1, 0, 0, 0
         FROM n",
    );
    let mut path = "/accounts/peertube/outbox?page=1".to_owned();
    let mut seen = std::collections::BTreeSet::new();
    for page_number in 1.. {
        let page = document(&platform, &path);
        for item in page["orderedItems"].as_array().unwrap() {
            assert!(seen.insert(item["object"].as_str().unwrap().to_owned()));
        }
        match page["next"].as_str() {
            Some(next) => path = next.strip_prefix("https://video.test").unwrap().to_owned(),
            None => {
                assert_eq!(page_number, 3, "42 videos, 20 to a page");
                break;
            }
        }
    }
    assert_eq!(seen.len(), 42);
}
