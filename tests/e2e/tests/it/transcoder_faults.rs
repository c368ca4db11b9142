//! Transcoders that die or are told to stop.

use std::time::Duration;

use e2e::scratch::Scratch;
use e2e::video::{self, Created, job_states};
use e2e::{Client, Instance, Transcoder, clock, media_checks, samples, stored, wait};

const PATIENCE: Duration = Duration::from_secs(60);
/// A job whose runner is silent for two minutes goes back.
const STALL: Duration = Duration::from_secs(3 * 60);
const LONG: Duration = Duration::from_secs(9 * 24 * 3600);
/// Long enough that two cores are busy with it when the signal comes.
const SAMPLE_SECS: u32 = 10;

const PENDING: u64 = 1;
const PROCESSING: u64 = 2;

struct Uploaded {
    instance: Instance,
    admin: Client,
    created: Created,
    scratch: Scratch,
}

fn uploaded() -> Uploaded {
    let instance = Instance::start();
    let admin = instance.admin();
    let scratch = Scratch::new("faults");
    let sample = samples::test_card(&scratch, "card.mp4", "1280x720", SAMPLE_SECS);
    let created = video::upload(&admin, &sample, "Test card", &[("waitTranscoding", "true")]);
    Uploaded {
        instance,
        admin,
        created,
        scratch,
    }
}

/// Starts a transcoder and waits until ffmpeg is at work on its jobs.
fn at_work(uploaded: &Uploaded) -> Transcoder {
    let transcoder = Transcoder::start(&uploaded.instance);
    wait::until("a rendition is being made", PATIENCE, || {
        let states = job_states(&uploaded.admin);
        (states.contains(&PROCESSING) && transcoder.is_encoding()).then_some(())
    });
    transcoder
}

/// Nothing lost, nothing doubled, nothing left over.
fn assert_done(mut uploaded: Uploaded) {
    let Uploaded {
        instance,
        admin,
        created,
        scratch,
    } = &mut uploaded;
    let visitor = instance.visitor();
    let video = video::wait_until_transcoded(admin, &created.uuid, PATIENCE);
    assert_eq!(video::resolutions(&video), samples::bunny::LADDER);
    let renditions = media_checks::fetch_renditions(&visitor, &video, scratch);
    media_checks::check_segment_hashes(&visitor, &video, &renditions);
    media_checks::check_key_frames(&renditions);
    media_checks::check_pictures(&visitor, &video);
    clock::pass(instance, LONG);
    instance.run_cron();
    stored::assert_no_orphans(instance, &instance.admin(), &[&created.uuid]);
}

#[test]
fn killed_in_the_middle_and_done_again() {
    let mut uploaded = uploaded();
    let mut transcoder = at_work(&uploaded);
    transcoder.kill();
    assert!(job_states(&uploaded.admin).contains(&PROCESSING));
    clock::pass(&mut uploaded.instance, STALL);
    uploaded.instance.run_cron();
    let states = job_states(&uploaded.admin);
    assert!(
        !states.contains(&PROCESSING),
        "stalled jobs were not taken back: {states:?}"
    );
    Transcoder::drain(&uploaded.instance);
    assert_done(uploaded);
}

#[test]
fn told_to_stop_gives_the_jobs_back_at_once() {
    let uploaded = uploaded();
    let mut transcoder = at_work(&uploaded);
    let status = transcoder.terminate();
    assert!(status.success(), "{status}:\n{}", transcoder.log());
    let states = job_states(&uploaded.admin);
    assert!(states.contains(&PENDING), "{states:?}");
    assert!(!states.contains(&PROCESSING), "{states:?}");
    Transcoder::drain(&uploaded.instance);
    assert_done(uploaded);
}

#[test]
fn the_server_dies_under_a_working_transcoder() {
    let uploaded = uploaded();
    let mut transcoder = at_work(&uploaded);
    uploaded.instance.kill_server();
    let status = transcoder.wait(PATIENCE);
    if !status.success() {
        // It may have given up; then the next one finds the jobs.
        Transcoder::drain(&uploaded.instance);
    }
    assert_done(uploaded);
}
