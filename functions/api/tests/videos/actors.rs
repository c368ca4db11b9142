//! Channels and accounts.

use http::StatusCode;
use ports::Database;
use serde_json::json;
use testkit::block_on;

use crate::fixture::{add_video, get, instance, send, uuid};

#[test]
fn a_channel_and_its_videos_by_name_or_full_handle() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    add_video(&platform, 2, "bob", "Two");
    for handle in [
        "ada_channel",
        "ada_channel@video.test",
        "ada_channel@VIDEO.test/",
    ] {
        let channel = get(&platform, &format!("/api/v1/video-channels/{handle}"));
        assert_eq!(channel.json["displayName"], "ADA channel", "{handle}");
        assert_eq!(channel.json["ownerAccount"]["name"], "ada");
        assert_eq!(channel.json["videosCount"], 1);
        assert_eq!(channel.json["isLocal"], true);
    }
    let videos = get(
        &platform,
        "/api/v1/video-channels/ada_channel@video.test/videos",
    );
    assert_eq!(videos.names(), ["One"]);
    assert_eq!(videos.json["total"], 1);
}

#[test]
fn an_account_its_channels_and_its_videos() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    add_video(&platform, 2, "bob", "Two");
    let account = get(&platform, "/api/v1/accounts/ada").json;
    assert_eq!(account["url"], "https://video.test/accounts/ada");
    assert_eq!(account["description"], json!(null));
    let channels = get(&platform, "/api/v1/accounts/ada/video-channels");
    assert_eq!(channels.names(), ["ada_channel"]);
    assert_eq!(
        get(&platform, "/api/v1/accounts/ada/videos").names(),
        ["One"]
    );
}

#[test]
fn unknown_names_are_404_everywhere() {
    let platform = instance();
    for path in [
        "/api/v1/video-channels/none",
        "/api/v1/video-channels/none/videos",
        "/api/v1/video-channels/none/videos?nsfw=both&skipCount=true",
        "/api/v1/video-channels/ada_channel@other.test",
        "/api/v1/accounts/none",
        "/api/v1/accounts/none/videos",
        "/api/v1/accounts/none/video-channels",
        "/api/v1/accounts/ada@other.test/videos",
    ] {
        assert_eq!(get(&platform, path).status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[test]
fn all_channels_and_accounts_are_listed_newest_first() {
    let platform = instance();
    let channels = get(&platform, "/api/v1/video-channels?start=1&count=2");
    assert_eq!(channels.json["total"], 4);
    assert_eq!(channels.names(), ["ada_channel", "mo_channel"]);
    let accounts = get(&platform, "/api/v1/accounts?count=1");
    assert_eq!(accounts.json["total"], 4);
    assert_eq!(accounts.names(), ["bob"]);
}

#[test]
fn an_owner_changes_what_a_channel_says() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    let path = "/api/v1/video-channels/ada_channel";
    let change = |user, body| send(&platform, "PUT", path, user, &body).status;
    let words = json!({ "displayName": "Ada's", "description": "About *it*", "support": "Give",
        "bulkVideosSupportUpdate": true });
    assert_eq!(change("ada", words), StatusCode::NO_CONTENT);
    let channel = get(&platform, path).json;
    assert_eq!(channel["displayName"], "Ada's");
    assert_eq!(channel["description"], "About *it*");
    let video = get(&platform, "/api/v1/videos/1").json;
    assert_eq!(video["support"], "Give");
    assert_eq!(
        change("ada", json!({ "support": null })),
        StatusCode::NO_CONTENT
    );
    let channel = get(&platform, path).json;
    assert_eq!(
        (&channel["support"], &channel["displayName"]),
        (&json!(null), &json!("Ada's"))
    );

    let long = json!({ "displayName": "x".repeat(121) });
    assert_eq!(change("ada", long), StatusCode::BAD_REQUEST);
    assert_eq!(
        change("bob", json!({ "displayName": "Bob's" })),
        StatusCode::FORBIDDEN
    );
    assert_eq!(change("nobody", json!({})), StatusCode::UNAUTHORIZED);
    let unknown = "/api/v1/video-channels/none";
    let answer = send(
        &platform,
        "PUT",
        unknown,
        "ada",
        &json!({ "displayName": "None" }),
    );
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(get(&platform, path).json["displayName"], "Ada's");
}

#[test]
fn a_channel_without_sharing_has_no_tracker() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    let trackers = || get(&platform, "/api/v1/videos/1").json["trackerUrls"].clone();
    let share = |on: bool| {
        let path = "/api/v1/video-channels/ada_channel";
        send(&platform, "PUT", path, "ada", &json!({ "p2pEnabled": on }))
    };
    let served = || {
        let register = store::tracker::insert_swarms(
            1,
            &[store::tracker::Swarm {
                info_hash: "a".repeat(40),
                name: "a".repeat(40),
            }],
        );
        let select = store::tracker::select_info_hashes(&uuid(1));
        let results = block_on(platform.database.batch(vec![register, select])).unwrap();
        results[1].len()
    };
    assert_eq!((trackers().as_array().unwrap().len(), served()), (2, 1));
    assert_eq!(share(false).status, StatusCode::NO_CONTENT);
    assert_eq!((trackers(), served()), (json!([]), 0));
    assert_eq!(share(true).status, StatusCode::NO_CONTENT);
    assert_eq!((trackers().as_array().unwrap().len(), served()), (2, 1));
}
