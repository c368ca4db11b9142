//! Objects without an owner row: being written, or about to be deleted.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

/// Notes an object that is about to be written: cron deletes it after `delete_after` unless [`own`]
/// takes it first.
#[must_use]
pub fn intend(object_key: &str, delete_after: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO unowned_object (object_key, delete_after_unix_ms) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET delete_after_unix_ms = excluded.delete_after_unix_ms",
        vec![object_key.into(), delete_after.into()],
    )
}

/// Gives an object up; the same row as [`intend`], named for the other end of its life.
#[must_use]
pub fn disown(object_key: &str, delete_after: UnixMillis) -> Statement {
    intend(object_key, delete_after)
}

/// Takes an intended object over, for the batch that names it in a row. Demands that it is not yet
/// due: a due object may be deleted at this very moment.
#[must_use]
pub fn own(object_key: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "DELETE FROM unowned_object WHERE object_key = ?1 AND delete_after_unix_ms > ?2 RETURNING 1",
        vec![object_key.into(), now.into()],
    )
    .demanding(1)
}

/// Keys of at most `limit` objects whose time is over, oldest first.
#[must_use]
pub fn select_due(now: UnixMillis, limit: u32) -> Statement {
    Statement::new(
        "SELECT object_key FROM unowned_object WHERE delete_after_unix_ms <= ?1
         ORDER BY delete_after_unix_ms LIMIT ?2",
        vec![now.into(), limit.into()],
    )
}

/// Reads [`select_due`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn unowned_key(row: &Row) -> Result<String, DatabaseError> {
    row.text(0)
}

/// Forgets deleted objects; `object_keys` is a JSON array. A key that was intended anew stays.
#[must_use]
pub fn delete_unowned(object_keys: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "DELETE FROM unowned_object WHERE object_key IN (SELECT value FROM json_each(?1))
         AND delete_after_unix_ms <= ?2",
        vec![object_keys.into(), now.into()],
    )
}
