//! What a job makes, and where it goes.
//!
//! Every attempt gets new random names: a runner of an earlier attempt that wakes up again can only
//! write objects that nothing will ever name.

use std::collections::BTreeMap;

use ports::Platform;
use rest::runner::{RunnerJobPayload, RunnerJobType, part};
use serde::{Deserialize, Serialize};
use store::runner::Job;

use crate::AppError;
use crate::random::uuid_v4;

/// One file that a job makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Output {
    /// The media file of a VOD job.
    VideoFile,
    /// The media playlist of an HLS job, as the runner wrote it.
    ResolutionPlaylistFile,
    /// The pictures of a storyboard job.
    StoryboardFile,
}

impl Output {
    /// Every output.
    pub const ALL: [Self; 3] = [
        Self::VideoFile,
        Self::ResolutionPlaylistFile,
        Self::StoryboardFile,
    ];

    /// Its name in URLs, payloads and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::VideoFile => "videoFile",
            Self::ResolutionPlaylistFile => "resolutionPlaylistFile",
            Self::StoryboardFile => "storyboardFile",
        }
    }

    /// The output of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|output| output.name() == name)
    }

    /// The multipart field that carries it in a success call.
    #[must_use]
    pub const fn form_field(self) -> &'static str {
        match self {
            Self::VideoFile => part::VIDEO_FILE,
            Self::ResolutionPlaylistFile => part::RESOLUTION_PLAYLIST_FILE,
            Self::StoryboardFile => part::STORYBOARD_FILE,
        }
    }

    /// Content type of the stored object.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::VideoFile => "video/mp4",
            Self::ResolutionPlaylistFile => "application/vnd.apple.mpegurl",
            Self::StoryboardFile => "image/jpeg",
        }
    }

    /// Largest size in bytes.
    #[must_use]
    pub const fn max_bytes(self) -> u64 {
        match self {
            Self::VideoFile => domain::limits::UPLOAD_MAX_BYTES,
            // `hls::limits::MAX_MEDIA_PLAYLIST_BYTES`.
            Self::ResolutionPlaylistFile => 8 << 20,
            // 121 sprites of 192x192 pixels are under 2 MB.
            Self::StoryboardFile => 8 << 20,
        }
    }

    /// The outputs of a kind of job.
    pub(crate) const fn of(kind: RunnerJobType) -> &'static [Self] {
        match kind {
            RunnerJobType::VodHlsTranscoding => &[Self::VideoFile, Self::ResolutionPlaylistFile],
            RunnerJobType::GenerateVideoStoryboard => &[Self::StoryboardFile],
            _ => &[Self::VideoFile],
        }
    }
}

/// What the server keeps of a job for itself; `privatePayload` in the admin's list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PrivatePayload {
    /// The video.
    #[serde(rename = "videoUUID")]
    pub video_uuid: String,
    /// Whether the one sprite of a storyboard job is the video's thumbnail.
    #[serde(rename = "isThumbnail", skip_serializing_if = "std::ops::Not::not")]
    pub is_thumbnail: bool,
    /// Object keys of the current attempt's outputs, by [`Output::name`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub outputs: BTreeMap<String, String>,
}

impl PrivatePayload {
    pub(crate) fn to_json(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(AppError::bug)
    }

    /// Where an output of the current attempt goes.
    pub(crate) fn object_key(&self, output: Output) -> Option<&str> {
        self.outputs.get(output.name()).map(String::as_str)
    }
}

/// A job with its JSON columns read.
#[derive(Debug, Clone)]
pub(crate) struct ReadJob {
    pub row: Job,
    pub kind: RunnerJobType,
    pub payload: RunnerJobPayload,
    pub private: PrivatePayload,
}

impl ReadJob {
    pub(crate) fn new(row: Job) -> Result<Self, AppError> {
        let kind = RunnerJobType::from_name(&row.job_type)
            .ok_or_else(|| AppError::bug(format!("no job kind {}", row.job_type)))?;
        let value = serde_json::from_str(&row.payload).map_err(AppError::bug)?;
        Ok(Self {
            kind,
            payload: RunnerJobPayload::from_value(kind, value).map_err(AppError::bug)?,
            private: serde_json::from_str(&row.private_payload).map_err(AppError::bug)?,
            row,
        })
    }

    /// The smaller side that was asked for, in pixels; 0 for storyboards and sound.
    pub(crate) const fn resolution(&self) -> u16 {
        match &self.payload {
            RunnerJobPayload::WebVideo(payload) => payload.output.resolution,
            RunnerJobPayload::AudioMerge(payload) => payload.output.resolution,
            RunnerJobPayload::Hls(payload) => payload.output.resolution,
            RunnerJobPayload::Storyboard(_) => 0,
        }
    }

    /// Where an output of the current attempt goes.
    pub(crate) fn object_key(&self, output: Output) -> Result<&str, AppError> {
        self.private
            .object_key(output)
            .ok_or_else(|| AppError::bug(format!("{} has no name", output.name())))
    }

    /// Object keys of all outputs of the current attempt.
    pub(crate) fn output_keys(&self) -> Vec<&str> {
        self.private.outputs.values().map(String::as_str).collect()
    }
}

/// Random names for the outputs of a new attempt at `job`.
pub(crate) fn fresh_outputs<P: Platform>(platform: &P, job: &ReadJob) -> BTreeMap<String, String> {
    let video_uuid = &job.row.video_uuid;
    let resolution = job.resolution();
    let name = |output: &Output| {
        let random = uuid_v4(platform);
        let object_key = match (output, job.kind) {
            (Output::VideoFile, RunnerJobType::VodHlsTranscoding) => {
                hls_key(video_uuid, &format!("{random}-{resolution}-fragmented.mp4"))
            }
            (Output::VideoFile, _) => format!("web-videos/{random}-{resolution}.mp4"),
            (Output::ResolutionPlaylistFile, _) => {
                format!("runner-jobs/{}/{random}.m3u8", job.row.uuid)
            }
            (Output::StoryboardFile, _) if job.private.is_thumbnail => {
                format!("thumbnails/{random}.jpg")
            }
            (Output::StoryboardFile, _) => format!("storyboards/{random}.jpg"),
        };
        (output.name().to_owned(), object_key)
    };
    let mut outputs = BTreeMap::new();
    outputs.extend(Output::of(job.kind).iter().map(name));
    outputs
}

/// Key of an object in a video's HLS folder.
pub(crate) fn hls_key(video_uuid: &str, filename: &str) -> String {
    format!("streaming-playlists/hls/{video_uuid}/{filename}")
}

/// The last part of an object key.
pub(crate) fn filename(object_key: &str) -> &str {
    object_key
        .rsplit_once('/')
        .map_or(object_key, |(_, filename)| filename)
}
