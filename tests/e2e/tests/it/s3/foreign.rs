//! The main job on a server that is not Cloudflare's: no R2 at all.

use std::time::Duration;

use e2e::scratch::Scratch;
use e2e::video::{self, text};
use e2e::{Transcoder, clock, media_checks, samples};
use s3_server::{Logged, Operation, S3Server};

const QUEUE_PATIENCE: Duration = Duration::from_secs(30);
/// Longer than upload URLs live, which is seven days.
const LONG: Duration = Duration::from_secs(9 * 24 * 3600);
const TRANSCODER: &str = "edgetube-transcoder/";

fn is_write(entry: &Logged) -> bool {
    matches!(
        entry.operation,
        Operation::PutObject | Operation::UploadPart
    )
}

/// Every file of a rendition went from the transcoder to storage in one request that storage checked,
/// and nobody else has written it.
fn assert_renditions_went_directly(log: &[Logged], urls: &[&str], sizes: &[u64]) {
    for (url, size) in urls.iter().zip(sizes) {
        let name = url.rsplit('/').next().expect("a URL has a path");
        let writes: Vec<&Logged> = log
            .iter()
            .filter(|entry| is_write(entry) && entry.object_key.ends_with(name))
            .collect();
        let [write] = writes.as_slice() else {
            panic!("{name} was not written once: {writes:#?}");
        };
        assert!(write.user_agent.starts_with(TRANSCODER), "{write:?}");
        assert_eq!((write.status, write.sent_bytes), (200, *size), "{write:?}");
    }
}

#[test]
fn the_main_job_from_upload_to_the_last_byte_deleted() {
    let server = S3Server::start();
    let mut instance = super::instance(&server);
    let admin = instance.admin();
    let visitor = instance.visitor();
    let sample = samples::bunny();
    let created = video::upload(&admin, &sample, "Big Buck Bunny", &[]);
    Transcoder::drain(&instance);
    let video = video::wait_until_transcoded(&admin, &created.uuid, QUEUE_PATIENCE);
    assert_eq!(video::resolutions(&video), samples::bunny::LADDER);

    let scratch = Scratch::new("renditions");
    let renditions = media_checks::fetch_renditions(&visitor, &video, &scratch);
    media_checks::check_segment_hashes(&visitor, &video, &renditions);
    media_checks::check_files(&video, &renditions, samples::bunny::DURATION_SECS);
    media_checks::check_pictures(&visitor, &video);
    media_checks::check_torrents(&visitor, &renditions);
    let source = admin.get(&format!("/api/v1/videos/{}/source", created.uuid));
    let source = source.expect_status(200).json();
    let original = admin
        .get(text(&source, "fileDownloadUrl"))
        .expect_status(200);
    assert_eq!(original.body, std::fs::read(&sample).unwrap());

    assert_eq!(instance.objects(), [], "something lies in R2");
    let log = server.log();
    let urls: Vec<&str> = renditions.iter().map(|one| one.url.as_str()).collect();
    let sizes: Vec<u64> = renditions
        .iter()
        .map(|one| video::number(&one.file, "size"))
        .collect();
    assert_renditions_went_directly(&log, &urls, &sizes);
    let refused: Vec<&Logged> = log.iter().filter(|entry| entry.status >= 400).collect();
    assert!(refused.is_empty(), "{refused:#?}");

    let path = format!("/api/v1/videos/{}", created.uuid);
    let _ = admin.delete(&path).expect_status(204);
    clock::pass(&mut instance, LONG);
    instance.run_cron();
    assert_eq!(server.objects(), []);
    assert_eq!(server.open_multiparts(), 0);
    assert_eq!(instance.visitor().get(urls[0]).status, 404);
}
