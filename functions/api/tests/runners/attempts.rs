//! A job from request to end: accepted, kept alive, given back, failed, stalled.

use http::Method;
use serde_json::{Value, json};
use testkit::block_on;

use crate::fixture::{Instance, VIDEO, source};

const REQUEST: &str = "/api/v1/runners/jobs/request";
const ALL: [&str; 2] = ["vod-hls-transcoding", "generate-video-storyboard"];

#[test]
fn a_new_video_offers_all_its_jobs_at_once() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    let jobs = runner.available(&ALL);
    let kinds: Vec<&str> = jobs
        .iter()
        .map(|job| job["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "generate-video-storyboard",
            "generate-video-storyboard",
            "vod-hls-transcoding",
            "vod-hls-transcoding",
            "generate-video-storyboard"
        ]
    );
    assert_eq!(
        jobs[0]["payload"]["sprites"]["size"],
        json!({ "width": 280, "height": 157 })
    );
    assert_eq!(
        jobs[1]["payload"]["sprites"]["size"],
        json!({ "width": 850, "height": 480 })
    );
    assert_eq!(
        jobs[1]["payload"]["sprites"]["count"],
        json!({ "width": 1, "height": 1 })
    );
    assert_eq!(jobs[2]["payload"]["output"]["resolution"], 360);
    assert_eq!(jobs[3]["payload"]["output"]["resolution"], 240);
    assert_eq!(
        jobs[4]["payload"]["sprites"],
        json!({ "size": { "width": 192, "height": 108 }, "count": { "width": 10, "height": 1 },
                "duration": 1 })
    );
    for job in &jobs {
        let uuid = job["uuid"].as_str().unwrap();
        assert_eq!(
            job["payload"]["input"]["videoFileUrl"],
            format!(
                "https://video.test/api/v1/runners/jobs/{uuid}/files/videos/{VIDEO}/max-quality"
            )
        );
        assert_eq!(job["payload"]["edgetube"]["sourceId"], VIDEO);
        assert!(
            !job.to_string().contains("CustomUpload"),
            "not before accept"
        );
    }
    let hls = runner.available(&["vod-hls-transcoding", "a-kind-of-the-future"]);
    assert_eq!(hls.len(), 2);
    assert_eq!(runner.available(&["video-transcription"]).len(), 0);
}

#[test]
fn a_runner_too_old_to_say_its_version_gets_the_oldest_kinds() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    let count = |body: Value| {
        let answer = instance.post(REQUEST, &body).ok();
        answer["availableJobs"].as_array().unwrap().len()
    };
    assert_eq!(count(json!({ "runnerToken": runner.token })), 2);
    let body = json!({ "runnerToken": runner.token, "version": "0.3.0" });
    assert_eq!(count(body), 5);
    assert_eq!(instance.host.one("SELECT version FROM runner"), "0.3.0");
}

#[test]
fn ladders_of_two_videos_stand_one_after_the_other() {
    let instance = Instance::with_video();
    let second = "22222222-2222-4222-8222-222222222222";
    instance.add_video(&source(second), 2);
    let jobs = instance.runner("one").available(&["vod-hls-transcoding"]);
    let sources: Vec<&str> = jobs
        .iter()
        .map(|job| job["payload"]["edgetube"]["sourceId"].as_str().unwrap())
        .collect();
    assert_eq!(sources, [VIDEO, VIDEO, second, second]);
}

#[test]
fn accepting_gives_tokens_names_and_urls() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    let job = &held.job;
    assert_eq!(job["state"], json!({ "id": 2, "label": "Processing" }));
    assert_eq!(job["runner"]["name"], "one");
    assert_eq!(job["startedAt"], "2026-01-01T00:00:00.000Z");
    assert_eq!(job["failures"], 0);
    assert_eq!(job["progress"], Value::Null);
    let url = held.upload_url("videoFile");
    let prefix = format!(
        "https://video.test/api/v1/runners/jobs/{}/uploads/videoFile?expires=1767830400&signature=",
        held.uuid
    );
    assert!(url.starts_with(&prefix), "{url}");
    assert!(job["payload"]["edgetube"]["directUploads"].is_null());
    let stored = instance.host.dump("SELECT * FROM runner_job").join("");
    assert!(!stored.contains(&held.job_token), "stored hashed");
    let outputs = [
        held.object_key("videoFile"),
        held.object_key("resolutionPlaylistFile"),
    ];
    let unowned = instance.host.dump("SELECT object_key FROM unowned_object");
    assert!(
        outputs.iter().all(|key| unowned.contains(key)),
        "{unowned:?}"
    );
    assert!(outputs[0].starts_with(&format!("streaming-playlists/hls/{VIDEO}/")));
    assert!(outputs[0].ends_with("-360-fragmented.mp4"));
}

