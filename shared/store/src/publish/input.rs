//! The best source that a job can work from.

use ports::{DatabaseError, Row, Statement};

/// An object that a runner downloads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Where its bytes are.
    pub object_key: String,
    /// Its size.
    pub size_bytes: u64,
}

/// Selects the best file to transcode a job's video from: the uploaded original, else the largest plain
/// file, else the largest HLS rendition. An audio merge takes the original whatever it is; other jobs
/// take a file with a picture if there is one: of an uploaded sound that is the merged video.
#[must_use]
pub fn select_input(job_uuid: &str) -> Statement {
    Statement::new(
        "SELECT object_key, size_bytes FROM (
             SELECT s.object_key, s.size_bytes, coalesce(s.resolution, 0) AS resolution, 3 AS rank,
                    s.has_video OR j.type = 'vod-audio-merge-transcoding' AS fits
             FROM runner_job j JOIN video_source s ON s.video_id = j.video_id
             WHERE j.uuid = ?1 AND s.object_key IS NOT NULL
             UNION ALL
             SELECT f.object_key, f.size_bytes, f.resolution, iif(f.kind = 'web', 2, 1), f.has_video
             FROM runner_job j JOIN video_file f ON f.video_id = j.video_id
             WHERE j.uuid = ?1)
         ORDER BY fits DESC, rank DESC, resolution DESC LIMIT 1",
        vec![job_uuid.into()],
    )
}

/// Selects the object key of the largest picture of a job's video.
#[must_use]
pub fn select_preview(job_uuid: &str) -> Statement {
    Statement::new(
        "SELECT 'thumbnails/' || t.filename FROM runner_job j
         JOIN thumbnail t ON t.video_id = j.video_id
         WHERE j.uuid = ?1 ORDER BY t.width DESC LIMIT 1",
        vec![job_uuid.into()],
    )
}

/// Reads [`select_input`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn input(row: &Row) -> Result<Input, DatabaseError> {
    Ok(Input {
        object_key: row.text(0)?,
        size_bytes: row.unsigned(1)?,
    })
}
