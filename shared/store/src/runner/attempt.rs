//! One attempt of a runner at a job: accepted, kept alive, given back, failed or completed.

use domain::UnixMillis;
use domain::limits::RUNNER_JOB_MAX_FAILURES;
use ports::Statement;

use super::registration::touch_runner;

/// The proof that a runner holds a job.
#[derive(Debug, Clone, Copy)]
pub struct Held<'a> {
    /// The job.
    pub uuid: &'a str,
    /// Digest of the token of this attempt.
    pub job_token_sha256: &'a str,
}

/// What accepting changes.
#[derive(Debug, Clone, Copy)]
pub struct Accept<'a> {
    /// The attempt.
    pub held: Held<'a>,
    /// Whose it is.
    pub runner_token_sha256: &'a str,
    /// Names of this attempt's outputs; JSON.
    pub private_payload: &'a str,
    /// When.
    pub now: UnixMillis,
}

/// Gives a pending job to a runner; demands that it is still pending.
#[must_use]
pub fn accept(accept: &Accept<'_>) -> Statement {
    Statement::new(
        "UPDATE runner_job
         SET state = 2, job_token_sha256 = ?2, private_payload = ?4, error = NULL, progress = NULL,
             runner_id = (SELECT id FROM runner WHERE runner_token_sha256 = ?3),
             started_at_unix_ms = ?5, last_contact_unix_ms = ?5, updated_at_unix_ms = ?5
         WHERE uuid = ?1 AND state = 1
           AND EXISTS (SELECT 1 FROM runner WHERE runner_token_sha256 = ?3)
         RETURNING 1",
        vec![
            accept.held.uuid.into(),
            accept.held.job_token_sha256.into(),
            accept.runner_token_sha256.into(),
            accept.private_payload.into(),
            accept.now.into(),
        ],
    )
    .demanding(1)
}

/// Notes a sign of life and maybe progress in percent; the second statement is the runner's own.
/// Jobs that are no longer processing are left as they are.
#[must_use]
pub fn heartbeat(
    held: Held<'_>,
    runner_token_sha256: &str,
    progress: Option<u32>,
    now: UnixMillis,
) -> [Statement; 2] {
    let [touch, _] = touch_runner(runner_token_sha256, None, now);
    [
        Statement::new(
            "UPDATE runner_job
             SET progress = coalesce(?3, progress), last_contact_unix_ms = ?4, updated_at_unix_ms = ?4
             WHERE uuid = ?1 AND job_token_sha256 = ?2 AND state = 2",
            vec![
                held.uuid.into(),
                held.job_token_sha256.into(),
                progress.into(),
                now.into(),
            ],
        ),
        touch,
    ]
}

/// Puts a processing job back to pending; demands that the attempt still holds it.
#[must_use]
pub fn give_back(held: Held<'_>, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE runner_job
         SET state = 1, job_token_sha256 = NULL, runner_id = NULL, progress = NULL, result = NULL,
             started_at_unix_ms = NULL, last_contact_unix_ms = NULL, updated_at_unix_ms = ?3
         WHERE uuid = ?1 AND job_token_sha256 = ?2 AND state = 2 RETURNING 1",
        vec![held.uuid.into(), held.job_token_sha256.into(), now.into()],
    )
    .demanding(1)
}

/// Puts all processing jobs of a runner back to pending, before the runner is deleted.
#[must_use]
pub fn give_back_jobs_of_runner(runner_id: i64, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE runner_job
         SET state = 1, job_token_sha256 = NULL, runner_id = NULL, progress = NULL, result = NULL,
             started_at_unix_ms = NULL, last_contact_unix_ms = NULL, updated_at_unix_ms = ?2
         WHERE runner_id = ?1 AND state = 2",
        vec![runner_id.into(), now.into()],
    )
}

/// Counts a failed attempt: back to pending, or errored when it was the last allowed one. Demands
/// that the attempt still holds the job; returns the new state.
#[must_use]
pub fn fail(held: Held<'_>, message: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE runner_job
         SET failures = failures + 1, error = ?3, progress = NULL, result = NULL,
             job_token_sha256 = NULL,
             state = iif(failures + 1 >= ?5, 4, 1),
             runner_id = iif(failures + 1 >= ?5, runner_id, NULL),
             started_at_unix_ms = iif(failures + 1 >= ?5, started_at_unix_ms, NULL),
             finished_at_unix_ms = iif(failures + 1 >= ?5, ?4, NULL),
             last_contact_unix_ms = NULL, updated_at_unix_ms = ?4
         WHERE uuid = ?1 AND job_token_sha256 = ?2 AND state IN (2, 9) RETURNING state",
        vec![
            held.uuid.into(),
            held.job_token_sha256.into(),
            message.into(),
            now.into(),
            RUNNER_JOB_MAX_FAILURES.into(),
        ],
    )
    .demanding(1)
}

/// The runner is done, the rest is the server's; demands that the attempt was processing.
#[must_use]
pub fn begin_completing(held: Held<'_>, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE runner_job SET state = 9, progress = 100, updated_at_unix_ms = ?3
         WHERE uuid = ?1 AND job_token_sha256 = ?2 AND state = 2 RETURNING 1",
        vec![held.uuid.into(), held.job_token_sha256.into(), now.into()],
    )
    .demanding(1)
}

/// The result is published by the same batch; demands that nobody ended the attempt before.
#[must_use]
pub fn complete(held: Held<'_>, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE runner_job
         SET state = 3, progress = NULL, error = NULL, result = NULL,
             finished_at_unix_ms = ?3, last_contact_unix_ms = NULL, updated_at_unix_ms = ?3
         WHERE uuid = ?1 AND job_token_sha256 = ?2 AND state IN (2, 9) RETURNING 1",
        vec![held.uuid.into(), held.job_token_sha256.into(), now.into()],
    )
    .demanding(1)
}
