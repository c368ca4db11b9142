//! Uploads that are given up.

use domain::UnixMillis;
use ports::Statement;

/// Gives one upload of a user up; nothing happens to one that became a video.
#[must_use]
pub fn drop_upload(upload_id: &str) -> Statement {
    Statement::new(
        "UPDATE upload SET is_dropped = 1 WHERE id = ?1 AND video_uuid IS NULL",
        vec![upload_id.into()],
    )
}

/// Gives up to `limit` uploads up that nobody touched since `idle_since`, and forgets those among the
/// idle that became videos long ago.
#[must_use]
pub fn drop_idle(idle_since: UnixMillis, limit: u32) -> Vec<Statement> {
    vec![
        Statement::new(
            "DELETE FROM upload WHERE id IN (SELECT id FROM upload
                WHERE touched_at_unix_ms <= ?1 AND video_uuid IS NOT NULL LIMIT ?2)",
            vec![idle_since.into(), limit.into()],
        ),
        Statement::new(
            "UPDATE upload SET is_dropped = 1 WHERE id IN (SELECT id FROM upload
                WHERE touched_at_unix_ms <= ?1 AND video_uuid IS NULL AND is_dropped = 0 LIMIT ?2)",
            vec![idle_since.into(), limit.into()],
        ),
    ]
}

/// Up to `limit` dropped uploads, to be read by [`super::upload_row`].
#[must_use]
pub fn select_dropped(limit: u32) -> Statement {
    Statement::new(super::progress::SELECT_DROPPED, vec![limit.into()])
}

/// Forgets an upload whose objects are gone or belong to its video.
#[must_use]
pub fn delete_upload(upload_id: &str) -> Statement {
    Statement::new(
        "DELETE FROM upload WHERE id = ?1 AND (is_dropped = 1 OR video_uuid IS NOT NULL)",
        vec![upload_id.into()],
    )
}
