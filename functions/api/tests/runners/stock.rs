//! A stock PeerTube runner: forms everywhere, no report. What it does not make comes from the queue.

use http::Method;
use serde_json::json;
use testkit::block_on;

use crate::files::{FORM, form_with_file};
use crate::fixture::{Answer, Held, Instance, VIDEO, source};
use crate::media::{plain_mp4, rendition};

/// Sends a file to a custom upload URL as the runner's HTTP library does.
fn send_file(held: &Held, output: &str, bytes: &[u8]) {
    let form = form_with_file("file", bytes);
    held.instance
        .send(Method::PUT, &held.upload_url(output), &FORM, form)
        .done();
}

/// A success call: text fields first, then files.
fn success(held: &Held, files: &[(&str, &[u8])]) -> Answer {
    let mut form = Vec::new();
    for (name, value) in [
        ("jobToken", &held.job_token),
        ("runnerToken", &held.runner_token),
    ] {
        form.extend(
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .into_bytes(),
        );
    }
    for (output, bytes) in files {
        let part = form_with_file(&format!("payload[{output}]"), bytes);
        form.extend(&part[..part.len() - "--edge--\r\n".len()]);
    }
    form.extend(b"--edge--\r\n");
    let path = format!("/api/v1/runners/jobs/{}/success", held.uuid);
    held.instance.send(Method::POST, &path, &FORM, form)
}

fn upload_hls(held: &Held) {
    send_file(held, "videoFile", &rendition().mp4);
    send_file(
        held,
        "resolutionPlaylistFile",
        rendition().playlist.as_bytes(),
    );
}

#[test]
fn custom_uploads_and_a_bare_success_are_published_by_the_queue() {
    let instance = Instance::with_video();
    let held = instance.runner("stock").take("vod-hls-transcoding");
    upload_hls(&held);
    success(&held, &[]).done();
    assert_eq!(held.state(), "9");
    assert_eq!(instance.host.one("SELECT state FROM video"), "2");
    success(&held, &[]).done();
    held.call("error", json!({ "message": "late" }))
        .refused(400, Some("runner_job_not_in_processing_state"));
    held.call("update", json!({ "progress": 100 })).done();
    // The repeated call has queued the task twice.
    instance.run_tasks().unwrap();
    assert_eq!(held.state(), "3");
    assert_eq!(instance.host.one("SELECT state FROM video"), "1");
    instance.assert_hls(VIDEO, &[360]);
    instance.assert_no_orphans();
    success(&held, &[]).done();
}

#[test]
fn files_inside_the_success_call_do_as_well() {
    let instance = Instance::with_video();
    let held = instance.runner("stock").take("vod-hls-transcoding");
    let files = [
        ("videoFile", rendition().mp4.as_slice()),
        ("resolutionPlaylistFile", rendition().playlist.as_bytes()),
    ];
    success(&held, &files).done();
    instance.run_tasks().unwrap();
    instance.assert_hls(VIDEO, &[360]);
    let before = instance.host.bucket().writes();
    success(&held, &files).done();
    assert_eq!(
        instance.host.bucket().writes(),
        before,
        "the bytes are not kept again"
    );
    instance.assert_no_orphans();
}

#[test]
fn a_report_in_a_form_is_as_good_as_in_json() {
    let instance = Instance::with_video();
    let held = instance.runner("ours").take("vod-hls-transcoding");
    held.put("videoFile", &rendition().mp4).done();
    // Two hours of four-second segments are a report of 250 KB; so is this one, by its spaces.
    let report = crate::media::report().to_json() + &" ".repeat(300_000);
    let mut form = Vec::new();
    for (name, value) in [
        ("runnerToken", &held.runner_token),
        ("jobToken", &held.job_token),
        ("payload[edgetube]", &report),
    ] {
        form.extend(
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .into_bytes(),
        );
    }
    form.extend(b"--edge--\r\n");
    let path = format!("/api/v1/runners/jobs/{}/success", held.uuid);
    instance.send(Method::POST, &path, &FORM, form).done();
    assert_eq!(held.state(), "3");
    instance.assert_hls(VIDEO, &[360]);
}

#[test]
fn files_without_tokens_before_them_are_not_stored() {
    let instance = Instance::with_video();
    let held = instance.runner("stock").take("vod-hls-transcoding");
    let path = format!("/api/v1/runners/jobs/{}/success", held.uuid);
    let form = form_with_file("payload[videoFile]", &rendition().mp4);
    instance
        .send(Method::POST, &path, &FORM, form)
        .refused(400, None);
    success(&held, &[("storyboardFile", b"x")]).refused(400, None);
    assert_eq!(instance.host.bucket().keys().len(), 1);
}

