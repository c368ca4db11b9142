//! Storage that fails once at each write, before it or after it: nothing is lost, nothing is left over.

use std::time::Duration;

use e2e::hash::sha256;
use e2e::resumable::{Resumable, received};
use e2e::scratch::Scratch;
use e2e::video::{self, Created, text};
use e2e::{Client, Transcoder, clock, media_checks, samples, stored};
use s3_server::{Fault, Operation, S3Server};

const PATIENCE: Duration = Duration::from_secs(120);
const LONG: Duration = Duration::from_secs(9 * 24 * 3600);
/// 18 MB: two parts of 8 MiB and a rest.
const COPIES: u32 = 17;
const CHUNK_BYTES: u64 = 7_000_000;
const MAX_TRIES: u32 = 40;

/// Sends the whole file as a patient client does; answers the video and how often it was put off.
fn send(admin: &Client, content: &[u8], total: u64) -> (Created, u32) {
    let upload = Resumable::open(admin, "Long", "long.mp4", total);
    let mut put_off = 0;
    let mut safe = 0;
    for _ in 0..MAX_TRIES {
        let answer = upload.put(content, safe, total.min(safe + CHUNK_BYTES));
        match answer.status {
            503 => {
                put_off += 1;
                // A client asks where to go on; without a rest, it sends the last byte again.
                safe = upload.received().min(total - 1);
            }
            _ => match received(&answer) {
                Some(now) => safe = now,
                None => return (Created::from_answer(&answer), put_off),
            },
        }
    }
    panic!("the upload did not end in {MAX_TRIES} tries");
}

fn fail_each_upload_write(fault: Fault) {
    let server = S3Server::start();
    let mut instance = super::instance(&server);
    let admin = instance.admin();
    let scratch = Scratch::new("sample");
    let (content, total) = samples::read(&samples::long_bunny(&scratch, COPIES));
    for operation in [
        Operation::CreateMultipartUpload,
        Operation::UploadPart,
        Operation::UploadPart,
        Operation::CompleteMultipartUpload,
        Operation::PutObject,
    ] {
        server.fail_next(operation, "", fault);
        let (created, put_off) = send(&admin, &content, total);
        assert!(server.faults_left().is_empty(), "no {operation:?} was met");
        assert!(put_off <= 2, "{operation:?}: {put_off} errors of one fault");
        let path = format!("/api/v1/videos/{}", created.uuid);
        let source = admin.get(&format!("{path}/source")).expect_status(200);
        let original = admin.get(text(&source.json(), "fileDownloadUrl"));
        let original = original.expect_status(200).body;
        assert_eq!(sha256(&original), sha256(&content), "{operation:?}");
        let _ = admin.delete(&path).expect_status(204);
    }
    // Cron's own deletions meet the faults, too; what fails is done by the next run.
    server.fail_next(Operation::DeleteObjects, "", fault);
    clock::pass(&mut instance, LONG);
    instance.run_cron();
    instance.run_cron();
    assert!(server.faults_left().is_empty(), "cron deleted nothing");
    assert_eq!(server.objects(), []);
    // Nobody was told the id of the one that started and failed: the bucket's own rule for uploads that
    // nobody completes ends it.
    let unknown = usize::from(fault == Fault::After);
    assert_eq!(server.open_multiparts(), unknown);
}

#[test]
fn each_write_of_an_upload_fails_and_stores_nothing() {
    fail_each_upload_write(Fault::Before);
}

#[test]
fn each_write_of_an_upload_is_stored_and_fails() {
    fail_each_upload_write(Fault::After);
}

/// One fault for each kind of object that publishing writes, the transcoder's among them.
fn fail_each_published_write(fault: Fault) {
    let server = S3Server::start();
    let mut instance = super::instance(&server);
    let admin = instance.admin();
    let scratch = Scratch::new("sample");
    let created = video::upload(&admin, &samples::bunny(), "Big Buck Bunny", &[]);
    for key_part in [
        "-fragmented.mp4",
        ".m3u8",
        "-master.m3u8",
        "segments-sha256",
        ".torrent",
        "storyboards/",
        "thumbnails/",
        "thumbnails/",
    ] {
        server.fail_next(Operation::PutObject, key_part, fault);
    }
    Transcoder::drain(&instance);
    let video = video::wait_until_transcoded(&admin, &created.uuid, PATIENCE);
    assert_eq!(server.faults_left(), [""; 0]);
    let visitor = instance.visitor();
    let renditions = media_checks::fetch_renditions(&visitor, &video, &scratch);
    media_checks::check_master(&visitor, &video, &renditions);
    media_checks::check_segment_hashes(&visitor, &video, &renditions);
    media_checks::check_torrents(&visitor, &renditions);
    media_checks::check_pictures(&visitor, &video);
    clock::pass(&mut instance, LONG);
    instance.run_cron();
    let named = stored::named(&instance.admin(), &[&created.uuid]);
    let objects = server.objects();
    let orphans: Vec<_> = objects
        .iter()
        .filter(|(key, _)| !named.contains(key.rsplit('/').next().unwrap_or_default()))
        .collect();
    assert!(orphans.is_empty(), "{orphans:#?}");
}

#[test]
fn each_write_of_publishing_fails_and_stores_nothing() {
    fail_each_published_write(Fault::Before);
}

#[test]
fn each_write_of_publishing_is_stored_and_fails() {
    fail_each_published_write(Fault::After);
}
