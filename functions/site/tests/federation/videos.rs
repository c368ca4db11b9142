//! Videos and what is below them.

use http::StatusCode;
use serde_json::{Value, json};

use crate::fixture::{PUBLIC, UNLISTED, document, get, instance, location, run};

fn path(rest: &str) -> String {
    format!("/videos/watch/{PUBLIC}{rest}")
}

fn links<'a>(video: &'a Value, media_type: &str) -> Vec<&'a Value> {
    let all = video["url"].as_array().unwrap().iter();
    all.filter(|link| link["mediaType"] == media_type).collect()
}

#[test]
fn a_video_says_what_peertube_wants_to_hear() {
    let platform = instance();
    let batches = platform.database.batches();
    let video = document(&platform, &path(""));
    assert_eq!(platform.database.batches(), batches + 1);
    assert_eq!(video["type"], "Video");
    assert_eq!(video["id"], format!("https://video.test{}", path("")));
    assert_eq!(video["uuid"], PUBLIC);
    assert_eq!(video["duration"], "PT60S");
    assert_eq!(
        video["category"],
        json!({ "identifier": "2", "name": "Films" })
    );
    assert_eq!(video["licence"]["identifier"], "1");
    assert_eq!(
        video["language"],
        json!({ "identifier": "en", "name": "English" })
    );
    assert_eq!(
        (&video["sensitive"], &video["state"]),
        (&json!(true), &json!(1))
    );
    assert_eq!(video["mediaType"], "text/markdown");
    assert_eq!(video["content"], "Some **words**");
    let icons = video["icon"].as_array().unwrap();
    assert_eq!(icons.len(), 2);
    assert_eq!(
        icons[0]["url"],
        "https://video.test/lazy-static/thumbnails/t-280.jpg"
    );
    assert_eq!(video["preview"][0]["url"][0]["tileDuration"], "PT2S");
    assert_eq!(
        video["to"],
        json!(["https://www.w3.org/ns/activitystreams#Public"])
    );
    assert_eq!(
        video["cc"],
        json!(["https://video.test/accounts/ada/followers"])
    );
    assert_eq!(
        video["attributedTo"],
        json!([
            { "type": "Person", "id": "https://video.test/accounts/ada" },
            { "type": "Group", "id": "https://video.test/video-channels/ada_channel" },
        ])
    );
    assert_eq!(
        video["audience"],
        "https://video.test/video-channels/ada_channel"
    );
}

#[test]
fn a_video_names_its_pages_streams_and_trackers() {
    let platform = instance();
    let video = document(&platform, &path(""));
    let short = rest::ids::short_uuid(PUBLIC).unwrap();
    assert_eq!(
        video["url"][0]["href"],
        format!("https://video.test/w/{short}"),
        "Mastodon takes the first"
    );
    let streams = links(&video, "application/x-mpegURL");
    assert_eq!(streams.len(), 1);
    let tags = streams[0]["tag"].as_array().unwrap();
    assert_eq!(
        tags[0],
        json!({ "type": "Infohash", "name": "fedcba9876543210fedcba9876543210fedcba98" })
    );
    let heights: Vec<u64> = tags
        .iter()
        .filter(|tag| tag["mediaType"] == "video/mp4")
        .map(|tag| tag["height"].as_u64().unwrap())
        .collect();
    assert_eq!(heights, [720, 360]);
    let magnets = tags
        .iter()
        .filter(|tag| tag["mediaType"] == "application/x-bittorrent;x-scheme-handler/magnet");
    assert_eq!(magnets.count(), 2);
    assert!(
        links(&video, "video/mp4").is_empty(),
        "the plain file is Matroska"
    );
    let trackers: Vec<&str> = video["url"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|link| link["rel"][0] == "tracker")
        .map(|link| link["name"].as_str().unwrap())
        .collect();
    assert_eq!(trackers, ["tracker-websocket", "tracker-http"]);
}

#[test]
fn only_who_knows_an_unlisted_video_is_given_it() {
    let platform = instance();
    let video = document(&platform, &format!("/videos/watch/{UNLISTED}"));
    assert_eq!(video["to"], json!([]));
    assert_eq!(
        video["cc"],
        json!(["https://www.w3.org/ns/activitystreams#Public"])
    );
    assert_eq!(get(&platform, "/videos/watch/2").0, StatusCode::NOT_FOUND);
}

#[test]
fn what_strangers_may_not_see_is_not_there() {
    let platform = instance();
    for number in [3, 4, 5, 6] {
        for rest in [
            "",
            "/activity",
            "/likes",
            "/dislikes",
            "/comments",
            "/announces",
            "/announces/1",
            "/chapters",
            "/player-settings",
        ] {
            let by_uuid = format!("/videos/watch/9c9de5e8-0a1e-484a-b099-{number:012}{rest}");
            let by_id = format!("/videos/watch/{number}{rest}");
            for path in [by_uuid, by_id] {
                let (status, problem) = get(&platform, &path);
                assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
                assert_eq!(problem["detail"], "Not found", "{path}");
            }
        }
    }
}

