//! What an answer costs: batches of the database, operations of storage.

use http::{Method, StatusCode};
use testkit::TestPlatform;

use crate::fixture::{UUID, ask, ask_only, get, hls_path, instance, range, set_privacy};

fn cost(platform: &TestPlatform, work: impl FnOnce()) -> (u32, u32) {
    let before = (platform.database.batches(), platform.objects.reads());
    work();
    (
        platform.database.batches() - before.0,
        platform.objects.reads() - before.1,
    )
}

#[test]
fn a_warm_segment_costs_no_database_and_no_storage() {
    let platform = instance();
    let path = hls_path();
    let cold = cost(&platform, || {
        assert_eq!(range(&platform, &path, "bytes=0-999").status, 206);
    });
    assert_eq!(
        cold,
        (1, 3),
        "privacy; size, bytes, and the block afterwards"
    );
    for asked in ["bytes=0-999", "bytes=5000-9999", "bytes=0-4194303"] {
        let warm = cost(&platform, || {
            assert_eq!(range(&platform, &path, asked).status, 206);
        });
        assert_eq!(warm, (0, 0), "{asked}");
    }
    let head = cost(&platform, || {
        assert_eq!(ask(&platform, Method::HEAD, &path, &[]).status, 200);
    });
    assert_eq!(head, (0, 0));
}

#[test]
fn a_cold_picture_is_one_read_before_the_answer_and_one_after() {
    let platform = instance();
    let path = "/lazy-static/thumbnails/t.jpg";
    let answer = cost(&platform, || {
        assert_eq!(ask_only(&platform, Method::GET, path, &[]).status, 200);
    });
    assert_eq!(answer, (0, 1));
    assert_eq!(cost(&platform, || platform.run_spawned()), (0, 1));
    let warm = cost(&platform, || {
        assert_eq!(get(&platform, path, &[]).bytes, b"picture");
    });
    assert_eq!(warm, (0, 0));
}

#[test]
fn an_isolate_that_knows_nothing_learns_from_the_edge_cache() {
    let platform = instance();
    let path = hls_path();
    range(&platform, &path, "bytes=0-999");
    // Another isolate: its own thread, the same host behind it. Nothing crosses but the cache's entries.
    let keys = platform.cache.keys();
    for kind in [
        format!("record/open/{UUID}"),
        format!("record/size/streaming-playlists/hls/{UUID}/f-720-fragmented.mp4"),
    ] {
        assert!(keys.contains(&kind), "{keys:?}");
    }
    assert_eq!(
        keys.iter().filter(|key| key.starts_with("block/")).count(),
        1
    );
}

#[test]
fn whether_a_video_is_open_is_asked_again_after_half_a_minute() {
    let platform = instance();
    let path = hls_path();
    range(&platform, &path, "bytes=0-999");
    set_privacy(&platform, 3);
    platform.advance_ms(29_999);
    assert_eq!(
        range(&platform, &path, "bytes=0-999").status,
        StatusCode::PARTIAL_CONTENT
    );
    platform.advance_ms(1);
    assert_eq!(
        range(&platform, &path, "bytes=0-999").status,
        StatusCode::NOT_FOUND
    );
    set_privacy(&platform, 2);
    assert_eq!(
        range(&platform, &path, "bytes=0-999").status,
        StatusCode::PARTIAL_CONTENT,
        "at once"
    );
}

#[test]
fn a_plain_file_is_looked_up_once_and_closed_in_time() {
    let platform = instance();
    let path = "/static/web-videos/w-720.mp4";
    let cold = cost(&platform, || {
        assert_eq!(range(&platform, path, "bytes=0-999").status, 206);
    });
    assert_eq!(cold, (1, 3));
    let warm = cost(&platform, || {
        assert_eq!(range(&platform, path, "bytes=0-999").status, 206);
    });
    assert_eq!(warm, (0, 0));
    set_privacy(&platform, 4);
    platform.advance_ms(30_000);
    assert_eq!(
        range(&platform, path, "bytes=0-999").status,
        StatusCode::NOT_FOUND
    );
}

#[test]
fn a_deleted_file_is_gone_though_its_size_is_remembered() {
    let platform = instance();
    let path = "/lazy-static/storyboards/s.jpg";
    ask(&platform, Method::HEAD, path, &[]);
    testkit::block_on(ports::ObjectStore::delete(
        &platform.objects,
        &["storyboards/s.jpg".to_owned()],
    ))
    .unwrap();
    platform.cache.clear();
    for _ in 0..2 {
        assert_eq!(get(&platform, path, &[]).status, StatusCode::NOT_FOUND);
    }
}
