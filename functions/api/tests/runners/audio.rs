//! A sound file: the audio merge makes it a video, whose renditions wait for that.

use http::Method;
use serde_json::json;

use crate::fixture::{Instance, ORIGINAL, VIDEO, source};
use crate::media::plain_mp4;

fn instance() -> Instance {
    let instance = Instance::new();
    let mut sound = source(VIDEO);
    sound.has_video = false;
    (sound.resolution, sound.width, sound.height, sound.fps) = (0, 0, 0, 0);
    instance.add_video(&sound, 2);
    instance
}

const MERGE: &str = "vod-audio-merge-transcoding";

#[test]
fn children_wait_for_the_merge_and_work_from_its_result() {
    let instance = instance();
    assert_eq!(instance.job_states(MERGE), ["1"]);
    assert_eq!(instance.job_states("vod-hls-transcoding"), ["5", "5"]);
    assert_eq!(
        instance.job_states("generate-video-storyboard"),
        ["5", "5", "5"]
    );
    let runner = instance.runner("one");
    assert_eq!(runner.available(&["vod-hls-transcoding"]).len(), 0);

    let merge = runner.take(MERGE);
    let payload = &merge.job["payload"];
    assert_eq!(payload["output"]["resolution"], 480);
    assert_eq!(payload["output"]["fps"], 25);
    let sound = payload["input"]["audioFileUrl"].as_str().unwrap();
    assert_eq!(instance.post(sound, &merge.body(json!({}))).bytes, ORIGINAL);
    let picture = payload["input"]["previewFileUrl"].as_str().unwrap();
    let picture = instance.post(picture, &merge.body(json!({})));
    assert!(picture.bytes.starts_with(&[0xFF, 0xD8]));

    merge.put("videoFile", plain_mp4()).done();
    merge.call("success", json!({})).done();
    assert_eq!(
        instance.job_states("vod-hls-transcoding"),
        ["5", "5"],
        "not yet published"
    );
    instance.run_tasks().unwrap();
    assert_eq!(merge.state(), "3");
    assert_eq!(instance.job_states("vod-hls-transcoding"), ["1", "1"]);
    let files = "SELECT kind, resolution, has_video FROM video_file";
    assert_eq!(
        instance.host.one(files),
        "web|480|1",
        "the sound gives way to the video"
    );
    instance.assert_no_orphans();

    let ladder = runner.take_ladder();
    let parent = &ladder[0].job["parent"];
    assert_eq!(parent["uuid"], merge.uuid);
    assert_eq!(parent["state"]["id"], 3);
    let input = ladder[0].job["payload"]["input"]["videoFileUrl"]
        .as_str()
        .unwrap();
    let input = instance.post(input, &ladder[0].body(json!({})));
    assert!(input.bytes == plain_mp4(), "children get the merged video");
    for held in ladder {
        held.finish_hls().done();
    }
    instance.assert_hls(VIDEO, &[240, 360]);
    assert_eq!(
        instance
            .host
            .one("SELECT count(*) FROM video_file WHERE kind = 'web'"),
        "0"
    );
    instance.assert_no_orphans();
}

#[test]
fn a_failed_merge_fails_everything() {
    let instance = instance();
    let runner = instance.runner("one");
    for _ in 0..5 {
        let merge = runner.take(MERGE);
        merge
            .call("error", json!({ "message": "no sound in it" }))
            .done();
    }
    assert_eq!(instance.job_states(MERGE), ["4"]);
    assert_eq!(instance.job_states("vod-hls-transcoding"), ["7", "7"]);
    assert_eq!(
        instance.job_states("generate-video-storyboard"),
        ["7", "7", "7"]
    );
    assert_eq!(instance.host.one("SELECT state FROM video"), "7");
}

#[test]
fn a_cancelled_merge_cancels_its_children() {
    let instance = instance();
    let uuid = instance.runner("one").available(&[MERGE])[0]["uuid"].clone();
    let path = format!("/api/v1/runners/jobs/{}/cancel", uuid.as_str().unwrap());
    instance.admin(Method::POST, &path).done();
    assert_eq!(instance.job_states(MERGE), ["6"]);
    assert_eq!(instance.job_states("vod-hls-transcoding"), ["8", "8"]);
    assert_eq!(instance.host.one("SELECT state FROM video"), "7");
}
