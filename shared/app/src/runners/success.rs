//! A runner is done: what it made is published now if it is small or reported, else by the queue.

use domain::runner_job::RunnerJobState;
use hls::RenditionReport;
use ports::{Database, DatabaseError, ObjectInfo, ObjectStore, Platform, Task, TaskQueue};
use rest::runner::RunnerJobType;
use store::publish::{publication, select_publication};
use store::runner as rows;

use super::answers::{not_processing, unknown_job};
use super::attempt::{HashedTokens, JobTokens, only_job};
use super::outputs::{Output, ReadJob};
use super::uploads::OutputTarget;
use crate::publish::{self, Loaded};
use crate::{AppError, Rejection};

/// Where an output goes that comes inside the success call itself; `None` when the job is done already
/// and the bytes need not be kept.
///
/// # Errors
/// 404 when the job is not this runner's or makes no such output, 400 when it is no longer processing.
pub async fn prepare_output<P: Platform>(
    platform: &P,
    uuid: &str,
    tokens: &JobTokens,
    output: Output,
) -> Result<Option<OutputTarget>, AppError> {
    let select = tokens.hashed().select(uuid);
    let results = platform.database().batch(vec![select]).await?;
    let job = only_job(results.first())?.ok_or_else(unknown_job)?;
    match job.state {
        RunnerJobState::Completing | RunnerJobState::Completed => Ok(None),
        RunnerJobState::Processing => {
            let job = ReadJob::new(job)?;
            if !Output::of(job.kind).contains(&output) {
                return Err(invalid_payload(&format!(
                    "this job makes no {}",
                    output.name()
                )));
            }
            OutputTarget::of(&job, output).map(Some)
        }
        _ => Err(not_processing(Rejection::BadRequest)),
    }
}

/// Takes a job's success. The same call again, from the same attempt, is answered the same and changes
/// nothing.
///
/// `report` is our own transcoder's `payload.edgetube`, a [`RenditionReport`] as JSON. It is checked
/// against the stored object; its hashes are believed, as PeerTube believes a runner's pictures.
///
/// # Errors
/// 404 when the job is not this runner's, 400 when an output is missing or the report does not fit, 409
/// when the attempt ended while the result was published.
pub async fn succeed<P: Platform>(
    platform: &P,
    uuid: &str,
    tokens: &JobTokens,
    report: Option<&[u8]>,
) -> Result<(), AppError> {
    let hashed = tokens.hashed();
    let [select_video, select_files] = select_publication(uuid);
    let statements = vec![hashed.select(uuid), select_video, select_files];
    let results = platform.database().batch(statements).await?;
    let job = only_job(results.first())?.ok_or_else(unknown_job)?;
    match job.state {
        RunnerJobState::Processing => {}
        RunnerJobState::Completed => return Ok(()),
        // The earlier call may have died before it queued the task.
        RunnerJobState::Completing => return queue_completion(platform, uuid).await,
        _ => return Err(not_processing(Rejection::BadRequest)),
    }
    let [_, video, files] = results.as_slice() else {
        return Err(AppError::bug("three statements, other results"));
    };
    let job = ReadJob::new(job)?;
    let publication = publication(video, files)?.ok_or_else(unknown_job)?;
    let loaded = Loaded { job, publication };
    let is_picture = loaded.job.kind == RunnerJobType::GenerateVideoStoryboard;
    if is_picture {
        stored(platform, &loaded.job, Output::StoryboardFile).await?;
        return publish::publish_picture(platform, loaded).await;
    }
    let video_file = stored(platform, &loaded.job, Output::VideoFile).await?;
    match report {
        Some(json) => {
            let report = checked_report(json, &video_file, &loaded.job)?;
            publish::publish_report(platform, loaded, report).await
        }
        None => {
            if loaded.job.kind == RunnerJobType::VodHlsTranscoding {
                stored(platform, &loaded.job, Output::ResolutionPlaylistFile).await?;
            }
            begin_completing(platform, uuid, &hashed).await
        }
    }
}

/// The stored object of an output that the runner says it has sent.
async fn stored<P: Platform>(
    platform: &P,
    job: &ReadJob,
    output: Output,
) -> Result<ObjectInfo, AppError> {
    let info = platform.objects().head(job.object_key(output)?).await?;
    match info {
        Some(info) if info.size_bytes > output.max_bytes() => Err(invalid_payload(&format!(
            "{} is larger than {} bytes",
            output.name(),
            output.max_bytes()
        ))),
        Some(info) if info.size_bytes > 0 => Ok(info),
        _ => Err(invalid_payload(&format!("{} is missing", output.name()))),
    }
}

fn invalid_payload(why: &str) -> AppError {
    AppError::rejected(Rejection::BadRequest, format!("Payload is invalid: {why}"))
}

fn checked_report(
    json: &[u8],
    video_file: &ObjectInfo,
    job: &ReadJob,
) -> Result<RenditionReport, AppError> {
    let report =
        RenditionReport::from_json(json).map_err(|error| invalid_payload(&error.to_string()))?;
    if report.size_bytes != video_file.size_bytes {
        return Err(invalid_payload(&format!(
            "the report is about {} bytes, {} are stored",
            report.size_bytes, video_file.size_bytes
        )));
    }
    let is_hls = job.kind == RunnerJobType::VodHlsTranscoding;
    if is_hls == report.segments.is_empty() {
        return Err(invalid_payload("HLS has segments, a plain file has none"));
    }
    Ok(report)
}

async fn begin_completing<P: Platform>(
    platform: &P,
    uuid: &str,
    hashed: &HashedTokens,
) -> Result<(), AppError> {
    let statement = rows::begin_completing(hashed.held(uuid), platform.now());
    match platform.database().batch(vec![statement]).await {
        Ok(_) => {}
        Err(DatabaseError::DemandNotMet { .. }) => {
            // The same call at the same time, or the attempt is over.
            let select = hashed.select(uuid);
            let results = platform.database().batch(vec![select]).await?;
            let state = only_job(results.first())?.map(|job| job.state);
            let is_done = matches!(
                state,
                Some(RunnerJobState::Completing | RunnerJobState::Completed)
            );
            if !is_done {
                return Err(not_processing(Rejection::Conflict));
            }
        }
        Err(error) => return Err(error.into()),
    }
    queue_completion(platform, uuid).await
}

async fn queue_completion<P: Platform>(platform: &P, uuid: &str) -> Result<(), AppError> {
    let task = Task::CompleteRunnerJob {
        job_uuid: uuid.to_owned(),
    };
    Ok(platform.tasks().send(task).await?)
}
