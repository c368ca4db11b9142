//! Files of copies of other servers' videos.

use http::{Method, StatusCode};
use ports::{Body, ObjectStore};
use testkit::{TestPlatform, block_on};

use crate::fixture::{MEDIA_BYTES, ask, get, instance, media_bytes, range, run, set_privacy};

const UUID: &str = "22222222-2222-4222-8222-222222222222";

fn path(name: &str) -> String {
    format!("/static/redundancy/hls/{UUID}/{name}")
}

fn with_copy(state: &str) -> TestPlatform {
    let platform = instance();
    run(
        &platform,
        "INSERT INTO video (id, uuid, remote_url, channel_id, name, privacy, state, created_at_unix_ms,
             updated_at_unix_ms, published_at_unix_ms)
         VALUES (2, ?1, 'https://far.test/v/2', 1, 'Far', 1, 1, 0, 0, 0)",
        vec![UUID.into()],
    );
    run(
        &platform,
        "INSERT INTO mirror (video_id, base_url, state, strategy, folder, created_at_unix_ms,
             updated_at_unix_ms) VALUES (2, '', ?1, 'manual', 'f00', 0, 0)",
        vec![state.into()],
    );
    let length = u64::try_from(MEDIA_BYTES).unwrap();
    let put = platform.objects.put(
        "mirrors/f00/a-720.mp4",
        "",
        Body::Bytes(media_bytes()),
        length,
    );
    block_on(put).unwrap();
    platform
}

#[test]
fn a_copy_is_served_by_ranges_to_everybody() {
    let platform = with_copy("kept");
    let all = media_bytes();
    let part = range(&platform, &path("a-720.mp4"), "bytes=5000000-5000009");
    assert_eq!(part.status, StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes, all[5_000_000..5_000_010]);
    let whole = get(&platform, &path("a-720.mp4"), &[]);
    assert!(whole.bytes == all);
    assert_eq!(
        get(&platform, &path("b.mp4"), &[]).status,
        StatusCode::NOT_FOUND
    );
    let head = ask(&platform, Method::HEAD, &path("a-720.mp4"), &[]);
    assert_eq!(head.status, StatusCode::OK);
}

#[test]
fn what_is_unfinished_or_not_for_everybody_is_not_served() {
    for state in ["copying", "failed"] {
        let platform = with_copy(state);
        let answered = get(&platform, &path("a-720.mp4"), &[]);
        assert_eq!(answered.status, StatusCode::NOT_FOUND, "{state}");
    }
    let platform = with_copy("kept");
    set_privacy(&platform, 3);
    assert_eq!(
        get(&platform, &path("a-720.mp4"), &[]).status,
        StatusCode::NOT_FOUND
    );
    // Another server's copy of ours is none of ours.
    let platform = instance();
    let ours = format!(
        "/static/redundancy/hls/{}/f-720-fragmented.mp4",
        crate::fixture::UUID
    );
    assert_eq!(get(&platform, &ours, &[]).status, StatusCode::NOT_FOUND);
}
