use serde_json::{Value, json};

use super::members;
use crate::incoming::{IncomingError, RemoteVideo};
use crate::limits::MAX_FILE_BYTES;

/// What we send, which is what PeerTube sends.
fn document() -> Value {
    serde_json::from_str(include_str!("../../../tests/golden/video.json")).unwrap()
}

#[test]
fn a_video_with_everything() {
    let video = RemoteVideo::from_members(members(&document())).unwrap();
    assert_eq!(
        (video.duration_secs, video.views, video.comments_policy),
        (3_661, 12, 1)
    );
    assert_eq!(video.actors.len(), 2);
    assert_eq!(video.tags, ["film", "test"]);
    assert_eq!(video.licence.as_deref(), Some("1"));
    assert_eq!(video.tracker_urls.len(), 2);
    assert_eq!(video.thumbnails[0].width, 280);
    assert!(video.files.is_empty() && video.is_markdown && video.audience.is_listed());
    let streaming = video.streaming.unwrap();
    assert_eq!(streaming.files[0].size_bytes, 5_000_000_000);
    assert_eq!(streaming.info_hashes.len(), 1);
    assert!(streaming.segment_hashes_url.is_some());
}

#[test]
fn a_file_of_a_size_that_nothing_has_is_none() {
    for (size_bytes, count) in [(MAX_FILE_BYTES, 1), (MAX_FILE_BYTES + 1, 0), (u64::MAX, 0)] {
        let mut document = document();
        document["url"][2]["tag"][2]["size"] = json!(size_bytes);
        let video = RemoteVideo::from_members(members(&document)).unwrap();
        let files = video.streaming.unwrap().files;
        assert_eq!(files.len(), count, "{size_bytes}");
    }
}

#[test]
fn what_is_absent_has_peertubes_defaults() {
    let mut document = document();
    for member in [
        "state",
        "commentsPolicy",
        "downloadEnabled",
        "isLiveBroadcast",
        "sensitive",
        "category",
        "tag",
        "content",
    ] {
        document.as_object_mut().unwrap().remove(member);
    }
    document["attributedTo"] = json!("https://tube.example/accounts/ada");
    document["url"][2].as_object_mut().unwrap().remove("tag");
    let video = RemoteVideo::from_members(members(&document)).unwrap();
    assert_eq!((video.state, video.comments_policy), (1, 2));
    assert!(video.is_downloadable && !video.is_live && !video.is_sensitive);
    assert_eq!(video.actors.len(), 2, "the channel from the audience");
    assert_eq!(video.streaming, None);
}

#[test]
fn what_peertube_refuses() {
    for (member, value) in [
        ("type", json!("Note")),
        ("uuid", json!("kkGMgK9ZtnKfYAgnEtQxbv")),
        ("name", json!("ab")),
        ("duration", json!(60)),
        ("views", json!("many")),
        ("published", json!("yesterday")),
        ("updated", Value::Null),
        (
            "icon",
            json!([{"type": "Image", "url": "https://a.example/x.jpg"}]),
        ),
        ("id", json!("/videos/1")),
    ] {
        let mut document = document();
        document[member] = value;
        let error = RemoteVideo::from_members(members(&document)).unwrap_err();
        assert_eq!(error, IncomingError::Member { member });
    }
}