#[test]
fn both_kinds_of_runner_make_the_same() {
    let instance = Instance::with_video();
    let ladder = instance.runner("both").take_ladder();
    upload_hls(&ladder[0]);
    success(&ladder[0], &[]).done();
    ladder[1].finish_hls().done();
    instance.run_tasks().unwrap();
    instance.assert_hls(VIDEO, &[240, 360]);
    let reports = "SELECT report FROM video_file WHERE kind = 'hls'";
    let reports = instance.host.dump(reports);
    assert_eq!(reports[0], reports[1], "derived and reported alike");
    instance.assert_no_orphans();
}

#[test]
fn outputs_that_nobody_could_play_are_a_failed_attempt() {
    let mut cut = rendition().mp4.clone();
    cut.truncate(cut.len() / 2);
    let playlist = rendition().playlist.as_str();
    let bad: [(&[u8], &str); 5] = [
        (&cut, playlist),
        (b"no MP4 at all, but long enough to be looked at", playlist),
        (&rendition().mp4, "no playlist"),
        (&rendition().mp4, &playlist.replace("#EXT-X-ENDLIST", "")),
        (plain_mp4(), playlist),
    ];
    let instance = Instance::with_video();
    let runner = instance.runner("stock");
    let uuid = runner.available(&["vod-hls-transcoding"])[0]["uuid"].clone();
    for (failure, (mp4, playlist)) in bad.into_iter().enumerate() {
        let held = runner.accept(uuid.as_str().unwrap());
        send_file(&held, "videoFile", mp4);
        send_file(&held, "resolutionPlaylistFile", playlist.as_bytes());
        success(&held, &[]).done();
        instance.run_tasks().unwrap();
        let expected = if failure < 4 { "1" } else { "4" };
        assert_eq!(held.state(), expected, "attempt {failure}");
        success(&held, &[]).refused(404, None);
    }
    assert_eq!(
        instance.host.one("SELECT state FROM video"),
        "2",
        "240p may still come"
    );
    assert_eq!(
        instance
            .host
            .dump("SELECT 1 FROM video_file WHERE kind = 'hls'")
            .len(),
        0
    );
    instance.assert_no_orphans();
}

#[test]
fn a_lost_completion_is_found_by_cron() {
    let instance = Instance::with_video();
    let held = instance.runner("stock").take("vod-hls-transcoding");
    upload_hls(&held);
    success(&held, &[]).done();
    assert!(instance.take_task().is_some(), "lost");
    block_on(app::runners::tick(&instance.host)).unwrap();
    instance.run_tasks().unwrap();
    assert_eq!(held.state(), "9", "not yet overdue");
    instance.host.inner.advance_ms(21 * 60_000);
    block_on(app::runners::tick(&instance.host)).unwrap();
    instance.run_tasks().unwrap();
    assert_eq!(held.state(), "3");
    instance.assert_hls(VIDEO, &[360]);
}

#[test]
fn a_web_video_is_a_plain_file_with_a_torrent() {
    let instance = Instance::with(|settings| settings.web_videos = true);
    instance.add_video(&source(VIDEO), 2);
    let held = instance.runner("stock").take("vod-web-video-transcoding");
    assert_eq!(held.job["payload"]["output"]["resolution"], 360);
    send_file(&held, "videoFile", plain_mp4());
    success(&held, &[]).done();
    instance.run_tasks().unwrap();
    assert_eq!(held.state(), "3");
    let file = instance.host.one(
        "SELECT filename, width, height, fps, has_audio, torrent_filename IS NOT NULL, object_key
         FROM video_file WHERE kind = 'web' AND resolution = 360",
    );
    let parts: Vec<&str> = file.split('|').collect();
    assert!(parts[0].ends_with("-360.mp4"));
    assert_eq!(parts[1..6], ["320", "180", "25", "1", "1"]);
    assert_eq!(parts[6], format!("web-videos/{}", parts[0]));
    instance.assert_no_orphans();
}

#[test]
fn a_fragmented_file_is_no_web_video() {
    let instance = Instance::with(|settings| settings.web_videos = true);
    instance.add_video(&source(VIDEO), 2);
    let held = instance.runner("stock").take("vod-web-video-transcoding");
    send_file(&held, "videoFile", &rendition().mp4);
    success(&held, &[]).done();
    instance.run_tasks().unwrap();
    assert_eq!(held.state(), "1");
}
