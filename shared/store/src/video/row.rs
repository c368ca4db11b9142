//! The shapes of the JSON cells, in the order in which `select.rs` writes them.

use ports::{DatabaseError, Row, Rows, Value};
use serde::{Deserialize, Deserializer};

/// SQLite has no booleans; 0 is false.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    u8::deserialize(deserializer).map(|number| number != 0)
}

/// The columns of `video` that every reader wants. Numbers are PeerTube's; times Unix milliseconds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[expect(missing_docs, reason = "the columns of table video, under their names")]
pub struct VideoColumns {
    pub id: i64,
    pub uuid: String,
    pub name: String,
    pub category: Option<u16>,
    pub licence: Option<u16>,
    pub language: Option<String>,
    pub privacy: u8,
    /// Whole in details; in lists the first [`super::list::DESCRIPTION_CHARS`] characters.
    pub description: Option<String>,
    pub duration_secs: u32,
    pub aspect_ratio: Option<f64>,
    pub created_at_unix_ms: i64,
    pub updated_at_unix_ms: i64,
    pub published_at_unix_ms: i64,
    pub originally_published_at_unix_ms: Option<i64>,
    pub views: u64,
    pub viewers: u64,
    pub likes: u64,
    pub dislikes: u64,
    pub comments: u64,
    #[serde(deserialize_with = "flag")]
    pub nsfw: bool,
    pub nsfw_flags: u32,
    pub nsfw_summary: Option<String>,
    pub state: u8,
    #[serde(deserialize_with = "flag")]
    pub wait_transcoding: bool,
    pub scheduled_privacy: Option<u8>,
    pub scheduled_at_unix_ms: Option<i64>,
    pub remote_url: Option<String>,
}

/// An account or channel in a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ActorName {
    /// Row id.
    pub id: i64,
    /// Handle.
    pub name: String,
    /// Name for people.
    pub display_name: String,
    /// Who it is on its own server; `None` for ours.
    pub remote: Option<RemoteActorName>,
}

/// Somebody of another server in a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RemoteActorName {
    /// Row id in `actor`.
    pub actor_id: i64,
    /// ActivityPub id.
    pub url: String,
    /// Their picture, there.
    pub avatar_url: Option<String>,
}

/// What is known of the actor behind an account or channel. Ours have it once somebody has asked for their
/// document or their key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ActorColumns {
    /// Row id in `actor`.
    pub actor_id: i64,
    /// ActivityPub id.
    pub url: String,
    /// Of others: their picture, there.
    pub avatar_url: Option<String>,
    /// Of others: their page, there.
    pub page_url: Option<String>,
    /// How many follow them.
    pub followers: u64,
    /// How many they follow.
    pub following: u64,
}

/// Where another server's video is at home.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RemoteVideoRow {
    /// Its page, there.
    pub page_url: String,
    /// `app::federation::remote_document` as JSON.
    pub document: String,
}

/// A picture; the object is `thumbnails/{filename}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PictureRow {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Random name.
    pub filename: String,
}

/// A playable file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FileRow {
    /// Row id.
    pub id: i64,
    /// `web` or `hls`.
    pub kind: String,
    /// Smaller side in pixels, 0 for sound alone.
    pub resolution: u16,
    /// Random name.
    pub filename: String,
    /// Bytes.
    pub size_bytes: u64,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// Frames a second, 0 without a picture.
    pub fps: i32,
    /// Whether it has sound.
    #[serde(deserialize_with = "flag")]
    pub has_audio: bool,
    /// Whether it has a picture.
    #[serde(deserialize_with = "flag")]
    pub has_video: bool,
    /// Of an HLS file: its media playlist.
    pub playlist_filename: Option<String>,
    /// Its torrent, once made.
    pub torrent_filename: Option<String>,
    /// Of that torrent, 40 hex digits.
    pub info_hash: Option<String>,
}

/// A rendition, as far as a player must know it to begin without its playlist.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OpeningRow {
    /// Random name of the media file.
    pub filename: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Whether it has sound.
    #[serde(deserialize_with = "flag")]
    pub has_audio: bool,
    /// `app::publish::RenditionSummary` as JSON.
    pub report: String,
}

/// The HLS form of a video.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PlaylistRow {
    /// Row id.
    pub id: i64,
    /// Name of the master playlist.
    pub master_filename: String,
    /// Name of the segment hashes.
    pub sha256_filename: String,
}

/// The sprite sheet of a video.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StoryboardRow {
    /// The object is `storyboards/{filename}`.
    pub filename: String,
    /// Pixels of the sheet.
    pub total_width: u32,
    /// Pixels of the sheet.
    pub total_height: u32,
    /// Pixels of one sprite.
    pub sprite_width: u32,
    /// Pixels of one sprite.
    pub sprite_height: u32,
    /// Seconds that one sprite stands for.
    pub sprite_duration_secs: u32,
}

/// The uploaded original.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SourceRow {
    /// Name on the uploader's machine.
    pub input_filename: String,
    /// Where its bytes are; `None` once it was let go.
    pub object_key: Option<String>,
    /// Bytes.
    pub size_bytes: u64,
    /// Pixels.
    pub width: Option<u32>,
    /// Pixels.
    pub height: Option<u32>,
    /// Smaller side in pixels.
    pub resolution: Option<u16>,
    /// Frames a second.
    pub fps: Option<i32>,
    /// When it was uploaded.
    pub created_at_unix_ms: i64,
}

