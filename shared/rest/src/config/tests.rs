use serde_json::{Value, json};

use super::*;

fn config() -> Value {
    let settings = InstanceSettings {
        name: "Our films",
        short_description: "Films of ours",
        resolutions: &[1080, 720, 0],
        web_videos: true,
        video_quota_bytes: -1,
        video_quota_daily_bytes: 1_000,
        max_chunk_bytes: 0,
        tracker: true,
        federation: false,
        stun_servers: &["stun:stun.test"],
    };
    serde_json::to_value(ServerConfig::new(&settings)).unwrap()
}

/// The main keys of PeerTube 8.2, as the reference lists them.
#[test]
fn every_main_key_is_there() {
    let config = config();
    let mut keys: Vec<&str> = config
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    let mut expected = [
        "serverVersion",
        "client",
        "defaults",
        "webadmin",
        "instance",
        "search",
        "plugin",
        "theme",
        "email",
        "contactForm",
        "signup",
        "transcoding",
        "live",
        "videoStudio",
        "videoFile",
        "import",
        "export",
        "autoBlacklist",
        "avatar",
        "banner",
        "logo",
        "video",
        "videoCaption",
        "user",
        "videoChannels",
        "trending",
        "tracker",
        "followings",
        "federation",
        "broadcastMessage",
        "homepage",
        "openTelemetry",
        "views",
        "storyboards",
        "videoTranscription",
        "webrtc",
        "nsfwFlagsSettings",
        "fieldsConstraints",
    ];
    expected.sort_unstable();
    assert_eq!(keys, expected);
}

#[test]
fn deep_paths_that_clients_read() {
    let config = config();
    for (pointer, expected) in [
        ("/instance/name", json!("Our films")),
        ("/instance/isNSFW", json!(false)),
        ("/instance/defaultNSFWPolicy", json!("do_not_list")),
        ("/instance/social/blueskyLink", json!("")),
        ("/client/videos/resumableUpload/maxChunkSize", json!(0)),
        ("/client/openInApp/android/intent/enabled", json!(false)),
        ("/client/browseVideos/defaultSort", json!("-publishedAt")),
        (
            "/client/menu/login/redirectOnSingleExternalAuth",
            json!(false),
        ),
        ("/defaults/publish/licence", Value::Null),
        ("/defaults/p2p/webapp/enabled", json!(true)),
        ("/webadmin/configuration/edition/allowed", json!(false)),
        ("/plugin/registered", json!([])),
        ("/theme/builtIn/0/name", json!("peertube-core-light-beige")),
        ("/theme/customization/menuBorderRadius", Value::Null),
        ("/signup/allowedForCurrentIP", json!(false)),
        ("/transcoding/web_videos/enabled", json!(true)),
        ("/transcoding/enabledResolutions", json!([1080, 720, 0])),
        ("/live/dvr/enabled", json!(false)),
        ("/live/transcoding/enabledResolutions", json!([])),
        ("/import/videoChannelSynchronization/enabled", json!(false)),
        ("/export/users/maxUserVideoQuota", json!(0)),
        ("/autoBlacklist/videos/ofUsers/enabled", json!(false)),
        ("/video/image/size/max", json!(8_388_608)),
        ("/video/file/extensions/0", json!(".mp4")),
        ("/videoCaption/file/extensions", json!([".vtt", ".srt"])),
        ("/user/videoQuotaDaily", json!(1_000)),
        ("/videoChannels/maxPerUser", json!(20)),
        ("/trending/videos/algorithms/default", json!("most-viewed")),
        ("/followings/instance/autoFollowIndex/indexUrl", json!("")),
        ("/openTelemetry/metrics/playbackStatsInterval", json!(0)),
        ("/views/videos/watchingInterval/anonymous", json!(5_000)),
        ("/storyboards/remoteRunners/enabled", json!(true)),
        ("/webrtc/stunServers", json!(["stun:stun.test"])),
        ("/fieldsConstraints/users/password/minLength", json!(8)),
    ] {
        assert_eq!(config.pointer(pointer), Some(&expected), "{pointer}");
    }
}

#[test]
fn about_has_all_its_keys() {
    let about = serde_json::to_value(About::default()).unwrap();
    assert_eq!(about["instance"].as_object().unwrap().len(), 14);
    assert_eq!(about["instance"]["codeOfConduct"], "");
}
