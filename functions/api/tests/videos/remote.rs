//! Videos, channels and accounts of other servers, in the shapes of ours.

use http::StatusCode;
use serde_json::{Value as Json, json};
use testkit::TestPlatform;

use crate::fixture::{add_files, add_video, get, get_as, instance, run, send, uuid};
use crate::remote_fixture::{add_far_channel, add_far_video, follow_far_channel};

fn mixed() -> TestPlatform {
    let platform = instance();
    add_far_channel(&platform);
    follow_far_channel(&platform);
    add_video(&platform, 1, "ada", "Near");
    add_files(&platform, 1);
    add_far_video(&platform, 2, "Far");
    platform
}

#[test]
fn lists_for_everybody_hold_what_the_instance_follows() {
    let platform = instance();
    add_far_channel(&platform);
    add_video(&platform, 1, "ada", "Near");
    add_files(&platform, 1);
    add_far_video(&platform, 2, "Far");
    let lists = [
        "/api/v1/videos",
        "/api/v1/videos?sort=-views",
        "/api/v1/videos?sort=name",
        "/api/v1/videos?nsfw=both",
        "/api/v1/search/videos?search=a",
        "/api/v1/video-channels/films@far.example/videos",
        "/api/v1/accounts/ada@far.example/videos",
    ];
    let of_far = |path: &str| path.contains("@far.example");
    for path in lists {
        let list = get(&platform, path);
        let expected: &[&str] = if of_far(path) { &[] } else { &["Near"] };
        assert_eq!(list.names(), expected, "{path}");
        assert_eq!(list.json["total"], expected.len(), "{path}");
    }
    // Whoever has an account may have asked for it; it is in no list for everybody all the same.
    for path in lists {
        let list = get_as(&platform, "ada", path);
        let expected: &[&str] = if of_far(path) { &["Far"] } else { &["Near"] };
        assert_eq!(list.names(), expected, "{path}");
    }

    follow_far_channel(&platform);
    for path in lists {
        let list = get(&platform, path);
        assert!(list.names().contains(&"Far"), "{path}");
        assert_eq!(list.json["total"], list.names().len(), "{path}");
    }
    run(&platform, "DELETE FROM follow", vec![]);
    assert_eq!(get(&platform, "/api/v1/videos").names(), ["Near"]);
}

#[test]
fn lists_hold_both_and_tell_them_apart() {
    let platform = mixed();
    let all = get(&platform, "/api/v1/videos");
    assert_eq!(all.names(), ["Far", "Near"]);
    assert_eq!(all.json["total"], 2);
    let far = &all.json["data"][0];
    assert_eq!(far["isLocal"], false);
    assert_eq!(
        far["url"],
        format!("https://far.example/videos/watch/{}", uuid(2))
    );
    let channel = &far["channel"];
    assert_eq!(channel["name"], "films");
    assert_eq!(channel["host"], "far.example");
    assert_eq!(channel["url"], "https://far.example/video-channels/films");
    let avatar = channel["avatars"][0]["path"].as_str().unwrap();
    assert!(
        avatar.starts_with("/lazy-static/avatars/") && avatar.ends_with(".png"),
        "{avatar}"
    );
    assert_eq!(far["account"]["name"], "ada");
    assert_eq!(far["account"]["avatars"], json!([]));
    assert_eq!(
        far["thumbnailPath"], "/lazy-static/thumbnails/2-0123456789abcdef.jpg",
        "viewers fetch pictures from us"
    );
    let near = &all.json["data"][1];
    assert_eq!(near["isLocal"], true);
    assert_eq!(near["account"]["host"], "video.test");
}

#[test]
fn filters_separate_near_from_far() {
    let platform = mixed();
    for (query, expected) in [
        ("isLocal=true", &["Near"][..]),
        ("isLocal=true&sort=-views", &["Near"]),
        ("isLocal=true&sort=name", &["Near"]),
        ("isLocal=false", &["Far"]),
        ("host=far.example", &["Far"]),
        ("host=FAR.example&isLocal=false", &["Far"]),
        ("host=ar.example", &[]),
        ("host=video.test", &["Near"]),
        ("host=video.test&isLocal=false", &[]),
        ("host=far.example&isLocal=true", &[]),
        ("nsfw=both", &["Far", "Near"]),
    ] {
        let list = get(&platform, &format!("/api/v1/videos?{query}"));
        assert_eq!(list.names(), expected, "{query}");
        assert_eq!(list.json["total"], expected.len(), "{query}");
    }
}

