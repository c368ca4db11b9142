//! Resumable uploads that are cut, repeated, shared, interrupted and abandoned.

use std::thread;
use std::time::Duration;

use e2e::client::Answer;
use e2e::hash::sha256;
use e2e::random::Random;
use e2e::resumable::{Resumable, received};
use e2e::scratch::Scratch;
use e2e::video::{self, Created, text};
use e2e::{Client, Instance, clock, samples, wait};

/// 26 MB: three object-storage parts of 8 MiB and a rest.
const COPIES: u32 = 25;
const PATIENCE: Duration = Duration::from_secs(60);
/// An upload that is idle for an hour is abandoned; what it has written may stay a day longer.
const ABANDONED: Duration = Duration::from_secs(2 * 3600);
const LONG: Duration = Duration::from_secs(2 * 24 * 3600);

struct Sample {
    content: Vec<u8>,
    total: u64,
}

fn sample() -> Sample {
    let scratch = Scratch::new("sample");
    let (content, total) = samples::read(&samples::long_bunny(&scratch, COPIES));
    Sample { content, total }
}

#[test]
fn chunks_may_end_anywhere_overlap_and_come_twice() {
    let sample = sample();
    let instance = Instance::start();
    let admin = instance.admin();
    let upload = Resumable::open(&admin, "Any chunks", "any.mp4", sample.total);
    assert_eq!(upload.received(), 0);
    let mut random = Random::new(20_261_122);
    let mut safe = 0;
    let mut last = None;
    while last.is_none() {
        // A small step back half of the time, and now and then far beyond what is safe.
        let back = if random.between(0, 1) == 0 {
            random.between(0, 300_000)
        } else {
            0
        };
        let start = safe - back.min(safe);
        let end = sample.total.min(safe + random.between(1, 3_000_000));
        if random.between(0, 4) == 0 && end + 10 < sample.total {
            let gap = upload.put(&sample.content, end + 1, end + 10);
            assert_eq!(received(&gap), Some(safe), "a chunk behind a gap was kept");
        }
        let answer = upload.put(&sample.content, start, end);
        match received(&answer) {
            Some(now) => assert_eq!(now, end, "after {start}..{end}"),
            None => last = Some(answer),
        }
        if random.between(0, 3) == 0 {
            let again = upload.put(&sample.content, start, end);
            assert_eq!(
                received(&again).unwrap_or(sample.total),
                end,
                "the same chunk again"
            );
        }
        safe = end;
        assert_eq!(upload.received(), safe);
    }
    let created = Created::from_answer(&last.unwrap());
    let again = upload
        .put(&sample.content, sample.total - 1, sample.total)
        .expect_status(200);
    assert_eq!(Created::from_answer(&again), created);
    assert_only_video(&admin, &created, &sample);
    assert_eq!(upload.delete().status, 204);
    let _ = video::details(&admin, &created.uuid);
}

#[test]
fn two_clients_may_send_one_upload() {
    let sample = sample();
    let instance = Instance::start();
    let admin = instance.admin();
    let upload = Resumable::open(&admin, "Two clients", "two.mp4", sample.total);
    let (first, second) = thread::scope(|scope| {
        let first = scope.spawn(|| send_all(&upload, &sample, 1));
        let second = scope.spawn(|| send_all(&upload, &sample, 2));
        (first.join().unwrap(), second.join().unwrap())
    });
    assert_eq!(first, second);
    assert_only_video(&admin, &first, &sample);
}

#[test]
fn killed_in_the_middle_loses_nothing() {
    let sample = sample();
    let instance = Instance::start();
    let admin = instance.admin();
    let upload = Resumable::open(&admin, "Killed", "killed.mp4", sample.total);
    for kill in 1..=3 {
        let before = upload.received();
        let target = sample.total * kill / 4;
        thread::scope(|scope| {
            // One chunk up to the end, which the kill cuts off somewhere.
            let sender = scope.spawn(|| upload.try_put(&sample.content, before, sample.total));
            wait::until("a part is safe", PATIENCE, || {
                let answer = upload.ask();
                // The sender's own request may be at its end already.
                let is_past = is_busy(&answer)
                    || received(&answer).is_none_or(|safe| safe > before.min(target));
                (is_past || sender.is_finished()).then_some(())
            });
            instance.kill_server();
            drop(sender.join().unwrap());
        });
        let after = wait::until("the upload's state is told", PATIENCE, || {
            let answer = upload.ask();
            (!is_busy(&answer)).then(|| received(&answer).unwrap_or(sample.total))
        });
        assert!(after >= before, "bytes that were safe are lost");
    }
    let created = send_all(&upload, &sample, 3);
    assert_only_video(&admin, &created, &sample);
}

