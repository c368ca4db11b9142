//! Thumbnails and storyboards through the storyboard protocol.

use ports::{Database, Platform, Statement};
use serde_json::json;
use testkit::block_on;

use crate::fixture::{Instance, VIDEO, source};
use crate::media::jpeg;

#[test]
fn thumbnails_and_storyboard_are_published() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    for (width, height) in [(280, 157), (850, 480), (1_920, 108)] {
        let held = runner.take("generate-video-storyboard");
        held.put("storyboardFile", &jpeg(width, height)).done();
        held.call("success", json!({})).done();
        assert_eq!(held.state(), "3");
        held.call("success", json!({})).done();
    }
    let thumbnails = instance
        .host
        .dump("SELECT width, height, filename FROM thumbnail");
    assert!(thumbnails[0].starts_with("280|157|") && thumbnails[1].starts_with("850|480|"));
    assert_eq!(thumbnails.len(), 2);
    let storyboard = instance.host.one(
        "SELECT total_width, total_height, sprite_width, sprite_height, sprite_duration_secs
         FROM storyboard",
    );
    assert_eq!(storyboard, "1920|108|192|108|1");
    instance.assert_no_orphans();
}

#[test]
fn a_picture_that_the_owner_chose_stays() {
    let instance = Instance::with_video();
    block_on(async {
        use ports::{Body, ObjectStore};
        let insert = Statement::new(
            "INSERT INTO thumbnail (video_id, width, height, filename)
             SELECT id, 280, 157, 'mine.jpg' FROM video",
            vec![],
        );
        instance.host.database().batch(vec![insert]).await.unwrap();
        let body = Body::Bytes(b"mine".to_vec());
        let objects = instance.host.objects();
        let put = objects.put("thumbnails/mine.jpg", "image/jpeg", body, 4);
        put.await.unwrap();
    });
    let held = instance.runner("one").take("generate-video-storyboard");
    held.put("storyboardFile", &jpeg(280, 157)).done();
    held.call("success", json!({})).done();
    assert_eq!(held.state(), "3");
    assert_eq!(
        instance.host.one("SELECT filename FROM thumbnail"),
        "mine.jpg"
    );
    instance.assert_no_orphans();
}

#[test]
fn short_videos_have_no_storyboard_and_tall_ones_tall_sprites() {
    let instance = Instance::new();
    let mut short = source(VIDEO);
    short.duration_secs = 2;
    instance.add_video(&short, 2);
    let mut tall = source("22222222-2222-4222-8222-222222222222");
    (tall.width, tall.height, tall.duration_secs) = (1080, 1920, 300);
    instance.add_video(&tall, 2);
    let sheets = instance.host.dump(
        "SELECT json_extract(payload, '$.sprites.size.width'),
                json_extract(payload, '$.sprites.size.height'),
                json_extract(payload, '$.sprites.count.width'),
                json_extract(payload, '$.sprites.count.height'),
                json_extract(payload, '$.sprites.duration')
         FROM runner_job WHERE type = 'generate-video-storyboard'
           AND json_extract(private_payload, '$.isThumbnail') IS NULL",
    );
    assert_eq!(sheets, ["108|192|10|10|3"]);
}

#[test]
fn a_failed_picture_fails_no_video() {
    let instance = Instance::with_video();
    let runner = instance.runner("one");
    for _ in 0..15 {
        let held = runner.take("generate-video-storyboard");
        held.call("error", json!({ "message": "no" })).done();
    }
    assert_eq!(
        instance.job_states("generate-video-storyboard"),
        ["4", "4", "4"]
    );
    assert_eq!(instance.host.one("SELECT state FROM video"), "2");
}
