//! Rows of another server, `far.example`, as the inbox leaves them.

use ports::Platform;
use testkit::TestPlatform;

use crate::fixture::{run, uuid};

/// Adds the account `ada@far.example` with the channel `films@far.example`, and their actors.
pub fn add_far_channel(platform: &TestPlatform) {
    let now = platform.now();
    for sql in [
        "INSERT INTO account (name, display_name, created_at_unix_ms, updated_at_unix_ms)
         VALUES ('ada@far.example', 'Ada far away', ?1, ?1)",
        "INSERT INTO channel (account_id, name, display_name, created_at_unix_ms, updated_at_unix_ms)
         SELECT id, 'films@far.example', 'Far films', ?1, ?1 FROM account WHERE name = 'ada@far.example'",
        "INSERT INTO actor (url, kind, host, preferred_username, account_id, public_key_id,
             public_key_pem, inbox_url, page_url, avatar_url, followers, following, fetched_at_unix_ms)
         SELECT 'https://far.example/accounts/ada', 'account', 'far.example', 'ada', id,
             'https://far.example/accounts/ada#main-key', '', 'https://far.example/inbox',
             'https://far.example/a/ada', NULL, 3, 4, ?1 FROM account WHERE name = 'ada@far.example'",
        "INSERT INTO actor (url, kind, host, preferred_username, channel_id, public_key_id,
             public_key_pem, inbox_url, page_url, avatar_url, followers, following, fetched_at_unix_ms)
         SELECT 'https://far.example/video-channels/films', 'channel', 'far.example', 'films', id,
             'https://far.example/video-channels/films#main-key', '', 'https://far.example/inbox',
             'https://far.example/c/films', 'https://far.example/lazy-static/avatars/f.png', 70, 0, ?1
         FROM channel WHERE name = 'films@far.example'",
    ] {
        run(platform, sql, vec![now.into()]);
    }
}

/// Has the instance follow `films@far.example`.
pub fn follow_far_channel(platform: &TestPlatform) {
    for sql in [
        "INSERT INTO actor (url, kind, host, preferred_username, public_key_id, public_key_pem,
             private_key_sealed, fetched_at_unix_ms)
         VALUES ('https://video.test/accounts/peertube', 'instance', '', 'peertube', '', '', 'x', ?1)",
        "INSERT INTO follow (follower_id, target_id, state, created_at_unix_ms, updated_at_unix_ms)
         SELECT i.id, t.id, 'accepted', ?1, ?1 FROM actor i, actor t
         WHERE i.kind = 'instance' AND t.url = 'https://far.example/video-channels/films'",
    ] {
        run(platform, sql, vec![platform.now().into()]);
    }
}

/// What is kept of a far video.
pub const DOCUMENT: &str = r#"{
  "files": [{"url": "https://far.example/static/web-videos/a-480.mp4", "media_type": "video/mp4",
    "resolution": 480, "width": 854, "height": 480, "size_bytes": 5000, "fps": 30, "has_audio": true,
    "has_video": true, "torrent_url": "https://far.example/a.torrent", "magnet_uri": "magnet:?xt=1",
    "metadata_url": null}],
  "streaming": {"master_url": "https://far.example/hls/master.m3u8",
    "hashes_url": "https://far.example/hls/hashes.json", "info_hashes": [],
    "files": [{"url": "https://far.example/hls/720.mp4", "media_type": "video/mp4", "resolution": 720,
      "width": 1280, "height": 720, "size_bytes": 9000, "fps": 25, "has_audio": true, "has_video": true,
      "torrent_url": null, "magnet_uri": null, "metadata_url": null}]},
  "trackers": ["wss://far.example/tracker/socket", "https://far.example/tracker/announce"],
  "pictures": [{"filename": "0123456789abcdef0123456789abcdef.jpg", "width": 280, "height": 157,
    "url": "https://far.example/lazy-static/thumbnails/t.jpg"}],
  "storyboard": {"url": "https://far.example/s.jpg", "width": 1920, "height": 1080, "sprite_width": 192,
    "sprite_height": 108, "sprite_duration_secs": 2},
  "captions": [{"language": "fr", "url": "https://far.example/fr.vtt", "is_automatic": true}]
}"#;

/// Adds a public video of `films@far.example`, one minute younger than the video before it.
pub fn add_far_video(platform: &TestPlatform, number: u32, name: &str) {
    platform.advance_ms(60_000);
    run(
        platform,
        "INSERT INTO video (id, uuid, remote_url, channel_id, name, privacy, state, duration_secs,
             created_at_unix_ms, updated_at_unix_ms, published_at_unix_ms)
         SELECT ?1, ?2, 'https://far.example/videos/watch/' || ?2, id, ?3, 1, 1, 60, ?4, ?4, ?4
         FROM channel WHERE name = 'films@far.example'",
        vec![
            number.into(),
            uuid(number).into(),
            name.into(),
            platform.now().into(),
        ],
    );
    run(
        platform,
        "INSERT INTO remote_video (video_id, page_url, document, fetched_at_unix_ms)
         SELECT id, 'https://far.example/w/page', ?2, 0 FROM video WHERE id = ?1",
        vec![number.into(), DOCUMENT.into()],
    );
    run(
        platform,
        "INSERT INTO thumbnail (video_id, width, height, filename)
         SELECT id, 280, 157, CAST(id AS TEXT) || '-0123456789abcdef.jpg' FROM video WHERE id = ?1",
        vec![number.into()],
    );
}
