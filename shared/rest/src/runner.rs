//! The runner protocol (`/api/v1/runners`): what runners send and what they get.
//!
//! A runner has a `runnerToken`, each accepted job a `jobToken`; both travel in bodies. Bodies
//! arrive as JSON or as multipart (see [`crate::form`]), so the request types here are what a
//! runner of ours serialises and what a test deserialises.

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::runner_payload::{
    AudioMergeInput, AudioMergePayload, CustomUpload, Edgetube, HlsOutput, HlsPayload,
    PayloadError, RunnerJobPayload, SpriteGrid, SpriteSize, Sprites, StoryboardInput,
    StoryboardOutput, StoryboardPayload, UploadMethod, VideoInput, WebVideoOutput, WebVideoPayload,
};
use crate::{IsoDate, Label};

/// Kinds of job. Those that this instance never hands out are listed too, because runners name
/// them in `jobTypes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunnerJobType {
    /// One plain MP4 rendition.
    VodWebVideoTranscoding,
    /// One fragmented MP4 rendition with its media playlist.
    VodHlsTranscoding,
    /// A video from a still picture and a sound file.
    VodAudioMergeTranscoding,
    /// A sprite sheet of preview pictures.
    GenerateVideoStoryboard,
    /// A live from RTMP to HLS.
    LiveRtmpHlsTranscoding,
    /// Cuts, intros and watermarks.
    VideoStudioTranscoding,
    /// Captions from speech.
    VideoTranscription,
}

impl RunnerJobType {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::VodWebVideoTranscoding,
        Self::VodHlsTranscoding,
        Self::VodAudioMergeTranscoding,
        Self::GenerateVideoStoryboard,
        Self::LiveRtmpHlsTranscoding,
        Self::VideoStudioTranscoding,
        Self::VideoTranscription,
    ];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VodWebVideoTranscoding => "vod-web-video-transcoding",
            Self::VodHlsTranscoding => "vod-hls-transcoding",
            Self::VodAudioMergeTranscoding => "vod-audio-merge-transcoding",
            Self::GenerateVideoStoryboard => "generate-video-storyboard",
            Self::LiveRtmpHlsTranscoding => "live-rtmp-hls-transcoding",
            Self::VideoStudioTranscoding => "video-studio-transcoding",
            Self::VideoTranscription => "video-transcription",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// Body of `POST /runners/register`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisterBody {
    /// Made by an admin, `ptrrt-...`.
    pub registration_token: String,
    /// Unique on the instance, 1–100 characters.
    pub name: String,
    /// Up to 1000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Version of the runner program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Answer to [`RegisterBody`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisterResult {
    /// Row id.
    pub id: i64,
    /// `ptrt-...`, told once.
    pub runner_token: String,
}

/// Body of `POST /runners/unregister` and of `POST .../accept`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunnerTokenBody {
    /// Which runner asks.
    pub runner_token: String,
}

/// Body of `POST /runners/jobs/request`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestJobsBody {
    /// Which runner asks.
    pub runner_token: String,
    /// Kinds it can do, as names so that unknown ones do no harm; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_types: Option<Vec<String>>,
    /// Version of the runner program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Answer to [`RequestJobsBody`]. `P` is the payload: [`RunnerJobPayload`] when written, a JSON
/// value when read, because its shape depends on the kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AvailableJobs<P = Value> {
    /// At most 10, most urgent first.
    pub available_jobs: Vec<AvailableJob<P>>,
}

/// A job that waits for a runner.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AvailableJob<P = Value> {
    /// Its id in paths.
    pub uuid: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub job_type: RunnerJobType,
    /// What to do.
    pub payload: P,
}

/// Answer of `POST /runners/jobs/{uuid}/accept`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AcceptResult<P = Value> {
    /// The job, now this runner's.
    pub job: AcceptedJob<P>,
}

/// An accepted job: a [`RunnerJob`] with its token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AcceptedJob<P = Value> {
    /// The job.
    #[serde(flatten)]
    pub job: RunnerJob<P>,
    /// `ptrjt-...`; goes with every later call about this job.
    pub job_token: String,
}

/// Body of the input file routes, `POST .../files/...`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JobTokensBody {
    /// Which runner asks.
    pub runner_token: String,
    /// Proof that the job is its own.
    pub job_token: String,
}

/// Body of `POST /runners/jobs/{uuid}/update`, also the heartbeat.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UpdateJobBody {
    /// Which runner asks.
    pub runner_token: String,
    /// Proof that the job is its own.
    pub job_token: String,
    /// Percent, 0–100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub progress: Option<u8>,
}

/// Body of `POST /runners/jobs/{uuid}/abort`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AbortJobBody {
    /// Which runner asks.
    pub runner_token: String,
    /// Proof that the job is its own.
    pub job_token: String,
    /// Why, 1–1000 characters.
    pub reason: String,
}

