//! What the end of a job means for its children and its video.

use domain::UnixMillis;
use ports::Statement;

use super::Held;

/// Cancels a job that is pending, processing or waiting, and its waiting children; the first
/// statement returns a row if the job could be cancelled.
#[must_use]
pub fn cancel(job_id: i64, now: UnixMillis) -> [Statement; 2] {
    [
        Statement::new(
            "UPDATE runner_job
             SET state = 6, job_token_sha256 = NULL, progress = NULL, result = NULL,
                 finished_at_unix_ms = ?2, updated_at_unix_ms = ?2
             WHERE id = ?1 AND state IN (1, 2, 5) RETURNING 1",
            vec![job_id.into(), now.into()],
        ),
        Statement::new(
            "UPDATE runner_job
             SET state = 8, job_token_sha256 = NULL, progress = NULL,
                 finished_at_unix_ms = ?2, updated_at_unix_ms = ?2
             WHERE parent_id = ?1 AND state IN (1, 2, 5)
               AND EXISTS (SELECT 1 FROM runner_job p WHERE p.id = ?1 AND p.state = 6)",
            vec![job_id.into(), now.into()],
        ),
    ]
}

/// Deletes a job, and by the schema its children.
#[must_use]
pub fn delete_job(job_id: i64) -> Statement {
    Statement::new("DELETE FROM runner_job WHERE id = ?1", vec![job_id.into()])
}

/// Gives up the waiting children of a job that has errored; does nothing otherwise.
#[must_use]
pub fn fail_children(parent_uuid: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE runner_job
         SET state = 7, error = 'Parent error', finished_at_unix_ms = ?2, updated_at_unix_ms = ?2
         WHERE state = 5
           AND parent_id = (SELECT id FROM runner_job p WHERE p.uuid = ?1 AND p.state = 4)",
        vec![parent_uuid.into(), now.into()],
    )
}

/// Lets the waiting children of a completed job go.
#[must_use]
pub fn release_children(held: Held<'_>, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE runner_job SET state = 1, updated_at_unix_ms = ?2
         WHERE state = 5 AND parent_id = (SELECT id FROM runner_job p WHERE p.uuid = ?1)",
        vec![held.uuid.into(), now.into()],
    )
}

/// How a video is settled when one of its jobs has ended.
#[derive(Debug, Clone, Copy)]
pub struct Settling {
    /// The video's row id.
    pub video_id: i64,
    /// Whether plain MP4 files stay beside HLS.
    pub web_videos: bool,
    /// Whether the uploaded original stays for its owner.
    pub keeps_original_file: bool,
    /// When objects that nothing names any more may be deleted.
    pub delete_after: UnixMillis,
    /// When.
    pub now: UnixMillis,
}

/// Whether HLS is complete: something is there and nothing more will come. `?1` is the video.
macro_rules! hls_is_complete {
    () => {
        "EXISTS (SELECT 1 FROM video_file WHERE video_id = ?1 AND kind = 'hls')
         AND NOT EXISTS (SELECT 1 FROM runner_job WHERE video_id = ?1 AND state IN (1, 2, 5, 9)
             AND type IN ('vod-hls-transcoding', 'vod-audio-merge-transcoding'))"
    };
}

/// The statements that end every batch in which a job ends:
/// - no HLS came and none will: a video that waits for it has failed;
/// - HLS is complete: the plain files go, unless the instance keeps them;
/// - nothing needs the uploaded original any more: it goes, unless the instance keeps it. Its row
///   stays, because quotas count it, with the object key set to NULL.
///
/// Objects that lose their last name become unowned, to be deleted after [`Settling::delete_after`].
#[must_use]
pub fn settle_video(settling: &Settling) -> Vec<Statement> {
    let video_id = settling.video_id;
    let mut statements = vec![Statement::new(
        "UPDATE video SET state = 7, updated_at_unix_ms = ?2
         WHERE id = ?1 AND state = 2
           AND NOT EXISTS (SELECT 1 FROM video_file WHERE video_id = ?1 AND kind = 'hls')
           AND NOT EXISTS (SELECT 1 FROM runner_job WHERE video_id = ?1 AND state IN (1, 2, 5, 9)
               AND type IN ('vod-hls-transcoding', 'vod-audio-merge-transcoding'))",
        vec![video_id.into(), settling.now.into()],
    )];
    if !settling.web_videos {
        statements.extend(drop_web_files(settling));
    }
    if !settling.keeps_original_file {
        statements.extend(drop_source(settling));
    }
    statements
}

fn drop_web_files(settling: &Settling) -> [Statement; 3] {
    let params = || vec![settling.video_id.into(), settling.delete_after.into()];
    [
        Statement::new(
            concat!(
                "INSERT INTO unowned_object (object_key, delete_after_unix_ms)
                 SELECT f.object_key, ?2 FROM video_file f
                 WHERE f.video_id = ?1 AND f.kind = 'web'
                   AND NOT EXISTS (SELECT 1 FROM video_source s WHERE s.object_key = f.object_key)
                   AND ",
                hls_is_complete!(),
                " ON CONFLICT (object_key)
                  DO UPDATE SET delete_after_unix_ms = excluded.delete_after_unix_ms"
            ),
            params(),
        ),
        Statement::new(
            concat!(
                "INSERT INTO unowned_object (object_key, delete_after_unix_ms)
                 SELECT 'torrents/' || f.torrent_filename, ?2 FROM video_file f
                 WHERE f.video_id = ?1 AND f.kind = 'web' AND f.torrent_filename IS NOT NULL AND ",
                hls_is_complete!(),
                " ON CONFLICT (object_key)
                  DO UPDATE SET delete_after_unix_ms = excluded.delete_after_unix_ms"
            ),
            params(),
        ),
        Statement::new(
            concat!(
                "DELETE FROM video_file WHERE video_id = ?1 AND kind = 'web' AND ",
                hls_is_complete!()
            ),
            vec![settling.video_id.into()],
        ),
    ]
}

fn drop_source(settling: &Settling) -> [Statement; 2] {
    [
        Statement::new(
            concat!(
                "INSERT INTO unowned_object (object_key, delete_after_unix_ms)
                 SELECT s.object_key, ?2 FROM video_source s
                 WHERE s.video_id = ?1 AND s.object_key IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM video_file f WHERE f.object_key = s.object_key)
                   AND NOT EXISTS (SELECT 1 FROM runner_job
                                   WHERE video_id = ?1 AND state IN (1, 2, 5, 9))
                   AND ",
                hls_is_complete!(),
                " ON CONFLICT (object_key)
                  DO UPDATE SET delete_after_unix_ms = excluded.delete_after_unix_ms"
            ),
            vec![settling.video_id.into(), settling.delete_after.into()],
        ),
        Statement::new(
            concat!(
                "UPDATE video_source SET object_key = NULL
                 WHERE video_id = ?1
                   AND NOT EXISTS (SELECT 1 FROM runner_job
                                   WHERE video_id = ?1 AND state IN (1, 2, 5, 9))
                   AND ",
                hls_is_complete!()
            ),
            vec![settling.video_id.into()],
        ),
    ]
}
