//! Every absolute URL and path of a video, from the configured public origin alone.

use ports::{Settings, SocketTracker};

/// The host (and port) of an origin: what stands behind the `@` of handles.
#[must_use]
pub fn host(origin: &str) -> &str {
    origin.split_once("://").map_or(origin, |(_, host)| host)
}

/// ActivityPub id of an account.
#[must_use]
pub fn account(origin: &str, name: &str) -> String {
    format!("{origin}/accounts/{name}")
}

/// ActivityPub id of a channel.
#[must_use]
pub fn channel(origin: &str, name: &str) -> String {
    format!("{origin}/video-channels/{name}")
}

/// ActivityPub id of a video.
#[must_use]
pub fn video(origin: &str, uuid: &str) -> String {
    format!("{origin}/videos/watch/{uuid}")
}

/// ActivityPub id of a playlist.
#[must_use]
pub fn playlist(origin: &str, uuid: &str) -> String {
    format!("{origin}/video-playlists/{uuid}")
}

/// Path of the embed page.
#[must_use]
pub fn embed_path(uuid: &str) -> String {
    format!("/videos/embed/{uuid}")
}

/// Path of a thumbnail or preview.
#[must_use]
pub fn picture_path(filename: &str) -> String {
    format!("/lazy-static/thumbnails/{filename}")
}

/// Path of an avatar.
#[must_use]
pub fn avatar_path(filename: &str) -> String {
    format!("/lazy-static/avatars/{filename}")
}

/// Path of a sprite sheet.
#[must_use]
pub fn storyboard_path(filename: &str) -> String {
    format!("/lazy-static/storyboards/{filename}")
}

const fn private(is_open: bool) -> &'static str {
    if is_open { "" } else { "private/" }
}

/// A plain file. `is_open` tells whether anybody may fetch it without a token.
#[must_use]
pub fn web_video(origin: &str, filename: &str, is_open: bool) -> String {
    format!("{origin}/static/web-videos/{}{filename}", private(is_open))
}

/// A file in the HLS folder of a video: media, playlists, segment hashes.
#[must_use]
pub fn hls_file(origin: &str, uuid: &str, filename: &str, is_open: bool) -> String {
    let private = private(is_open);
    format!("{origin}/static/streaming-playlists/hls/{private}{uuid}/{filename}")
}

/// The folder of a copy of another server's HLS stream.
#[must_use]
pub fn mirror(origin: &str, uuid: &str) -> String {
    format!("{origin}/static/redundancy/hls/{uuid}")
}

/// A torrent.
#[must_use]
pub fn torrent(origin: &str, filename: &str) -> String {
    format!("{origin}/lazy-static/torrents/{filename}")
}

/// A torrent as an attachment.
#[must_use]
pub fn torrent_download(origin: &str, filename: &str) -> String {
    format!("{origin}/download/torrents/{filename}")
}

/// A plain file as an attachment.
#[must_use]
pub fn web_video_download(origin: &str, filename: &str) -> String {
    format!("{origin}/download/web-videos/{filename}")
}

/// An HLS media file as an attachment.
#[must_use]
pub fn hls_download(origin: &str, filename: &str) -> String {
    format!("{origin}/download/streaming-playlists/hls/videos/{filename}")
}

/// An uploaded original as an attachment.
#[must_use]
pub fn original_download(origin: &str, filename: &str) -> String {
    format!("{origin}/download/original-video-files/{filename}")
}

/// The trackers of a video: WebSocket for browsers first, then HTTP. The first names the video, because a
/// browser opens it before it says any info hash, and each video's swarms have an object of their own.
#[must_use]
pub fn trackers(settings: &Settings, uuid: &str) -> Vec<String> {
    let origin = &settings.public_origin;
    let socket = match &settings.socket_tracker {
        SocketTracker::Own => {
            let secure = if origin.starts_with("https:") {
                "s"
            } else {
                ""
            };
            Some(format!(
                "ws{secure}://{}/tracker/socket/{uuid}",
                host(origin)
            ))
        }
        SocketTracker::Elsewhere(url) => Some(url.replace("{uuid}", uuid)),
        SocketTracker::Nowhere => None,
    };
    let http = format!("{origin}/tracker/announce");
    socket.into_iter().chain([http]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_files_have_urls_of_their_own() {
        let origin = "https://video.test";
        assert_eq!(
            hls_file(origin, "u", "f.mp4", true),
            "https://video.test/static/streaming-playlists/hls/u/f.mp4"
        );
        assert_eq!(
            hls_file(origin, "u", "f.mp4", false),
            "https://video.test/static/streaming-playlists/hls/private/u/f.mp4"
        );
        assert_eq!(
            web_video(origin, "f.mp4", false),
            "https://video.test/static/web-videos/private/f.mp4"
        );
    }

    #[test]
    fn trackers_follow_the_origin() {
        let mut settings = testkit::test_settings();
        settings.public_origin = "http://localhost:8787".to_owned();
        let announce = "http://localhost:8787/tracker/announce";
        assert_eq!(
            trackers(&settings, "u"),
            ["ws://localhost:8787/tracker/socket/u", announce]
        );
        settings.socket_tracker = SocketTracker::Elsewhere("wss://far.test/{uuid}".to_owned());
        assert_eq!(trackers(&settings, "u"), ["wss://far.test/u", announce]);
        settings.socket_tracker = SocketTracker::Nowhere;
        assert_eq!(trackers(&settings, "u"), [announce]);
        assert_eq!(host("https://video.test:444"), "video.test:444");
    }
}
