//! Whose videos, which of them, and who is refused.

use app::Rejection;
use feeds::{FEED_VIDEOS, QUERY_MAX_BYTES};

use crate::fixture::{add_video, instance, read, rejection, set, titles};

#[test]
fn channels_and_accounts_have_feeds_by_id_and_by_name() {
    let platform = instance();
    add_video(&platform, 1, 1, "Of Ada");
    add_video(&platform, 2, 2, "Of Bob");
    for (query, owner) in [
        ("videoChannelId=1", "ADA channel"),
        ("videoChannelName=ada_channel", "ADA channel"),
        ("videoChannelName=ada_channel@video.test", "ADA channel"),
        ("videoChannelId=1&sort=name", "ADA channel"),
        ("accountId=1", "ADA"),
        ("accountName=ada", "ADA"),
        ("accountName=ada@VIDEO.test", "ADA"),
        ("accountId=1&videoChannelName=ada_channel", "ADA channel"),
    ] {
        let before = platform.database.batches();
        let feed = read(&platform, &format!("/feeds/videos.xml?{query}"));
        assert_eq!(titles(&feed), ["Of Ada"], "{query}");
        assert_eq!(feed.title.unwrap().content, owner, "{query}");
        assert_eq!(platform.database.batches(), before + 1, "{query}");
    }
    let query = "/feeds/videos.xml?accountId=2&videoChannelId=1";
    assert!(
        read(&platform, query).entries.is_empty(),
        "not that account's channel"
    );
}

#[test]
fn filters_and_orders_are_those_of_lists() {
    let platform = instance();
    for (number, name) in [(1, "B plain"), (2, "A tagged"), (3, "C adult")] {
        add_video(&platform, number, 1, name);
    }
    set(&platform, 2, "tag", "Rabbit");
    set(&platform, 3, "nsfw", 1_u32);
    set(&platform, 1, "views", 9_u32);
    for (query, expected) in [
        ("", &["A tagged", "B plain"][..]),
        ("sort=-views", &["B plain", "A tagged"]),
        ("sort=name", &["A tagged", "B plain"]),
        ("tagsOneOf=rabbit", &["A tagged"]),
        ("nsfw=true", &["C adult"]),
        ("nsfw=both", &["C adult", "A tagged", "B plain"]),
        (
            "videoChannelId=1&nsfw=both",
            &["C adult", "A tagged", "B plain"],
        ),
        ("isLocal=false", &[]),
        ("hasHLSFiles=true&search=tagged", &["A tagged"]),
    ] {
        let feed = read(&platform, &format!("/feeds/videos.xml?{query}"));
        assert_eq!(titles(&feed), expected, "{query}");
    }
    for (number, privacy) in [(1_u32, 2_u32), (2, 3)] {
        set(&platform, number, "privacy", privacy);
    }
    assert!(read(&platform, "/feeds/videos.xml").entries.is_empty());
}

#[test]
fn a_feed_holds_twenty_videos() {
    let platform = instance();
    for number in 1..=FEED_VIDEOS + 3 {
        add_video(&platform, number, 1, "Bunny");
    }
    for query in [
        "",
        "?count=100&start=2",
        "?videoChannelId=1",
        "?accountId=1",
    ] {
        let feed = read(&platform, &format!("/feeds/videos.atom{query}"));
        assert_eq!(feed.entries.len(), 20, "{query}");
    }
}

#[test]
fn what_is_wrong_or_missing_or_private_is_refused() {
    let platform = instance();
    add_video(&platform, 1, 1, "Bunny");
    set(&platform, 1, "privacy", 3_u32);
    let long = format!("/feeds/videos.xml?a={}", "b".repeat(QUERY_MAX_BYTES));
    for (path, expected) in [
        ("/feeds/videos.pdf", Rejection::NotFound),
        ("/feeds/nothing.xml", Rejection::NotFound),
        ("/feeds/videos.xml?videoChannelId=9", Rejection::NotFound),
        ("/feeds/videos.xml?accountName=nobody", Rejection::NotFound),
        (
            "/feeds/videos.xml?accountName=ada@b.test",
            Rejection::NotFound,
        ),
        ("/feeds/videos.xml?accountId=x", Rejection::BadRequest),
        ("/feeds/videos.xml?sort=taste", Rejection::BadRequest),
        ("/feeds/videos.xml?format=pdf", Rejection::BadRequest),
        ("/feeds/videos.xml?include=1", Rejection::Unauthorized),
        ("/feeds/videos.xml?privacyOneOf=3", Rejection::Unauthorized),
        (long.as_str(), Rejection::BadRequest),
        ("/feeds/podcast/videos.xml", Rejection::BadRequest),
        (
            "/feeds/podcast/videos.xml?videoChannelId=9",
            Rejection::NotFound,
        ),
        (
            "/feeds/subscriptions.xml?accountId=1",
            Rejection::Unauthorized,
        ),
        (
            "/feeds/subscriptions.xml?accountId=1&token=a",
            Rejection::Forbidden,
        ),
        ("/feeds/video-comments.xml?videoId=99", Rejection::NotFound),
        (
            "/feeds/video-comments.xml?videoId=1",
            Rejection::Unauthorized,
        ),
        (
            "/feeds/video-comments.xml?videoId=a!",
            Rejection::BadRequest,
        ),
        (
            "/feeds/video-comments.xml?videoId=1&videoChannelId=1",
            Rejection::BadRequest,
        ),
    ] {
        assert_eq!(rejection(&platform, path), expected, "{path}");
    }
}

#[test]
fn comments_have_an_empty_feed_until_there_are_any() {
    let platform = instance();
    add_video(&platform, 1, 1, "Bunny");
    for (query, title) in [
        ("?videoId=1", "Bunny"),
        ("?videoId=9c9de5e8-0a1e-484a-b099-000000000001", "Bunny"),
        ("?videoChannelName=ada_channel", "ADA channel"),
        ("?accountId=2", "BOB"),
        ("", "Test instance"),
    ] {
        for extension in ["xml", "atom", "json"] {
            let path = format!("/feeds/video-comments.{extension}{query}");
            let before = platform.database.batches();
            let feed = read(&platform, &path);
            assert!(platform.database.batches() <= before + 2, "{path}");
            assert!(feed.entries.is_empty(), "{path}");
            assert_eq!(feed.title.unwrap().content, title, "{path}");
        }
    }
}
