//! Bodies of the runner protocol as they go over the wire.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// The kinds of jobs that this program does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobType {
    /// `vod-hls-transcoding`.
    Hls,
    /// `vod-web-video-transcoding`.
    WebVideo,
    /// `vod-audio-merge-transcoding`.
    AudioMerge,
    /// `generate-video-storyboard`.
    Storyboard,
}

impl JobType {
    /// All of them, as `jobTypes` of a request.
    pub const ALL: [Self; 4] = [
        Self::Hls,
        Self::WebVideo,
        Self::AudioMerge,
        Self::Storyboard,
    ];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hls => "vod-hls-transcoding",
            Self::WebVideo => "vod-web-video-transcoding",
            Self::AudioMerge => "vod-audio-merge-transcoding",
            Self::Storyboard => "generate-video-storyboard",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Answer of `POST /register`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegisterAnswer {
    pub(super) runner_token: String,
}

/// Answer of `POST /jobs/request`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestAnswer {
    pub(super) available_jobs: Vec<AvailableJob>,
}

/// One job on offer.
#[derive(Clone, Debug, Deserialize)]
pub struct AvailableJob {
    /// Its id.
    pub uuid: String,
    /// Its kind by name; see [`JobType`].
    #[serde(rename = "type")]
    pub kind: String,
    /// Its payload, unread: one job's odd payload must not spoil the others.
    #[serde(default)]
    pub payload: Value,
}

/// Answer of `POST /jobs/{uuid}/accept`.
#[derive(Debug, Deserialize)]
pub(super) struct AcceptAnswer {
    pub(super) job: AcceptedJob,
}

/// A job that is ours now.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AcceptedJob {
    /// Its id.
    pub uuid: String,
    /// Its kind by name.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its payload.
    pub payload: JobPayload,
    /// The secret that all further calls about it carry.
    pub job_token: String,
}

/// What to do.
#[derive(Clone, Debug, Deserialize)]
pub struct JobPayload {
    /// Where the source is.
    pub input: JobInput,
    /// What is wanted.
    #[serde(default)]
    pub output: JobOutput,
    /// Storyboard layout, for that kind of job.
    pub sprites: Option<Sprites>,
    /// What only an Edgetube server adds.
    pub edgetube: Option<EdgetubePayload>,
}

/// Where the source is: URLs to POST the tokens to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobInput {
    /// The video, or the container that holds it.
    pub video_file_url: Option<String>,
    /// Its sound when that is a file of its own: none or one.
    #[serde(deserialize_with = "null_is_empty")]
    pub separated_audio_file_url: Vec<String>,
    /// The sound of an audio merge.
    pub audio_file_url: Option<String>,
    /// The picture of an audio merge.
    pub preview_file_url: Option<String>,
}

/// What is wanted, and where it goes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobOutput {
    /// Smaller side in pixels, 0 for sound alone.
    pub resolution: u32,
    /// Frames a second; PeerTube may send a fraction.
    pub fps: f64,
    /// Whether the HLS rendition is to be without sound.
    pub separated_audio: bool,
    /// Where the MP4 goes.
    pub video_file_custom_upload: Option<CustomUpload>,
    /// Where the playlist goes.
    pub resolution_playlist_file_custom_upload: Option<CustomUpload>,
    /// Where the storyboard goes.
    pub storyboard_file_custom_upload: Option<CustomUpload>,
}

/// PeerTube's description of an address for one output.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CustomUpload {
    /// Where to.
    pub url: String,
    /// `PUT` (when absent) or `POST`.
    pub method: Option<String>,
}

/// Layout of a storyboard.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Sprites {
    /// Pixels of one cell.
    pub size: Extent,
    /// Cells across and down; 1x1 is a single representative picture.
    pub count: Extent,
    /// Seconds between cells.
    #[serde(default)]
    pub duration: f64,
}

/// A width and a height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Extent {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// `payload.edgetube`: what an Edgetube server offers a runner that knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EdgetubePayload {
    /// Jobs with the same id have the same source.
    pub source_id: Option<String>,
    /// Addresses for raw uploads by output: `videoFile`, `resolutionPlaylistFile`,
    /// `storyboardFile`.
    #[serde(deserialize_with = "null_is_empty")]
    pub direct_uploads: BTreeMap<String, DirectUpload>,
}

/// An address that takes the raw bytes of an output, usually presigned object storage.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DirectUpload {
    /// Where to; carries its own permission.
    pub url: String,
    /// `PUT` when absent.
    pub method: Option<String>,
    /// Headers that were signed along and must be sent.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub headers: BTreeMap<String, String>,
}

fn null_is_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_peertube_job() {
        let job: AcceptedJob = serde_json::from_str(
            r#"{"uuid":"u","type":"vod-hls-transcoding","state":{"id":2,"label":"Processing"},
            "payload":{"input":{"videoFileUrl":"https://a/x","separatedAudioFileUrl":null},
            "output":{"resolution":720,"fps":25,"separatedAudio":false}},"jobToken":"t",
            "priority":1,"progress":null,"failures":0}"#,
        )
        .unwrap();
        assert_eq!(JobType::from_name(&job.kind), Some(JobType::Hls));
        assert_eq!(
            (job.payload.output.resolution, job.payload.edgetube),
            (720, None)
        );
        assert!(job.payload.input.separated_audio_file_url.is_empty());
    }

    #[test]
    fn reads_what_edgetube_adds() {
        let payload: JobPayload = serde_json::from_str(
            r#"{"input":{"videoFileUrl":"https://a/x"},"output":{"storyboardFileCustomUpload":
            {"url":"https://a/up"}},"sprites":{"size":{"width":192,"height":108},
            "count":{"width":1,"height":1},"duration":2},"edgetube":{"sourceId":"s",
            "directUploads":{"storyboardFile":{"url":"https://s3/x","method":"PUT",
            "headers":{"content-type":"image/jpeg"}}}}}"#,
        )
        .unwrap();
        let edgetube = payload.edgetube.unwrap();
        assert_eq!(edgetube.source_id.as_deref(), Some("s"));
        assert_eq!(edgetube.direct_uploads["storyboardFile"].headers.len(), 1);
        assert_eq!(
            payload.sprites.unwrap().count,
            Extent {
                width: 1,
                height: 1
            }
        );
        assert_eq!(
            payload.output.storyboard_file_custom_upload.unwrap().method,
            None
        );
    }
}
