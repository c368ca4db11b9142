//! Channels and accounts.

use http::StatusCode;
use serde_json::json;

use crate::fixture::{add_video, get, instance};

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
