//! A runner's way through a job: asked for, accepted, kept alive, given back or failed.

use domain::runner_job::RunnerJobState;
use domain::time::HOUR_MS;
use ports::{Database, DatabaseError, Platform, Statement};
use rest::runner::{AcceptResult, AcceptedJob, AvailableJob, AvailableJobs, RunnerJobPayload};
use store::publish::{disown_objects, shorten_unowned};
use store::runner::{self as rows, Accept, Held, Job};

use super::answers::{not_processing, runner_job, unknown_job, unknown_runner_token};
use super::outputs::{ReadJob, fresh_outputs};
use super::payload::{ATTEMPT_MS, accepted, offered};
use super::secrets::sha256_hex;
use super::settling;
use crate::random::hex_token;
use crate::{AppError, Rejection};

/// Jobs that one request offers. PeerTube offers 10; here all siblings of one source are adjacent, and
/// two thumbnails, a ladder of nine in two forms and a storyboard fit.
pub const MAX_AVAILABLE_JOBS: u32 = 24;
/// Kinds that every PeerTube runner knows, also those too old to say which they know.
const OLDEST_KINDS: [&str; 3] = [
    "vod-web-video-transcoding",
    "vod-hls-transcoding",
    "vod-audio-merge-transcoding",
];
/// Characters that are kept of a runner's error message.
const MAX_MESSAGE_CHARS: usize = 5_000;
/// Outputs of an attempt that ended otherwise are deleted after this long: a last upload may still run.
const LEFTOVER_MS: i64 = HOUR_MS;

/// The two tokens that go with every call about an accepted job.
#[derive(Clone, PartialEq, Eq)]
pub struct JobTokens {
    /// Of the runner.
    pub runner_token: String,
    /// Of the attempt.
    pub job_token: String,
}

/// The same, as the database knows them.
pub(crate) struct HashedTokens {
    pub runner_token_sha256: String,
    pub job_token_sha256: String,
}

impl JobTokens {
    pub(crate) fn hashed(&self) -> HashedTokens {
        HashedTokens {
            runner_token_sha256: sha256_hex(&self.runner_token),
            job_token_sha256: sha256_hex(&self.job_token),
        }
    }
}

impl HashedTokens {
    pub(crate) fn held<'a>(&'a self, uuid: &'a str) -> Held<'a> {
        Held {
            uuid,
            job_token_sha256: &self.job_token_sha256,
        }
    }

    pub(crate) fn select(&self, uuid: &str) -> Statement {
        rows::select_held(uuid, &self.job_token_sha256, &self.runner_token_sha256)
    }
}

/// The job in the rows of a statement that selects jobs.
pub(crate) fn only_job(rows: Option<&ports::Rows>) -> Result<Option<Job>, AppError> {
    match rows.and_then(|rows| rows.first()) {
        Some(row) => Ok(Some(rows::job(row)?)),
        None => Ok(None),
    }
}

/// Pending jobs for a runner, most urgent first. A runner that names neither kinds nor its version is
/// offered only what the oldest runners know.
///
/// # Errors
/// 404 `unknown_runner_token`.
pub async fn request_jobs<P: Platform>(
    platform: &P,
    runner_token: &str,
    job_types: Option<&[String]>,
    version: Option<&str>,
) -> Result<AvailableJobs<RunnerJobPayload>, AppError> {
    let oldest = OLDEST_KINDS.map(str::to_owned);
    let kinds = match (job_types, version) {
        (None, None) => Some(oldest.as_slice()),
        (kinds, _) => kinds,
    };
    let [touch, select_runner] =
        rows::touch_runner(&sha256_hex(runner_token), version, platform.now());
    let statements = vec![
        touch,
        select_runner,
        rows::select_available(kinds, MAX_AVAILABLE_JOBS),
    ];
    let results = platform.database().batch(statements).await?;
    if results.get(1).is_none_or(Vec::is_empty) {
        return Err(unknown_runner_token());
    }
    let jobs = results.get(2).into_iter().flatten().map(|row| {
        let job = ReadJob::new(rows::job(row)?)?;
        Ok(AvailableJob {
            uuid: job.row.uuid.clone(),
            job_type: job.kind,
            payload: offered(platform, &job),
        })
    });
    Ok(AvailableJobs {
        available_jobs: jobs.collect::<Result<_, AppError>>()?,
    })
}

