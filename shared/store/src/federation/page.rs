//! First deliveries that are on their way through a queue: `outgoing_page`.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

/// Inboxes of one page: as many as go out together, and their bits fit a JavaScript number.
pub const MAX_INBOXES: usize = 50;

/// Deliveries of one activity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPage<'a> {
    /// Random, 1 to 2^53 - 1.
    pub id: i64,
    /// Id of our actor who signs them.
    pub signer_url: &'a str,
    /// The activity's JSON.
    pub activity: &'a str,
    /// A JSON array of at most [`MAX_INBOXES`] URLs.
    pub inboxes: &'a str,
    /// When they were first to be tried.
    pub since: UnixMillis,
    /// When they count as lost.
    pub overdue: UnixMillis,
}

/// Adds a page.
#[must_use]
pub fn insert(page: &NewPage<'_>) -> Statement {
    Statement::new(
        "INSERT INTO outgoing_page (id,signer_url,activity,inboxes,since_unix_ms,overdue_at_unix_ms) \
         VALUES (?1,?2,?3,?4,?5,?6)",
        vec![
            page.id.into(),
            page.signer_url.into(),
            page.activity.into(),
            page.inboxes.into(),
            page.since.into(),
            page.overdue.into(),
        ],
    )
}

/// Notes that the deliveries of these bits need nobody any more: the row goes if they are the last, so that a page
/// that goes out whole is one write.
#[must_use]
pub fn note_made(id: i64, bits: i64) -> [Statement; 2] {
    let params = || vec![id.into(), bits.into()];
    [
        Statement::new(
            "DELETE FROM outgoing_page WHERE id=?1 AND (made|?2)=(1<<json_array_length(inboxes))-1",
            params(),
        ),
        Statement::new(
            "UPDATE outgoing_page SET made=made|?2 WHERE id=?1 AND (made|?2)<>made",
            params(),
        ),
    ]
}

/// Has these pages, a JSON array of ids, count as lost from `overdue` on.
#[must_use]
pub fn set_overdue(ids: &str, overdue: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE outgoing_page SET overdue_at_unix_ms=?2 WHERE id IN (SELECT value FROM json_each(?1))",
        vec![ids.into(), overdue.into()],
    )
}

/// Selects up to `count` pages after `after_id`, in the order of their ids.
#[must_use]
pub fn select(after_id: i64, count: u32) -> Statement {
    Statement::new(
        "SELECT id,signer_url,activity,inboxes,since_unix_ms,made FROM outgoing_page \
         WHERE id>?1 ORDER BY id LIMIT +?2",
        vec![after_id.into(), count.into()],
    )
}

/// Selects up to `count` pages whose messages must have been lost, and gives them time until `overdue`.
#[must_use]
pub fn take_overdue(now: UnixMillis, overdue: UnixMillis, count: u32) -> Statement {
    Statement::new(
        "UPDATE outgoing_page SET overdue_at_unix_ms=?2,losses=losses+1 WHERE id IN \
         (SELECT id FROM outgoing_page WHERE overdue_at_unix_ms<=?1 ORDER BY since_unix_ms LIMIT +?3) \
         RETURNING id,signer_url,activity,inboxes,since_unix_ms,made",
        vec![now.into(), overdue.into(), count.into()],
    )
}

/// Removes pages that were lost more often than `losses`; returns a row for each.
#[must_use]
pub fn give_up(losses: u32) -> Statement {
    Statement::new(
        "DELETE FROM outgoing_page WHERE losses>?1 RETURNING id",
        vec![losses.into()],
    )
}

/// A page as it waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRow {
    /// See [`NewPage::id`].
    pub id: i64,
    /// Id of our actor who signs.
    pub signer_url: String,
    /// The activity's JSON.
    pub activity: String,
    /// A JSON array of URLs.
    pub inboxes: String,
    /// When they were first to be tried.
    pub since_unix_ms: i64,
    /// Bit n: inbox n needs nobody any more.
    pub made: i64,
}

/// Reads a row of [`select`] or [`take_overdue`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(row: &Row) -> Result<PageRow, DatabaseError> {
    Ok(PageRow {
        id: row.integer(0)?,
        signer_url: row.text(1)?,
        activity: row.text(2)?,
        inboxes: row.text(3)?,
        since_unix_ms: row.integer(4)?,
        made: row.integer(5)?,
    })
}