#[test]
fn with_s3_keys_outputs_may_go_straight_to_the_bucket() {
    let instance = Instance::with(|settings| {
        settings.s3 = Some(ports::S3Settings {
            endpoint: "https://s3.test".to_owned(),
            bucket: "media".to_owned(),
            region: "auto".to_owned(),
            access_key_id: "key-id".to_owned(),
            secret_access_key: ports::Secret("key-secret".to_owned()),
            is_only_store: false,
        });
    });
    instance.add_video(&source(VIDEO), 2);
    let held = instance.runner("one").take("vod-hls-transcoding");
    let direct = &held.job["payload"]["edgetube"]["directUploads"];
    for output in ["videoFile", "resolutionPlaylistFile"] {
        let url = direct[output]["url"].as_str().unwrap();
        let prefix = format!("https://s3.test/media/{}?X-Amz-", held.object_key(output));
        assert!(url.starts_with(&prefix), "{url}");
        assert!(url.contains("X-Amz-Expires=604800&"));
        assert_eq!(direct[output]["method"], "PUT");
    }
    let own = held.upload_url("videoFile");
    assert!(
        own.starts_with("https://video.test/"),
        "a stock runner's way stays: {own}"
    );
    let text = held.job.to_string();
    assert!(!text.contains("key-secret"));
}

#[test]
fn a_taken_job_is_not_given_twice() {
    let instance = Instance::with_video();
    let (one, two) = (instance.runner("one"), instance.runner("two"));
    let held = one.take("vod-hls-transcoding");
    let answer = two.try_accept(&held.uuid);
    answer.refused(409, Some("runner_job_not_in_pending_state"));
    two.try_accept("no-such-job").refused(404, None);
    assert_eq!(two.available(&["vod-hls-transcoding"]).len(), 1);
    // A call with the other's runner token is not about one's own job.
    let body = json!({ "runnerToken": two.token, "jobToken": held.job_token });
    let path = format!("/api/v1/runners/jobs/{}/update", held.uuid);
    instance.post(&path, &body).refused(404, None);
}

#[test]
fn updates_note_progress_and_a_sign_of_life() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    let progress = || {
        instance.host.one(&format!(
            "SELECT progress, last_contact_unix_ms FROM runner_job WHERE uuid = '{}'",
            held.uuid
        ))
    };
    instance.host.inner.advance_ms(60_000);
    held.call("update", json!({ "progress": 42 })).done();
    assert_eq!(progress(), "42|1767225660000");
    held.call("update", json!({})).done();
    assert_eq!(progress(), "42|1767225660000", "no progress keeps the last");
    held.call("update", json!({ "progress": 101 }))
        .refused(400, None);
    let form = format!(
        "--x\r\nContent-Disposition: form-data; name=\"progress\"\r\n\r\n77\r\n--x\r\n\
         Content-Disposition: form-data; name=\"jobToken\"\r\n\r\n{}\r\n--x\r\n\
         Content-Disposition: form-data; name=\"runnerToken\"\r\n\r\n{}\r\n--x--\r\n",
        held.job_token, held.runner_token
    );
    let path = format!("/api/v1/runners/jobs/{}/update", held.uuid);
    let headers = [("content-type", "multipart/form-data; boundary=x")];
    instance
        .send(Method::POST, &path, &headers, form.into())
        .done();
    assert_eq!(progress(), "77|1767225660000");
    assert_eq!(
        instance.host.one("SELECT last_contact_unix_ms FROM runner"),
        "1767225660000"
    );
}

