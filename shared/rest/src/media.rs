//! Files of a video: renditions, playlists, pictures, and the token that opens private ones.
//!
//! Reached through [`crate::video`], which re-exports all of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{IsoDate, video::Label};

/// One size of a video's picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Thumbnail {
    /// Pixels.
    pub height: u32,
    /// Pixels.
    pub width: u32,
    /// Nearest of `16:9`, `16:10`, `4:3`, `5:4`, `1:1`.
    pub aspect_ratio: String,
    /// Absolute URL of a JPEG.
    pub file_url: String,
}

impl Thumbnail {
    /// Nearest aspect ratio that PeerTube names, for a picture of this size.
    #[must_use]
    pub fn aspect_ratio_of(width: u32, height: u32) -> &'static str {
        let ratio = f64::from(width) / f64::from(height.max(1));
        // Boundaries are the means of neighbouring ratios: 16/9, 16/10, 4/3, 5/4, 1.
        match ratio {
            r if r >= 1.689 => "16:9",
            r if r >= 1.467 => "16:10",
            r if r >= 1.292 => "4:3",
            r if r >= 1.125 => "5:4",
            _ => "1:1",
        }
    }
}

/// Where a file lies; decides nothing for clients that use `fileUrl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileStorage {
    /// On the instance's own disk.
    FileSystem,
    /// In an object store.
    ObjectStorage,
}

impl Serialize for FileStorage {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(match self {
            Self::FileSystem => 0,
            Self::ObjectStorage => 1,
        })
    }
}

impl<'de> Deserialize<'de> for FileStorage {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u8::deserialize(deserializer)? {
            0 => Ok(Self::FileSystem),
            1 => Ok(Self::ObjectStorage),
            other => Err(serde::de::Error::custom(format_args!(
                "unknown storage {other}"
            ))),
        }
    }
}

/// One rendition, as a web video or inside a streaming playlist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoFile {
    /// Row id on this instance.
    pub id: i64,
    /// Smaller side in pixels with label `720p`; 0 with label `Audio only`.
    pub resolution: Label<u16>,
    /// Bytes.
    pub size: u64,
    /// Pixels, absent when not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels, absent when not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Frames per second, rounded; 0 for audio alone, -1 when not known.
    pub fps: i32,
    /// Whether it has a sound track.
    pub has_audio: bool,
    /// Whether it has a picture track.
    pub has_video: bool,
    /// Magnet link, `null` while there is no torrent.
    pub magnet_uri: Option<String>,
    /// Absolute URL of the .torrent, `null` while there is none.
    pub torrent_url: Option<String>,
    /// Absolute URL of the .torrent as an attachment.
    pub torrent_download_url: Option<String>,
    /// Absolute URL of the media file.
    pub file_url: Option<String>,
    /// Absolute URL of the media file as an attachment.
    pub file_download_url: Option<String>,
    /// Absolute URL of the probe's output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata_url: Option<String>,
    /// The probe's output itself, as ffprobe prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// Where the bytes lie.
    pub storage: FileStorage,
    /// HLS only: absolute URL of this rendition's media playlist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playlist_url: Option<String>,
}

/// A server that holds a copy of the playlist's files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HlsRedundancy {
    /// Absolute URL of the folder.
    pub base_url: String,
}

/// The HLS form of a video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoStreamingPlaylist {
    /// Row id on this instance.
    pub id: i64,
    /// Always 1 (HLS).
    #[serde(rename = "type")]
    pub playlist_type: u8,
    /// Absolute URL of the master playlist.
    pub playlist_url: String,
    /// Absolute URL of the segment hashes.
    pub segments_sha256_url: String,
    /// Copies on other servers.
    pub redundancies: Vec<HlsRedundancy>,
    /// Renditions, best first.
    pub files: Vec<VideoFile>,
}

/// `GET /videos/{id}/source`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoSource {
    /// Name of the file as it was uploaded.
    pub input_filename: String,
    /// Absolute URL, `null` when the original was not kept.
    pub file_download_url: Option<String>,
    /// Smaller side in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Label<u16>>,
    /// Bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// Pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    /// Frames per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fps: Option<i32>,
    /// The probe's output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Value>,
    /// When it was uploaded.
    pub created_at: IsoDate,
}

/// One sprite sheet of preview pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Storyboard {
    /// Path on this instance.
    pub storyboard_path: String,
    /// Absolute URL.
    pub file_url: String,
    /// Pixels of the whole sheet.
    pub total_height: u32,
    /// Pixels of the whole sheet.
    pub total_width: u32,
    /// Pixels of one sprite.
    pub sprite_height: u32,
    /// Pixels of one sprite.
    pub sprite_width: u32,
    /// Seconds that one sprite stands for.
    pub sprite_duration: f64,
}

/// One item of `GET /videos/{id}/captions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoCaption {
    /// Its language.
    pub language: Label<String>,
    /// Path of the WebVTT file; deprecated, and empty for files of other servers.
    pub caption_path: String,
    /// Absolute URL of the WebVTT file.
    pub file_url: String,
    /// Absolute URL of its HLS playlist.
    pub m3u8_url: Option<String>,
    /// Whether a machine wrote it.
    pub automatically_generated: bool,
    /// When it last changed.
    pub updated_at: IsoDate,
}

/// `GET /videos/{id}/storyboards`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Storyboards {
    /// Sheets, at most one.
    pub storyboards: Vec<Storyboard>,
}

/// The part of [`VideoToken`] that opens files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoFileToken {
    /// Value of the query parameter `videoFileToken`.
    pub token: String,
    /// When it stops working.
    pub expires: IsoDate,
}

/// `POST /videos/{id}/token`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VideoToken {
    /// Opens every file of the video.
    pub files: VideoFileToken,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_nearest_aspect_ratio() {
        for (width, height, expected) in [
            (1920, 1080, "16:9"),
            (280, 157, "16:9"),
            (1280, 800, "16:10"),
            (640, 480, "4:3"),
            (1280, 1024, "5:4"),
            (1400, 1400, "1:1"),
            (720, 1280, "1:1"),
            (10, 0, "16:9"),
        ] {
            assert_eq!(
                Thumbnail::aspect_ratio_of(width, height),
                expected,
                "{width}x{height}"
            );
        }
    }
}
