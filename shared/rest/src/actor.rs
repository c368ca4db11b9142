//! Accounts, channels and their pictures.

use serde::{Deserialize, Serialize};

use crate::IsoDate;

/// One size of an avatar or banner. PeerTube clients pick the best width themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ActorImage {
    /// Height in pixels; `null` for remote images of unknown size.
    pub height: Option<u32>,
    /// Width in pixels.
    pub width: u32,
    /// Path on this instance, `/lazy-static/avatars/...`.
    pub path: String,
    /// Absolute URL of the same picture.
    pub file_url: String,
    /// When it was set.
    pub created_at: IsoDate,
    /// When it was last changed.
    pub updated_at: IsoDate,
}

/// An account as it appears inside a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountSummary {
    /// Row id on this instance.
    pub id: i64,
    /// `preferredUsername`, without host.
    pub name: String,
    /// Name for people, 1–120 characters.
    pub display_name: String,
    /// `ActivityPub` id.
    pub url: String,
    /// Host of the account's home instance.
    pub host: String,
    /// Avatar in several sizes, perhaps none.
    pub avatars: Vec<ActorImage>,
}

/// A channel as it appears inside a list; same keys as an account's summary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelSummary {
    /// Row id on this instance.
    pub id: i64,
    /// `preferredUsername`, without host.
    pub name: String,
    /// Name for people, 1–120 characters.
    pub display_name: String,
    /// `ActivityPub` id.
    pub url: String,
    /// Host of the channel's home instance.
    pub host: String,
    /// Avatar in several sizes, perhaps none.
    pub avatars: Vec<ActorImage>,
}

/// `GET /accounts/{name}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// Row id on this instance.
    pub id: i64,
    /// `ActivityPub` id.
    pub url: String,
    /// `preferredUsername`, without host.
    pub name: String,
    /// Host of the account's home instance.
    pub host: String,
    /// Actors this account follows.
    pub following_count: u64,
    /// Actors that follow this account.
    pub followers_count: u64,
    /// When the actor was created.
    pub created_at: IsoDate,
    /// When the actor last changed.
    pub updated_at: IsoDate,
    /// Name for people.
    pub display_name: String,
    /// Markdown, 3–1000 characters; `null` when not set.
    pub description: Option<String>,
    /// Avatar in several sizes, perhaps none.
    pub avatars: Vec<ActorImage>,
    /// Row id of the user behind a local account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<i64>,
}

/// One bucket of a channel's view statistics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewsPerDay {
    /// Start of the day.
    pub date: IsoDate,
    /// Views counted in it.
    pub views: u64,
}

/// `GET /video-channels/{handle}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoChannel {
    /// Row id on this instance.
    pub id: i64,
    /// `ActivityPub` id.
    pub url: String,
    /// `preferredUsername`, without host.
    pub name: String,
    /// Host of the channel's home instance.
    pub host: String,
    /// Actors this channel follows.
    pub following_count: u64,
    /// Actors that follow this channel.
    pub followers_count: u64,
    /// When the actor was created.
    pub created_at: IsoDate,
    /// When the actor last changed.
    pub updated_at: IsoDate,
    /// Name for people.
    pub display_name: String,
    /// Markdown, 3–1000 characters; `null` when not set.
    pub description: Option<String>,
    /// How to support the channel, markdown; `null` when not set.
    pub support: Option<String>,
    /// Whether the channel lives on this instance.
    pub is_local: bool,
    /// Avatar in several sizes, perhaps none.
    pub avatars: Vec<ActorImage>,
    /// Banner in several sizes, perhaps none.
    pub banners: Vec<ActorImage>,
    /// The account that owns the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner_account: Option<Account>,
    /// Published videos, where the list asks for statistics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub videos_count: Option<u64>,
    /// Views of the last 30 days, oldest first, where the list asks for statistics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub views_per_day: Option<Vec<ViewsPerDay>>,
    /// All views ever, where the list asks for statistics.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_views: Option<u64>,
}

/// Body of `POST /video-channels` and `PUT /video-channels/{handle}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct VideoChannelEdit {
    /// Handle, only on creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Name for people, 1–120 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Markdown, 3–1000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Markdown, 3–1000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support: Option<String>,
    /// On update: also write `support` into every video of the channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk_videos_support_update: Option<bool>,
}
