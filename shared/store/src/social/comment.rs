//! Comments under one video.

use ports::{DatabaseError, Row, Rows, Statement, Value};
use serde::Deserialize;

use super::AuthorRow;
use super::select::{author_columns, seen_by};
use crate::text::Text;
use crate::video::details::VideoKey;
use crate::video::row;

/// Answers of one thread at most.
pub const THREAD_REPLIES_MAX: u32 = 1_000;

/// What decides who may write under a video, besides who may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectRow {
    /// Row id of the video.
    pub video_id: i64,
    /// Its UUID.
    pub video_uuid: String,
    /// Its title.
    pub video_name: String,
    /// PeerTube's number: 1 open, 2 closed, 3 with approval.
    pub comments_policy: u32,
    /// ActivityPub id of another server's video.
    pub remote_url: Option<String>,
    /// The account that owns it.
    pub owner_account_id: i64,
    /// Comments that everybody may read.
    pub comments: u64,
}

/// Selects what decides about comments on a video.
#[must_use]
pub fn select_subject(video: VideoKey<'_>) -> Statement {
    Statement::new(
        "SELECT v.id,v.uuid,v.name,v.comments_policy,v.remote_url,c.account_id,v.comments \
         FROM video v JOIN channel c ON c.id=v.channel_id \
         WHERE v.id=coalesce(?1,(SELECT id FROM video WHERE uuid=?2))",
        video.params(),
    )
}

/// Reads [`select_subject`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_subject(row: &Row) -> Result<SubjectRow, DatabaseError> {
    Ok(SubjectRow {
        video_id: row.integer(0)?,
        video_uuid: row.text(1)?,
        video_name: row.text(2)?,
        comments_policy: row.small(3)?,
        remote_url: row.optional_text(4)?,
        owner_account_id: row.integer(5)?,
        comments: row.unsigned(6)?,
    })
}

/// Who reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reader {
    /// Their account; `None` for a stranger.
    pub account_id: Option<i64>,
    /// Whether they see what is held on any video.
    pub sees_all_held: bool,
}

/// One comment with its author.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct CommentRow {
    /// Row id.
    pub id: i64,
    /// ActivityPub id of another server's comment.
    pub remote_url: Option<String>,
    /// The video.
    pub video_id: i64,
    /// Its UUID.
    pub video_uuid: String,
    /// The comment that this answers.
    pub parent_id: Option<i64>,
    /// First comment of the thread; `None` for a first one.
    pub thread_id: Option<i64>,
    /// Markdown of ours, text of others; empty once deleted.
    pub text: String,
    /// 1 while it waits for the video's owner.
    pub is_held: u8,
    /// When.
    pub created_at_unix_ms: i64,
    /// When.
    pub updated_at_unix_ms: i64,
    /// When it became a tombstone.
    pub deleted_at_unix_ms: Option<i64>,
    /// 1 when the video's owner wrote it.
    pub is_by_owner: Option<u8>,
    /// Answers in the thread that the reader may see; 0 for an answer.
    pub replies: u64,
    /// Of these, by the video's owner.
    pub owner_replies: u64,
    /// Who wrote it; `None` once they are gone.
    pub author: Option<AuthorRow>,
}

/// [`CommentRow`] of `t` with its author `a`, actor `x` and the counts `$replies`, which are two columns.
macro_rules! comment_columns {
    ($replies:expr) => {
        concat!(
            "json_array(t.id,t.remote_url,s.id,s.uuid,t.parent_id,t.thread_id,t.text,t.is_held,\
             t.created_at_unix_ms,t.updated_at_unix_ms,t.deleted_at_unix_ms,t.account_id=s.owner,",
            $replies,
            ",json(CASE WHEN a.id IS NOT NULL THEN ",
            author_columns!("a", "x"),
            " END))"
        )
    };
}

