//! Payloads of the jobs that this instance hands out. Reached through [`crate::runner`].

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::runner::RunnerJobType;

/// How a result is sent to a [`CustomUpload`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum UploadMethod {
    /// The body is the file.
    #[default]
    Put,
    /// The body is the file.
    Post,
}

/// A URL that takes a result file instead of the success call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomUpload {
    /// Presigned object-store URL or a signed route of this instance.
    pub url: String,
    /// PUT when absent.
    #[serde(default)]
    pub method: UploadMethod,
}

/// Our extension of every payload; PeerTube's own runner ignores it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Edgetube {
    /// Jobs with the same value share one source, so one download and one decode serve all.
    pub source_id: String,
    /// Where files that the stock protocol has no field for go, by the name that the transcoder
    /// gives them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub direct_uploads: BTreeMap<String, CustomUpload>,
}

/// Where a job's picture and sound come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoInput {
    /// POST with the two tokens answers the file.
    pub video_file_url: String,
    /// Sound files, when the source has them apart.
    #[serde(default)]
    pub separated_audio_file_url: Vec<String>,
}

/// Wanted plain MP4.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebVideoOutput {
    /// Smaller side in pixels, 0 for sound alone.
    pub resolution: u16,
    /// Frames per second.
    pub fps: u16,
    /// Where the MP4 goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_file_custom_upload: Option<CustomUpload>,
}

/// Wanted fragmented MP4.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HlsOutput {
    /// Smaller side in pixels, 0 for sound alone.
    pub resolution: u16,
    /// Frames per second.
    pub fps: u16,
    /// Leave the sound out, it has a rendition of its own.
    #[serde(default)]
    pub separated_audio: bool,
    /// Where the MP4 goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_file_custom_upload: Option<CustomUpload>,
    /// Where the media playlist goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution_playlist_file_custom_upload: Option<CustomUpload>,
}

/// Payload of `vod-web-video-transcoding`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebVideoPayload {
    /// The source.
    pub input: VideoInput,
    /// The rendition.
    pub output: WebVideoOutput,
    /// Our extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edgetube: Option<Edgetube>,
}

/// Payload of `vod-hls-transcoding`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HlsPayload {
    /// The source.
    pub input: VideoInput,
    /// The rendition.
    pub output: HlsOutput,
    /// Our extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edgetube: Option<Edgetube>,
}

/// A still picture and a sound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AudioMergeInput {
    /// POST with the two tokens answers the sound file.
    pub audio_file_url: String,
    /// POST with the two tokens answers the picture.
    pub preview_file_url: String,
}

/// Payload of `vod-audio-merge-transcoding`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioMergePayload {
    /// The sources.
    pub input: AudioMergeInput,
    /// The rendition.
    pub output: WebVideoOutput,
    /// Our extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edgetube: Option<Edgetube>,
}

/// Pixels of one sprite.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpriteSize {
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Sprites per sheet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpriteGrid {
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

/// Layout of a sprite sheet, decided by the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sprites {
    /// Pixels of one sprite.
    pub size: SpriteSize,
    /// Columns and rows.
    pub count: SpriteGrid,
    /// Whole seconds that one sprite stands for.
    pub duration: u32,
}

/// Where a storyboard's pictures come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoryboardInput {
    /// POST with the two tokens answers the file.
    pub video_file_url: String,
}

/// Where a storyboard goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StoryboardOutput {
    /// Where the JPEG goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storyboard_file_custom_upload: Option<CustomUpload>,
}

/// Payload of `generate-video-storyboard`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoryboardPayload {
    /// The source.
    pub input: StoryboardInput,
    /// The layout.
    pub sprites: Sprites,
    /// The sheet.
    #[serde(default)]
    pub output: StoryboardOutput,
    /// Our extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edgetube: Option<Edgetube>,
}

/// Any payload. Written without a tag: the job's `type` beside it says which one it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum RunnerJobPayload {
    /// `vod-web-video-transcoding`.
    WebVideo(WebVideoPayload),
    /// `vod-hls-transcoding`.
    Hls(HlsPayload),
    /// `vod-audio-merge-transcoding`.
    AudioMerge(AudioMergePayload),
    /// `generate-video-storyboard`.
    Storyboard(StoryboardPayload),
}

/// Why a payload cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// A kind that this crate has no payload type for.
    #[error("no payload type for {}", .0.as_str())]
    UnsupportedKind(RunnerJobType),
    /// Not the shape of its kind.
    #[error("payload is not that of its kind: {0}")]
    Shape(#[from] serde_json::Error),
}