#[test]
fn killed_and_started_again_by_its_operator() {
    let sample = sample();
    let mut instance = Instance::start();
    let admin = instance.admin();
    let upload = Resumable::open(&admin, "Restarted", "restarted.mp4", sample.total);
    let half = sample.total / 2;
    assert_eq!(received(&upload.put(&sample.content, 0, half)), Some(half));
    instance.stop();
    instance.resume();
    assert_eq!(upload.received(), half);
    let created = send_all(&upload, &sample, 4);
    assert_only_video(&admin, &created, &sample);
}

#[test]
fn a_cancelled_upload_leaves_nothing() {
    let sample = sample();
    let mut instance = Instance::start();
    let admin = instance.admin();
    let upload = Resumable::open(&admin, "Cancelled", "cancelled.mp4", sample.total);
    assert_eq!(
        received(&upload.put(&sample.content, 0, 10_000_000)),
        Some(10_000_000)
    );
    assert_eq!(upload.delete().status, 204);
    let _ = upload.ask().problem(404);
    let _ = upload
        .put(&sample.content, 10_000_000, sample.total)
        .problem(404);
    clock::pass(&mut instance, LONG);
    instance.run_cron();
    assert_nothing_is_there(&instance);
}

#[test]
fn an_abandoned_upload_is_collected() {
    let sample = sample();
    let mut instance = Instance::start();
    let admin = instance.admin();
    let upload = Resumable::open(&admin, "Abandoned", "abandoned.mp4", sample.total);
    assert_eq!(
        received(&upload.put(&sample.content, 0, 20_000_000)),
        Some(20_000_000)
    );
    instance.run_cron();
    assert_eq!(
        upload.received(),
        20_000_000,
        "cron took an upload that is under way"
    );
    clock::pass(&mut instance, ABANDONED);
    instance.run_cron();
    let _ = upload.ask().problem(404);
    clock::pass(&mut instance, LONG);
    instance.run_cron();
    assert_nothing_is_there(&instance);
}

/// Sends chunks from wherever the server says, until it has everything.
fn send_all(upload: &Resumable, sample: &Sample, seed: u64) -> Created {
    let mut random = Random::new(seed);
    wait::until("the upload is finished", PATIENCE, || {
        let answer = upload.ask();
        if is_busy(&answer) {
            return None;
        }
        let Some(start) = received(&answer) else {
            return Some(Created::from_answer(&answer));
        };
        let end = sample
            .total
            .min(start + random.between(1_000_000, 9_000_000));
        let answer = upload.put(&sample.content, start, end);
        (answer.status == 200).then(|| Created::from_answer(&answer))
    })
}

/// Another request is just making the video.
fn is_busy(answer: &Answer) -> bool {
    answer.status == 503
}

/// There is one video, and its original is what was sent.
fn assert_only_video(admin: &Client, created: &Created, sample: &Sample) {
    let mine = admin
        .get("/api/v1/users/me/videos")
        .expect_status(200)
        .json();
    assert_eq!(mine["total"], 1, "{mine}");
    let video = video::details(admin, &created.uuid);
    let original = admin
        .get(text(&video["files"][0], "fileUrl"))
        .expect_status(200);
    assert_eq!(sha256(&original.body), sha256(&sample.content));
    let quota = admin
        .get("/api/v1/users/me/video-quota-used")
        .expect_status(200)
        .json();
    assert_eq!(quota["videoQuotaUsed"], sample.total, "{quota}");
}

fn assert_nothing_is_there(instance: &Instance) {
    assert_eq!(instance.objects(), []);
    let admin = instance.admin();
    let mine = admin
        .get("/api/v1/users/me/videos")
        .expect_status(200)
        .json();
    assert_eq!(mine["total"], 0, "{mine}");
    let quota = admin
        .get("/api/v1/users/me/video-quota-used")
        .expect_status(200)
        .json();
    assert_eq!(quota["videoQuotaUsed"], 0, "{quota}");
}
