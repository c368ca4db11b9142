//! Lists of videos that people put together.

use serde::Serialize;

use crate::actor::{AccountSummary, ChannelSummary};
use crate::video::{Label, Thumbnail, VideoListItem};
use crate::{IsoDate, vocabulary};

/// Who may see a playlist: the first three that videos have, too.
pub const PLAYLIST_PRIVACIES: &[(u16, &str)] =
    vocabulary::VIDEO_PRIVACIES.first_chunk::<3>().unwrap();
/// What playlists there are.
pub const PLAYLIST_TYPES: &[(u16, &str)] = &[(1, "Regular"), (2, "Watch later")];

/// `GET /video-playlists/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoPlaylist {
    /// Row id on this instance.
    pub id: i64,
    /// The same everywhere.
    pub uuid: String,
    /// Its short form.
    #[serde(rename = "shortUUID")]
    pub short_uuid: String,
    /// Whether it is this instance's.
    pub is_local: bool,
    /// `ActivityPub` id.
    pub url: String,
    /// Name for people, 1–120 characters.
    pub display_name: String,
    /// Markdown, 3–1000 characters.
    pub description: Option<String>,
    /// Who may see it.
    pub privacy: Label<u8>,
    /// Path of its picture: that of its first public video.
    pub thumbnail_path: Option<String>,
    /// The same, absolute.
    pub thumbnail_url: Option<String>,
    /// The same, with its size.
    pub thumbnails: Vec<Thumbnail>,
    /// Elements.
    pub videos_length: u64,
    /// Regular, or what to watch later.
    #[serde(rename = "type")]
    pub kind: Label<u8>,
    /// Path of the page for other sites.
    pub embed_path: String,
    /// When it was made.
    pub created_at: IsoDate,
    /// When it, or an element, was changed.
    pub updated_at: IsoDate,
    /// Whose it is.
    pub owner_account: AccountSummary,
    /// Place on the channel's page: nobody has chosen one here.
    pub video_channel_position: Option<u32>,
    /// Where it is shown.
    pub video_channel: Option<ChannelSummary>,
}

/// An element of a playlist.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaylistElement {
    /// Row id on this instance.
    pub id: i64,
    /// From 1.
    pub position: u32,
    /// Second from which it plays.
    pub start_timestamp: Option<u32>,
    /// Second up to which it plays.
    pub stop_timestamp: Option<u32>,
    /// [`element_kind`].
    #[serde(rename = "type")]
    pub kind: u8,
    /// The video, for whom it is shown.
    pub video: Option<VideoListItem>,
}

/// What an element is to who looks.
pub mod element_kind {
    /// A video that is shown.
    pub const REGULAR: u8 = 0;
    /// The video is gone.
    pub const DELETED: u8 = 1;
    /// The video is not for this viewer.
    pub const PRIVATE: u8 = 2;
    /// The video is blocked, or not published yet.
    pub const UNAVAILABLE: u8 = 3;
}

/// Where a user has put a video, in `GET /users/me/video-playlists/videos-exist`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlacedVideo {
    /// Row id of the element.
    pub playlist_element_id: i64,
    /// Row id of the playlist.
    pub playlist_id: i64,
    /// Name for people of the playlist.
    pub playlist_display_name: String,
    /// Short UUID of the playlist.
    #[serde(rename = "playlistShortUUID")]
    pub playlist_short_uuid: String,
    /// Second from which it plays.
    pub start_timestamp: Option<i64>,
    /// Second up to which it plays.
    pub stop_timestamp: Option<i64>,
}
