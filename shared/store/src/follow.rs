//! Who follows whom, as lists show it, and what people here change about it. Triggers count followers and
//! note what others have to be told of.

use domain::UnixMillis;
use ports::{DatabaseError, Rows, Statement, Value};
use serde::Deserialize;

use crate::json;
use crate::video::row;

/// An actor at one end of a follow.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EndRow {
    /// Row id.
    pub id: i64,
    /// ActivityPub id.
    pub url: String,
    /// Host and port; empty for ours.
    pub host: String,
    /// The name in its handle, without host.
    pub name: String,
    /// Its picture, at its origin.
    pub avatar_url: Option<String>,
    /// How many follow it.
    pub followers: u64,
    /// How many it follows.
    pub following: u64,
    /// When its document was last read, or its row made.
    pub fetched_at_unix_ms: i64,
    /// Whether its server's videos are to be mirrored here: 1 or 0.
    pub is_mirrored: u8,
}

/// A follow with both ends.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FollowRow {
    /// Row id.
    pub id: i64,
    /// `pending`, `accepted` or `rejected`.
    pub state: String,
    /// When it was asked for.
    pub created_at_unix_ms: i64,
    /// When its state last changed.
    pub updated_at_unix_ms: i64,
    /// Who follows.
    pub follower: EndRow,
    /// Who is followed.
    pub target: EndRow,
}

/// Which follows a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FollowScope<'a> {
    /// Those that the actor with that ActivityPub id has asked for.
    By(&'a str),
    /// Those of the actor with that ActivityPub id.
    Of(&'a str),
    /// Those of the account with that row id and of its channels.
    OfAccount(i64),
    /// Those of the channel with that row id.
    OfChannel(i64),
}

/// Which of them, and which part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FollowList<'a> {
    /// Items to leave out.
    pub start: u32,
    /// Items at most.
    pub count: u32,
    /// Ordered by state instead of date.
    pub by_state: bool,
    /// Last first.
    pub descending: bool,
    /// Part of the other end's name or host, lower case.
    pub search: Option<&'a str>,
    /// Of that state alone.
    pub state: Option<&'a str>,
    /// The other end is of that kind alone, as in `actor.kind`.
    pub kind: Option<&'a str>,
}

macro_rules! end {
    ($actor:literal) => {
        concat!(
            "json_array(",
            $actor,
            ".id,",
            $actor,
            ".url,",
            $actor,
            ".host,",
            $actor,
            ".preferred_username,",
            $actor,
            ".avatar_url,",
            $actor,
            ".followers,",
            $actor,
            ".following,",
            $actor,
            ".fetched_at_unix_ms,EXISTS (SELECT 1 FROM remote_host h WHERE h.is_mirrored=1 AND h.host=",
            $actor,
            ".host))"
        )
    };
}

/// A page and a count of follows; `$other` is the end that filters look at.
macro_rules! follows {
    ($scope:literal, $other:literal) => {
        (
            concat!(
                "SELECT json_array(f.id,f.state,f.created_at_unix_ms,f.updated_at_unix_ms,",
                end!("x"),
                ",",
                end!("t"),
                ")",
                follows!(@from $scope, $other),
                " ORDER BY CASE WHEN ?5=1 AND ?4=0 THEN f.state END,\
                 CASE WHEN ?5=1 AND ?4=1 THEN f.state END DESC,\
                 CASE WHEN ?4=0 THEN f.created_at_unix_ms END,\
                 CASE WHEN ?4=1 THEN f.created_at_unix_ms END DESC,f.id DESC LIMIT +?3 OFFSET +?2"
            ),
            concat!(
                "SELECT count(*),?2,?3,?4,?5",
                follows!(@from $scope, $other)
            ),
        )
    };
    (@from $scope:literal, $other:literal) => {
        concat!(
            " FROM follow f JOIN actor x ON x.id=f.follower_id JOIN actor t ON t.id=f.target_id WHERE ",
            $scope,
            " AND (?6 IS NULL OR instr(lower(",
            $other,
            ".preferred_username),?6) OR instr(",
            $other,
            ".host,?6)) AND (?7 IS NULL OR f.state=?7) AND (?8 IS NULL OR ",
            $other,
            ".kind=?8)"
        )
    };
}

const BY: (&str, &str) = follows!("f.follower_id=(SELECT id FROM actor WHERE url=?1)", "t");
const OF: (&str, &str) = follows!("f.target_id=(SELECT id FROM actor WHERE url=?1)", "x");
const OF_ACCOUNT: (&str, &str) = follows!(
    "f.target_id IN (SELECT o.id FROM actor o WHERE o.account_id=?1 OR o.channel_id IN \
     (SELECT c.id FROM channel c WHERE c.account_id=?1))",
    "x"
);
const OF_CHANNEL: (&str, &str) = follows!(
    "f.target_id=(SELECT id FROM actor WHERE channel_id=?1)",
    "x"
);