/// Gives a pending job to a runner.
///
/// # Errors
/// 404 for an unknown job or runner, 409 `runner_job_not_in_pending_state` when somebody was faster.
pub async fn accept<P: Platform>(
    platform: &P,
    uuid: &str,
    runner_token: &str,
) -> Result<AcceptResult<RunnerJobPayload>, AppError> {
    let now = platform.now();
    let runner_token_sha256 = sha256_hex(runner_token);
    let [touch, select_runner] = rows::touch_runner(&runner_token_sha256, None, now);
    let statements = vec![rows::select_job(uuid), select_runner, touch];
    let results = platform.database().batch(statements).await?;
    let job = only_job(results.first())?.ok_or_else(unknown_job)?;
    if results.get(1).is_none_or(Vec::is_empty) {
        return Err(unknown_runner_token());
    }
    if job.state != RunnerJobState::Pending {
        return Err(not_pending());
    }
    let mut job = ReadJob::new(job)?;
    job.private.outputs = fresh_outputs(platform, &job);
    let job_token = format!("ptrjt-{}", hex_token::<32, P>(platform));
    let job_token_sha256 = sha256_hex(&job_token);
    let private_payload = job.private.to_json()?;
    let statements = vec![
        rows::accept(&Accept {
            held: Held {
                uuid,
                job_token_sha256: &job_token_sha256,
            },
            runner_token_sha256: &runner_token_sha256,
            private_payload: &private_payload,
            now,
        }),
        disown_objects(&job.output_keys(), now.plus_ms(ATTEMPT_MS)),
        rows::select_job(uuid),
    ];
    let results = match platform.database().batch(statements).await {
        Ok(results) => results,
        Err(DatabaseError::DemandNotMet { .. }) => return Err(not_pending()),
        Err(error) => return Err(error.into()),
    };
    job.row = only_job(results.get(2))?.ok_or_else(unknown_job)?;
    let payload = accepted(platform, &job, &job_token_sha256)?;
    Ok(AcceptResult {
        job: AcceptedJob {
            job: runner_job(&job, payload),
            job_token,
        },
    })
}

fn not_pending() -> AppError {
    AppError::coded(
        Rejection::Conflict,
        "runner_job_not_in_pending_state",
        "This job is not in pending state anymore",
    )
}

/// Notes progress in percent and a sign of life. For a job that is completing or completed it does
/// nothing: a runner's timer may fire once more.
///
/// # Errors
/// 404 when the job is not this runner's.
pub async fn update<P: Platform>(
    platform: &P,
    uuid: &str,
    tokens: &JobTokens,
    progress: Option<u32>,
) -> Result<(), AppError> {
    let hashed = tokens.hashed();
    let [beat, touch] = rows::heartbeat(
        hashed.held(uuid),
        &hashed.runner_token_sha256,
        progress,
        platform.now(),
    );
    let statements = vec![hashed.select(uuid), beat, touch];
    let results = platform.database().batch(statements).await?;
    only_job(results.first())?.ok_or_else(unknown_job)?;
    Ok(())
}

/// Puts a job back to pending at its runner's wish.
///
/// # Errors
/// 404 when the job is not this runner's, 400 when it is no longer processing.
pub async fn abort<P: Platform>(
    platform: &P,
    uuid: &str,
    tokens: &JobTokens,
) -> Result<(), AppError> {
    let hashed = tokens.hashed();
    let job = processing_job(platform, uuid, &hashed).await?;
    let mut statements = vec![rows::give_back(hashed.held(uuid), platform.now())];
    statements.extend(leave_outputs(platform, &job));
    end_attempt(platform, statements).await
}

/// Counts a failed attempt; after the fifth the job has errored, its children with it, and a video that
/// waits for its first rendition has failed when none can come any more.
///
/// # Errors
/// 404 when the job is not this runner's, 400 when it is no longer processing.
pub async fn error<P: Platform>(
    platform: &P,
    uuid: &str,
    tokens: &JobTokens,
    message: &str,
) -> Result<(), AppError> {
    let hashed = tokens.hashed();
    let job = processing_job(platform, uuid, &hashed).await?;
    end_attempt(
        platform,
        failing(platform, &job, hashed.held(uuid), message),
    )
    .await
}

async fn processing_job<P: Platform>(
    platform: &P,
    uuid: &str,
    hashed: &HashedTokens,
) -> Result<ReadJob, AppError> {
    let results = platform.database().batch(vec![hashed.select(uuid)]).await?;
    let job = only_job(results.first())?.ok_or_else(unknown_job)?;
    if job.state != RunnerJobState::Processing {
        return Err(not_processing(Rejection::BadRequest));
    }
    ReadJob::new(job)
}

async fn end_attempt<P: Platform>(
    platform: &P,
    statements: Vec<Statement>,
) -> Result<(), AppError> {
    match platform.database().batch(statements).await {
        Ok(_) => Ok(()),
        Err(DatabaseError::DemandNotMet { .. }) => Err(not_processing(Rejection::BadRequest)),
        Err(error) => Err(error.into()),
    }
}

/// The batch that counts a failed attempt.
pub(crate) fn failing<P: Platform>(
    platform: &P,
    job: &ReadJob,
    held: Held<'_>,
    message: &str,
) -> Vec<Statement> {
    let now = platform.now();
    let message: String = message.chars().take(MAX_MESSAGE_CHARS).collect();
    let mut statements = vec![
        rows::fail(held, &message, now),
        rows::fail_children(held.uuid, now),
    ];
    statements.extend(leave_outputs(platform, job));
    statements.extend(rows::settle_video(&settling(platform, job.row.video_id)));
    statements
}

/// Lets what an attempt has written be deleted soon. With presigned URLs it stays until they expire:
/// storage would accept a late write to a name that nobody remembers.
fn leave_outputs<P: Platform>(platform: &P, job: &ReadJob) -> Option<Statement> {
    platform
        .settings()
        .s3
        .is_none()
        .then(|| shorten_unowned(&job.output_keys(), platform.now().plus_ms(LEFTOVER_MS)))
}
