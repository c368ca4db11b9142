//! What other servers brought and nobody has acted upon yet.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

/// A task that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedRow {
    /// Row id.
    pub id: i64,
    /// `ports::encode_task`.
    pub message: String,
}

/// Below the next id; `?2` is a time. Made of it, none is ever given out again: SQLite would, and whoever acts a second
/// time on one that is gone would remove another.
macro_rules! last_id {
    () => {
        "max(?2 * 1000, (SELECT coalesce(max(id), 0) FROM received_task))"
    };
}

/// Adds tasks, given as a JSON list of their messages; returns their ids, which follow each other.
#[must_use]
pub fn insert_all(messages_json: &str, overdue: UnixMillis) -> Statement {
    Statement::new(
        concat!(
            "INSERT INTO received_task (id, message, overdue_at_unix_ms) SELECT ",
            last_id!(),
            " + key + 1, value, ?2 FROM json_each(?1) RETURNING id"
        ),
        vec![messages_json.into(), overdue.into()],
    )
}

/// As [`insert_all`], for one: a list of one costs two rows more to read, and most deliveries come alone.
#[must_use]
pub fn insert_one(message: &str, overdue: UnixMillis) -> Statement {
    Statement::new(
        concat!(
            "INSERT INTO received_task (id, message, overdue_at_unix_ms) VALUES (",
            last_id!(),
            " + 1, ?1, ?2) RETURNING id"
        ),
        vec![message.into(), overdue.into()],
    )
}

/// Reads [`insert_all`], [`insert_one`], [`select_waiting`], [`take_overdue`] and [`give_up`].
///
/// # Errors
/// [`DatabaseError::Bug`] for rows of another shape.
pub fn read_ids(rows: &[Row]) -> Result<Vec<i64>, DatabaseError> {
    rows.iter().map(|row| row.integer(0)).collect()
}

/// Selects those that still wait of the ones from `first_id` to `last_id`, oldest first.
#[must_use]
pub fn select(first_id: i64, last_id: i64) -> Statement {
    Statement::new(
        "SELECT id, message FROM received_task WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
        vec![first_id.into(), last_id.into()],
    )
}

/// Selects the ids of up to `count` that still wait after `after_id`, oldest first.
#[must_use]
pub fn select_waiting(after_id: i64, count: u32) -> Statement {
    Statement::new(
        "SELECT id FROM received_task WHERE id > ?1 ORDER BY id LIMIT +?2",
        vec![after_id.into(), count.into()],
    )
}

/// Reads [`select`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(row: &Row) -> Result<ReceivedRow, DatabaseError> {
    Ok(ReceivedRow {
        id: row.integer(0)?,
        message: row.text(1)?,
    })
}

/// Removes one that is acted upon in the same batch; demands that nobody else has.
#[must_use]
pub fn finish(id: i64) -> Statement {
    discard(id).demanding(1)
}

/// Removes one that needs nothing done, or not any more.
#[must_use]
pub fn discard(id: i64) -> Statement {
    Statement::new(
        "DELETE FROM received_task WHERE id = ?1 RETURNING 1",
        vec![id.into()],
    )
}

/// Selects the ids of up to `count` whose message must have been lost, and gives them time until `overdue`.
#[must_use]
pub fn take_overdue(now: UnixMillis, overdue: UnixMillis, count: u32) -> Statement {
    Statement::new(
        "UPDATE received_task SET overdue_at_unix_ms = ?2, losses = losses + 1
         WHERE id IN (SELECT id FROM received_task WHERE overdue_at_unix_ms <= ?1 ORDER BY id LIMIT +?3)
         RETURNING id",
        vec![now.into(), overdue.into(), count.into()],
    )
}

/// Removes what was lost more often than `losses`: it fails whenever it is tried.
#[must_use]
pub fn give_up(losses: u32) -> Statement {
    Statement::new(
        "DELETE FROM received_task WHERE losses > ?1 RETURNING id",
        vec![losses.into()],
    )
}
