//! Jobs at their making.

use domain::UnixMillis;
use ports::Statement;

/// A job to make.
#[derive(Debug, Clone, Copy)]
pub struct NewJob<'a> {
    /// Random.
    pub uuid: &'a str,
    /// The video, which must exist when the statement runs.
    pub video_uuid: &'a str,
    /// The job that must be completed first.
    pub parent_uuid: Option<&'a str>,
    /// Its kind on the wire.
    pub job_type: &'a str,
    /// What a runner reads, without URLs; JSON.
    pub payload: &'a str,
    /// What only the server reads; JSON.
    pub private_payload: &'a str,
    /// Smaller is sooner.
    pub priority: i64,
    /// When.
    pub now: UnixMillis,
}

/// Inserts a job: pending, or waiting when it has a parent. Demands that the video is there.
#[must_use]
pub fn insert_job(new: &NewJob<'_>) -> Statement {
    Statement::new(
        "INSERT INTO runner_job (uuid, video_id, parent_id, type, payload, private_payload, state,
                                 priority, created_at_unix_ms, updated_at_unix_ms)
         SELECT ?1, v.id, (SELECT id FROM runner_job WHERE uuid = ?3), ?4, ?5, ?6,
                iif(?3 IS NULL, 1, 5), ?7, ?8, ?8
         FROM video v WHERE v.uuid = ?2 RETURNING 1",
        vec![
            new.uuid.into(),
            new.video_uuid.into(),
            new.parent_uuid.into(),
            new.job_type.into(),
            new.payload.into(),
            new.private_payload.into(),
            new.priority.into(),
            new.now.into(),
        ],
    )
    .demanding(1)
}
