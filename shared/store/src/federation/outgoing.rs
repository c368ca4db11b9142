//! Changes that others have to be told of: `outgoing_change`, which triggers fill.

pub mod report;
pub mod upkeep;
pub mod view;

use domain::UnixMillis;
use domain::order::sort_by_key;
use ports::{DatabaseError, Row, Rows, Statement};

/// A change that somebody tells now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRow {
    /// Row id: the order of telling.
    pub id: i64,
    /// `video`, `comment`, `rate`, `follow`, `account`, `channel`, `view` or `abuse`.
    pub kind: String,
    /// Which, as the kind names it.
    pub subject: String,
    /// What happened to it.
    pub verb: String,
    /// JSON of what can no longer be read.
    pub details: String,
    /// To find out whether it has changed again meanwhile.
    pub version: i64,
    /// Activities told by somebody who was interrupted.
    pub told_activities: u32,
    /// The last inbox that was told of the next one.
    pub told_inbox: String,
}

/// Takes up to `count` changes, oldest first, so that nobody else tells them before `until`: those that are
/// no lazier than `laziness`, 0 to 2.
#[must_use]
pub fn claim(count: u32, laziness: u32, now: UnixMillis, until: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE outgoing_change SET taken_until_unix_ms=?4 WHERE id IN \
         (SELECT id FROM outgoing_change WHERE taken_until_unix_ms<=?3 AND laziness<=?2 \
         ORDER BY id LIMIT +?1) \
         RETURNING id,kind,subject,verb,details,version,told_activities,told_inbox",
        vec![count.into(), laziness.into(), now.into(), until.into()],
    )
}

/// Reads [`claim`], in the order of telling.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_claimed(rows: &Rows) -> Result<Vec<ChangeRow>, DatabaseError> {
    let read = |row: &Row| {
        Ok(ChangeRow {
            id: row.integer(0)?,
            kind: row.text(1)?,
            subject: row.text(2)?,
            verb: row.text(3)?,
            details: row.text(4)?,
            version: row.integer(5)?,
            told_activities: row.small(6)?,
            told_inbox: row.text(7)?,
        })
    };
    let mut changes = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    sort_by_key(&mut changes, |change| change.id);
    Ok(changes)
}

/// Notes how far the telling of a change has come, so that a repetition goes on there.
#[must_use]
pub fn note_progress(change_id: i64, told_activities: u32, told_inbox: &str) -> Statement {
    Statement::new(
        "UPDATE outgoing_change SET told_activities=?2,told_inbox=?3 WHERE id=?1",
        vec![change_id.into(), told_activities.into(), told_inbox.into()],
    )
}

/// Forgets a change that was told; one that has happened again meanwhile waits to be told anew.
#[must_use]
pub fn finish(change: &ChangeRow) -> [Statement; 2] {
    [
        Statement::new(
            "DELETE FROM outgoing_change WHERE id=?1 AND version=?2",
            vec![change.id.into(), change.version.into()],
        ),
        Statement::new(
            "UPDATE outgoing_change SET taken_until_unix_ms=0,told_activities=0,told_inbox='' \
             WHERE id=?1",
            vec![change.id.into()],
        ),
    ]
}

/// Hands changes back, a JSON array of row ids, for somebody else to tell.
#[must_use]
pub fn release(change_ids: &str) -> Statement {
    Statement::new(
        "UPDATE outgoing_change SET taken_until_unix_ms=0 \
         WHERE id IN (SELECT value FROM json_each(?1))",
        vec![change_ids.into()],
    )
}

/// What a comment's activities need besides its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentContext {
    /// ActivityPub id of another server's comment; `None` for ours.
    pub remote_url: Option<String>,
    /// Of the video.
    pub video_uuid: String,
    /// ActivityPub id of another server's video; `None` for ours.
    pub video_remote_url: Option<String>,
    /// Whether strangers may see the video.
    pub video_is_public: bool,
    /// Name of the video's channel.
    pub channel_name: String,
    /// Name of the video's owner.
    pub owner_name: String,
    /// ActivityPub id of the owner, and the inbox of their server, for another server's video.
    pub owner: Option<(String, String)>,
    /// Name of the author.
    pub author_name: Option<String>,
    /// The author's own inbox, on another server.
    pub author_inbox: Option<String>,
    /// What it answers, if that is a comment: its row id, and its ActivityPub id if it is another server's.
    pub parent: Option<(i64, Option<String>)>,
    /// Inboxes of those on other servers whose comments it answers, up to the first of the thread.
    pub answered_inboxes: Vec<String>,
}

/// Comments above a comment that are looked at for whom to tell.
const MAX_ANSWERED: u32 = 100;

