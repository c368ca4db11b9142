//! Tasks that wait in the database, on hosts without a queue.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

/// A task whose time has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueTask {
    /// Row id.
    pub id: i64,
    /// `ports::encode_task`.
    pub message: String,
    /// How often it was taken, this time included.
    pub attempts: u32,
}

/// Adds a task.
#[must_use]
pub fn insert(message: &str, due: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO queued_task (message, due_at_unix_ms) VALUES (?1, ?2)",
        vec![message.into(), due.into()],
    )
}

/// Takes up to `count` due tasks whose message begins with `prefix`, oldest first: they are due again at
/// `again`.
#[must_use]
pub fn take_due(now: UnixMillis, again: UnixMillis, count: u32, prefix: &str) -> Statement {
    Statement::new(
        "UPDATE queued_task SET due_at_unix_ms = ?2, attempts = attempts + 1
         WHERE id IN (SELECT id FROM queued_task WHERE due_at_unix_ms <= ?1
                        AND substr(message, 1, length(?4)) = ?4
                      ORDER BY due_at_unix_ms, id LIMIT +?3)
         RETURNING id, message, attempts",
        vec![now.into(), again.into(), count.into(), prefix.into()],
    )
}

/// Reads a row of [`take_due`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(row: &Row) -> Result<DueTask, DatabaseError> {
    Ok(DueTask {
        id: row.integer(0)?,
        message: row.text(1)?,
        attempts: row.small(2)?,
    })
}

/// Removes a task.
#[must_use]
pub fn delete(id: i64) -> Statement {
    Statement::new("DELETE FROM queued_task WHERE id = ?1", vec![id.into()])
}

/// Has a task wait.
#[must_use]
pub fn postpone(id: i64, due: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE queued_task SET due_at_unix_ms = ?2 WHERE id = ?1",
        vec![id.into(), due.into()],
    )
}
