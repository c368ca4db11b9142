//! What a reader finds in each format.

use feed_rs::model::FeedType;
use serde_json::Value;

use crate::fixture::{add_video, instance, read, set, text, title, titles};

const HOSTILE: &str = "<b>Ada & \"Bob\"</b> ]]> 'é' \u{1f600}";

#[test]
fn every_format_tells_the_same_videos() {
    let platform = instance();
    add_video(&platform, 1, 1, "Older");
    add_video(&platform, 2, 2, HOSTILE);
    let before = platform.database.batches();
    for (extension, feed_type) in [
        ("xml", FeedType::RSS2),
        ("rss", FeedType::RSS2),
        ("rss2", FeedType::RSS2),
        ("atom", FeedType::Atom),
        ("atom1", FeedType::Atom),
        ("xml?format=atom", FeedType::Atom),
        ("json", FeedType::JSON),
        ("json1", FeedType::JSON),
    ] {
        let path = format!("/feeds/videos.{extension}");
        let feed = read(&platform, &path);
        assert_eq!(feed.feed_type, feed_type, "{path}");
        assert_eq!(feed.title.as_ref().unwrap().content, "Test instance");
        assert_eq!(titles(&feed), [HOSTILE, "Older"], "{path}");
        let entry = &feed.entries[1];
        assert!(entry.links[0].href.starts_with("https://video.test/w/"));
        assert_eq!(entry.id, entry.links[0].href, "{path}");
        assert_eq!(
            entry.published.unwrap().to_rfc3339(),
            "2026-01-01T00:01:00+00:00",
            "{path}"
        );
        assert_eq!(entry.authors[0].name.as_deref(), Some("ADA channel"));
        assert_eq!(entry.summary.as_ref().unwrap().content, "About Older");
        let html = entry.content.as_ref().unwrap().body.as_deref();
        assert_eq!(html, Some("<p>About Older</p>"), "{path}");
        assert_eq!(entry.categories[0].term, "Films", "{path}");
    }
    assert_eq!(platform.database.batches() - before, 8, "one batch each");
}

#[test]
fn rss_offers_every_file_and_torrent() {
    let platform = instance();
    add_video(&platform, 7, 1, "Bunny");
    set(&platform, 7, "views", 12_u32);
    let hls =
        "https://video.test/static/streaming-playlists/hls/9c9de5e8-0a1e-484a-b099-000000000007";
    let feed = read(&platform, "/feeds/videos.xml");
    let media = &feed.entries[0].media;
    let urls: Vec<String> = media
        .iter()
        .flat_map(|object| &object.content)
        .map(|content| content.url.as_ref().unwrap().to_string())
        .collect();
    for file in ["f7-720.mp4", "f7-360.mp4", "m7.m3u8"] {
        assert!(urls.contains(&format!("{hls}/{file}")), "{file}: {urls:?}");
    }
    let best = media
        .iter()
        .flat_map(|object| &object.content)
        .find(|content| content.size == Some(720_000))
        .unwrap();
    assert_eq!(best.content_type.as_ref().unwrap().to_string(), "video/mp4");
    let pictures: Vec<_> = media.iter().flat_map(|object| &object.thumbnails).collect();
    assert!(
        pictures
            .iter()
            .any(|picture| picture.image.uri.ends_with("/t7-850.jpg"))
    );
    let views = media
        .iter()
        .find_map(|object| object.community.as_ref()?.stats_views);
    assert_eq!(views, Some(12));
    let xml = text(&platform, "/feeds/videos.xml");
    let enclosure =
        format!("<enclosure url=\"{hls}/f7-720.mp4\" length=\"720000\" type=\"video/mp4\"/>");
    assert!(xml.contains(&enclosure), "{xml}");
    assert_eq!(xml.matches("<media:peerLink").count(), 2, "{xml}");
    assert!(xml.contains("href=\"https://video.test/lazy-static/torrents/f7-720.torrent\""));
    assert!(xml.contains("<pubDate>Thu, 01 Jan 2026 00:01:00 GMT</pubDate>"));
    assert!(xml.contains("<media:rating>nonadult</media:rating>"));
}

#[test]
fn atom_and_json_enclose_the_file_and_its_torrents() {
    let platform = instance();
    add_video(&platform, 7, 1, "Bunny");
    let feed = read(&platform, "/feeds/videos.atom");
    let enclosures: Vec<_> = feed.entries[0]
        .links
        .iter()
        .filter(|link| link.rel.as_deref() == Some("enclosure"))
        .map(|link| (link.media_type.as_deref().unwrap(), link.length))
        .collect();
    let torrent = ("application/x-bittorrent", None);
    assert_eq!(enclosures, [("video/mp4", Some(720_000)), torrent, torrent]);
    let json: Value = serde_json::from_str(&text(&platform, "/feeds/videos.json")).unwrap();
    let attachments = &json["items"][0]["attachments"];
    assert_eq!(attachments[0]["mime_type"], "video/mp4");
    assert_eq!(attachments[0]["duration_in_seconds"], 100);
    assert_eq!(attachments[1]["mime_type"], "application/x-bittorrent");
    assert_eq!(attachments[1]["size_in_bytes"], 720_000);
    let picture = "https://video.test/lazy-static/thumbnails/t7-850.jpg";
    assert_eq!(json["items"][0]["image"], picture);
    assert_eq!(json["items"][0]["language"], "fr");
}

#[test]
fn a_feed_says_its_own_address_and_stays_the_same_until_something_changes() {
    let platform = instance();
    add_video(&platform, 1, 1, "Bunny");
    let path = "/feeds/videos.xml?videoChannelId=1&sort=-views";
    let first = text(&platform, path);
    let own = "href=\"https://video.test/feeds/videos.xml?videoChannelId=1&amp;sort=-views\" rel=\"self\"";
    assert!(first.contains(own), "{first}");
    platform.advance_ms(86_400_000);
    assert_eq!(text(&platform, path), first, "the clock is no news");
    set(&platform, 1, "name", "Rabbit");
    assert_ne!(text(&platform, path), first);
}

#[test]
fn nothing_published_is_a_feed_too() {
    let platform = instance();
    for extension in ["xml", "atom", "json"] {
        let feed = read(&platform, &format!("/feeds/videos.{extension}"));
        assert!(feed.entries.is_empty());
    }
}

#[test]
fn long_descriptions_are_whole_and_what_xml_forbids_is_gone() {
    let platform = instance();
    add_video(&platform, 1, 1, "Bunny \u{1} hops");
    let long = "Ä & ".repeat(2_500);
    set(&platform, 1, "description", long.as_str());
    for extension in ["xml", "atom", "json"] {
        let feed = read(&platform, &format!("/feeds/videos.{extension}"));
        let entry = &feed.entries[0];
        let html = entry.content.as_ref().unwrap().body.as_deref().unwrap();
        assert_eq!(html.trim(), format!("<p>{long}</p>"), "{extension}");
        let summary = &entry.summary.as_ref().unwrap().content;
        assert!(summary.chars().count() <= 250, "{extension}");
        let expected = if extension == "json" {
            "Bunny \u{1} hops"
        } else {
            "Bunny \u{fffd} hops"
        };
        assert_eq!(title(entry), expected);
    }
}