fn list_statement(
    texts: [&'static str; 4],
    scope: FollowScope<'_>,
    list: FollowList<'_>,
) -> Statement {
    let [by, of, of_account, of_channel] = texts;
    let (sql, whose): (_, Value) = match scope {
        FollowScope::By(url) => (by, url.into()),
        FollowScope::Of(url) => (of, url.into()),
        FollowScope::OfAccount(id) => (of_account, id.into()),
        FollowScope::OfChannel(id) => (of_channel, id.into()),
    };
    Statement::new(
        sql,
        vec![
            whose,
            list.start.into(),
            list.count.into(),
            list.descending.into(),
            list.by_state.into(),
            list.search.into(),
            list.state.into(),
            list.kind.into(),
        ],
    )
}

/// Selects a page of follows.
#[must_use]
pub fn select(scope: FollowScope<'_>, list: FollowList<'_>) -> Statement {
    list_statement([BY.0, OF.0, OF_ACCOUNT.0, OF_CHANNEL.0], scope, list)
}

/// Selects how many follows a list has, in the first column.
#[must_use]
pub fn count(scope: FollowScope<'_>, list: FollowList<'_>) -> Statement {
    list_statement([BY.1, OF.1, OF_ACCOUNT.1, OF_CHANNEL.1], scope, list)
}

/// Reads [`select`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(rows: &Rows) -> Result<Vec<FollowRow>, DatabaseError> {
    row::parse_all(rows)
}

/// Asks for a follow: nothing new where it is pending or accepted already, and once more where it was
/// rejected. `is_local` follows are accepted at once.
#[must_use]
pub fn ask(follower_id: i64, target_id: i64, is_local: bool, now: UnixMillis) -> [Statement; 2] {
    let state = if is_local { "accepted" } else { "pending" };
    [
        Statement::new(
            "DELETE FROM follow WHERE follower_id=?1 AND target_id=?2 AND state='rejected'",
            vec![follower_id.into(), target_id.into()],
        ),
        Statement::new(
            "INSERT INTO follow (id,follower_id,target_id,state,created_at_unix_ms,updated_at_unix_ms) \
             VALUES ((SELECT id FROM next_follow),?1,?2,?3,?4,?4) ON CONFLICT (follower_id,target_id) DO NOTHING",
            vec![
                follower_id.into(),
                target_id.into(),
                state.into(),
                now.into(),
            ],
        ),
    ]
}

/// Ends the follow of an account or channel, by its name and host, by the actor with that ActivityPub id;
/// demands that there is one.
#[must_use]
pub fn end_of_handle(follower_url: &str, name: &str, host: &str) -> Statement {
    Statement::new(
        "DELETE FROM follow WHERE id=(SELECT f.id FROM follow f JOIN actor t ON t.id=f.target_id \
         WHERE f.follower_id=(SELECT id FROM actor WHERE url=?1) AND t.host=?3 \
         AND t.preferred_username=?2 COLLATE NOCASE LIMIT 1) RETURNING 1",
        vec![follower_url.into(), name.into(), host.into()],
    )
    .demanding(1)
}

/// Ends the follow of another server itself by the actor with that ActivityPub id; demands that there is one.
#[must_use]
pub fn end_of_host(follower_url: &str, host: &str) -> Statement {
    Statement::new(
        "DELETE FROM follow WHERE id=(SELECT f.id FROM follow f JOIN actor t ON t.id=f.target_id \
         WHERE f.follower_id=(SELECT id FROM actor WHERE url=?1) AND t.host=?2 AND t.kind='instance' \
         LIMIT 1) RETURNING 1",
        vec![follower_url.into(), host.into()],
    )
    .demanding(1)
}

/// Selects id, state and ActivityPub id of the follower of one of ours whose handle it is: name and host.
#[must_use]
pub fn select_follower(target_url: &str, name: &str, host: &str) -> Statement {
    Statement::new(
        "SELECT f.id,f.state,x.url FROM follow f JOIN actor x ON x.id=f.follower_id \
         WHERE f.target_id=(SELECT id FROM actor WHERE url=?1) \
         AND x.host=?3 AND x.preferred_username=?2 COLLATE NOCASE LIMIT 1",
        vec![target_url.into(), name.into(), host.into()],
    )
}

/// Gives a follow a state; demands that it has one of the `from` states, a JSON array.
#[must_use]
pub fn set_state(id: i64, state: &str, from: &[&str], now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE follow SET state=?2,updated_at_unix_ms=?4 \
         WHERE id=?1 AND state IN (SELECT value FROM json_each(?3)) RETURNING 1",
        vec![
            id.into(),
            state.into(),
            json::array(from).into(),
            now.into(),
        ],
    )
    .demanding(1)
}

/// Takes a follower away and has them told: a rejection, then no row.
#[must_use]
pub fn remove_follower(id: i64, now: UnixMillis) -> [Statement; 2] {
    [
        Statement::new(
            "UPDATE follow SET state='rejected',updated_at_unix_ms=?2 \
             WHERE id=?1 AND state<>'rejected'",
            vec![id.into(), now.into()],
        ),
        Statement::new("DELETE FROM follow WHERE id=?1", vec![id.into()]),
    ]
}
