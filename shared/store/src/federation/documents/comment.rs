//! A comment with everybody whom its document names.

use ports::{DatabaseError, Row, Rows, Statement};

/// How far up a thread a comment names those whom it answers.
const MAX_ANCESTORS: u32 = 20;

/// A comment, ours or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentRow {
    /// Row id.
    pub id: i64,
    /// Its id at another server; `None` for ours.
    pub remote_url: Option<String>,
    /// Markdown of ours.
    pub text: String,
    /// Waits for the video's owner.
    pub is_held: bool,
    /// Id of the `ApproveReply`.
    pub reply_approval_url: Option<String>,
    /// When.
    pub created_at_unix_ms: i64,
    /// When.
    pub updated_at_unix_ms: i64,
    /// When, if it was deleted.
    pub deleted_at_unix_ms: Option<i64>,
    /// Name of the account that wrote it, unless that is gone.
    pub author_name: Option<String>,
    /// The comment that it answers.
    pub parent_id: Option<i64>,
    /// That comment's id at another server.
    pub parent_remote_url: Option<String>,
    /// The video's.
    pub video_uuid: String,
    /// The video's id at another server.
    pub video_remote_url: Option<String>,
    /// PeerTube's number.
    pub video_privacy: i64,
    /// PeerTube's number.
    pub video_state: i64,
    /// The video's channel.
    pub channel: PartyRow,
    /// The video's account.
    pub account: PartyRow,
}

/// A channel or account below whose video a comment is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyRow {
    /// `name`, or `name@host`.
    pub name: String,
    /// Its id, of another server's.
    pub remote_url: Option<String>,
    /// Its followers, of another server's.
    pub remote_followers_url: Option<String>,
}

/// Selects a comment by its row id.
#[must_use]
pub fn select_comment(id: i64) -> Statement {
    Statement::new(
        "SELECT m.id,m.remote_url,m.text,m.is_held,m.reply_approval_url,m.created_at_unix_ms,\
         m.updated_at_unix_ms,m.deleted_at_unix_ms,w.name,m.parent_id,p.remote_url,v.uuid,v.remote_url,\
         v.privacy,v.state,c.name,xc.url,xc.followers_url,a.name,xa.url,xa.followers_url \
         FROM comment m JOIN video v ON v.id=m.video_id JOIN channel c ON c.id=v.channel_id \
         JOIN account a ON a.id=c.account_id LEFT JOIN account w ON w.id=m.account_id \
         LEFT JOIN comment p ON p.id=m.parent_id \
         LEFT JOIN actor xc ON xc.channel_id=c.id AND xc.host<>'' \
         LEFT JOIN actor xa ON xa.account_id=a.id AND xa.host<>'' WHERE m.id=?1",
        vec![id.into()],
    )
}

/// Reads [`select_comment`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_comment(rows: &Rows) -> Result<Option<CommentRow>, DatabaseError> {
    rows.first().map(comment).transpose()
}

fn comment(row: &Row) -> Result<CommentRow, DatabaseError> {
    let party = |column| {
        Ok::<_, DatabaseError>(PartyRow {
            name: row.text(column)?,
            remote_url: row.optional_text(column + 1)?,
            remote_followers_url: row.optional_text(column + 2)?,
        })
    };
    Ok(CommentRow {
        id: row.integer(0)?,
        remote_url: row.optional_text(1)?,
        text: row.text(2)?,
        is_held: row.boolean(3)?,
        reply_approval_url: row.optional_text(4)?,
        created_at_unix_ms: row.integer(5)?,
        updated_at_unix_ms: row.integer(6)?,
        deleted_at_unix_ms: row.optional_integer(7)?,
        author_name: row.optional_text(8)?,
        parent_id: row.optional_integer(9)?,
        parent_remote_url: row.optional_text(10)?,
        video_uuid: row.text(11)?,
        video_remote_url: row.optional_text(12)?,
        video_privacy: row.integer(13)?,
        video_state: row.integer(14)?,
        channel: party(15)?,
        account: party(18)?,
    })
}

/// Somebody whom a comment answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MentionRow {
    /// `name`, or `name@host`.
    pub name: String,
    /// Id of another server's.
    pub remote_url: Option<String>,
}

/// Selects the authors of the comments above one, each once, the nearest first.
#[must_use]
pub fn select_mentions(id: i64) -> Statement {
    Statement::new(
        "WITH RECURSIVE above(id,depth) AS (\
         SELECT parent_id,1 FROM comment WHERE id=?1 AND parent_id IS NOT NULL UNION ALL \
         SELECT m.parent_id,above.depth+1 FROM above JOIN comment m ON m.id=above.id \
         WHERE m.parent_id IS NOT NULL AND above.depth<?2) \
         SELECT a.name,x.url FROM above JOIN comment m ON m.id=above.id \
         JOIN account a ON a.id=m.account_id LEFT JOIN actor x ON x.account_id=a.id AND x.host<>'' \
         WHERE a.id IS NOT (SELECT account_id FROM comment WHERE id=?1) \
         GROUP BY a.id ORDER BY min(above.depth)",
        vec![id.into(), MAX_ANCESTORS.into()],
    )
}

/// Reads [`select_mentions`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_mentions(rows: &Rows) -> Result<Vec<MentionRow>, DatabaseError> {
    rows.iter()
        .map(|row| {
            Ok(MentionRow {
                name: row.text(0)?,
                remote_url: row.optional_text(1)?,
            })
        })
        .collect()
}
