use serde::Serialize;

use super::Addressing;

/// A list of videos as PeerTube writes it: a collection, or a page of one, that calls itself `Playlist`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Playlist<'a> {
    /// Of a page, with its number.
    pub id: &'a str,
    /// Always `Playlist`.
    pub r#type: PlaylistType,
    /// Elements on all pages.
    pub total_items: u64,
    /// Of the whole: the first page, if there is any element.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first: Option<String>,
    /// Of a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part_of: Option<&'a str>,
    /// Of a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev: Option<String>,
    /// Of a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Of a page: ids of elements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered_items: Option<&'a [String]>,
    /// Name for people.
    pub name: &'a str,
    /// Markdown.
    pub content: Option<&'a str>,
    /// `text/markdown`.
    pub media_type: &'static str,
    /// The same everywhere.
    pub uuid: &'a str,
    /// ISO 8601.
    pub published: String,
    /// ISO 8601.
    pub updated: String,
    /// Its channel alone: who owns that owns it.
    pub attributed_to: &'a [String],
    /// Its picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<PlaylistIcon>,
    /// Its channel (FEP-1b12).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<&'a str>,
    /// Who sees it.
    #[serde(flatten)]
    pub addressing: &'a Addressing,
}

/// The type of a [`Playlist`].
#[derive(Clone, Copy, Debug, Serialize)]
pub enum PlaylistType {
    /// PeerTube's word.
    Playlist,
}

/// The picture of a [`Playlist`].
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaylistIcon {
    /// `Image`.
    pub r#type: &'static str,
    /// Absolute.
    pub url: String,
    /// `image/jpeg`.
    pub media_type: &'static str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// A video in a [`Playlist`].
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaylistElement<'a> {
    /// Below the playlist's.
    pub id: &'a str,
    /// `PlaylistElement`.
    pub r#type: &'static str,
    /// Id of the video.
    pub url: &'a str,
    /// From 1.
    pub position: u32,
    /// Second from which it plays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_timestamp: Option<u32>,
    /// Second up to which it plays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_timestamp: Option<u32>,
}
