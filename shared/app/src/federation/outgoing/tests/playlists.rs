//! What others hear of our playlists.

use serde_json::Value;
use testkit::{TestPlatform, block_on};

use super::fixture::{activity, follow, instance, meet_bob, notes, publish, run, tell};
use crate::federation::documents::{self, Found, Page, VideoKey};
use crate::federation::keys::LocalActor;

const UUID: &str = "66666666-6666-4666-8666-666666666666";
const URL: &str = "https://video.test/video-playlists/66666666-6666-4666-8666-666666666666";

/// A public playlist of ada's with our video, another server's, one that is private, and one that is gone.
fn stage() -> TestPlatform {
    let platform = instance();
    publish(&platform);
    meet_bob(&platform);
    run(
        &platform,
        "INSERT INTO video (id,uuid,channel_id,name,privacy,state,created_at_unix_ms,updated_at_unix_ms,\
         published_at_unix_ms) VALUES (3,'77777777-7777-4777-8777-777777777777',1,'Secret',3,1,1,1,1)",
    );
    run(&platform, "DELETE FROM outgoing_change");
    follow(&platform, LocalActor::Account("ada"), 1);
    follow(&platform, LocalActor::Channel("engines"), 1);
    run(
        &platform,
        &format!(
            "INSERT INTO video_playlist (id,uuid,account_id,channel_id,display_name,privacy,type,\
             created_at_unix_ms,updated_at_unix_ms) VALUES (9,'{UUID}',1,1,'Numbers',1,1,1000,2000);
             INSERT INTO video_playlist_element (id,playlist_id,video_id,position,start_secs) VALUES \
             (1,9,1,1,NULL),(2,9,2,2,7),(3,9,3,3,NULL),(4,9,NULL,4,NULL);"
        ),
    );
    platform
}

fn told(platform: &TestPlatform) -> Vec<Value> {
    tell(platform).iter().map(activity).collect()
}

fn document(platform: &TestPlatform, page: Page) -> Option<Value> {
    let found = block_on(documents::playlist(platform, VideoKey::Uuid(UUID), page)).unwrap();
    let document = found.and_then(Found::into_document)?;
    Some(serde_json::from_str(&document.to_json()).unwrap())
}

#[test]
fn followers_hear_of_a_playlist_its_changes_and_its_end() {
    let platform = stage();
    let create = told(&platform).remove(0);
    assert_eq!(create["type"], "Create");
    assert_eq!(create["actor"], "https://video.test/accounts/ada");
    assert_eq!(create["id"], format!("{URL}/activity"));
    let object = &create["object"];
    assert_eq!(
        (&object["type"], &object["id"]),
        (&"Playlist".into(), &URL.into())
    );
    assert_eq!(
        object["attributedTo"][0],
        "https://video.test/video-channels/engines"
    );
    assert_eq!(object["first"], format!("{URL}?page=1"));
    assert_eq!(object["updated"], "1970-01-01T00:00:02.000Z");

    for (change, verb) in [
        (
            "UPDATE video_playlist SET updated_at_unix_ms=3000 WHERE id=9",
            "Update",
        ),
        (
            "UPDATE video_playlist SET privacy=3,updated_at_unix_ms=4000 WHERE id=9",
            "Delete",
        ),
        (
            "UPDATE video_playlist SET privacy=1,updated_at_unix_ms=5000 WHERE id=9",
            "Create",
        ),
        ("DELETE FROM video_playlist WHERE id=9", "Delete"),
    ] {
        run(&platform, change);
        let activities = told(&platform);
        assert_eq!(activities.len(), 1, "one server, told once: {change}");
        assert_eq!(activities[0]["type"], verb, "{change}");
        assert_eq!(activities[0]["actor"], "https://video.test/accounts/ada");
    }
}

#[test]
fn changes_before_the_telling_are_one() {
    let platform = stage();
    run(
        &platform,
        "UPDATE video_playlist SET updated_at_unix_ms=3000 WHERE id=9",
    );
    assert_eq!(notes(&platform), [format!("playlist {UUID} create")]);
    run(&platform, "DELETE FROM video_playlist WHERE id=9");
    assert_eq!(notes(&platform), [format!("playlist {UUID} delete")]);
}

#[test]
fn what_is_private_is_told_to_nobody() {
    let platform = stage();
    assert_eq!(told(&platform).len(), 1);
    run(
        &platform,
        "UPDATE video_playlist SET privacy=3,updated_at_unix_ms=4000 WHERE id=9",
    );
    assert_eq!(told(&platform)[0]["type"], "Delete");
    run(
        &platform,
        "UPDATE video_playlist SET display_name='x',updated_at_unix_ms=5000 WHERE id=9",
    );
    run(
        &platform,
        "UPDATE video_playlist SET updated_at_unix_ms=6000 WHERE type=2",
    );
    run(&platform, "DELETE FROM video_playlist WHERE id=9");
    assert_eq!(notes(&platform), [""; 0]);
    assert_eq!(document(&platform, Page::Head), None);
}

#[test]
fn a_document_lists_what_everybody_may_see() {
    let platform = stage();
    let page = document(&platform, Page::Number(1)).unwrap();
    assert_eq!(page["id"], format!("{URL}?page=1"));
    assert_eq!(page["partOf"], URL);
    let items = page["orderedItems"].as_array().unwrap();
    assert_eq!(
        items,
        &[format!("{URL}/videos/1"), format!("{URL}/videos/2")]
    );
    let element = |id| {
        let key = VideoKey::Uuid(UUID);
        let found = block_on(documents::playlist_element(&platform, key, id)).unwrap();
        let document = found.and_then(Found::into_document)?;
        Some(serde_json::from_str::<Value>(&document.to_json()).unwrap())
    };
    let theirs = element(2).unwrap();
    assert_eq!(theirs["url"], "https://far.test/v/2");
    assert_eq!(
        (&theirs["position"], &theirs["startTimestamp"]),
        (&2.into(), &7.into())
    );
    for id in [3, 4, 5] {
        assert_eq!(element(id), None, "{id}");
    }
    for (which, name) in [
        (LocalActor::Account("ada"), "accounts/ada"),
        (LocalActor::Channel("engines"), "video-channels/engines"),
    ] {
        let listed = block_on(documents::playlists(&platform, which, Page::Number(1))).unwrap();
        let listed = listed.and_then(Found::into_document).unwrap();
        assert!(
            listed
                .to_json()
                .contains(&format!("\"orderedItems\":[\"{URL}\"]")),
            "{name}"
        );
    }
}
