//! The jobs that a freshly uploaded source gets.

use domain::ladder::{RenditionPlan, SourceVideo, plan};
use ports::{Platform, Statement, Task, TaskQueue};
use rest::runner::{
    AudioMergePayload, HlsOutput, HlsPayload, RunnerJobPayload, SpriteGrid, SpriteSize, Sprites,
    StoryboardPayload, WebVideoOutput, WebVideoPayload,
};
use store::runner::{NewJob, insert_job};

use super::storyboard;
use crate::AppError;
use crate::random::uuid_v4;
use crate::runners::PrivatePayload;

/// Every job of every video has the same: jobs are handed out in the order of their making, so that the
/// siblings of one source stand together and older videos come first.
const PRIORITY: i64 = 100;
/// Sizes of the thumbnails that pages and clients look for, in pixels.
const THUMBNAIL_SIZES: [SpriteSize; 2] = [
    SpriteSize {
        width: 280,
        height: 157,
    },
    SpriteSize {
        width: 850,
        height: 480,
    },
];
/// Smaller side of the video that a sound becomes (PeerTube: 480p).
const AUDIO_MERGE_RESOLUTION: u16 = 480;
/// Its frames a second (PeerTube: 25).
const AUDIO_MERGE_FPS: u16 = 25;
/// Its shape: that of the default picture.
const AUDIO_MERGE_SIZE: (u32, u32) = (854, 480);

/// What is known of an uploaded source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSource {
    /// The video, whose row the same batch has made.
    pub video_uuid: String,
    /// The smaller displayed side in pixels; 0 without a picture or when unknown.
    pub resolution: u32,
    /// Displayed width in pixels, after rotation; 0 without a picture or when unknown.
    pub width: u32,
    /// Displayed height in pixels, after rotation; 0 without a picture or when unknown.
    pub height: u32,
    /// Frames a second, rounded; 0 when unknown.
    pub fps: u32,
    /// Whether it has sound.
    pub has_audio: bool,
    /// Whether it has a picture; a sound file gets one by an audio-merge job first.
    pub has_video: bool,
    /// Whole seconds; 0 when unknown.
    pub duration_secs: u32,
}

/// Statements that make the jobs of `source`, for the batch that inserts its video row, after that row:
/// two thumbnails, one HLS job for each rendition of the ladder, highest first, web videos if the
/// instance makes them, and a storyboard. All of them are pending at once and share the source; of a
/// sound file they wait for the audio merge that makes it a video.
#[must_use]
pub fn statements_for_new_video<P: Platform>(platform: &P, source: &NewSource) -> Vec<Statement> {
    let mut jobs = Jobs {
        platform,
        video_uuid: &source.video_uuid,
        parent_uuid: None,
        statements: Vec::new(),
    };
    let (resolution, fps, size) = if source.has_video {
        let size = (source.width, source.height);
        (source.resolution, source.fps, size)
    } else {
        jobs.parent_uuid = Some(jobs.push(&audio_merge(), false));
        let resolution = u32::from(AUDIO_MERGE_RESOLUTION);
        (resolution, u32::from(AUDIO_MERGE_FPS), AUDIO_MERGE_SIZE)
    };
    for size in THUMBNAIL_SIZES {
        jobs.push(&thumbnail(size), true);
    }
    let settings = platform.settings();
    let known = SourceVideo {
        resolution,
        fps,
        has_audio: source.has_audio,
    };
    let ladder = plan(&settings.ladder, known);
    for rendition in &ladder {
        jobs.push(&hls(rendition), false);
    }
    if settings.web_videos {
        for rendition in ladder.iter().filter(|rendition| rendition.resolution > 0) {
            jobs.push(&web_video(rendition), false);
        }
    }
    if let Some(sprites) = storyboard::layout(size.0, size.1, source.duration_secs) {
        jobs.push(&storyboard_of(sprites), false);
    }
    jobs.statements
}

struct Jobs<'a, P: Platform> {
    platform: &'a P,
    video_uuid: &'a str,
    parent_uuid: Option<String>,
    statements: Vec<Statement>,
}

impl<P: Platform> Jobs<'_, P> {
    /// Adds a job and returns its uuid.
    fn push(&mut self, payload: &RunnerJobPayload, is_thumbnail: bool) -> String {
        let uuid = uuid_v4(self.platform);
        let private_payload = PrivatePayload {
            video_uuid: self.video_uuid.to_owned(),
            is_thumbnail,
            ..PrivatePayload::default()
        };
        self.statements.push(insert_job(&NewJob {
            uuid: &uuid,
            video_uuid: self.video_uuid,
            parent_uuid: self.parent_uuid.as_deref(),
            job_type: payload.kind().as_str(),
            payload: &json(payload),
            private_payload: &json(&private_payload),
            priority: PRIORITY,
            now: self.platform.now(),
        }));
        uuid
    }
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("structs of texts and numbers always serialise")
}

/// Resolutions and frame rates are far below this.
fn small(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

fn hls(rendition: &RenditionPlan) -> RunnerJobPayload {
    RunnerJobPayload::Hls(HlsPayload {
        output: HlsOutput {
            resolution: small(rendition.resolution),
            fps: small(rendition.fps),
            ..HlsOutput::default()
        },
        ..HlsPayload::default()
    })
}

fn web_video(rendition: &RenditionPlan) -> RunnerJobPayload {
    RunnerJobPayload::WebVideo(WebVideoPayload {
        output: WebVideoOutput {
            resolution: small(rendition.resolution),
            fps: small(rendition.fps),
            ..WebVideoOutput::default()
        },
        ..WebVideoPayload::default()
    })
}

fn audio_merge() -> RunnerJobPayload {
    RunnerJobPayload::AudioMerge(AudioMergePayload {
        output: WebVideoOutput {
            resolution: AUDIO_MERGE_RESOLUTION,
            fps: AUDIO_MERGE_FPS,
            ..WebVideoOutput::default()
        },
        ..AudioMergePayload::default()
    })
}

/// A thumbnail is a storyboard of one sprite: every runner that makes storyboards can make it.
fn thumbnail(size: SpriteSize) -> RunnerJobPayload {
    storyboard_of(Sprites {
        size,
        count: SpriteGrid {
            width: 1,
            height: 1,
        },
        duration: 1,
    })
}

fn storyboard_of(sprites: Sprites) -> RunnerJobPayload {
    RunnerJobPayload::Storyboard(StoryboardPayload {
        sprites,
        ..StoryboardPayload::default()
    })
}

/// Starts what a committed new video needs besides its jobs: the torrent of the original.
///
/// # Errors
/// [`AppError::Unavailable`] when the queue fails; cron finds the video later, so a caller may go on.
pub async fn after_new_video<P: Platform>(platform: &P, video_uuid: &str) -> Result<(), AppError> {
    let task = Task::MakeTorrents {
        video_uuid: video_uuid.to_owned(),
    };
    Ok(platform.tasks().send(task).await?)
}