/// One item of a list. What the query did not ask for is `None`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct ListRow {
    /// The video.
    pub video: VideoColumns,
    /// Its uploader.
    pub account: ActorName,
    /// Its channel.
    pub channel: ActorName,
    /// Its pictures, in no order.
    pub pictures: Vec<PictureRow>,
    /// [`super::list::Extras::FILES`].
    pub files: Option<Vec<FileRow>>,
    /// [`super::list::Extras::FILES`]; also `None` while there is no playlist.
    pub playlist: Option<PlaylistRow>,
    /// [`super::list::Extras::TAGS`].
    pub tags: Option<Vec<String>>,
    /// [`super::list::Extras::SOURCE`].
    pub source: Option<SourceRow>,
    /// [`super::list::Extras::PROGRESS`]: percent of the transcoding jobs, `None` when none is left to wait for.
    pub transcoding_progress: Option<f64>,
    /// [`super::list::Extras::FILES`]: of another server's video, its `remote_video.document`.
    pub document: Option<String>,
}

/// An account alone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AccountRow {
    /// Row id.
    pub id: i64,
    /// Handle.
    pub name: String,
    /// Name for people.
    pub display_name: String,
    /// Markdown.
    pub description: Option<String>,
    /// The user behind it; `None` for those of other servers.
    pub user_id: Option<i64>,
    /// When.
    pub created_at_unix_ms: i64,
    /// When.
    pub updated_at_unix_ms: i64,
    /// Its actor.
    pub actor: Option<ActorColumns>,
}

/// A channel alone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ChannelRow {
    /// Row id.
    pub id: i64,
    /// Handle.
    pub name: String,
    /// Name for people.
    pub display_name: String,
    /// Markdown.
    pub description: Option<String>,
    /// Markdown.
    pub support: Option<String>,
    /// Videos in its public list.
    pub listed_videos: u64,
    /// When.
    pub created_at_unix_ms: i64,
    /// When.
    pub updated_at_unix_ms: i64,
    /// Whether viewers of its videos may send them to each other.
    #[serde(deserialize_with = "flag")]
    pub p2p_enabled: bool,
    /// Its actor.
    pub actor: Option<ActorColumns>,
}

/// A channel with its owner.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct OwnedChannelRow {
    /// The channel.
    pub channel: ChannelRow,
    /// Whose it is.
    pub owner: AccountRow,
}

/// One video with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct DetailsRow {
    /// The video.
    pub video: VideoColumns,
    /// Columns that only details show.
    pub more: MoreColumns,
    /// Its uploader.
    pub account: AccountRow,
    /// Its channel.
    pub channel: ChannelRow,
    /// Its pictures, in no order.
    pub pictures: Vec<PictureRow>,
    /// Its files, best first.
    pub files: Vec<FileRow>,
    /// Its HLS form.
    pub playlist: Option<PlaylistRow>,
    /// Its tags in order.
    pub tags: Vec<String>,
    /// Its sprite sheet.
    pub storyboard: Option<StoryboardRow>,
    /// Keyed hashes of its passwords; empty for other privacies.
    pub password_hmacs: Vec<String>,
    /// Where it is at home; `None` for ours.
    pub remote: Option<RemoteVideoRow>,
    /// Copies of its stream, the oldest first.
    pub mirrors: Vec<MirrorRow>,
}

/// A copy of a video's stream.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct MirrorRow {
    /// Folder of its files.
    pub base_url: String,
    /// When it is there no more; `None`: it stays.
    pub expires_at_unix_ms: Option<i64>,
}

/// See [`DetailsRow`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the columns of table video, under their names")]
pub struct MoreColumns {
    pub support: Option<String>,
    pub comments_policy: u8,
    #[serde(deserialize_with = "flag")]
    pub download_enabled: bool,
    pub input_file_updated_at_unix_ms: Option<i64>,
}

fn parsed<T: for<'de> Deserialize<'de>>(row: &Row) -> Result<T, DatabaseError> {
    let Some(Value::Text(text)) = row.0.first() else {
        return Err(DatabaseError::Bug {
            cause: "a row without its JSON cell".to_owned(),
        });
    };
    serde_json::from_str(text).map_err(|error| DatabaseError::Bug {
        cause: format!("a JSON cell of another shape: {error}"),
    })
}

/// Every row of a statement whose rows are one JSON cell.
///
/// # Errors
/// [`DatabaseError::Bug`] for a cell of another shape.
pub fn parse_all<T: for<'de> Deserialize<'de>>(rows: &Rows) -> Result<Vec<T>, DatabaseError> {
    rows.iter().map(parsed).collect()
}

/// The first row of a statement whose rows are one JSON cell, `None` when there is none.
///
/// # Errors
/// [`DatabaseError::Bug`] for a cell of another shape.
pub fn parse_first<T: for<'de> Deserialize<'de>>(rows: &Rows) -> Result<Option<T>, DatabaseError> {
    rows.first().map(parsed).transpose()
}
