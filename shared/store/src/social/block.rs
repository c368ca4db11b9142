//! Accounts and servers that somebody does not want to hear of. The instance is `None` where a blocker is
//! asked for.

use domain::UnixMillis;
use ports::{DatabaseError, Rows, Statement, Value};
use serde::Deserialize;

use super::AuthorRow;
use super::select::author_columns;
use crate::video::row;

/// Whether the instance blocks another server's actor: its account, the account of its channel, or its host.
/// One row, 0 or 1. Before anything of theirs is taken.
#[must_use]
pub fn select_instance_blocks(actor_url: &str, host: &str) -> Statement {
    Statement::new(
        "SELECT EXISTS (SELECT 1 FROM host_block WHERE host=?2 AND blocker_id IS NULL) \
         OR EXISTS (SELECT 1 FROM actor x LEFT JOIN channel c ON c.id=x.channel_id \
         JOIN account a ON a.id=coalesce(x.account_id,c.account_id) \
         WHERE x.url=?1 AND a.is_blocked=1)",
        vec![actor_url.into(), host.into()],
    )
}

/// Blocks the account of that name; demands that there is one. The same again changes nothing.
#[must_use]
pub fn block_account(blocker_id: Option<i64>, name: &str, now: UnixMillis) -> [Statement; 2] {
    [
        Statement::new("SELECT id FROM account WHERE name=?1", vec![name.into()]).demanding(1),
        Statement::new(
            "INSERT INTO account_block (blocker_id, blocked_id, created_at_unix_ms) \
             SELECT ?1,id,?3 FROM account WHERE name=?2 ON CONFLICT DO NOTHING",
            vec![blocker_id.into(), name.into(), now.into()],
        ),
    ]
}

/// Takes that back; demands that it was so.
#[must_use]
pub fn unblock_account(blocker_id: Option<i64>, name: &str) -> Statement {
    Statement::new(
        "DELETE FROM account_block WHERE blocker_id IS ?1 \
         AND blocked_id=(SELECT id FROM account WHERE name=?2) RETURNING 1",
        vec![blocker_id.into(), name.into()],
    )
    .demanding(1)
}

/// Blocks a server. The same again changes nothing.
#[must_use]
pub fn block_host(blocker_id: Option<i64>, host: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO host_block (blocker_id, host, created_at_unix_ms) VALUES (?1,?2,?3) \
         ON CONFLICT DO NOTHING",
        vec![blocker_id.into(), host.into(), now.into()],
    )
}

/// Takes that back; demands that it was so.
#[must_use]
pub fn unblock_host(blocker_id: Option<i64>, host: &str) -> Statement {
    Statement::new(
        "DELETE FROM host_block WHERE blocker_id IS ?1 AND host=?2 RETURNING 1",
        vec![blocker_id.into(), host.into()],
    )
    .demanding(1)
}

/// One blocked account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BlockedAccountRow {
    /// When.
    pub created_at_unix_ms: i64,
    /// Who.
    pub blocked: AuthorRow,
    /// By whom; `None` for the instance.
    pub blocker: Option<AuthorRow>,
}

/// One blocked server.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct BlockedHostRow {
    /// When.
    pub created_at_unix_ms: i64,
    /// Host and port.
    pub host: String,
    /// By whom; `None` for the instance.
    pub blocker: Option<AuthorRow>,
}

/// Which part of a list, and what its names contain (lower case).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part<'a> {
    /// Items to leave out.
    pub start: u32,
    /// Items at most.
    pub count: u32,
    /// In a name.
    pub search: Option<&'a str>,
}

impl Part<'_> {
    fn params(self, blocker_id: Option<i64>) -> Vec<Value> {
        vec![
            blocker_id.into(),
            self.search.into(),
            self.start.into(),
            self.count.into(),
        ]
    }
}

macro_rules! blocked_accounts {
    () => {
        "account_block b JOIN account a ON a.id=b.blocked_id LEFT JOIN actor x ON x.account_id=a.id \
         LEFT JOIN account o ON o.id=b.blocker_id LEFT JOIN actor z ON z.account_id=o.id \
         WHERE b.blocker_id IS ?1 AND (?2 IS NULL OR instr(lower(a.name),?2))"
    };
}

/// Selects blocked accounts, last blocked first, and how many there are.
#[must_use]
pub fn select_accounts(blocker_id: Option<i64>, part: Part<'_>) -> [Statement; 2] {
    [
        Statement::new(
            concat!(
                "SELECT json_array(b.created_at_unix_ms,",
                author_columns!("a", "x"),
                ",json(CASE WHEN o.id IS NOT NULL THEN ",
                author_columns!("o", "z"),
                " END)) FROM ",
                blocked_accounts!(),
                " ORDER BY b.created_at_unix_ms DESC,b.id DESC LIMIT +?4 OFFSET +?3"
            ),
            part.params(blocker_id),
        ),
        Statement::new(
            concat!(
                "SELECT count(*) FROM ",
                blocked_accounts!(),
                " AND ?3 IS ?3 AND ?4 IS ?4"
            ),
            part.params(blocker_id),
        ),
    ]
}

/// Reads the first of [`select_accounts`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_accounts(rows: &Rows) -> Result<Vec<BlockedAccountRow>, DatabaseError> {
    row::parse_all(rows)
}

macro_rules! blocked_hosts {
    () => {
        "host_block b LEFT JOIN account o ON o.id=b.blocker_id LEFT JOIN actor z ON z.account_id=o.id \
         WHERE b.blocker_id IS ?1 AND (?2 IS NULL OR instr(b.host,?2))"
    };
}

/// Selects blocked servers, last blocked first, and how many there are.
#[must_use]
pub fn select_hosts(blocker_id: Option<i64>, part: Part<'_>) -> [Statement; 2] {
    [
        Statement::new(
            concat!(
                "SELECT json_array(b.created_at_unix_ms,b.host,json(CASE WHEN o.id IS NOT NULL THEN ",
                author_columns!("o", "z"),
                " END)) FROM ",
                blocked_hosts!(),
                " ORDER BY b.created_at_unix_ms DESC,b.id DESC LIMIT +?4 OFFSET +?3"
            ),
            part.params(blocker_id),
        ),
        Statement::new(
            concat!(
                "SELECT count(*) FROM ",
                blocked_hosts!(),
                " AND ?3 IS ?3 AND ?4 IS ?4"
            ),
            part.params(blocker_id),
        ),
    ]
}

/// Reads the first of [`select_hosts`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_hosts(rows: &Rows) -> Result<Vec<BlockedHostRow>, DatabaseError> {
    row::parse_all(rows)
}

/// Selects which of these accounts (by handle) and servers (JSON arrays) the instance and `reader_id` block:
/// rows of name, and whether the reader is who blocks. Accounts first, then servers.
#[must_use]
pub fn select_status(
    accounts: &[String],
    hosts: &[String],
    reader_id: Option<i64>,
) -> [Statement; 2] {
    [
        Statement::new(
            "SELECT a.name,b.blocker_id IS NOT NULL FROM json_each(?1) j \
             JOIN account a ON a.name=j.value JOIN account_block b ON b.blocked_id=a.id \
             WHERE b.blocker_id IS NULL OR b.blocker_id=?2",
            vec![crate::json::array(accounts).into(), reader_id.into()],
        ),
        Statement::new(
            "SELECT b.host,b.blocker_id IS NOT NULL FROM json_each(?1) j \
             JOIN host_block b ON b.host=j.value WHERE b.blocker_id IS NULL OR b.blocker_id=?2",
            vec![crate::json::array(hosts).into(), reader_id.into()],
        ),
    ]
}
