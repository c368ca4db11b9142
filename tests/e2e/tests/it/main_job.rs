//! Upload a real video, transcode it, and look at everything that comes out.

use std::time::Duration;

use e2e::published::{ORIGINAL_RANGE, published};
use e2e::samples::bunny;
use e2e::scratch::Scratch;
use e2e::video::{self, number, resolutions, text};
use e2e::{Instance, Transcoder, clock, media_checks, samples, stored};

const QUEUE_PATIENCE: Duration = Duration::from_secs(30);
/// Longer than anything that is kept for a while: upload URLs live seven days.
const LONG: Duration = Duration::from_secs(9 * 24 * 3600);

#[test]
fn only_the_right_password_signs_in() {
    let visitor = published().instance.visitor();
    let problem = visitor.ask_token("root", "wrong").problem(400);
    assert_eq!(problem["code"], "invalid_grant");
    let problem = visitor.ask_token("nobody", "wrong").problem(400);
    assert_eq!(problem["code"], "invalid_grant");
    let me = published()
        .admin
        .get("/api/v1/users/me")
        .expect_status(200)
        .json();
    assert_eq!(me["username"], "root");
    assert_eq!(me["role"]["id"], 0);
    assert!(me["videoChannels"][0]["id"].is_u64(), "{me}");
    let _ = visitor.get("/api/v1/users/me").problem(401);
}

#[test]
fn a_signed_out_token_is_worth_nothing() {
    let client = published().instance.admin();
    let _ = client.get("/api/v1/users/me").expect_status(200);
    let answer = client.post_empty("/api/v1/users/revoke-token");
    assert!(matches!(answer.status, 200 | 204), "{answer:?}");
    let problem = client.get("/api/v1/users/me").problem(401);
    assert_eq!(problem["code"], "invalid_token");
}

#[test]
fn the_original_is_listed_and_playable_right_after_the_upload() {
    let video = &published().after_upload;
    let file = &video["files"][0];
    let original = std::fs::read(samples::bunny()).unwrap();
    assert_eq!(file["size"], original.len());
    assert_eq!(number(&file["resolution"], "id"), bunny::RESOLUTION);
    assert_eq!(number(video, "duration"), bunny::DURATION_SECS);
    let answer = published().original_range.clone().expect_status(206);
    assert_eq!(answer.body, original[ORIGINAL_RANGE.0..=ORIGINAL_RANGE.1]);
}

#[test]
fn every_rendition_of_the_ladder_is_made() {
    let video = &published().video;
    assert_eq!(resolutions(video), bunny::LADDER);
    assert_eq!(text(video, "uuid"), published().created.uuid);
    assert_eq!(text(video, "name"), "Big Buck Bunny");
    assert_eq!(video["tags"], serde_json::json!(["rabbit", "film"]));
    let by_short = video::details(
        &published().instance.visitor(),
        &published().created.short_uuid,
    );
    assert_eq!(by_short["id"], published().created.id);
    let list = published()
        .instance
        .visitor()
        .get("/api/v1/videos")
        .expect_status(200)
        .json();
    assert_eq!(list["total"], 1, "{list}");
    assert_eq!(list["data"][0]["uuid"], video["uuid"]);
}

#[test]
fn the_master_playlist_names_every_rendition() {
    let visitor = published().instance.visitor();
    media_checks::check_master(&visitor, &published().video, &published().renditions);
}

#[test]
fn every_byte_range_hashes_to_its_entry() {
    let visitor = published().instance.visitor();
    media_checks::check_segment_hashes(&visitor, &published().video, &published().renditions);
}

#[test]
fn ffprobe_and_ffmpeg_accept_every_output() {
    let published = published();
    media_checks::check_files(
        &published.video,
        &published.renditions,
        bunny::DURATION_SECS,
    );
}

#[test]
fn key_frames_line_up_across_renditions() {
    media_checks::check_key_frames(&published().renditions);
}

#[test]
fn pictures_are_jpegs_of_the_stated_size() {
    media_checks::check_pictures(&published().instance.visitor(), &published().video);
}

#[test]
fn torrents_describe_their_files() {
    media_checks::check_torrents(&published().instance.visitor(), &published().renditions);
}

#[test]
fn transcoding_again_changes_nothing() {
    let published = published();
    let objects = published.instance.objects();
    Transcoder::drain(&published.instance);
    let again = video::details(&published.admin, &published.created.uuid);
    for key in [
        "streamingPlaylists",
        "files",
        "thumbnails",
        "state",
        "updatedAt",
    ] {
        assert_eq!(again[key], published.video[key], "{key}");
    }
    assert_eq!(published.instance.objects(), objects);
}

#[test]
fn time_leaves_no_orphans_and_the_video_plays_on() {
    let mut instance = Instance::start();
    let scratch = Scratch::new("samples");
    let sample = samples::test_card(&scratch, "card.mp4", "640x360", 3);
    let admin = instance.admin();
    let created = video::upload(&admin, &sample, "Test card", &[]);
    Transcoder::drain(&instance);
    let before = video::wait_until_transcoded(&admin, &created.uuid, QUEUE_PATIENCE);
    clock::pass(&mut instance, LONG);
    instance.run_cron();
    let admin = instance.admin();
    stored::assert_no_orphans(&instance, &admin, &[&created.uuid]);
    let after = video::details(&admin, &created.uuid);
    assert_eq!(after["streamingPlaylists"], before["streamingPlaylists"]);
    let renditions = media_checks::fetch_renditions(&instance.visitor(), &after, &scratch);
    media_checks::check_segment_hashes(&instance.visitor(), &after, &renditions);
    let source = admin.get(&format!("/api/v1/videos/{}/source", created.uuid));
    let source = source.expect_status(200).json();
    let original = admin
        .get(text(&source, "fileDownloadUrl"))
        .expect_status(200);
    assert_eq!(original.body, std::fs::read(&sample).unwrap());
}

#[test]
fn a_deleted_video_leaves_nothing() {
    let mut instance = Instance::start();
    let scratch = Scratch::new("samples");
    let sample = samples::test_card(&scratch, "card.mp4", "640x360", 2);
    let admin = instance.admin();
    let created = video::upload(&admin, &sample, "Test card", &[]);
    Transcoder::drain(&instance);
    let video = video::wait_until_transcoded(&admin, &created.uuid, QUEUE_PATIENCE);
    let path = format!("/api/v1/videos/{}", created.uuid);
    let _ = admin.delete(&path).expect_status(204);
    let _ = instance.visitor().get(&path).problem(404);
    clock::pass(&mut instance, LONG);
    instance.run_cron();
    assert_eq!(instance.objects(), []);
    let file = text(&video["streamingPlaylists"][0]["files"][0], "fileUrl").to_owned();
    assert_eq!(instance.visitor().get(&file).status, 404);
}
