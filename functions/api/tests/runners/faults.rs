//! Storage and database failing once at each write, before it and after it, and the runner that then
//! repeats its call: nothing lost, nothing doubled, no orphan.

use http::StatusCode;
use serde_json::json;
use testkit::FaultMode;

use crate::fixture::{Answer, Held, Instance, VIDEO};
use crate::media::{jpeg, rendition};

const MODES: [FaultMode; 2] = [FaultMode::FailBefore, FaultMode::FailAfter];

/// Repeats a call until it is done; a runner does so after 503.
fn insist(call: impl Fn() -> Answer) -> u32 {
    for failures in 0..3 {
        let answer = call();
        if answer.status == StatusCode::NO_CONTENT {
            return failures;
        }
        assert_eq!(answer.status, 503, "{}", answer.json());
    }
    panic!("three failures of one fault");
}

/// Runs `work` on a fresh instance with the `n`th storage write failing, for every `n` that there is.
fn with_each_write_failing(work: impl Fn(&Instance)) -> u32 {
    let mut turns = 0;
    for mode in MODES {
        for turn in 0.. {
            let instance = Instance::with_video();
            // Writes of the fixture itself are behind us.
            let before = instance.host.bucket().writes();
            instance.host.bucket().fail_write(turn, mode);
            work(&instance);
            instance.assert_no_orphans();
            if instance.host.bucket().writes() - before <= turn {
                break;
            }
            turns += 1;
        }
    }
    turns
}

fn send(held: &Held, output: &str, bytes: &[u8]) {
    insist(|| held.put(output, bytes));
}

#[test]
fn storage_failing_at_each_write_of_a_reported_job() {
    let turns = with_each_write_failing(|instance| {
        for held in instance.runner("one").take_ladder() {
            send(&held, "videoFile", &rendition().mp4);
            insist(|| held.succeed_with_report());
        }
        assert_eq!(instance.job_states("vod-hls-transcoding"), ["3", "3"]);
        instance.assert_hls(VIDEO, &[240, 360]);
    });
    // A media file and four documents for each of two renditions, failing before and after.
    assert_eq!(turns, 2 * 10);
}

#[test]
fn storage_failing_at_each_write_of_a_stock_job() {
    with_each_write_failing(|instance| {
        let held = instance.runner("one").take("vod-hls-transcoding");
        send(&held, "videoFile", &rendition().mp4);
        send(
            &held,
            "resolutionPlaylistFile",
            rendition().playlist.as_bytes(),
        );
        insist(|| held.call("success", json!({})));
        if instance.run_tasks().is_err() {
            // The queue hands a failed task out again.
            insist(|| held.call("success", json!({})));
            instance.run_tasks().unwrap();
        }
        assert_eq!(held.state(), "3");
        instance.assert_hls(VIDEO, &[360]);
    });
}

#[test]
fn storage_failing_at_each_part_of_a_large_form() {
    let bytes = vec![7; (8 << 20) + 99];
    let turns = with_each_write_failing(|instance| {
        let held = instance.runner("one").take("vod-hls-transcoding");
        let url = held.upload_url("videoFile");
        let form = crate::files::form_with_file("file", &bytes);
        insist(|| instance.send(http::Method::PUT, &url, &crate::files::FORM, form.clone()));
        let stored = instance.host.bucket().bytes(&held.object_key("videoFile"));
        assert!(stored.unwrap() == bytes);
        // A multipart upload whose start was answered with a failure has no id to end it by: the bucket's
        // own rule does. Every other one is ended.
        assert!(instance.host.bucket().open_multiparts() <= 1);
    });
    assert!(turns >= 2 * 4, "start, two parts, completion: {turns}");
}

#[test]
fn storage_failing_at_a_picture() {
    with_each_write_failing(|instance| {
        let held = instance.runner("one").take("generate-video-storyboard");
        send(&held, "storyboardFile", &jpeg(280, 157));
        insist(|| held.call("success", json!({})));
        assert_eq!(instance.host.one("SELECT count(*) FROM thumbnail"), "1");
    });
}

#[test]
fn database_failing_at_each_batch_of_a_reported_job() {
    let mut turns = 0;
    for mode in MODES {
        for turn in 0.. {
            let instance = Instance::with_video();
            let held = instance.runner("one").take("vod-hls-transcoding");
            instance.host.fail_batch(turn, mode);
            send(&held, "videoFile", &rendition().mp4);
            insist(|| held.succeed_with_report());
            assert_eq!(held.state(), "3");
            instance.assert_hls(VIDEO, &[360]);
            instance.assert_no_orphans();
            if instance.host.take_batch_fault() {
                break;
            }
            turns += 1;
        }
    }
    assert_eq!(turns, 2 * 4, "upload, load, note, commit");
}

#[test]
fn database_failing_at_each_batch_of_a_stock_job() {
    for mode in MODES {
        for turn in 0.. {
            let instance = Instance::with_video();
            let held = instance.runner("one").take("vod-hls-transcoding");
            held.put("videoFile", &rendition().mp4).done();
            held.put("resolutionPlaylistFile", rendition().playlist.as_bytes())
                .done();
            instance.host.fail_batch(turn, mode);
            insist(|| held.call("success", json!({})));
            if instance.run_tasks().is_err() {
                insist(|| held.call("success", json!({})));
                instance.run_tasks().unwrap();
            }
            assert_eq!(held.state(), "3");
            instance.assert_hls(VIDEO, &[360]);
            instance.assert_no_orphans();
            if instance.host.take_batch_fault() {
                break;
            }
        }
    }
}

#[test]
fn an_abort_or_an_error_whose_answer_was_lost_counts_once() {
    for verb in ["abort", "error"] {
        let instance = Instance::with_video();
        let held = instance.runner("one").take("vod-hls-transcoding");
        instance.host.fail_batch(1, FaultMode::FailAfter);
        let more = json!({ "reason": "stop", "message": "stop" });
        assert_eq!(held.call(verb, more.clone()).status, 503);
        held.call(verb, more).refused(404, None);
        let failures = instance.host.dump("SELECT sum(failures) FROM runner_job");
        assert_eq!(failures, [if verb == "error" { "1" } else { "0" }]);
        assert_eq!(held.state(), "1");
    }
}
