//! Comments of other servers. Triggers keep the videos' counts.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

use crate::social::comment::THREAD_REPLIES_MAX;
use crate::social::comment_change::VIDEO_COMMENTS_MAX;

/// Where a comment is, and whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentPlace {
    /// Row id.
    pub id: i64,
    /// The video.
    pub video_id: i64,
    /// Id of its author, where it has one that is known by an actor.
    pub author_url: Option<String>,
    /// Whether it is a tombstone.
    pub is_deleted: bool,
    /// Whether it is another server's.
    pub is_remote: bool,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT t.id, t.video_id, (SELECT url FROM actor WHERE account_id = t.account_id),
                t.deleted_at_unix_ms IS NOT NULL, t.remote_url IS NOT NULL FROM comment t WHERE ",
            $condition
        )
    };
}

/// Selects a comment of another server.
#[must_use]
pub fn select_by_url(url: &str) -> Statement {
    Statement::new(select!("t.remote_url = ?1"), vec![url.into()])
}

/// Selects one of ours.
#[must_use]
pub fn select_ours(comment_id: i64) -> Statement {
    Statement::new(
        select!("t.id = ?1 AND t.remote_url IS NULL"),
        vec![comment_id.into()],
    )
}

/// Reads any of the above.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(row: &Row) -> Result<CommentPlace, DatabaseError> {
    Ok(CommentPlace {
        id: row.integer(0)?,
        video_id: row.integer(1)?,
        author_url: row.optional_text(2)?,
        is_deleted: row.boolean(3)?,
        is_remote: row.boolean(4)?,
    })
}

/// Selects those of these ids that no comment has.
#[must_use]
pub fn select_unknown(urls: &[String]) -> Statement {
    Statement::new(
        "SELECT DISTINCT j.value FROM json_each(?1) j
         WHERE NOT EXISTS (SELECT 1 FROM comment WHERE remote_url = j.value)",
        vec![crate::json::array(urls).into()],
    )
}

/// A comment of another server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRemoteComment<'a> {
    /// ActivityPub id.
    pub url: &'a str,
    /// Who wrote it.
    pub account_id: i64,
    /// Their host.
    pub host: &'a str,
    /// Text or Markdown.
    pub text: &'a str,
    /// When it was written there.
    pub created_at: UnixMillis,
    /// When it was last changed there.
    pub updated_at: UnixMillis,
    /// Id of the approval by the video's side.
    pub reply_approval_url: Option<&'a str>,
}

/// Inserts a comment, or brings its text up to date unless what is stored is newer. It answers the comment
/// `parent_id`, or the video. Nothing happens where comments are closed, where the owner of the video blocks
/// the author or their host, or where a video of ours has all the comments that it may have; what the owner
/// has to approve is held. A tombstone stays one.
#[must_use]
pub fn upsert(new: &NewRemoteComment<'_>, video_id: i64, parent_id: Option<i64>) -> Statement {
    Statement::new(
        "INSERT INTO comment (remote_url, video_id, account_id, parent_id, thread_id, text, is_held,
            reply_approval_url, created_at_unix_ms, updated_at_unix_ms)
         SELECT ?1, v.id, ?3, p.id, coalesce(p.thread_id, p.id), ?5,
            v.remote_url IS NULL AND v.comments_policy = 3 AND c.account_id <> ?3, ?9, ?6, ?7
         FROM video v JOIN channel c ON c.id = v.channel_id
         LEFT JOIN comment p ON p.id = ?4 AND p.video_id = v.id
         WHERE v.id = ?2 AND (?4 IS NULL OR p.id IS NOT NULL) AND v.comments_policy <> 2
            AND NOT EXISTS (SELECT 1 FROM account WHERE id = ?3 AND is_blocked = 1)
            AND NOT EXISTS (SELECT 1 FROM account_block b
                WHERE b.blocked_id = ?3 AND b.blocker_id = c.account_id)
            AND NOT EXISTS (SELECT 1 FROM host_block b WHERE b.host = ?8 AND b.blocker_id = c.account_id)
            AND (SELECT count(*) FROM (SELECT 1 FROM comment WHERE video_id = ?2 LIMIT ?10)) < ?10
            AND (?4 IS NULL OR (SELECT count(*) FROM (SELECT 1 FROM comment
                WHERE thread_id = coalesce(p.thread_id, p.id) LIMIT ?11)) < ?11)
         ON CONFLICT (remote_url) WHERE remote_url IS NOT NULL DO UPDATE SET
            text = excluded.text, updated_at_unix_ms = excluded.updated_at_unix_ms
         WHERE account_id = excluded.account_id AND deleted_at_unix_ms IS NULL
            AND updated_at_unix_ms <= excluded.updated_at_unix_ms AND text <> excluded.text",
        vec![
            new.url.into(),
            video_id.into(),
            new.account_id.into(),
            parent_id.into(),
            new.text.into(),
            new.created_at.into(),
            new.updated_at.into(),
            new.host.into(),
            new.reply_approval_url.into(),
            VIDEO_COMMENTS_MAX.into(),
            THREAD_REPLIES_MAX.into(),
        ],
    )
}

