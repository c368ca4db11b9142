//! Channels and accounts.

use ports::{DatabaseError, Row, Rows, Statement, Value};

use super::row::{self, AccountRow, OwnedChannelRow};
use super::select::{account_columns, channel_columns};

macro_rules! owned_channel {
    ($rest:literal) => {
        concat!(
            "SELECT json_array(",
            channel_columns!(),
            ",",
            account_columns!(),
            ") FROM channel c JOIN account a ON a.id=c.account_id ",
            $rest
        )
    };
}
pub(crate) use owned_channel;

/// Selects the channel of that name.
#[must_use]
pub fn select_channel(name: &str) -> Statement {
    Statement::new(owned_channel!("WHERE c.name=?1"), vec![name.into()])
}

/// Selects the channel with that row id.
#[must_use]
pub fn select_channel_by_id(id: i64) -> Statement {
    Statement::new(owned_channel!("WHERE c.id=?1"), vec![id.into()])
}

/// Selects all channels, newest first.
#[must_use]
pub fn select_channels(start: u32, count: u32) -> Statement {
    Statement::new(
        owned_channel!("ORDER BY c.created_at_unix_ms DESC,c.id DESC LIMIT +?2 OFFSET +?1"),
        vec![start.into(), count.into()],
    )
}

/// Selects how many channels there are.
#[must_use]
pub fn count_channels() -> Statement {
    Statement::new("SELECT count(*) FROM channel", vec![])
}

/// A search for channels. Lists are JSON arrays; `None` does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelSearch {
    /// In the name or the name for people; lower case.
    pub words: Option<String>,
    /// Of this instance alone.
    pub is_local: Option<bool>,
    /// Of another server alone: what names end with, `@` and its host.
    pub name_ending: Option<String>,
    /// Names.
    pub names: Option<String>,
}

impl ChannelSearch {
    fn params(&self, page: [Value; 2]) -> Vec<Value> {
        let mut params = Vec::from(page);
        params.extend([
            self.words.clone().into(),
            self.is_local.into(),
            self.name_ending.clone().into(),
            self.names.clone().into(),
        ]);
        params
    }
}

macro_rules! channel_search {
    () => {
        "WHERE (?3 IS NULL OR instr(lower(c.name),?3) OR instr(lower(c.display_name),?3)) \
         AND (?4 IS NULL OR ?4=(a.user_id IS NOT NULL)) \
         AND (?5 IS NULL OR substr(c.name,-length(?5))=?5) \
         AND (?6 IS NULL OR c.name IN (SELECT value FROM json_each(?6))) AND a.is_blocked=0"
    };
}

/// Selects the channels that match, those with most videos first; an exact name leads.
#[must_use]
pub fn search_channels(search: &ChannelSearch, start: u32, count: u32) -> Statement {
    Statement::new(
        concat!(
            owned_channel!(""),
            channel_search!(),
            " ORDER BY lower(c.name)=?3 OR lower(c.display_name)=?3 DESC,c.listed_videos DESC,\
             c.id DESC LIMIT +?2 OFFSET +?1"
        ),
        search.params([start.into(), count.into()]),
    )
}

/// Selects how many channels match.
#[must_use]
pub fn count_found_channels(search: &ChannelSearch) -> Statement {
    Statement::new(
        concat!(
            "SELECT count(*),?1,?2 FROM channel c JOIN account a ON a.id=c.account_id ",
            channel_search!()
        ),
        search.params([Value::Null, Value::Null]),
    )
}

/// Selects the channels of the account of that name, oldest first.
#[must_use]
pub fn select_channels_of(account_name: &str, start: u32, count: u32) -> Statement {
    Statement::new(
        owned_channel!("WHERE a.name=?3 ORDER BY c.id LIMIT +?2 OFFSET +?1"),
        vec![start.into(), count.into(), account_name.into()],
    )
}

/// Selects how many channels the account of that name has.
#[must_use]
pub fn count_channels_of(account_name: &str) -> Statement {
    Statement::new(
        "SELECT count(*) FROM channel WHERE account_id=(SELECT id FROM account WHERE name=?1)",
        vec![account_name.into()],
    )
}

/// Reads statements that select channels.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_channels(rows: &Rows) -> Result<Vec<OwnedChannelRow>, DatabaseError> {
    row::parse_all(rows)
}

macro_rules! account {
    ($rest:literal) => {
        concat!("SELECT ", account_columns!(), " FROM account a ", $rest)
    };
}

/// Selects the account of that name.
#[must_use]
pub fn select_account(name: &str) -> Statement {
    Statement::new(account!("WHERE a.name=?1"), vec![name.into()])
}

/// Selects the account with that row id.
#[must_use]
pub fn select_account_by_id(id: i64) -> Statement {
    Statement::new(account!("WHERE a.id=?1"), vec![id.into()])
}

/// Selects all accounts, newest first.
#[must_use]
pub fn select_accounts(start: u32, count: u32) -> Statement {
    Statement::new(
        account!("ORDER BY a.created_at_unix_ms DESC,a.id DESC LIMIT +?2 OFFSET +?1"),
        vec![start.into(), count.into()],
    )
}

/// Selects how many accounts there are.
#[must_use]
pub fn count_accounts() -> Statement {
    Statement::new("SELECT count(*) FROM account", vec![])
}

/// Reads statements that select accounts.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_accounts(rows: &Rows) -> Result<Vec<AccountRow>, DatabaseError> {
    row::parse_all(rows)
}

/// A user as they see themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelfRow {
    /// Their e-mail address.
    pub email: String,
    /// When the user was made.
    pub created_at_unix_ms: i64,
    /// When they last signed in.
    pub last_login_at_unix_ms: Option<i64>,
    /// Bytes of uploaded sources.
    pub used_bytes: u64,
    /// Those of the last 24 hours.
    pub used_today_bytes: u64,
}

/// Selects a user; `since_unix_ms` is 24 hours ago.
#[must_use]
pub fn select_self(user_id: i64, since_unix_ms: i64) -> Statement {
    Statement::new(
        "SELECT u.email,u.created_at_unix_ms,u.last_login_at_unix_ms,coalesce(sum(s.size_bytes),0),\
         coalesce(sum(CASE WHEN s.created_at_unix_ms>?2 THEN s.size_bytes END),0) \
         FROM user u JOIN account a ON a.user_id=u.id LEFT JOIN channel c ON c.account_id=a.id \
         LEFT JOIN video v ON v.channel_id=c.id LEFT JOIN video_source s ON s.video_id=v.id \
         WHERE u.id=?1 GROUP BY u.id",
        vec![user_id.into(), since_unix_ms.into()],
    )
}

/// Reads [`select_self`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_self(row: &Row) -> Result<SelfRow, DatabaseError> {
    Ok(SelfRow {
        email: row.text(0)?,
        created_at_unix_ms: row.integer(1)?,
        last_login_at_unix_ms: row.optional_integer(2)?,
        used_bytes: row.unsigned(3)?,
        used_today_bytes: row.unsigned(4)?,
    })
}
