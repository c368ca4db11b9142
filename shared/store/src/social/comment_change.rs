//! Writing, removing and approving comments. Triggers keep the videos' counts.

use domain::UnixMillis;
use ports::Statement;

/// Comments of one video at most. Beyond it nobody can follow, and every list has to walk them.
pub const VIDEO_COMMENTS_MAX: u32 = 20_000;
/// The same words of the same author at the same place are one comment when they come again within this
/// time: a click too many, or a request that was sent twice.
pub const SAME_COMMENT_MS: i64 = 60_000;

/// A comment of one of our users.
#[derive(Debug, Clone, Copy)]
pub struct NewComment<'a> {
    /// The video.
    pub video_id: i64,
    /// Who writes.
    pub account_id: i64,
    /// The comment that it answers.
    pub parent_id: Option<i64>,
    /// Markdown.
    pub text: &'a str,
    /// Whether it waits for the video's owner.
    pub is_held: bool,
    /// When.
    pub now: UnixMillis,
}

/// Inserts a comment, unless it is there already, its place is gone, or there is no room; then selects its row
/// id (no row when it was not written).
#[must_use]
pub fn insert(new: &NewComment<'_>) -> [Statement; 2] {
    let params = || {
        vec![
            new.video_id.into(),
            new.account_id.into(),
            new.parent_id.into(),
            new.text.into(),
            new.is_held.into(),
            new.now.into(),
            new.now.plus_ms(-SAME_COMMENT_MS).into(),
        ]
    };
    let mut insert = params();
    insert.extend([
        VIDEO_COMMENTS_MAX.into(),
        super::comment::THREAD_REPLIES_MAX.into(),
    ]);
    [
        Statement::new(
            "INSERT INTO comment (video_id, account_id, parent_id, thread_id, text, is_held, \
             created_at_unix_ms, updated_at_unix_ms) \
             SELECT v.id,?2,p.id,coalesce(p.thread_id,p.id),?4,?5,?6,?6 FROM video v \
             LEFT JOIN comment p ON p.id=?3 AND p.video_id=v.id WHERE v.id=?1 \
             AND (?3 IS NULL OR p.id IS NOT NULL) \
             AND (SELECT count(*) FROM (SELECT 1 FROM comment WHERE video_id=?1 LIMIT ?8))<?8 \
             AND (?3 IS NULL OR (SELECT count(*) FROM comment \
             WHERE thread_id=coalesce(p.thread_id,p.id))<?9) \
             AND NOT EXISTS (SELECT 1 FROM comment d WHERE d.account_id=?2 \
             AND d.created_at_unix_ms>?7 AND d.video_id=?1 AND d.parent_id IS ?3 AND d.text=?4 \
             AND d.deleted_at_unix_ms IS NULL)",
            insert,
        ),
        Statement::new(
            "SELECT d.id FROM comment d WHERE d.account_id=?2 AND d.created_at_unix_ms>?7 \
             AND d.video_id=?1 AND d.parent_id IS ?3 AND d.text=?4 \
             AND d.deleted_at_unix_ms IS NULL AND (?5 OR ?6) ORDER BY d.id DESC LIMIT 1",
            params(),
        ),
    ]
}

/// Who may change a comment: its place and people, for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceRow {
    /// The video.
    pub video_id: i64,
    /// First comment of its thread; `None` for a first one.
    pub thread_id: Option<i64>,
    /// Who wrote it.
    pub author_id: Option<i64>,
    /// Whether it waits.
    pub is_held: bool,
    /// Whether it is a tombstone.
    pub is_deleted: bool,
}

/// Selects where a comment is and whose.
#[must_use]
pub fn select_place(comment_id: i64) -> Statement {
    Statement::new(
        "SELECT video_id,thread_id,account_id,is_held,deleted_at_unix_ms IS NOT NULL FROM comment \
         WHERE id=?1",
        vec![comment_id.into()],
    )
}

/// Reads [`select_place`].
///
/// # Errors
/// [`ports::DatabaseError::Bug`] for a row of another shape.
pub fn read_place(row: &ports::Row) -> Result<PlaceRow, ports::DatabaseError> {
    Ok(PlaceRow {
        video_id: row.integer(0)?,
        thread_id: row.optional_integer(1)?,
        author_id: row.optional_integer(2)?,
        is_held: row.boolean(3)?,
        is_deleted: row.boolean(4)?,
    })
}

/// Makes a tombstone of a comment. What was held stays held: nobody was to see it. Its author stays, because
/// others are told in their name.
#[must_use]
pub fn delete(comment_id: i64, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE comment SET text='',deleted_at_unix_ms=?2,updated_at_unix_ms=?2 \
         WHERE id=?1 AND deleted_at_unix_ms IS NULL",
        vec![comment_id.into(), now.into()],
    )
}

/// Makes tombstones of what an account wrote: on the videos of `owner_id`, or everywhere.
#[must_use]
pub fn delete_of(author_id: i64, owner_id: Option<i64>, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE comment SET text='',deleted_at_unix_ms=?3,updated_at_unix_ms=?3 \
         WHERE account_id=?1 AND deleted_at_unix_ms IS NULL AND (?2 IS NULL OR video_id IN \
         (SELECT v.id FROM video v JOIN channel c ON c.id=v.channel_id WHERE c.account_id=?2))",
        vec![author_id.into(), owner_id.into(), now.into()],
    )
}

/// Lets everybody read a comment that was held. `approval_url` is the id of the ApproveReply that its author's
/// server is told.
#[must_use]
pub fn approve(comment_id: i64, approval_url: Option<&str>) -> Statement {
    Statement::new(
        "UPDATE comment SET is_held=0,reply_approval_url=coalesce(?2,reply_approval_url) \
         WHERE id=?1 AND is_held=1 AND deleted_at_unix_ms IS NULL",
        vec![comment_id.into(), approval_url.into()],
    )
}