/// The video of `?1` (id) or `?2` (UUID) as `s`.
macro_rules! subject {
    () => {
        "s AS MATERIALIZED (SELECT v.id,v.uuid,c.account_id AS owner FROM video v \
         JOIN channel c ON c.id=v.channel_id \
         WHERE v.id=coalesce(?1,(SELECT id FROM video WHERE uuid=?2)))"
    };
}

/// How many answers the reader may see in thread `t`.
macro_rules! counted {
    ($more:literal) => {
        concat!(
            "(SELECT count(*) FROM comment r LEFT JOIN account a ON a.id=r.account_id \
             WHERE r.thread_id=t.id AND r.deleted_at_unix_ms IS NULL AND ",
            seen_by!("r"),
            $more,
            ")"
        )
    };
}

/// Selects a page of threads, before and behind its order.
const PAGE_OF_THREADS: [&str; 2] = [
    concat!(
        "WITH ",
        subject!(),
        ",page AS MATERIALIZED (SELECT t.id,",
        counted!(""),
        " AS replies,",
        counted!(" AND r.account_id=s.owner"),
        " AS owner_replies FROM s JOIN comment t ON t.video_id=s.id AND t.thread_id IS NULL \
         LEFT JOIN account a ON a.id=t.account_id WHERE ",
        seen_by!("t"),
        " ORDER BY "
    ),
    concat!(
        " LIMIT +?6 OFFSET +?5) SELECT ",
        comment_columns!("page.replies,page.owner_replies"),
        " FROM page JOIN comment t ON t.id=page.id JOIN s \
         LEFT JOIN account a ON a.id=t.account_id LEFT JOIN actor x ON x.account_id=a.id ORDER BY "
    ),
];

fn threads(order: &str) -> String {
    let [page, items] = PAGE_OF_THREADS;
    [page, order, items, order].concat()
}

static NEWEST: Text = Text::new(|| threads("t.created_at_unix_ms DESC,t.id DESC"));
static OLDEST: Text = Text::new(|| threads("t.created_at_unix_ms,t.id"));
static MOST_REPLIES: Text = Text::new(|| threads("replies DESC,t.id DESC"));
static FEWEST_REPLIES: Text = Text::new(|| threads("replies,t.id DESC"));

/// How threads are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadOrder {
    /// Last written first.
    Newest,
    /// First written first.
    Oldest,
    /// Most answers first.
    MostReplies,
    /// Fewest answers first.
    FewestReplies,
}

fn reader_params(video: VideoKey<'_>, reader: Reader) -> Vec<Value> {
    let mut params = video.params();
    params.extend([reader.account_id.into(), reader.sees_all_held.into()]);
    params
}

/// Selects first comments of threads.
#[must_use]
pub fn select_threads(
    video: VideoKey<'_>,
    reader: Reader,
    order: ThreadOrder,
    (start, count): (u32, u32),
) -> Statement {
    let sql: &'static Text = match order {
        ThreadOrder::Newest => &NEWEST,
        ThreadOrder::Oldest => &OLDEST,
        ThreadOrder::MostReplies => &MOST_REPLIES,
        ThreadOrder::FewestReplies => &FEWEST_REPLIES,
    };
    let mut params = reader_params(video, reader);
    params.extend([start.into(), count.into()]);
    Statement::new(sql, params)
}

/// Selects how many threads the reader may see, and how many comments that are not deleted: one row, two
/// numbers.
#[must_use]
pub fn count_threads(video: VideoKey<'_>, reader: Reader) -> Statement {
    Statement::new(
        concat!(
            "WITH ",
            subject!(),
            " SELECT count(*) FILTER (WHERE t.thread_id IS NULL),\
             count(*) FILTER (WHERE t.deleted_at_unix_ms IS NULL) \
             FROM s JOIN comment t ON t.video_id=s.id LEFT JOIN account a ON a.id=t.account_id WHERE ",
            seen_by!("t")
        ),
        reader_params(video, reader),
    )
}

/// Reads [`count_threads`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_counts(rows: &Rows) -> Result<(u64, u64), DatabaseError> {
    rows.first()
        .map_or(Ok((0, 0)), |row| Ok((row.unsigned(0)?, row.unsigned(1)?)))
}

