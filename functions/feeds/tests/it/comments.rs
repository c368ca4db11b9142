//! Feeds of what people say.

use ports::Platform;
use testkit::TestPlatform;

use crate::fixture::{add_video, instance, read, run};

fn say(platform: &TestPlatform, author: u32, video: u32, text: &str, is_held: bool) {
    platform.advance_ms(60_000);
    run(
        platform,
        "INSERT INTO comment (video_id, account_id, text, is_held, created_at_unix_ms,
             updated_at_unix_ms) VALUES (?2, ?1, ?3, ?4, ?5, ?5)",
        vec![
            author.into(),
            video.into(),
            text.into(),
            is_held.into(),
            platform.now().into(),
        ],
    );
}

fn titles(platform: &TestPlatform, path: &str) -> Vec<String> {
    let entries = read(platform, path).entries;
    entries
        .into_iter()
        .map(|entry| entry.title.unwrap().content)
        .collect()
}

#[test]
fn a_feed_holds_what_everybody_may_read_newest_first() {
    let platform = instance();
    for (number, channel) in [(1, 1), (2, 2), (3, 1)] {
        add_video(&platform, number, channel, &format!("Video {number}"));
    }
    run(
        &platform,
        "UPDATE video SET privacy = 2 WHERE id = 3",
        vec![],
    );
    say(&platform, 2, 1, "one", false);
    say(&platform, 1, 2, "two", false);
    say(&platform, 2, 1, "held", true);
    say(&platform, 2, 3, "unlisted", false);
    for extension in ["xml", "atom", "json"] {
        let feed = |query: &str| {
            titles(
                &platform,
                &format!("/feeds/video-comments.{extension}{query}"),
            )
        };
        assert_eq!(feed(""), ["ADA on Video 2", "BOB on Video 1"]);
        assert_eq!(feed("?videoId=1"), ["BOB on Video 1"]);
        assert_eq!(feed("?videoChannelId=2"), ["ADA on Video 2"]);
        assert_eq!(feed("?accountName=ada"), ["BOB on Video 1"]);
    }
}

#[test]
fn a_comment_is_an_entry_without_media() {
    let platform = instance();
    add_video(&platform, 1, 1, "Bunny");
    say(&platform, 2, 1, "*fine*", false);
    for extension in ["xml", "atom", "json"] {
        let feed = read(&platform, &format!("/feeds/video-comments.{extension}"));
        let entry = &feed.entries[0];
        assert!(entry.media.is_empty(), "{extension}");
        assert!(
            entry.links[0]
                .href
                .ends_with("/comments?comment=1#comment-1"),
            "{extension}: {:?}",
            entry.links
        );
    }
}