/// Body of `POST /runners/jobs/{uuid}/error`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorJobBody {
    /// Which runner asks.
    pub runner_token: String,
    /// Proof that the job is its own.
    pub job_token: String,
    /// What went wrong, 1–5000 characters.
    pub message: String,
}

/// Body of `POST /runners/jobs/{uuid}/success` in its JSON form: the files went to the
/// [`CustomUpload`] URLs. A stock runner sends them here as multipart parts instead, named
/// `payload[videoFile]` and so on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SuccessJobBody {
    /// Which runner asks.
    pub runner_token: String,
    /// Proof that the job is its own.
    pub job_token: String,
    /// What was made.
    pub payload: SuccessPayload,
}

/// What a job made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SuccessPayload {
    /// Extension: the report of our own transcoder, which spares the server reading the media
    /// again. Unknown to PeerTube's server, which ignores it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edgetube: Option<Value>,
}

/// Names of the multipart parts that carry results.
pub mod part {
    /// The media file of every VOD job.
    pub const VIDEO_FILE: &str = "payload[videoFile]";
    /// The media playlist of an HLS job.
    pub const RESOLUTION_PLAYLIST_FILE: &str = "payload[resolutionPlaylistFile]";
    /// The sprite sheet of a storyboard job.
    pub const STORYBOARD_FILE: &str = "payload[storyboardFile]";
    /// The captions of a transcription job.
    pub const VTT_FILE: &str = "payload[vttFile]";
}

/// A job as runners and admins see it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunnerJob<P = Value> {
    /// Its id in paths.
    pub uuid: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub job_type: RunnerJobType,
    /// 1 pending … 9 completing.
    pub state: Label<u8>,
    /// What to do.
    pub payload: P,
    /// Failed attempts so far, given up at 5.
    pub failures: u32,
    /// Last failure.
    pub error: Option<String>,
    /// Percent, `null` before the first update.
    pub progress: Option<u8>,
    /// Smaller goes first.
    pub priority: i64,
    /// Last start.
    pub started_at: Option<IsoDate>,
    /// When it was made.
    pub created_at: IsoDate,
    /// Last change.
    pub updated_at: IsoDate,
    /// When it reached a final state.
    pub finished_at: Option<IsoDate>,
    /// The job it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<RunnerJobParent>,
    /// Who holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner: Option<RunnerJobRunner>,
}

/// The job that another waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerJobParent {
    /// Its id in paths.
    pub uuid: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub job_type: RunnerJobType,
    /// Its state.
    pub state: Label<u8>,
}

/// The runner that holds a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunnerJobRunner {
    /// Row id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Its description.
    pub description: Option<String>,
}

/// One item of `GET /runners/jobs`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunnerJobAdmin<P = Value> {
    /// What runners see too.
    #[serde(flatten)]
    pub job: RunnerJob<P>,
    /// What only the server needs.
    pub private_payload: Value,
}

/// One item of `GET /runners`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Runner {
    /// Row id.
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// In the admin's words.
    pub description: Option<String>,
    /// Address of its last call; this instance keeps none and sends an empty string.
    pub ip: String,
    /// When it last called.
    pub last_contact: IsoDate,
    /// Version of the runner program.
    pub version: Option<String>,
    /// When it registered.
    pub created_at: IsoDate,
    /// Last change.
    pub updated_at: IsoDate,
}

/// One item of `GET /runners/registration-tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegistrationToken {
    /// Row id.
    pub id: i64,
    /// `ptrrt-...`.
    pub registration_token: String,
    /// When it was made.
    pub created_at: IsoDate,
    /// Last change.
    pub updated_at: IsoDate,
    /// Runners registered with it.
    pub registered_runners_count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_have_one_name_on_the_wire_and_in_code() {
        for kind in RunnerJobType::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
            assert_eq!(RunnerJobType::from_name(kind.as_str()), Some(kind));
        }
        assert_eq!(RunnerJobType::from_name("transcode"), None);
    }

    #[test]
    fn accepted_job_is_flat_and_reads_back() {
        let text = r#"{"job":{"uuid":"u","type":"vod-hls-transcoding","state":{"id":2,"label":
            "Processing"},"payload":{},"failures":0,"error":null,"progress":null,"priority":1,
            "startedAt":"2026-01-02T03:04:05.678Z","createdAt":"2026-01-02T03:04:05.678Z",
            "updatedAt":"2026-01-02T03:04:05.678Z","finishedAt":null,"jobToken":"ptrjt-1"}}"#;
        let accepted: AcceptResult = serde_json::from_str(text).unwrap();
        assert_eq!(accepted.job.job_token, "ptrjt-1");
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_value(&accepted).unwrap(), expected);
    }
}