/// Which answers of threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replies<'a> {
    /// Row ids of first comments.
    pub thread_ids: &'a [i64],
    /// Of each thread, how many to leave out.
    pub start: u32,
    /// Of each thread, how many at most.
    pub count: u32,
}

/// Selects answers, oldest first: those that the reader may see, tombstones among them.
#[must_use]
pub fn select_replies(video: VideoKey<'_>, reader: Reader, replies: Replies<'_>) -> Statement {
    let mut params = reader_params(video, reader);
    params.push(numbers(replies.thread_ids).into());
    params.push(replies.start.into());
    params.push(replies.start.saturating_add(replies.count).into());
    Statement::new(
        concat!(
            "WITH ",
            subject!(),
            ",page AS MATERIALIZED (SELECT t.id,\
             row_number() OVER (PARTITION BY t.thread_id ORDER BY t.id) AS place \
             FROM json_each(?5) j JOIN s JOIN comment t ON t.thread_id=j.value AND t.video_id=s.id \
             LEFT JOIN account a ON a.id=t.account_id WHERE ",
            seen_by!("t"),
            ") SELECT ",
            comment_columns!("0,0"),
            " FROM page JOIN s JOIN comment t ON t.id=page.id \
             LEFT JOIN account a ON a.id=t.account_id LEFT JOIN actor x ON x.account_id=a.id \
             WHERE page.place>?6 AND page.place<=?7 ORDER BY t.id"
        ),
        params,
    )
}

/// Selects how many answers, tombstones among them, the reader may see in these threads: one row, one number.
#[must_use]
pub fn count_replies(video: VideoKey<'_>, reader: Reader, thread_ids: &[i64]) -> Statement {
    let mut params = reader_params(video, reader);
    params.push(numbers(thread_ids).into());
    Statement::new(
        concat!(
            "WITH ",
            subject!(),
            " SELECT count(*) FROM json_each(?5) j JOIN s \
             JOIN comment t ON t.thread_id=j.value AND t.video_id=s.id \
             LEFT JOIN account a ON a.id=t.account_id WHERE ",
            seen_by!("t")
        ),
        params,
    )
}

/// Selects one comment of a video as a reader sees it.
#[must_use]
pub fn select_one(video: VideoKey<'_>, reader: Reader, comment_id: i64) -> Statement {
    let mut params = reader_params(video, reader);
    params.push(comment_id.into());
    Statement::new(
        concat!(
            "WITH ",
            subject!(),
            " SELECT ",
            comment_columns!("0,0"),
            " FROM s JOIN comment t ON t.id=?5 AND t.video_id=s.id \
             LEFT JOIN account a ON a.id=t.account_id LEFT JOIN actor x ON x.account_id=a.id WHERE ",
            seen_by!("t")
        ),
        params,
    )
}

/// Selects the first comment of the thread that a comment of a video belongs to, as a reader sees it.
#[must_use]
pub fn select_thread_of(video: VideoKey<'_>, reader: Reader, comment_id: i64) -> Statement {
    let mut params = reader_params(video, reader);
    params.push(comment_id.into());
    Statement::new(
        concat!(
            "WITH ",
            subject!(),
            " SELECT ",
            comment_columns!("0,0"),
            " FROM s JOIN comment m ON m.id=?5 JOIN comment t ON t.id=coalesce(m.thread_id,m.id) \
             AND t.video_id=s.id \
             LEFT JOIN account a ON a.id=t.account_id LEFT JOIN actor x ON x.account_id=a.id WHERE ",
            seen_by!("t")
        ),
        params,
    )
}

/// Reads the statements that select comments.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(rows: &Rows) -> Result<Vec<CommentRow>, DatabaseError> {
    row::parse_all(rows)
}

fn numbers(ids: &[i64]) -> String {
    let texts: Vec<String> = ids.iter().map(i64::to_string).collect();
    format!("[{}]", texts.join(","))
}
