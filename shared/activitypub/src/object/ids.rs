//! Ids of our own things, in PeerTube's paths. Everything that has one of these answers there.

use core::fmt::Display;

use crate::date::write_iso8601;

/// Makes ids below one public origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids<'a> {
    /// `https://example.org`, without a slash at the end.
    pub origin: &'a str,
}

impl Ids<'_> {
    /// An account (Person).
    #[must_use]
    pub fn account(&self, name: &str) -> String {
        format!("{}/accounts/{name}", self.origin)
    }

    /// The instance (Application): the account with the reserved name `peertube`.
    #[must_use]
    pub fn instance(&self) -> String {
        self.account("peertube")
    }

    /// A channel (Group).
    #[must_use]
    pub fn channel(&self, name: &str) -> String {
        format!("{}/video-channels/{name}", self.origin)
    }

    /// The inbox for everybody here.
    #[must_use]
    pub fn shared_inbox(&self) -> String {
        format!("{}/inbox", self.origin)
    }

    /// A video, by its UUID.
    #[must_use]
    pub fn video(&self, uuid: &str) -> String {
        format!("{}/videos/watch/{uuid}", self.origin)
    }

    /// A playlist, by its UUID.
    #[must_use]
    pub fn playlist(&self, uuid: &str) -> String {
        format!("{}/video-playlists/{uuid}", self.origin)
    }

    /// A video in a playlist.
    #[must_use]
    pub fn playlist_element(&self, playlist_uuid: &str, element: impl Display) -> String {
        format!("{}/videos/{element}", self.playlist(playlist_uuid))
    }

    /// A comment below a video.
    #[must_use]
    pub fn comment(&self, video_uuid: &str, comment: impl Display) -> String {
        format!("{}/comments/{comment}", self.video(video_uuid))
    }

    /// How the player of a video or channel looks.
    #[must_use]
    pub fn player_settings(&self, object_id: &str) -> String {
        format!("{object_id}/player-settings")
    }

    /// That an actor, by the number of its row, announced a video.
    #[must_use]
    pub fn announce(&self, video_id: &str, actor: impl Display) -> String {
        format!("{video_id}/announces/{actor}")
    }

    /// That an actor likes (`is_like`) or dislikes a video.
    #[must_use]
    pub fn rating(&self, actor_id: &str, is_like: bool, video: impl Display) -> String {
        let collection = if is_like { "likes" } else { "dislikes" };
        format!("{actor_id}/{collection}/{video}")
    }

    /// That somebody watches; `viewer` names nobody.
    #[must_use]
    pub fn view(&self, actor_id: &str, video: impl Display, viewer: &str) -> String {
        format!("{actor_id}/views/videos/{video}/{viewer}")
    }

    /// What somebody has watched; the UUID names nobody.
    #[must_use]
    pub fn viewing(&self, uuid: &str) -> String {
        format!("{}/videos/local-viewer/{uuid}", self.origin)
    }

    /// A report.
    #[must_use]
    pub fn report(&self, report: impl Display) -> String {
        format!("{}/admin/abuses/{report}", self.origin)
    }

    /// Our copy of another server's video, by the video's UUID.
    #[must_use]
    pub fn cache_file(&self, video_uuid: &str) -> String {
        format!(
            "{}/redundancy/streaming-playlists/hls/{video_uuid}",
            self.origin
        )
    }

    /// A follow by one of our actors.
    #[must_use]
    pub fn follow(&self, follower_id: &str, follow: impl Display) -> String {
        format!("{follower_id}/follows/{follow}")
    }

    /// The answer of one of our actors to a follow.
    #[must_use]
    pub fn accept(&self, actor_id: &str, follow: impl Display) -> String {
        format!("{actor_id}/accepts/follows/{follow}")
    }

    /// The other answer; it has no row of its own, hence the time.
    #[must_use]
    pub fn reject(&self, actor_id: &str, now_unix_ms: i64) -> String {
        format!("{actor_id}/rejects/follows/{}", write_iso8601(now_unix_ms))
    }

    /// The `Create` of an object.
    #[must_use]
    pub fn create(&self, object_id: &str) -> String {
        format!("{object_id}/activity")
    }

    /// One `Update` of an object.
    #[must_use]
    pub fn update(&self, object_id: &str, updated_unix_ms: i64) -> String {
        format!("{object_id}/updates/{}", write_iso8601(updated_unix_ms))
    }

    /// The `Delete` of an object.
    #[must_use]
    pub fn delete(&self, object_id: &str) -> String {
        format!("{object_id}/delete")
    }

    /// The `Undo` of an activity.
    #[must_use]
    pub fn undo(&self, activity_id: &str) -> String {
        format!("{activity_id}/undo")
    }
}
