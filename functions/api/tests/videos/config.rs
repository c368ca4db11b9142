//! What clients ask first.

use http::StatusCode;
use serde_json::json;

use crate::fixture::{add_files, add_video, get, instance};

#[test]
fn the_configuration_says_what_clients_look_for() {
    let platform = instance();
    let before = platform.database.batches();
    let answered = get(&platform, "/api/v1/config/");
    assert_eq!(platform.database.batches(), before, "no database");
    assert_eq!(answered.status, StatusCode::OK);
    assert_eq!(answered.header("cache-control"), "public, max-age=300");
    assert_eq!(answered.header("access-control-allow-origin"), "*");
    let config = &answered.json;
    for (pointer, expected) in [
        ("/serverVersion", json!("8.2.3")),
        ("/instance/name", json!("Test instance")),
        ("/instance/shortDescription", json!("For tests")),
        ("/instance/defaultNSFWPolicy", json!("do_not_list")),
        ("/signup/allowed", json!(false)),
        ("/transcoding/hls/enabled", json!(true)),
        ("/transcoding/web_videos/enabled", json!(false)),
        (
            "/transcoding/enabledResolutions",
            json!([240, 360, 480, 720, 1080]),
        ),
        ("/video/image/size/max", json!(8_388_608)),
        (
            "/client/videos/resumableUpload/maxChunkSize",
            json!(67_108_864),
        ),
        ("/user/videoQuota", json!(-1)),
        ("/views/videos/watchingInterval/anonymous", json!(5_000)),
        ("/trending/videos/intervalDays", json!(7)),
        ("/live/enabled", json!(false)),
        ("/tracker/enabled", json!(true)),
    ] {
        assert_eq!(config.pointer(pointer), Some(&expected), "{pointer}");
    }
    // Every key of PeerTube's ServerConfig but the optional serverCommit.
    assert_eq!(config.as_object().unwrap().len(), 37);
}

#[test]
fn about_ping_and_statistics() {
    let platform = instance();
    let about = get(&platform, "/api/v1/config/about").json;
    assert_eq!(about["instance"]["name"], "Test instance");
    let ping = get(&platform, "/api/v1/ping");
    assert_eq!(ping.bytes, b"pong");

    add_video(&platform, 1, "ada", "One");
    add_files(&platform, 1);
    let stats = get(&platform, "/api/v1/server/stats").json;
    assert_eq!(stats["totalUsers"], 4);
    assert_eq!(stats["totalAdmins"], 1);
    assert_eq!(stats["totalModerators"], 1);
    assert_eq!(stats["totalLocalVideos"], 1);
    assert_eq!(stats["totalLocalVideoFilesSize"], 360_000 + 720_000 + 5_000);
    assert_eq!(stats["totalLocalVideoChannels"], 4);
    assert_eq!(stats["totalLocalDailyActiveVideoChannels"], 1);

    let before = platform.database.batches();
    add_video(&platform, 2, "ada", "Two");
    let batches = platform.database.batches() - before;
    let kept = get(&platform, "/api/v1/server/stats").json;
    assert_eq!(kept["totalLocalVideos"], 1, "the kept answer");
    assert_eq!(platform.database.batches() - before, batches, "no database");
}