/// Selects what a comment's activities need besides its document: one row, if there is such a comment.
#[must_use]
pub fn select_comment(comment_id: i64) -> Statement {
    Statement::new(
        "WITH RECURSIVE above(parent_id,account_id) AS ( \
           SELECT parent_id,NULL FROM comment WHERE id=?1 UNION ALL \
           SELECT p.parent_id,p.account_id FROM above JOIN comment p ON p.id=above.parent_id LIMIT +?2) \
         SELECT m.remote_url,v.uuid,v.remote_url,v.privacy=1 AND v.state=1,c.name,a.name,o.url, \
           coalesce(o.shared_inbox_url,o.inbox_url),w.name,coalesce(x.inbox_url,x.shared_inbox_url), \
           p.id,p.remote_url, \
           (SELECT json_group_array(DISTINCT coalesce(y.shared_inbox_url,y.inbox_url)) FROM above \
            JOIN actor y ON y.account_id=above.account_id WHERE y.host<>'') \
         FROM comment m JOIN video v ON v.id=m.video_id \
         JOIN channel c ON c.id=v.channel_id JOIN account a ON a.id=c.account_id \
         LEFT JOIN actor o ON o.account_id=a.id AND o.host<>'' \
         LEFT JOIN account w ON w.id=m.account_id \
         LEFT JOIN actor x ON x.account_id=w.id AND x.host<>'' \
         LEFT JOIN comment p ON p.id=m.parent_id WHERE m.id=?1",
        vec![comment_id.into(), MAX_ANSWERED.into()],
    )
}

/// Reads [`select_comment`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_comment(row: &Row) -> Result<CommentContext, DatabaseError> {
    let parent = match row.optional_integer(10)? {
        Some(id) => Some((id, row.optional_text(11)?)),
        None => None,
    };
    Ok(CommentContext {
        remote_url: row.optional_text(0)?,
        video_uuid: row.text(1)?,
        video_remote_url: row.optional_text(2)?,
        video_is_public: row.boolean(3)?,
        channel_name: row.text(4)?,
        owner_name: row.text(5)?,
        owner: row.optional_text(6)?.zip(row.optional_text(7)?),
        author_name: row.optional_text(8)?,
        author_inbox: row.optional_text(9)?,
        parent,
        answered_inboxes: texts(&row.text(12)?)?,
    })
}

/// A JSON array of texts and nulls, which are left out.
fn texts(json: &str) -> Result<Vec<String>, DatabaseError> {
    let values: Vec<Option<String>> =
        serde_json::from_str(json).map_err(|error| DatabaseError::Bug {
            cause: error.to_string(),
        })?;
    Ok(values.into_iter().flatten().collect())
}

/// A rate of one of ours on another server's video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateContext {
    /// Name of the account.
    pub account_name: String,
    /// What it thinks now.
    pub is_like: Option<bool>,
    /// ActivityPub id of the video's owner.
    pub owner_url: String,
    /// Inbox of the owner's server.
    pub owner_inbox: String,
    /// ActivityPub id of the video.
    pub video_url: String,
}

/// Selects a rate with whom to tell; no row when video, account or owner are gone.
#[must_use]
pub fn select_rate(video_id: i64, account_id: i64) -> Statement {
    Statement::new(
        "SELECT w.name,r.is_like,o.url,coalesce(o.shared_inbox_url,o.inbox_url),v.remote_url \
         FROM video v JOIN account w ON w.id=?2 JOIN channel c ON c.id=v.channel_id \
         JOIN actor o ON o.account_id=c.account_id AND o.host<>'' \
         LEFT JOIN video_rate r ON r.video_id=v.id AND r.account_id=w.id \
         WHERE v.id=?1 AND v.remote_url IS NOT NULL \
         AND coalesce(o.shared_inbox_url,o.inbox_url) IS NOT NULL",
        vec![video_id.into(), account_id.into()],
    )
}

/// Reads [`select_rate`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_rate(row: &Row) -> Result<RateContext, DatabaseError> {
    Ok(RateContext {
        account_name: row.text(0)?,
        is_like: row.optional_integer(1)?.map(|is_like| is_like != 0),
        owner_url: row.text(2)?,
        owner_inbox: row.text(3)?,
        video_url: row.text(4)?,
    })
}

/// Selects the names of an account's channels: column 0.
#[must_use]
pub fn select_channel_names(account_name: &str) -> Statement {
    Statement::new(
        "SELECT name FROM channel WHERE account_id=(SELECT id FROM account WHERE name=?1) LIMIT 100",
        vec![account_name.into()],
    )
}