impl RunnerJobPayload {
    /// Reads the payload that belongs to `kind`.
    ///
    /// # Errors
    /// [`PayloadError`] for kinds that we never hand out and for other shapes.
    pub fn from_value(kind: RunnerJobType, payload: Value) -> Result<Self, PayloadError> {
        Ok(match kind {
            RunnerJobType::VodWebVideoTranscoding => {
                Self::WebVideo(serde_json::from_value(payload)?)
            }
            RunnerJobType::VodHlsTranscoding => Self::Hls(serde_json::from_value(payload)?),
            RunnerJobType::VodAudioMergeTranscoding => {
                Self::AudioMerge(serde_json::from_value(payload)?)
            }
            RunnerJobType::GenerateVideoStoryboard => {
                Self::Storyboard(serde_json::from_value(payload)?)
            }
            other => return Err(PayloadError::UnsupportedKind(other)),
        })
    }

    /// The kind that this payload belongs to.
    #[must_use]
    pub const fn kind(&self) -> RunnerJobType {
        match self {
            Self::WebVideo(_) => RunnerJobType::VodWebVideoTranscoding,
            Self::Hls(_) => RunnerJobType::VodHlsTranscoding,
            Self::AudioMerge(_) => RunnerJobType::VodAudioMergeTranscoding,
            Self::Storyboard(_) => RunnerJobType::GenerateVideoStoryboard,
        }
    }

    /// Our extension, if the server that made the payload is one of ours.
    #[must_use]
    pub const fn edgetube(&self) -> Option<&Edgetube> {
        match self {
            Self::WebVideo(payload) => payload.edgetube.as_ref(),
            Self::Hls(payload) => payload.edgetube.as_ref(),
            Self::AudioMerge(payload) => payload.edgetube.as_ref(),
            Self::Storyboard(payload) => payload.edgetube.as_ref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// As PeerTube 8.2 writes them, without our extension.
    fn stock_payloads() -> Vec<(RunnerJobType, Value)> {
        let upload = json!({ "url": "https://s3.test/a?sig=1", "method": "PUT" });
        let input = json!({ "videoFileUrl": "https://v.test/f", "separatedAudioFileUrl": [] });
        vec![
            (
                RunnerJobType::VodWebVideoTranscoding,
                json!({ "input": input, "output": {
                    "resolution": 720, "fps": 30, "videoFileCustomUpload": upload } }),
            ),
            (
                RunnerJobType::VodHlsTranscoding,
                json!({ "input": input, "output": {
                    "resolution": 720, "fps": 30, "separatedAudio": false,
                    "videoFileCustomUpload": upload,
                    "resolutionPlaylistFileCustomUpload": upload } }),
            ),
            (
                RunnerJobType::VodAudioMergeTranscoding,
                json!({ "input": { "audioFileUrl": "a", "previewFileUrl": "p" },
                    "output": { "resolution": 480, "fps": 25 } }),
            ),
            (
                RunnerJobType::GenerateVideoStoryboard,
                json!({ "input": { "videoFileUrl": "v" }, "sprites": {
                    "size": { "width": 192, "height": 108 },
                    "count": { "width": 11, "height": 10 }, "duration": 2 },
                    "output": { "storyboardFileCustomUpload": upload } }),
            ),
        ]
    }

    #[test]
    fn stock_payloads_survive_reading_and_writing() {
        for (kind, value) in stock_payloads() {
            let payload = RunnerJobPayload::from_value(kind, value.clone()).unwrap();
            assert_eq!(payload.kind(), kind);
            assert_eq!(payload.edgetube(), None);
            assert_eq!(serde_json::to_value(&payload).unwrap(), value);
        }
    }

    #[test]
    fn extension_is_read_where_it_is() {
        for (kind, mut value) in stock_payloads() {
            value["edgetube"] = json!({ "sourceId": "s1",
                "directUploads": { "thumbnail": { "url": "u" } } });
            let payload = RunnerJobPayload::from_value(kind, value).unwrap();
            let extension = payload.edgetube().unwrap();
            assert_eq!(extension.source_id, "s1");
            assert_eq!(
                extension.direct_uploads["thumbnail"].method,
                UploadMethod::Put
            );
        }
    }

    #[test]
    fn refuses_kinds_without_a_type_and_wrong_shapes() {
        let refused = RunnerJobPayload::from_value(RunnerJobType::VideoTranscription, json!({}));
        assert!(matches!(refused, Err(PayloadError::UnsupportedKind(_))));
        let refused = RunnerJobPayload::from_value(RunnerJobType::VodHlsTranscoding, json!([]));
        assert!(matches!(refused, Err(PayloadError::Shape(_))));
    }
}