#[test]
fn details_play_from_the_origin() {
    let platform = mixed();
    let far = get(&platform, &format!("/api/v1/videos/{}", uuid(2))).json;
    assert_eq!(far["isLocal"], false);
    assert_eq!(far["channel"]["isLocal"], false);
    assert_eq!(far["channel"]["followersCount"], 70);
    assert_eq!(far["account"]["userId"], Json::Null);
    assert_eq!(
        far["trackerUrls"],
        json!([
            "wss://far.example/tracker/socket",
            "https://far.example/tracker/announce"
        ])
    );
    let playlist = &far["streamingPlaylists"][0];
    assert_eq!(
        playlist["playlistUrl"],
        "https://far.example/hls/master.m3u8"
    );
    assert_eq!(
        playlist["segmentsSha256Url"],
        "https://far.example/hls/hashes.json"
    );
    assert_eq!(
        playlist["files"][0]["fileUrl"],
        "https://far.example/hls/720.mp4"
    );
    assert_eq!(far["files"][0]["magnetUri"], "magnet:?xt=1");
    assert_eq!(far["files"][0]["resolution"]["label"], "480p");
    let captions = get(&platform, &format!("/api/v1/videos/{}/captions", uuid(2))).json;
    assert_eq!(captions["total"], 1);
    assert_eq!(captions["data"][0]["language"]["label"], "French");
    assert_eq!(captions["data"][0]["fileUrl"], "https://far.example/fr.vtt");
    let sheets = get(
        &platform,
        &format!("/api/v1/videos/{}/storyboards", uuid(2)),
    )
    .json;
    assert_eq!(
        sheets["storyboards"][0]["fileUrl"],
        "https://far.example/s.jpg"
    );
    let listed = get(&platform, "/api/v1/videos?include=8").json;
    assert_eq!(
        listed["data"][0]["streamingPlaylists"][0]["playlistUrl"],
        "https://far.example/hls/master.m3u8"
    );
    assert!(
        listed["data"][1]["files"][0]["fileUrl"]
            .as_str()
            .unwrap()
            .starts_with("https://video.test/")
    );
}

#[test]
fn actors_are_found_by_handle() {
    let platform = mixed();
    for handle in ["films@far.example", "films@FAR.example"] {
        let channel = get(&platform, &format!("/api/v1/video-channels/{handle}"));
        assert_eq!(channel.json["displayName"], "Far films", "{handle}");
        assert_eq!(channel.json["name"], "films");
        assert_eq!(channel.json["host"], "far.example");
        assert_eq!(channel.json["ownerAccount"]["name"], "ada");
        assert_eq!(channel.json["ownerAccount"]["followingCount"], 4);
    }
    let videos = get(&platform, "/api/v1/video-channels/films@far.example/videos");
    assert_eq!(videos.names(), ["Far"]);
    let account = get(&platform, "/api/v1/accounts/ada@far.example");
    assert_eq!(account.json["url"], "https://far.example/accounts/ada");
    let near = get(&platform, "/api/v1/accounts/ada");
    assert_eq!(near.json["host"], "video.test", "another of that name");
    let channels = get(&platform, "/api/v1/accounts/ada@far.example/video-channels");
    assert_eq!(channels.names(), ["films"]);
    assert_eq!(
        get(&platform, "/api/v1/accounts/ada@far.example/videos").names(),
        ["Far"]
    );
}

#[test]
fn nobody_here_changes_what_is_elsewhere() {
    let platform = mixed();
    let path = format!("/api/v1/videos/{}", uuid(2));
    for user in ["root", "mo", "ada"] {
        let renamed = send(&platform, "PUT", &path, user, &json!({ "name": "Mine" }));
        assert_eq!(renamed.status, StatusCode::FORBIDDEN, "{user}");
        let deleted = send(&platform, "DELETE", &path, user, &json!({}));
        assert_eq!(deleted.status, StatusCode::FORBIDDEN, "{user}");
        let channel = send(
            &platform,
            "PUT",
            "/api/v1/video-channels/films@far.example",
            user,
            &json!({ "displayName": "Mine" }),
        );
        assert_eq!(channel.status, StatusCode::FORBIDDEN, "{user}");
        let source = get_as(&platform, user, &format!("{path}/source"));
        assert_eq!(source.status, StatusCode::FORBIDDEN, "{user}");
    }
    assert_eq!(get(&platform, &path).json["name"], "Far");
}

#[test]
fn local_counts_do_not_count_what_is_elsewhere() {
    let platform = mixed();
    run(&platform, "UPDATE video SET views = 7", vec![]);
    let stats = get(&platform, "/api/v1/server/stats").json;
    for (name, expected) in [
        ("totalLocalVideos", 1),
        ("totalVideos", 2),
        ("totalLocalVideoViews", 7),
        ("totalLocalVideoChannels", 4),
        ("totalUsers", 4),
        ("totalLocalDailyActiveVideoChannels", 1),
        ("totalInstanceFollowers", 0),
    ] {
        assert_eq!(stats[name], expected, "{name}");
    }
    let me = get_as(&platform, "ada", "/api/v1/users/me").json;
    assert_eq!(me["videoChannels"].as_array().unwrap().len(), 1);
    assert_eq!(
        get_as(&platform, "ada", "/api/v1/users/me/videos").names(),
        ["Near"]
    );
}
