//! What a runner works from.

use domain::runner_job::RunnerJobState;
use ports::{Database, Platform, Statement};
use store::publish::{Input, input, select_input, select_preview};

use super::JobTokens;
use super::answers::{not_processing, unknown_job};
use super::attempt::only_job;
use crate::{AppError, Rejection};

/// A dark gradient, 854x480: the picture of a sound without one.
const DEFAULT_PREVIEW: &[u8] = include_bytes!("default-preview.jpg");

/// Which input of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// The best source, picture and sound; also the sound alone of an audio merge.
    Media,
    /// The picture of an audio merge.
    Preview,
}

/// An input that may be downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobInput {
    /// An object of known size.
    Object {
        /// In the bucket.
        object_key: String,
        /// Its size.
        size_bytes: u64,
    },
    /// A picture in the bucket.
    Picture {
        /// In the bucket.
        object_key: String,
    },
    /// The picture of videos that have none.
    DefaultPicture(&'static [u8]),
}

/// Checks that a runner may download an input, and says where it is.
///
/// # Errors
/// 404 when the job is not this runner's or the video has no file, 403 when the job is not of
/// `video_uuid`, 400 when it is no longer processing.
pub async fn open_input<P: Platform>(
    platform: &P,
    uuid: &str,
    video_id: &str,
    tokens: &JobTokens,
    kind: InputKind,
) -> Result<JobInput, AppError> {
    let hashed = tokens.hashed();
    let select: Statement = match kind {
        InputKind::Media => select_input(uuid),
        InputKind::Preview => select_preview(uuid),
    };
    let results = platform
        .database()
        .batch(vec![hashed.select(uuid), select])
        .await?;
    let job = only_job(results.first())?.ok_or_else(unknown_job)?;
    if job.state != RunnerJobState::Processing {
        return Err(not_processing(Rejection::BadRequest));
    }
    if job.video_uuid != video_id && job.video_id.to_string() != video_id {
        return Err(AppError::rejected(
            Rejection::Forbidden,
            "Job is not associated to this video",
        ));
    }
    let row = results.get(1).and_then(|rows| rows.first());
    match (kind, row) {
        (InputKind::Media, Some(row)) => {
            let Input {
                object_key,
                size_bytes,
            } = input(row)?;
            Ok(JobInput::Object {
                object_key,
                size_bytes,
            })
        }
        (InputKind::Media, None) => Err(AppError::not_found("The video has no file")),
        (InputKind::Preview, Some(row)) => Ok(JobInput::Picture {
            object_key: row.text(0)?,
        }),
        (InputKind::Preview, None) => Ok(JobInput::DefaultPicture(DEFAULT_PREVIEW)),
    }
}
