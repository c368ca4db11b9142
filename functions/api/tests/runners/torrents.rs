//! The torrent of the original, made by the queue.

use testkit::block_on;

use crate::fixture::{Instance, ORIGINAL, VIDEO};
use crate::media::pieces_of;

#[test]
fn the_original_gets_a_torrent_soon_after_its_upload() {
    let instance = Instance::with_video();
    block_on(app::jobs::after_new_video(&instance.host, VIDEO)).unwrap();
    instance.run_tasks().unwrap();
    let row = instance
        .host
        .one("SELECT torrent_filename, info_hash, filename FROM video_file");
    let parts: Vec<&str> = row.split('|').collect();
    assert!(parts[0].ends_with("-1080.torrent"));
    let bytes = instance
        .host
        .bucket()
        .bytes(&format!("torrents/{}", parts[0]))
        .unwrap();
    let torrent = torrent::Torrent::decode(&bytes).unwrap();
    assert_eq!(torrent.info.info_hash().to_string(), parts[1]);
    assert_eq!(torrent.info.name, "A video-with a slash 1080p.mp4");
    assert_eq!(
        torrent.info.pieces,
        pieces_of(ORIGINAL, torrent.info.piece_length_bytes)
    );
    let url = format!("https://video.test/static/web-videos/{}", parts[2]);
    assert_eq!(torrent.web_seeds, [url]);
    instance.assert_no_orphans();

    let before = instance.host.bucket().writes();
    block_on(app::publish::make_torrents(&instance.host, VIDEO)).unwrap();
    assert_eq!(
        instance.host.bucket().writes(),
        before,
        "a second run changes nothing"
    );
}

#[test]
fn a_lost_task_is_found_by_cron_and_a_gone_video_needs_none() {
    let instance = Instance::with_video();
    let tick = || block_on(app::runners::tick(&instance.host)).unwrap();
    instance.host.inner.advance_ms(21 * 60_000);
    tick();
    let task = instance.take_task();
    assert!(task.is_some(), "lost once more");
    tick();
    assert_eq!(instance.take_task(), None, "not every minute");
    instance.host.inner.advance_ms(21 * 60_000);
    tick();
    instance.run_tasks().unwrap();
    let row = "SELECT count(*) FROM video_file WHERE torrent_filename IS NOT NULL";
    assert_eq!(instance.host.one(row), "1");
    instance.host.inner.advance_ms(21 * 60_000);
    tick();
    assert_eq!(instance.take_task(), None);
    block_on(app::publish::make_torrents(&instance.host, "no-such-video")).unwrap();
}
