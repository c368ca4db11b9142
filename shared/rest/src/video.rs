//! Videos in lists and alone.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use crate::media::{
    FileStorage, HlsRedundancy, Storyboard, Storyboards, Thumbnail, VideoCaption, VideoFile,
    VideoFileToken, VideoSource, VideoStreamingPlaylist, VideoToken,
};
use crate::{
    IsoDate,
    actor::{Account, AccountSummary, ChannelSummary, VideoChannel},
};

/// An id with its English name, PeerTube's way to send any fixed vocabulary.
///
/// A video without category, licence or language sends `{ id: null, label: "Unknown" }`, so those
/// are `Label<Option<_>>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label<T> {
    /// Value to send back in forms and filters.
    pub id: T,
    /// English name.
    pub label: Cow<'static, str>,
}

impl<T> Label<T> {
    /// A label from its two parts.
    pub fn new(id: T, label: impl Into<Cow<'static, str>>) -> Self {
        Self {
            id,
            label: label.into(),
        }
    }
}

/// Where the signed-in viewer stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UserHistory {
    /// Seconds from the start.
    pub current_time: u32,
}

/// One planned start of a live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LiveSchedule {
    /// When it goes on air.
    pub start_at: IsoDate,
}

/// The keys that every video has, in a list or alone.
///
/// `A` and `C` are summaries in lists and whole actors in [`VideoDetails`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Video<A = AccountSummary, C = ChannelSummary> {
    /// Row id on this instance.
    pub id: i64,
    /// UUID with dashes, lower case.
    pub uuid: String,
    /// The same in 22 characters of base 58.
    #[serde(rename = "shortUUID")]
    pub short_uuid: String,
    /// `ActivityPub` id.
    pub url: String,
    /// Title, 3–120 characters.
    pub name: String,
    /// Category, `null` id for none.
    pub category: Label<Option<u16>>,
    /// Licence, `null` id for none.
    pub licence: Label<Option<u16>>,
    /// Language, `null` id for none.
    pub language: Label<Option<String>>,
    /// 1 public, 2 unlisted, 3 private, 4 internal, 5 password.
    pub privacy: Label<u8>,
    /// Markdown; whole in details, cut to 250 characters in lists; `null` when not set.
    pub description: Option<String>,
    /// Markdown cut to 250 characters; `null` when not set.
    pub truncated_description: Option<String>,
    /// Whole seconds, 0 for a live.
    pub duration: u32,
    /// Width divided by height, `null` when not known.
    pub aspect_ratio: Option<f64>,
    /// Whether the video lives on this instance.
    pub is_local: bool,
    /// Whether it is a live.
    pub is_live: bool,
    /// Planned starts of a live.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_schedules: Option<Vec<LiveSchedule>>,
    /// When the row was made.
    pub created_at: IsoDate,
    /// When anything of it last changed.
    pub updated_at: IsoDate,
    /// When it became visible.
    pub published_at: IsoDate,
    /// When it was first published elsewhere, as the uploader says.
    pub originally_published_at: Option<IsoDate>,
    /// Pictures in several sizes (8.1 and later).
    pub thumbnails: Vec<Thumbnail>,
    /// Path of the smallest picture; deprecated but read by every older client.
    pub thumbnail_path: Option<String>,
    /// Absolute URL of the smallest picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thumbnail_url: Option<String>,
    /// Path of the poster; deprecated but read by every older client.
    pub preview_path: Option<String>,
    /// Absolute URL of the poster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview_url: Option<String>,
    /// Path of the embed page.
    pub embed_path: String,
    /// Absolute URL of the embed page, for remote videos.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub embed_url: Option<String>,
    /// Views ever.
    pub views: u64,
    /// People watching now.
    pub viewers: u64,
    /// Downloads ever (8.x).
    pub downloads: u64,
    /// Likes.
    pub likes: u64,
    /// Dislikes.
    pub dislikes: u64,
    /// Comments, replies included.
    pub comments: u64,
    /// Not safe for work.
    pub nsfw: bool,
    /// Bits: 1 violent, 2 explicit sex.
    pub nsfw_flags: u32,
    /// Why, in the uploader's words; `null` when not set.
    pub nsfw_summary: Option<String>,
    /// Who uploaded it.
    pub account: A,
    /// Where it is published.
    pub channel: C,
    /// Only for a signed-in viewer who has started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_history: Option<UserHistory>,
}

/// A later change of privacy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScheduledUpdate {
    /// When it happens.
    pub update_at: IsoDate,
    /// The privacy from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<u8>,
}

/// What a list adds per `include` bit; `None` is left out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VideoIncluded {
    /// Hidden until transcoded. Bit 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_transcoding: Option<bool>,
    /// Publication state, 1 published, 2 to transcode, 7 transcoding failed. Bit 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<Label<u8>>,
    /// Planned change of privacy. Bit 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_update: Option<ScheduledUpdate>,
    /// Blocked by an admin. Bit 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blacklisted: Option<bool>,
    /// Why. Bit 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blacklisted_reason: Option<String>,
    /// Owner muted by the viewer. Bit 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_owner: Option<bool>,
    /// Owner's instance muted by the viewer. Bit 4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_server: Option<bool>,
    /// Web videos. Bit 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<Vec<VideoFile>>,
    /// HLS. Bit 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub streaming_playlists: Option<Vec<VideoStreamingPlaylist>>,
    /// The uploaded original. Bit 32.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_source: Option<VideoSource>,
    /// Tags from watched words. Bit 64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic_tags: Option<Vec<String>>,
    /// Tags. Bit 128.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

/// One item of any list of videos.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoListItem {
    /// What every item has.
    #[serde(flatten)]
    pub video: Video,
    /// What the query's `include` asked for.
    #[serde(flatten)]
    pub included: VideoIncluded,
}

impl From<Video> for VideoListItem {
    fn from(video: Video) -> Self {
        Self {
            video,
            included: VideoIncluded::default(),
        }
    }
}

/// `GET /videos/{id}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoDetails {
    /// What list items have too, with whole actors.
    #[serde(flatten)]
    pub video: Video<Account, VideoChannel>,
    /// How to support the maker, markdown; `null` when not set.
    pub support: Option<String>,
    /// Tags, at most 5.
    pub tags: Vec<String>,
    /// 1 enabled, 2 disabled, 3 requires approval.
    pub comments_policy: Label<u8>,
    /// Older form of the policy, still read by 6.x clients.
    pub comments_enabled: bool,
    /// Whether the page offers downloads.
    pub download_enabled: bool,
    /// Hidden until transcoded.
    pub wait_transcoding: bool,
    /// Publication state.
    pub state: Label<u8>,
    /// Absolute `wss` and `https` tracker URLs.
    pub tracker_urls: Vec<String>,
    /// Web videos, best first.
    pub files: Vec<VideoFile>,
    /// HLS, at most one.
    pub streaming_playlists: Vec<VideoStreamingPlaylist>,
    /// When the source was last replaced.
    pub input_file_updated_at: Option<IsoDate>,
    /// 1 all, 2 allowlist, 3 remote restrictions.
    pub embed_privacy_policy: Label<u8>,
    /// Planned change of privacy, for the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_update: Option<ScheduledUpdate>,
    /// Blocked by an admin, for the owner and moderators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blacklisted: Option<bool>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blacklisted_reason: Option<String>,
}

/// `GET /videos/{id}/description`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoDescription {
    /// Whole markdown, `null` when not set.
    pub description: Option<String>,
}

#[cfg(test)]
mod tests;
