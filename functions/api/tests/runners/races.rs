//! Two calls at once: the second acts between the first one's load and its commit.

use std::rc::Rc;

use serde_json::json;

use crate::fixture::{Instance, VIDEO, source};
use crate::media::rendition;

#[test]
fn of_two_runners_that_accept_at_once_one_wins() {
    let instance = Instance::with_video();
    let (slow, fast) = (instance.runner("slow"), instance.runner("fast"));
    let uuid = slow.available(&["vod-hls-transcoding"])[0]["uuid"].clone();
    let uuid = uuid.as_str().unwrap().to_owned();
    let theirs = uuid.clone();
    instance.host.before_batch(1, move || {
        fast.accept(&theirs);
    });
    slow.try_accept(&uuid)
        .refused(409, Some("runner_job_not_in_pending_state"));
    let holder = "SELECT r.name FROM runner_job j JOIN runner r ON r.id = j.runner_id";
    assert_eq!(instance.host.one(holder), "fast");
}

/// Batches of a success call that publishes: load, note the new objects, commit.
const COMMIT: u32 = 2;

#[test]
fn two_renditions_published_at_once_are_both_there() {
    for (first, second) in [(0, 1), (1, 0)] {
        let instance = Instance::with_video();
        let mut ladder = instance.runner("one").take_ladder();
        for held in &ladder {
            held.put("videoFile", &rendition().mp4).done();
        }
        let other = ladder.remove(second);
        let held = ladder.remove(first.min(ladder.len() - 1));
        instance
            .host
            .before_batch(COMMIT, move || other.succeed_with_report().done());
        held.succeed_with_report().done();
        instance.assert_hls(VIDEO, &[240, 360]);
        assert_eq!(instance.job_states("vod-hls-transcoding"), ["3", "3"]);
        instance.assert_no_orphans();
    }
}

#[test]
fn five_renditions_that_overtake_each_other_are_all_there() {
    let instance = Instance::with(|settings| {
        settings.ladder.resolutions = vec![144, 240, 360, 480, 720];
    });
    instance.add_video(&source(VIDEO), 2);
    let ladder = instance.runner("one").take_ladder();
    assert_eq!(ladder.len(), 5);
    for held in &ladder {
        held.put("videoFile", &rendition().mp4).done();
    }
    // Each call is overtaken, just before its commit, by the next one.
    let host = instance.host.clone();
    let mut chain: Option<Box<dyn FnOnce()>> = None;
    for held in ladder {
        let inner = chain.take();
        let host = host.clone();
        chain = Some(Box::new(move || {
            if let Some(inner) = inner {
                host.before_batch(COMMIT, inner);
            }
            held.succeed_with_report().done();
        }));
    }
    chain.unwrap()();
    instance.assert_hls(VIDEO, &[144, 240, 360, 480, 720]);
    instance.assert_no_orphans();
}

#[test]
fn the_same_success_at_once_is_one() {
    let instance = Instance::with_video();
    let held = Rc::new(instance.runner("one").take("vod-hls-transcoding"));
    held.put("videoFile", &rendition().mp4).done();
    for batch in 1..=COMMIT {
        let twin = held.clone();
        instance
            .host
            .before_batch(batch, move || twin.succeed_with_report().done());
    }
    held.succeed_with_report().done();
    instance.assert_hls(VIDEO, &[360]);
    let files = "SELECT count(*) FROM video_file WHERE kind = 'hls'";
    assert_eq!(instance.host.one(files), "1");
    instance.assert_no_orphans();
}

#[test]
fn an_attempt_that_ends_while_it_is_published_is_not() {
    let instance = Instance::with_video();
    let held = instance.runner("one").take("vod-hls-transcoding");
    held.put("videoFile", &rendition().mp4).done();
    let (admin, uuid) = (instance.clone(), held.uuid.clone());
    instance.host.before_batch(COMMIT, move || {
        let path = format!("/api/v1/runners/jobs/{uuid}/cancel");
        admin.admin(http::Method::POST, &path).done();
    });
    let answer = held.succeed_with_report();
    answer.refused(409, Some("runner_job_not_in_processing_state"));
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
fn the_last_two_jobs_ending_at_once_settle_the_video_once() {
    let instance = Instance::with(|settings| settings.keeps_original_file = false);
    let mut bare = source(VIDEO);
    bare.duration_secs = 0;
    instance.add_video(&bare, 2);
    let runner = instance.runner("one");
    for _ in 0..2 {
        let held = runner.take("generate-video-storyboard");
        held.put("storyboardFile", &crate::media::jpeg(10, 10))
            .done();
        held.call("success", json!({})).done();
    }
    let mut ladder = runner.take_ladder();
    for held in &ladder {
        held.put("videoFile", &rendition().mp4).done();
    }
    let (low, high) = (ladder.pop().unwrap(), ladder.pop().unwrap());
    instance
        .host
        .before_batch(COMMIT, move || low.succeed_with_report().done());
    high.succeed_with_report().done();
    assert_eq!(
        instance.host.one("SELECT object_key FROM video_source"),
        "NULL"
    );
    assert_eq!(
        instance
            .host
            .dump("SELECT 1 FROM video_file WHERE kind = 'web'")
            .len(),
        0
    );
    instance.assert_hls(VIDEO, &[240, 360]);
    instance.assert_no_orphans();
}
