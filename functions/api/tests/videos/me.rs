//! What users see of themselves.

use http::StatusCode;
use serde_json::json;

use crate::fixture::{add_files, add_video, get, get_as, instance, run, set};

#[test]
fn me_is_in_peertubes_shape() {
    let platform = instance();
    add_video(&platform, 1, "ada", "One");
    add_files(&platform, 1);
    let me = get_as(&platform, "ada", "/api/v1/users/me").json;
    assert_eq!(me["username"], "ada");
    assert_eq!(me["email"], "ada@video.test");
    assert_eq!(me["role"], json!({ "id": 2, "label": "User" }));
    assert_eq!(me["videoQuota"], 1_000_000);
    assert_eq!(me["videoQuotaDaily"], -1);
    assert_eq!(me["videoQuotaUsed"], 5_000);
    assert_eq!(me["account"]["name"], "ada");
    assert_eq!(me["videoChannels"][0]["name"], "ada_channel");
    assert_eq!(me["blocked"], false);
    for path in [
        "/api/v1/users/me",
        "/api/v1/users/me/videos",
        "/api/v1/users/me/video-quota-used",
    ] {
        let stranger = get(&platform, path);
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{path}");
        assert_eq!(
            get_as(&platform, "ada", path).header("cache-control"),
            "no-store"
        );
    }
}

#[test]
fn only_sources_of_the_last_day_count_for_the_daily_quota() {
    let platform = instance();
    add_video(&platform, 1, "ada", "Old");
    add_files(&platform, 1);
    platform.advance_ms(20 * 3_600_000);
    add_video(&platform, 2, "ada", "New");
    add_files(&platform, 2);
    let used = || get_as(&platform, "ada", "/api/v1/users/me/video-quota-used").json;
    assert_eq!(
        used(),
        json!({ "videoQuotaUsed": 10_000, "videoQuotaUsedDaily": 10_000 })
    );
    run(
        &platform,
        "UPDATE oauth_token SET access_expires_at_unix_ms = access_expires_at_unix_ms * 2",
        vec![],
    );
    platform.advance_ms(5 * 3_600_000);
    assert_eq!(
        used(),
        json!({ "videoQuotaUsed": 10_000, "videoQuotaUsedDaily": 5_000 })
    );
    let bob = get_as(&platform, "bob", "/api/v1/users/me/video-quota-used").json;
    assert_eq!(
        bob,
        json!({ "videoQuotaUsed": 0, "videoQuotaUsedDaily": 0 })
    );
}

#[test]
fn my_videos_are_all_of_mine_with_state_and_progress() {
    let platform = instance();
    for (number, owner) in [(1, "ada"), (2, "ada"), (3, "bob"), (4, "ada")] {
        add_video(&platform, number, owner, &format!("v{number}"));
    }
    set(&platform, 2, "privacy", 3i64);
    set(&platform, 2, "state", 2i64);
    set(&platform, 4, "nsfw", 1i64);
    for (state, progress, job_type) in [
        (3i64, 10i64, "vod-hls-transcoding"),
        (2, 51, "vod-hls-transcoding"),
        (1, 0, "vod-web-video-transcoding"),
        (1, 0, "generate-video-storyboard"),
    ] {
        run(
            &platform,
            "INSERT INTO runner_job (uuid, video_id, type, payload, private_payload, state, priority,
                 progress, created_at_unix_ms, updated_at_unix_ms)
             VALUES (CAST(?1 AS INTEGER) || CAST(?2 AS INTEGER) || ?3, 2, ?3, '{}', '{}', ?1, 1, ?2, 0, 0)",
            vec![state.into(), progress.into(), job_type.into()],
        );
    }
    let before = platform.database.batches();
    let mine = get_as(&platform, "ada", "/api/v1/users/me/videos?sort=name");
    assert_eq!(platform.database.batches() - before, 2, "who, and what");
    assert_eq!(mine.names(), ["v1", "v2", "v4"]);
    assert_eq!(mine.json["total"], 3);
    let item = &mine.json["data"][1];
    assert_eq!(item["state"], json!({ "id": 2, "label": "To transcode" }));
    assert_eq!(item["privacy"]["id"], 3);
    assert_eq!(item["waitTranscoding"], false);
    assert_eq!(item["edgetube"], json!({ "transcodingProgress": 50 }));
    assert_eq!(
        mine.json["data"][0]["edgetube"],
        json!({ "transcodingProgress": null })
    );
    let found = get_as(&platform, "ada", "/api/v1/users/me/videos?search=V4");
    assert_eq!(found.names(), ["v4"]);
}
