//! Ranges over blocks.

use http::Method;
use testkit::TestPlatform;

use crate::fixture::{MEDIA_BYTES, ask_only, get, hls_path, instance, media_bytes, range};

const BLOCK: usize = 4 * 1024 * 1024;

fn blocks(platform: &TestPlatform) -> Vec<String> {
    platform
        .cache
        .keys()
        .iter()
        .filter(|key| key.starts_with("block/"))
        .map(|key| key.rsplit('/').next().unwrap().to_owned())
        .collect()
}

fn check(platform: &TestPlatform, first: usize, last: usize) {
    let answered = range(platform, &hls_path(), &format!("bytes={first}-{last}"));
    assert_eq!(answered.status, 206);
    assert!(
        answered.bytes == media_bytes()[first..=last],
        "{first}-{last}"
    );
}

#[test]
fn a_miss_fills_its_blocks_at_most_two() {
    let platform = instance();
    check(&platform, 10, 20);
    assert_eq!(blocks(&platform), ["0"]);
    check(&platform, BLOCK - 1, BLOCK);
    assert_eq!(blocks(&platform), ["0", "1"]);
    check(&platform, MEDIA_BYTES - 1, MEDIA_BYTES - 1);
    assert_eq!(blocks(&platform), ["0", "1", "2"]);

    let platform = instance();
    assert_eq!(get(&platform, &hls_path(), &[]).bytes.len(), MEDIA_BYTES);
    assert_eq!(blocks(&platform), ["0", "1"]);
    // The rest comes with the next one, which reads the first two from the cache.
    let reads = platform.objects.reads();
    check(&platform, 0, MEDIA_BYTES - 1);
    assert_eq!(
        platform.objects.reads() - reads,
        2,
        "the tail, and its block"
    );
    assert_eq!(blocks(&platform), ["0", "1", "2"]);
    let reads = platform.objects.reads();
    check(&platform, 0, MEDIA_BYTES - 1);
    assert_eq!(platform.objects.reads(), reads);
}

#[test]
fn a_hole_in_the_middle_is_read_once_and_filled() {
    let platform = instance();
    check(&platform, 0, MEDIA_BYTES - 1);
    check(&platform, 0, MEDIA_BYTES - 1);
    let size = MEDIA_BYTES;
    let middle = format!(
        "block/{BLOCK}/streaming-playlists/hls/{}/f-720-fragmented.mp4/{size}/1",
        crate::fixture::UUID
    );
    platform.cache.clear_prefix(&middle);
    assert_eq!(blocks(&platform), ["0", "2"]);
    let reads = platform.objects.reads();
    check(&platform, BLOCK - 100, 2 * BLOCK + 100);
    assert_eq!(platform.objects.reads() - reads, 2);
    assert_eq!(blocks(&platform), ["0", "1", "2"]);
}

#[test]
fn many_small_requests_for_one_block_fill_it_once() {
    let platform = instance();
    let path = hls_path();
    range(&platform, &path, "bytes=0-0");
    platform.cache.clear_prefix("block/");
    let reads = platform.objects.reads();
    for piece in 0..10 {
        let first = piece * 16_384;
        let asked = format!("bytes={first}-{}", first + 16_383);
        assert_eq!(
            ask_only(&platform, Method::GET, &path, &[("range", &asked)]).status,
            206
        );
    }
    assert_eq!(platform.objects.reads() - reads, 10);
    platform.run_spawned();
    assert_eq!(platform.objects.reads() - reads, 11, "one fill");
    assert_eq!(blocks(&platform), ["0"]);
}

#[test]
fn a_fill_that_fails_costs_nobody_anything() {
    let platform = instance();
    let path = hls_path();
    assert_eq!(
        ask_only(&platform, Method::GET, &path, &[("range", "bytes=0-9")]).status,
        206
    );
    let object_key = format!(
        "streaming-playlists/hls/{}/f-720-fragmented.mp4",
        crate::fixture::UUID
    );
    testkit::block_on(ports::ObjectStore::delete(&platform.objects, &[object_key])).unwrap();
    platform.run_spawned();
    assert!(blocks(&platform).is_empty());
    assert!(platform.logged.borrow().is_empty());
}
