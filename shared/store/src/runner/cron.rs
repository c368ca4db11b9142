//! What time does to jobs and runners.

use domain::UnixMillis;
use domain::limits::RUNNER_STALL_MS;
use domain::time::{DAY_MS, MINUTE_MS};
use ports::Statement;

/// A completion that has not ended after this long is queued again: its task was lost. A queue consumer
/// gets 15 minutes for its work.
const COMPLETION_RETRY_MS: i64 = 20 * MINUTE_MS;
/// A plain file without a torrent after this long gets its task again.
const TORRENT_RETRY_MS: i64 = 20 * MINUTE_MS;
/// And for so long: a file that nothing can be made of must not be tried for ever.
const TORRENT_GIVE_UP_MS: i64 = DAY_MS;
/// Jobs are kept for the admin's list this long after their end.
const FINISHED_JOB_MS: i64 = 30 * DAY_MS;
/// Runners that registered with the configured token (containers that start anew each time) are
/// forgotten when they have been silent this long.
const FORGOTTEN_RUNNER_MS: i64 = 30 * DAY_MS;
/// Rows that one run of cron deletes or queues at most, of each kind.
const ROWS_PER_RUN: u32 = 100;

/// Lets the outputs of stalled attempts be deleted after `delete_after`; runs before
/// [`give_back_stalled`] in the same batch.
#[must_use]
pub fn expire_stalled_outputs(now: UnixMillis, delete_after: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE unowned_object SET delete_after_unix_ms = min(delete_after_unix_ms, ?2)
         WHERE object_key IN (
             SELECT o.value FROM runner_job j, json_each(j.private_payload, '$.outputs') o
             WHERE j.state = 2 AND j.last_contact_unix_ms < ?1)",
        vec![now.plus_ms(-RUNNER_STALL_MS).into(), delete_after.into()],
    )
}

/// Puts jobs whose runner has been silent for two minutes back to pending; returns their uuids.
#[must_use]
pub fn give_back_stalled(now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE runner_job
         SET state = 1, job_token_sha256 = NULL, runner_id = NULL, progress = NULL, result = NULL,
             started_at_unix_ms = NULL, last_contact_unix_ms = NULL, updated_at_unix_ms = ?1
         WHERE state = 2 AND last_contact_unix_ms < ?2 RETURNING uuid",
        vec![now.into(), now.plus_ms(-RUNNER_STALL_MS).into()],
    )
}

/// Uuids of jobs that have been completing for so long that their task must be lost; each is
/// returned again only after the same time.
#[must_use]
pub fn retake_unfinished_completions(now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE runner_job SET updated_at_unix_ms = ?1
         WHERE id IN (SELECT id FROM runner_job WHERE state = 9 AND updated_at_unix_ms < ?2 LIMIT ?3)
         RETURNING uuid",
        vec![
            now.into(),
            now.plus_ms(-COMPLETION_RETRY_MS).into(),
            ROWS_PER_RUN.into(),
        ],
    )
}

/// Uuids of videos with plain files that should have a torrent by now; each is returned again only after
/// the same time, and not after a day.
#[must_use]
pub fn retake_missing_torrents(now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE video_file SET torrent_retried_at_unix_ms = ?1
         WHERE id IN (
             SELECT id FROM video_file
             WHERE torrent_filename IS NULL AND created_at_unix_ms BETWEEN ?3 AND ?2
               AND coalesce(torrent_retried_at_unix_ms, 0) < ?2
             LIMIT ?4)
         RETURNING (SELECT uuid FROM video WHERE video.id = video_file.video_id)",
        vec![
            now.into(),
            now.plus_ms(-TORRENT_RETRY_MS).into(),
            now.plus_ms(-TORRENT_GIVE_UP_MS).into(),
            ROWS_PER_RUN.into(),
        ],
    )
}

/// Deletes jobs that ended a month ago; a parent goes after its children.
#[must_use]
pub fn delete_finished_jobs(now: UnixMillis) -> Statement {
    Statement::new(
        "DELETE FROM runner_job WHERE id IN (
             SELECT j.id FROM runner_job j
             WHERE j.finished_at_unix_ms < ?1
               AND NOT EXISTS (SELECT 1 FROM runner_job c WHERE c.parent_id = j.id)
             LIMIT ?2)",
        vec![now.plus_ms(-FINISHED_JOB_MS).into(), ROWS_PER_RUN.into()],
    )
}

/// Deletes runners of the configured registration token that have been silent for a month.
#[must_use]
pub fn delete_forgotten_runners(now: UnixMillis) -> Statement {
    Statement::new(
        "DELETE FROM runner WHERE id IN (
             SELECT id FROM runner
             WHERE registration_token_id IS NULL AND last_contact_unix_ms < ?1 LIMIT ?2)",
        vec![
            now.plus_ms(-FORGOTTEN_RUNNER_MS).into(),
            ROWS_PER_RUN.into(),
        ],
    )
}
