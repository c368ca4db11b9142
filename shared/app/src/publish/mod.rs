//! What becomes of a job's outputs: rows and objects that viewers get.
//!
//! A result is published in one batch that ends the job, names the new objects and lets the old ones go.
//! Everything written before that batch is unowned, everything after it is final, so a call that dies in
//! between leaves nothing that is visible, and repeating it does the work again. Two renditions of one
//! video that are published at the same time both change its master playlist: the batch demands that the
//! playlist is still the one that it was written from, and the loser starts over from the winner's.

mod derive;
mod documents;
mod picture;
mod plain;
mod rendition;
mod torrents;

pub use torrents::make_torrents;

pub(crate) use documents::RenditionSummary;
pub(crate) use picture::publish_picture;
pub(crate) use rendition::swarm_row;

use domain::UnixMillis;
use domain::runner_job::RunnerJobState;
use hls::RenditionReport;
use ports::{Database, DatabaseError, Platform, Statement};
use rest::runner::RunnerJobType;
use store::publish::{NewFile, Publication, publication, select_publication};
use store::runner::{self as rows, Held};

use crate::federation::outgoing;
use crate::runners::{ReadJob, failing, filename, not_processing, only_job};
use crate::{AppError, Rejection};

/// A job with what its video shows already.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub job: ReadJob,
    pub publication: Publication,
}

impl Loaded {
    /// The attempt that made the outputs.
    pub(crate) fn held(&self) -> Result<Held<'_>, AppError> {
        let row = &self.job.row;
        match &row.job_token_sha256 {
            Some(job_token_sha256) => Ok(Held {
                uuid: &row.uuid,
                job_token_sha256,
            }),
            None => Err(AppError::bug("a job in nobody's hands is being published")),
        }
    }
}

/// Publishes the media file of a job whose runner has reported on it.
///
/// # Errors
/// 409 when the attempt ended otherwise meanwhile; [`AppError::Unavailable`] when storage or database
/// fail, after which the call may be repeated.
pub(crate) async fn publish_report<P: Platform>(
    platform: &P,
    loaded: Loaded,
    report: RenditionReport,
) -> Result<(), AppError> {
    if loaded.job.kind == RunnerJobType::VodHlsTranscoding {
        let media_playlist = report
            .media_playlist("")
            .ok_or_else(|| AppError::bug("an HLS report without segments was let through"))?;
        rendition::publish_rendition(platform, loaded, &report, &media_playlist).await
    } else {
        plain::publish_plain_file(platform, loaded, &report).await
    }
}

/// Queue: derives what the runner of a completing job did not send (ranges, hashes, pieces) from the
/// stored objects, and publishes. For a job in any other state there is nothing to do. Outputs that
/// cannot be published count as a failed attempt.
///
/// # Errors
/// [`AppError::Unavailable`] when storage or database fail: the task is to be repeated.
pub async fn complete_runner_job<P: Platform>(
    platform: &P,
    job_uuid: &str,
) -> Result<(), AppError> {
    let Some(loaded) = load(platform, job_uuid).await? else {
        return Ok(());
    };
    if loaded.job.row.state != RunnerJobState::Completing {
        return Ok(());
    }
    let derived = derive::derive(platform, &loaded.job).await;
    let published = match derived {
        Ok((report, Some(media_playlist))) => {
            rendition::publish_rendition(platform, loaded.clone(), &report, &media_playlist).await
        }
        Ok((report, None)) => plain::publish_plain_file(platform, loaded.clone(), &report).await,
        Err(error) => Err(error),
    };
    match published {
        // Somebody else ended the attempt: that was the end of it.
        Err(AppError::Rejected {
            rejection: Rejection::Conflict,
            ..
        }) => Ok(()),
        Err(AppError::Rejected { detail, .. }) => fail_attempt(platform, &loaded, &detail).await,
        other => other,
    }
}

async fn fail_attempt<P: Platform>(
    platform: &P,
    loaded: &Loaded,
    message: &str,
) -> Result<(), AppError> {
    platform.log(&format!(
        "outputs of runner job {} cannot be published: {message}",
        loaded.job.row.uuid
    ));
    let statements = failing(platform, &loaded.job, loaded.held()?, message);
    commit(platform, statements).await.map(|_| ())
}

async fn load<P: Platform>(platform: &P, job_uuid: &str) -> Result<Option<Loaded>, AppError> {
    let [select_video, select_files] = select_publication(job_uuid);
    let statements = vec![rows::select_job(job_uuid), select_video, select_files];
    let results = platform.database().batch(statements).await?;
    let [_, video, files] = results.as_slice() else {
        return Err(AppError::bug("three statements, other results"));
    };
    match (only_job(results.first())?, publication(video, files)?) {
        (Some(job), Some(publication)) => Ok(Some(Loaded {
            job: ReadJob::new(job)?,
            publication,
        })),
        _ => Ok(None),
    }
}

/// The row of a job's media file, as a plain one without a torrent.
fn media_file<'a>(
    loaded: &Loaded,
    report: &RenditionReport,
    object_key: &'a str,
    now: UnixMillis,
) -> NewFile<'a> {
    NewFile {
        video_id: loaded.publication.video_id,
        kind: "web",
        resolution: loaded.job.resolution().into(),
        filename: filename(object_key),
        object_key,
        size_bytes: report.size_bytes,
        width: report.width,
        height: report.height,
        fps: report.fps,
        has_audio: report.has_audio,
        has_video: report.has_video,
        report: None,
        playlist_filename: None,
        torrent_filename: "",
        info_hash: "",
        now,
    }
}

/// What became of a publishing batch.
enum Commit {
    /// It is in.
    Done,
    /// Nothing has changed: somebody else changed what the batch demanded.
    Overtaken,
}

async fn commit<P: Platform>(platform: &P, statements: Vec<Statement>) -> Result<Commit, AppError> {
    match platform.database().batch(statements).await {
        Ok(_) => {
            outgoing::wake(platform).await;
            Ok(Commit::Done)
        }
        Err(DatabaseError::DemandNotMet { .. }) => Ok(Commit::Overtaken),
        Err(error) => Err(error.into()),
    }
}

/// Loads again after a batch was overtaken: `None` when the very attempt has been completed by another
/// call.
async fn reload<P: Platform>(platform: &P, before: &Loaded) -> Result<Option<Loaded>, AppError> {
    let row = &before.job.row;
    let now = load(platform, &row.uuid)
        .await?
        .filter(|now| now.job.row.job_token_sha256 == row.job_token_sha256);
    match now {
        Some(now) if now.job.row.state == RunnerJobState::Completed => Ok(None),
        Some(now)
            if matches!(
                now.job.row.state,
                RunnerJobState::Processing | RunnerJobState::Completing
            ) =>
        {
            Ok(Some(now))
        }
        _ => Err(not_processing(Rejection::Conflict)),
    }
}