#[test]
fn the_create_of_a_video_embeds_it() {
    let platform = instance();
    let mut video = document(&platform, &path(""));
    let create = document(&platform, &path("/activity"));
    assert_eq!(create["type"], "Create");
    assert_eq!(create["@context"], video["@context"]);
    assert_eq!(create["actor"], "https://video.test/accounts/ada");
    video.as_object_mut().unwrap().remove("@context");
    assert_eq!(create["object"], video);
    assert_eq!(
        location(
            &platform,
            "/videos/watch/9c9de5e8-0a1e-484a-b099-000000000010/activity",
            "application/activity+json"
        ),
        "https://far.test/videos/10/activity"
    );
}

#[test]
fn shares_are_the_channels_the_instances_and_those_of_others() {
    let platform = instance();
    run(
        &platform,
        "INSERT INTO video_share (video_id, actor_id, remote_url, created_at_unix_ms)
         VALUES (1, 90, 'https://far.test/a/1', 0)",
    );
    assert_eq!(document(&platform, &path("/announces"))["totalItems"], 3);
    let page = document(&platform, &path("/announces?page=1"));
    let items = page["orderedItems"].as_array().unwrap();
    let actors: Vec<String> = items[..2]
        .iter()
        .map(|id| {
            let path = id.as_str().unwrap().strip_prefix("https://video.test");
            let announce = document(&platform, path.unwrap());
            assert_eq!(announce["type"], "Announce");
            assert_eq!(&announce["id"], id);
            announce["actor"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(
        actors,
        [
            "https://video.test/video-channels/ada_channel",
            "https://video.test/accounts/peertube"
        ]
    );
    assert_eq!(items[2], "https://far.test/a/1");
    assert_eq!(
        location(
            &platform,
            &path("/announces/90"),
            "application/activity+json"
        ),
        "https://far.test/a/1"
    );
    let (status, _) = get(&platform, &path("/announces/4711"));
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[test]
fn ratings_are_listed_and_ours_can_be_read() {
    let platform = instance();
    for sql in [
        "INSERT INTO video_rate (video_id, account_id, is_like, created_at_unix_ms)
         VALUES (1, 1, 1, 0)",
        "INSERT INTO video_rate (video_id, account_id, is_like, remote_url, created_at_unix_ms)
         VALUES (1, 2, 1, 'https://far.test/l/1', 0)",
        "INSERT INTO video_rate (video_id, account_id, is_like, created_at_unix_ms)
         VALUES (10, 1, 0, 0)",
    ] {
        run(&platform, sql);
    }
    let page = document(&platform, &path("/likes?page=1"));
    assert_eq!(
        page["orderedItems"],
        json!([
            "https://video.test/accounts/ada/likes/1",
            "https://far.test/l/1"
        ])
    );
    let none = document(&platform, &path("/dislikes?page=1"));
    assert_eq!(none["orderedItems"], json!([]));
    let like = document(&platform, "/accounts/ada/likes/1");
    assert_eq!(like["type"], "Like");
    assert_eq!(like["object"], format!("https://video.test{}", path("")));
    let dislike = document(&platform, "/accounts/ada/dislikes/10");
    assert_eq!(dislike["type"], "Dislike");
    assert_eq!(dislike["object"], "https://far.test/videos/10");
    assert_eq!(
        get(&platform, "/accounts/ada/dislikes/1").0,
        StatusCode::NOT_FOUND
    );
}

#[test]
fn chapters_are_none_yet() {
    let platform = instance();
    let chapters = document(&platform, &path("/chapters"));
    assert_eq!(chapters["hasPart"], json!([]));
    let video = document(&platform, &path(""));
    assert_eq!(video["hasParts"], chapters["id"]);
}

#[test]
fn nobody_has_chosen_how_a_player_looks() {
    let platform = instance();
    let channel = "/video-channels/ada_channel";
    for (object, theme) in [
        (path(""), "channel-default"),
        (channel.to_owned(), "instance-default"),
    ] {
        let id = format!("https://video.test{object}/player-settings");
        let linked = document(&platform, &object);
        assert_eq!(linked["playerSettings"], id);
        let batches = platform.database.batches();
        let mut settings = document(&platform, &format!("{object}/player-settings"));
        assert_eq!(platform.database.batches(), batches + 1);
        let terms = &settings["@context"][3];
        assert_eq!(terms["theme"], "pt:theme");
        assert_eq!(terms["PlayerSettings"]["@id"], "pt:PlayerSettings");
        settings.as_object_mut().unwrap().remove("@context");
        let expected = json!({
            "type": "PlayerSettings", "id": id, "object": linked["id"], "theme": theme,
        });
        assert_eq!(settings, expected);
    }
    // PeerTube gives them to videos and channels alone.
    for actor in ["/accounts/ada", "/accounts/peertube"] {
        assert_eq!(document(&platform, actor).get("playerSettings"), None);
        let path = format!("{actor}/player-settings");
        assert_eq!(get(&platform, &path).0, StatusCode::NOT_FOUND);
    }
    let unknown = get(&platform, "/video-channels/nobody/player-settings");
    assert_eq!(unknown.0, StatusCode::NOT_FOUND);
    assert_eq!(
        location(
            &platform,
            "/video-channels/bobs@far.test/player-settings",
            "application/activity+json"
        ),
        "https://far.test/g/bobs"
    );
}