#[test]
fn an_aborted_job_is_pending_again_under_new_names() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    let held = runner.take("vod-hls-transcoding");
    let first_key = held.object_key("videoFile");
    held.put("videoFile", b"half of it").done();
    held.call("abort", json!({ "reason": "stopping" })).done();
    assert_eq!(held.state(), "1");
    held.call("abort", json!({ "reason": "again" }))
        .refused(404, None);
    held.call("success", json!({})).refused(404, None);
    held.put("videoFile", b"late").refused(403, None);
    let due = instance.host.one(&format!(
        "SELECT delete_after_unix_ms FROM unowned_object WHERE object_key = '{first_key}'"
    ));
    assert_eq!(due, "1767229200000", "an hour from now");

    let again = runner.accept(&held.uuid);
    assert_ne!(again.object_key("videoFile"), first_key);
    assert_ne!(again.job_token, held.job_token);
    held.put("videoFile", b"the zombie").refused(403, None);
    again.finish_hls().done();
    instance.assert_hls(VIDEO, &[360]);
    instance.assert_no_orphans();
}

#[test]
fn five_failures_end_a_job_and_fail_a_video_that_has_nothing() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    for _ in 0..2 {
        let uuid = runner.available(&["vod-hls-transcoding"])[0]["uuid"].clone();
        for failure in 1..=5 {
            let held = runner.accept(uuid.as_str().unwrap());
            assert_eq!(held.job["failures"], failure - 1);
            held.call("error", json!({ "message": "no such codec" }))
                .done();
            assert_eq!(held.state(), if failure < 5 { "1" } else { "4" });
            held.call("error", json!({ "message": "again" }))
                .refused(404, None);
        }
    }
    assert_eq!(instance.job_states("vod-hls-transcoding"), ["4", "4"]);
    let job = "SELECT failures, error, finished_at_unix_ms FROM runner_job
               WHERE type = 'vod-hls-transcoding' ORDER BY id";
    assert_eq!(instance.host.dump(job)[0], "5|no such codec|1767225600000");
    assert_eq!(instance.host.one("SELECT state FROM video"), "7");
    let files = "SELECT count(*) FROM video_file WHERE kind = 'web'";
    assert_eq!(instance.host.one(files), "1", "the original stays playable");
}

#[test]
fn a_failed_rendition_beside_a_good_one_fails_no_video() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    runner.take("vod-hls-transcoding").finish_hls().done();
    for _ in 0..5 {
        let held = runner.take("vod-hls-transcoding");
        held.call("error", json!({ "message": "broken" })).done();
    }
    assert_eq!(instance.host.one("SELECT state FROM video"), "1");
    let files = "SELECT count(*) FROM video_file WHERE kind = 'web'";
    assert_eq!(
        instance.host.one(files),
        "0",
        "HLS is as complete as it will be"
    );
    instance.assert_hls(VIDEO, &[360]);
    instance.assert_no_orphans();
}

#[test]
fn messages_are_cut_and_wanted() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    held.call("error", json!({})).refused(400, None);
    held.call("abort", json!({})).refused(400, None);
    held.call("error", json!({ "message": "é".repeat(6_000) }))
        .done();
    let length = "SELECT length(error) FROM runner_job WHERE error IS NOT NULL";
    assert_eq!(instance.host.one(length), "5000");
}

#[test]
fn a_silent_runner_loses_its_job_after_two_minutes() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    let silent = runner.take("vod-hls-transcoding");
    let alive = runner.take("vod-hls-transcoding");
    let tick = || block_on(app::runners::tick(&instance.host)).unwrap();
    instance.host.inner.advance_ms(119_000);
    alive.call("update", json!({})).done();
    tick();
    assert_eq!(silent.state(), "2");
    instance.host.inner.advance_ms(2_000);
    tick();
    assert_eq!(
        (silent.state(), alive.state()),
        ("1".to_owned(), "2".to_owned())
    );
    silent
        .call("update", json!({ "progress": 5 }))
        .refused(404, None);
    silent.call("success", json!({})).refused(404, None);
    let due = instance.host.one(&format!(
        "SELECT delete_after_unix_ms FROM unowned_object WHERE object_key = '{}'",
        silent.object_key("videoFile")
    ));
    assert_eq!(due, "1767229321000", "an hour after it stalled");
    runner.accept(&silent.uuid).finish_hls().done();
    alive.finish_hls().done();
    instance.assert_hls(VIDEO, &[240, 360]);
}
