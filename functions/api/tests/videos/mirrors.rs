//! Copies of videos: where players find them, and what administrators do with them.

use http::StatusCode;
use serde_json::json;
use testkit::TestPlatform;

use crate::fixture::{add_files, add_video, get, get_as, instance, run, send, uuid};
use crate::remote_fixture::{add_far_channel, add_far_video, follow_far_channel};

const COPIES: &str = "/api/v1/server/redundancy/videos";

fn redundancies(platform: &TestPlatform, id: u32) -> serde_json::Value {
    let video = get(platform, &format!("/api/v1/videos/{id}"));
    video.json["streamingPlaylists"][0]["redundancies"].clone()
}

fn add_copy(platform: &TestPlatform, video_id: u32, expires: Option<i64>) {
    let sql = "INSERT INTO mirror (video_id,actor_id,base_url,expires_at_unix_ms,created_at_unix_ms,\
         updated_at_unix_ms) SELECT ?1,id,'https://far.example/static/redundancy/hls/1',?2,1,1 FROM actor \
         WHERE host='far.example' LIMIT 1";
    run(platform, sql, vec![video_id.into(), expires.into()]);
}

#[test]
fn players_read_where_copies_are_until_they_end() {
    let platform = instance();
    add_far_channel(&platform);
    add_far_video(&platform, 5, "Far");
    add_video(&platform, 1, "ada", "Near");
    add_files(&platform, 1);
    assert_eq!(redundancies(&platform, 1), json!([]));
    use ports::Platform;
    let end = platform.now().0 + 1_000;
    let copy = json!([{ "baseUrl": "https://far.example/static/redundancy/hls/1" }]);
    for id in [1, 5] {
        add_copy(&platform, id, Some(end));
        assert_eq!(redundancies(&platform, id), copy);
    }
    platform.advance_ms(1_000);
    assert_eq!(redundancies(&platform, 1), json!([]));
    run(
        &platform,
        "UPDATE mirror SET expires_at_unix_ms=NULL",
        vec![],
    );
    assert_eq!(redundancies(&platform, 1), copy);
    // What only some may see is for them from us alone.
    run(&platform, "UPDATE video SET privacy=3 WHERE id=1", vec![]);
    let video = get_as(&platform, "ada", &format!("/api/v1/videos/{}", uuid(1)));
    assert_eq!(
        video.json["streamingPlaylists"][0]["redundancies"],
        json!([])
    );
}

#[test]
fn who_plays_our_copy_meets_others_at_our_tracker_too() {
    let platform = instance();
    add_far_channel(&platform);
    add_far_video(&platform, 5, "Far");
    let trackers = || get(&platform, "/api/v1/videos/5").json["trackerUrls"].clone();
    let theirs = json!([
        "wss://far.example/tracker/socket",
        "https://far.example/tracker/announce"
    ]);
    add_copy(&platform, 5, None);
    assert_eq!(trackers(), theirs, "another's copy says nothing of ours");
    let add = "INSERT INTO mirror (video_id,base_url,state,created_at_unix_ms,updated_at_unix_ms) \
               SELECT 5,?1,?2,1,1";
    let folder = format!("https://video.test/static/redundancy/hls/{}", uuid(5));
    let copying = vec![folder.into(), "copying".into()];
    run(&platform, add, copying);
    assert_eq!(trackers(), theirs, "there is nothing to play here yet");
    let kept = "UPDATE mirror SET state='kept' WHERE actor_id IS NULL";
    run(&platform, kept, vec![]);
    let both = json!([
        "wss://far.example/tracker/socket",
        "https://far.example/tracker/announce",
        format!("wss://video.test/tracker/socket/{}", uuid(5)),
        "https://video.test/tracker/announce"
    ]);
    assert_eq!(trackers(), both);
}

#[test]
fn administrators_say_what_is_copied() {
    let platform = instance();
    add_far_channel(&platform);
    add_far_video(&platform, 5, "Far");
    follow_far_channel(&platform);
    let allow = |user: &str, host: &str, is_allowed: serde_json::Value| {
        let path = format!("/api/v1/server/redundancy/{host}");
        let body = json!({ "redundancyAllowed": is_allowed });
        send(&platform, "PUT", &path, user, &body).status
    };
    let is_allowed = || {
        let list = get(&platform, "/api/v1/server/following");
        list.json["data"][0]["following"]["hostRedundancyAllowed"].clone()
    };
    assert_eq!(is_allowed(), false);
    assert_eq!(
        allow("ada", "far.example", json!(true)),
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        allow("root", "far.example", json!("yes")),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        allow("root", "other.example", json!(true)),
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        allow("root", "far.example", json!(true)),
        StatusCode::NO_CONTENT
    );
    assert_eq!(is_allowed(), true);

    let list = |target: &str| get_as(&platform, "root", &format!("{COPIES}?target={target}"));
    let copies = list("remote-videos");
    assert_eq!(copies.names(), ["Far"]);
    let copy = &copies.json["data"][0]["redundancies"]["streamingPlaylists"][0];
    assert_eq!(
        (&copy["strategy"], &copy["size"]),
        (&json!("recently-added"), &json!(9_000))
    );
    assert_eq!(
        allow("root", "far.example", json!(false)),
        StatusCode::NO_CONTENT
    );
    assert_eq!(list("remote-videos").json["total"], 0);

    let add = |body: serde_json::Value| send(&platform, "POST", COPIES, "root", &body).status;
    assert_eq!(add(json!({})), StatusCode::BAD_REQUEST);
    assert_eq!(add(json!({ "videoId": "x" })), StatusCode::BAD_REQUEST);
    assert_eq!(add(json!({ "videoId": 6 })), StatusCode::NOT_FOUND);
    assert_eq!(add(json!({ "videoId": 5 })), StatusCode::NO_CONTENT);
    assert_eq!(add(json!({ "videoId": uuid(5) })), StatusCode::CONFLICT);
    let copies = list("remote-videos");
    let copy = &copies.json["data"][0]["redundancies"]["streamingPlaylists"][0];
    assert_eq!(
        (&copy["strategy"], &copy["state"]),
        (&json!("manual"), &json!("copying"))
    );
    let path = format!("{COPIES}/{}", copy["id"]);
    let remove = || send(&platform, "DELETE", &path, "root", &json!({})).status;
    assert_eq!(
        (remove(), remove()),
        (StatusCode::NO_CONTENT, StatusCode::NOT_FOUND)
    );

    assert_eq!(list("").status, StatusCode::BAD_REQUEST);
    let others = send(&platform, "POST", COPIES, "ada", &json!({ "videoId": 5 }));
    assert_eq!(others.status, StatusCode::FORBIDDEN);
    assert_eq!(
        get(&platform, &format!("{COPIES}?target=my-videos")).status,
        StatusCode::UNAUTHORIZED
    );
}
