//! A channel as podcast readers see it.

use crate::fixture::{add_video, instance, read, run, set, text, titles};

#[test]
fn a_channel_is_a_podcast() {
    let platform = instance();
    add_video(&platform, 1, 1, "Bunny & friends");
    add_video(&platform, 2, 2, "Of Bob");
    add_video(&platform, 3, 1, "Adult");
    set(&platform, 3, "nsfw", 1_u32);
    let path = "/feeds/podcast/videos.xml?videoChannelId=1";
    let before = platform.database.batches();
    let feed = read(&platform, path);
    assert_eq!(platform.database.batches(), before + 1);
    assert_eq!(titles(&feed), ["Bunny & friends"]);
    assert_eq!(feed.language.as_deref(), Some("fr"));
    let entry = &feed.entries[0];
    let id = "https://video.test/videos/watch/9c9de5e8-0a1e-484a-b099-000000000001";
    assert_eq!(entry.id, id);
    let mut files = entry.media.iter().flat_map(|object| &object.content);
    assert!(files.all(|file| {
        file.duration
            .is_some_and(|duration| duration.as_secs() == 100)
    }));
    let xml = text(&platform, path);
    let hls =
        "https://video.test/static/streaming-playlists/hls/9c9de5e8-0a1e-484a-b099-000000000001";
    for part in [
        &format!("<enclosure url=\"{hls}/f1-360.mp4\" length=\"360000\" type=\"video/mp4\"/>"),
        "<itunes:category text=\"TV &amp; Film\"/>",
        "<itunes:explicit>false</itunes:explicit>",
        "<itunes:duration>100</itunes:duration>",
        "<itunes:image href=\"https://video.test/lazy-static/thumbnails/t1-850.jpg\"/>",
        "<podcast:medium>video</podcast:medium>",
        "<podcast:txt purpose=\"p20url\">https://video.test/feeds/podcast/videos.xml?videoChannelId=1</podcast:txt>",
        "<podcast:person href=\"https://video.test/a/ada\">ADA</podcast:person>",
        &format!(
            "<podcast:socialInteract uri=\"{id}\" protocol=\"activitypub\" accountUrl=\"https://video.test/accounts/ada\"/>"
        ),
        "<podcast:alternateEnclosure type=\"video/mp4\" title=\"360p\" length=\"360000\" bitrate=\"28800\" height=\"360\" lang=\"fr\" default=\"true\">",
        "<podcast:source uri=\"https://video.test/lazy-static/torrents/f1-360.torrent\" contentType=\"application/x-bittorrent\"/>",
        "<podcast:source uri=\"magnet:?",
        &format!("<podcast:source uri=\"{hls}/m1.m3u8\"/>"),
        "https://video.test/feeds/podcast/videos.xml?videoChannelId=1\" rel=\"self\"",
    ] {
        assert!(xml.contains(part), "{part}\n{xml}");
    }
    assert_eq!(xml.matches("<podcast:alternateEnclosure").count(), 3);
    let guid = xml.split("<podcast:guid>").nth(1).unwrap();
    assert_eq!(guid.as_bytes()[14], b'5', "a UUID of version 5: {guid}");
}

#[test]
fn what_cannot_be_played_yet_is_no_episode() {
    let platform = instance();
    add_video(&platform, 1, 1, "Bunny");
    run(&platform, "DELETE FROM video_file", vec![]);
    run(&platform, "DELETE FROM streaming_playlist", vec![]);
    let path = "videos.xml?videoChannelId=1";
    assert_eq!(read(&platform, &format!("/feeds/{path}")).entries.len(), 1);
    let podcast = read(&platform, &format!("/feeds/podcast/{path}"));
    assert!(podcast.entries.is_empty());
    assert_eq!(podcast.language.as_deref(), Some("fr"));
}
