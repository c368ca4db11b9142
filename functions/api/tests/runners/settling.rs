//! What goes when HLS is complete, by the instance's settings.

use serde_json::json;

use crate::fixture::{Instance, VIDEO, source};
use crate::media::jpeg;

const WEB: &str = "SELECT resolution, object_key FROM video_file WHERE kind = 'web'";
const SOURCE: &str = "SELECT object_key FROM video_source";

fn original() -> String {
    format!("web-videos/{VIDEO}-original.mp4")
}

fn finish_ladder(instance: &Instance) {
    for held in instance.runner("ladder").take_ladder() {
        held.finish_hls().done();
    }
}

fn finish_pictures(instance: &Instance) {
    let runner = instance.runner("pictures");
    while let Some(job) = runner.available(&["generate-video-storyboard"]).first() {
        let held = runner.accept(job["uuid"].as_str().unwrap());
        held.put("storyboardFile", &jpeg(280, 157)).done();
        held.call("success", json!({})).done();
    }
}

#[test]
fn the_plain_original_goes_and_the_source_stays() {
    let instance = Instance::with_video();
    instance.run_tasks().unwrap();
    finish_ladder(&instance);
    assert_eq!(instance.host.dump(WEB).len(), 0);
    assert_eq!(instance.host.one(SOURCE), original());
    instance.assert_hls(VIDEO, &[240, 360]);
    instance.assert_no_orphans();
}

#[test]
fn web_videos_stay_where_they_are_made() {
    let instance = Instance::with(|settings| settings.web_videos = true);
    instance.add_video(&source(VIDEO), 2);
    finish_ladder(&instance);
    assert_eq!(instance.host.one(WEB), format!("1080|{}", original()));
    let kinds = "SELECT count(*) FROM runner_job WHERE type = 'vod-web-video-transcoding'";
    assert_eq!(instance.host.one(kinds), "2");
}

#[test]
fn an_original_that_is_not_kept_goes_after_the_last_job() {
    let instance = Instance::with(|settings| settings.keeps_original_file = false);
    instance.add_video(&source(VIDEO), 2);
    finish_ladder(&instance);
    assert_eq!(instance.host.dump(WEB).len(), 0);
    assert_eq!(
        instance.host.one(SOURCE),
        original(),
        "pictures are still made from it"
    );
    instance.assert_no_orphans();
    finish_pictures(&instance);
    assert_eq!(instance.host.one(SOURCE), "NULL");
    let due =
        "SELECT delete_after_unix_ms FROM unowned_object WHERE object_key LIKE '%-original.mp4'";
    assert_eq!(instance.host.one(due), "1767229200000");
    instance.assert_no_orphans();
}

#[test]
fn cancelled_jobs_settle_a_video_too() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    runner.take("vod-hls-transcoding").finish_hls().done();
    let last = runner.available(&["vod-hls-transcoding"])[0]["uuid"].clone();
    let path = format!("/api/v1/runners/jobs/{}/cancel", last.as_str().unwrap());
    instance.admin(http::Method::POST, &path).done();
    assert_eq!(instance.host.dump(WEB).len(), 0);
    instance.assert_hls(VIDEO, &[360]);
}

#[test]
fn a_video_whose_jobs_are_all_cancelled_has_failed() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    for job in runner.available(&["vod-hls-transcoding"]) {
        let path = format!(
            "/api/v1/runners/jobs/{}/cancel",
            job["uuid"].as_str().unwrap()
        );
        assert_eq!(instance.host.one("SELECT state FROM video"), "2");
        instance.admin(http::Method::GET, &path).done();
        instance.admin(http::Method::GET, &path).refused(400, None);
    }
    assert_eq!(instance.host.one("SELECT state FROM video"), "7");
}