/// Makes a tombstone of another server's comment.
#[must_use]
pub fn delete(url: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE comment SET text = '', deleted_at_unix_ms = ?2, updated_at_unix_ms = ?2
         WHERE remote_url = ?1 AND deleted_at_unix_ms IS NULL",
        vec![url.into(), now.into()],
    )
}

/// What somebody says of their comment, as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PassedOn<'a> {
    /// ActivityPub id of the comment.
    pub url: &'a str,
    /// `Create`, `Update` or `Delete`.
    pub verb: &'a str,
    /// The activity's JSON.
    pub activity: &'a str,
    /// Whether it can wait some minutes for what else is said of it.
    pub is_lazy: bool,
}

macro_rules! shown_below_ours {
    () => {
        " FROM comment c JOIN video v ON v.id=c.video_id WHERE c.remote_url=?1 \
         AND v.remote_url IS NULL AND c.is_held=0 AND c.deleted_at_unix_ms IS NULL"
    };
}

/// Has a comment's deletion told to all who follow the video, if it is a shown one below a video of ours. Before
/// the deletion itself.
#[must_use]
pub fn pass_on(said: PassedOn<'_>) -> Statement {
    Statement::new(
        concat!(
            "INSERT INTO outgoing_change (kind,subject,verb,details,laziness) \
             SELECT 'video',v.uuid,'pass-on:'||?2||':'||?1,json_object('activity',?3),?4",
            shown_below_ours!(),
            " ON CONFLICT (kind,subject,verb) DO UPDATE SET version=version+1,details=excluded.details"
        ),
        vec![
            said.url.into(),
            said.verb.into(),
            said.activity.into(),
            u32::from(said.is_lazy).into(),
        ],
    )
}

/// The same of a comment as it now is, after it was stored: once for each of its versions, which is remembered
/// until `forget_after`.
#[must_use]
pub fn pass_on_version(
    said: PassedOn<'_>,
    updated_at: UnixMillis,
    now: UnixMillis,
    forget_after: UnixMillis,
) -> [Statement; 2] {
    let version = format!("passed-on:{}:{}", updated_at.0, said.url);
    let note = Statement::new(
        concat!(
            "INSERT INTO outgoing_change (kind,subject,verb,details,laziness) \
             SELECT 'video',v.uuid,'pass-on:'||?2||':'||?1,json_object('activity',?3),?4",
            shown_below_ours!(),
            " AND c.updated_at_unix_ms=?5 AND NOT EXISTS (SELECT 1 FROM seen_id WHERE url=?6 \
             AND forget_after_unix_ms>?7) \
             ON CONFLICT (kind,subject,verb) DO UPDATE SET version=version+1,details=excluded.details"
        ),
        vec![
            said.url.into(),
            said.verb.into(),
            said.activity.into(),
            u32::from(said.is_lazy).into(),
            updated_at.into(),
            version.as_str().into(),
            now.into(),
        ],
    );
    let remember = Statement::new(
        concat!(
            "INSERT INTO seen_id (url,forget_after_unix_ms) SELECT ?3,?4",
            shown_below_ours!(),
            " AND c.updated_at_unix_ms=?2 ON CONFLICT (url) DO UPDATE \
             SET forget_after_unix_ms=excluded.forget_after_unix_ms"
        ),
        vec![
            said.url.into(),
            updated_at.into(),
            version.into(),
            forget_after.into(),
        ],
    );
    [note, remember]
}

/// Notes what the side of another server's video says of a comment of ours: its approval, or that it is not
/// shown (`None`).
#[must_use]
pub fn approval(comment_id: i64, approval_url: Option<&str>) -> Statement {
    Statement::new(
        "UPDATE comment SET reply_approval_url = ?2, is_held = (?2 IS NULL)
         WHERE id = ?1 AND remote_url IS NULL AND deleted_at_unix_ms IS NULL
            AND video_id IN (SELECT id FROM video WHERE remote_url IS NOT NULL)
            AND (reply_approval_url IS NOT ?2 OR is_held <> (?2 IS NULL))",
        vec![comment_id.into(), approval_url.into()],
    )
}
