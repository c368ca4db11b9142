//! Search: words among what is known, addresses and handles also elsewhere.

use http::StatusCode;
use serde_json::json;
use testkit::TestPlatform;

use crate::fixture::{add_video, get, get_as, instance, set, uuid};
use crate::remote_fixture::{add_far_channel, add_far_video, follow_far_channel};

fn mixed() -> TestPlatform {
    let platform = instance();
    add_far_channel(&platform);
    add_video(&platform, 1, "ada", "Near trees");
    add_far_video(&platform, 2, "Far trees");
    platform
}

#[test]
fn words_find_what_is_near_and_what_is_far() {
    let platform = mixed();
    follow_far_channel(&platform);
    let found = get(&platform, "/api/v1/search/videos?search=trees");
    assert_eq!(found.json["total"], 2);
    let far = get(
        &platform,
        "/api/v1/search/videos?search=trees&isLocal=false",
    );
    assert_eq!(far.names(), ["Far trees"]);
}

#[test]
fn an_address_finds_one_video_without_asking_its_server_when_it_is_known() {
    let platform = mixed();
    let far = format!("https://far.example/videos/watch/{}", uuid(2));
    for user in [None, Some("ada")] {
        let path = format!("/api/v1/search/videos?search={far}");
        let found = match user {
            None => get(&platform, &path),
            Some(user) => get_as(&platform, user, &path),
        };
        assert_eq!(found.names(), ["Far trees"], "{user:?}");
        assert_eq!(found.json["total"], 1);
    }
    assert!(platform.http.take_sent().is_empty());
    for (address, expected) in [
        (format!("https://video.test/w/{}", uuid(1)), 1),
        (format!("https://video.test/videos/watch/{}", uuid(1)), 1),
        ("https://video.test/w/none".to_owned(), 0),
        ("https://far.example/videos/watch/unknown".to_owned(), 0),
        ("http://".to_owned(), 0),
    ] {
        let found = get(
            &platform,
            &format!("/api/v1/search/videos?search={address}"),
        );
        assert_eq!(found.json["total"], expected, "{address}");
    }
    set(&platform, 2, "privacy", 2u32);
    let found = get(&platform, &format!("/api/v1/search/videos?search={far}"));
    assert_eq!(
        found.names(),
        ["Far trees"],
        "unlisted, for whoever has its address"
    );
    set(&platform, 1, "privacy", 3u32);
    let address = format!("https://video.test/w/{}", uuid(1));
    let found = get(
        &platform,
        &format!("/api/v1/search/videos?search={address}"),
    );
    assert_eq!(found.json["total"], 0, "a private one stays so");
}

#[test]
fn only_who_is_signed_in_has_other_servers_asked() {
    let platform = mixed();
    let path = "/api/v1/search/videos?search=https://far.example/videos/watch/unknown";
    assert_eq!(get(&platform, path).json, json!({ "total": 0, "data": [] }));
    assert!(platform.http.take_sent().is_empty());
    assert_eq!(get_as(&platform, "ada", path).json["total"], 0);
    assert_eq!(platform.http.take_sent().len(), 1);
    let handle = "/api/v1/search/video-channels?search=@more@far.example";
    assert_eq!(get(&platform, handle).json["total"], 0);
    assert!(platform.http.take_sent().is_empty());
    assert_eq!(get_as(&platform, "ada", handle).json["total"], 0);
    assert!(
        platform.http.take_sent()[0]
            .url
            .starts_with("https://far.example/.well-known/webfinger"),
    );
}

#[test]
fn channels_are_found_by_words_handle_and_address() {
    let platform = mixed();
    for (query, expected) in [
        ("search=films", &["films"][..]),
        ("search=@films", &["films"]),
        ("search=films@far.example", &["films"]),
        ("search=ada_channel@video.test", &["ada_channel"]),
        (
            "search=https://far.example/video-channels/films",
            &["films"],
        ),
        ("search=https://video.test/c/ada_channel", &["ada_channel"]),
        ("search=channel&host=video.test&count=1", &["root_channel"]),
        ("host=far.example", &["films"]),
        (
            "handles=films@far.example&handles=bob_channel",
            &["films", "bob_channel"],
        ),
        ("search=nothing", &[]),
    ] {
        let found = get(&platform, &format!("/api/v1/search/video-channels?{query}"));
        let mut names = found.names();
        if query.starts_with("handles") {
            names.sort_by_key(|name| *name != "films");
        }
        if !query.contains("count=1") {
            assert_eq!(names, expected, "{query}");
        } else {
            assert_eq!(found.json["total"], 4, "{query}");
        }
    }
    let missing = get(&platform, "/api/v1/search/video-channels");
    assert_eq!(missing.status, StatusCode::BAD_REQUEST);
    let playlists = get(&platform, "/api/v1/search/video-playlists?search=a");
    assert_eq!(playlists.json, json!({ "total": 0, "data": [] }));
}
