//! Comments of many videos: for owners, moderators and feeds.

use ports::{DatabaseError, Rows, Statement, Value};
use serde::Deserialize;

use super::AuthorRow;
use super::select::author_columns;
use crate::text::Text;
use crate::video::row;

/// One comment, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ListedRow {
    /// Row id.
    pub id: i64,
    /// ActivityPub id of another server's comment.
    pub remote_url: Option<String>,
    /// The video.
    pub video_id: i64,
    /// Its UUID.
    pub video_uuid: String,
    /// Its title.
    pub video_name: String,
    /// The comment that this answers.
    pub parent_id: Option<i64>,
    /// First comment of the thread; `None` for a first one.
    pub thread_id: Option<i64>,
    /// Markdown of ours, text of others.
    pub text: String,
    /// 1 while it waits for the video's owner.
    pub is_held: u8,
    /// When.
    pub created_at_unix_ms: i64,
    /// When.
    pub updated_at_unix_ms: i64,
    /// Who wrote it.
    pub author: Option<AuthorRow>,
    /// The video's channel: row id, handle, name for people.
    pub channel: (i64, String, String),
}

/// Which comments; `None` does not filter. Texts to search for are lower case.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// On videos of this account.
    pub owner_id: Option<i64>,
    /// On this video.
    pub video_id: Option<i64>,
    /// On videos of this channel.
    pub channel_id: Option<i64>,
    /// By people of this instance, or of others.
    pub is_local: Option<bool>,
    /// On videos of this instance, or of others.
    pub on_local_video: Option<bool>,
    /// Held, or not.
    pub is_held: Option<bool>,
    /// On public videos that are published, of people whom the instance does not block.
    pub public_alone: bool,
    /// In the text, the author's names or the video's title.
    pub search: Option<&'a str>,
    /// In the author's names.
    pub search_account: Option<&'a str>,
    /// In the video's title.
    pub search_video: Option<&'a str>,
}

const FILTERED: &str = "comment t JOIN video v ON v.id=t.video_id JOIN channel c ON c.id=v.channel_id \
         LEFT JOIN account a ON a.id=t.account_id \
         WHERE t.deleted_at_unix_ms IS NULL AND (?4 IS NULL OR c.account_id=?4) \
         AND (?5 IS NULL OR v.id=?5) AND (?6 IS NULL OR c.id=?6) \
         AND (?7 IS NULL OR ?7=(a.user_id IS NOT NULL)) AND (?8 IS NULL OR ?8=(v.remote_url IS NULL)) \
         AND (?9 IS NULL OR t.is_held=?9) \
         AND (?10=0 OR v.privacy=1 AND v.state=1 AND coalesce(a.is_blocked,0)=0) \
         AND (?11 IS NULL OR instr(lower(t.text),?11) OR instr(lower(a.name),?11) \
         OR instr(lower(a.display_name),?11) OR instr(lower(v.name),?11)) \
         AND (?12 IS NULL OR instr(lower(a.name),?12) OR instr(lower(a.display_name),?12)) \
         AND (?13 IS NULL OR instr(lower(v.name),?13))";

const ITEMS: &str = concat!(
    " LIMIT +?2 OFFSET +?1) SELECT json_array(t.id,t.remote_url,v.id,v.uuid,v.name,t.parent_id,\
     t.thread_id,t.text,t.is_held,t.created_at_unix_ms,t.updated_at_unix_ms,\
     json(CASE WHEN a.id IS NOT NULL THEN ",
    author_columns!("a", "x"),
    " END),json_array(c.id,c.name,c.display_name)) FROM page JOIN comment t ON t.id=page.id \
     JOIN video v ON v.id=t.video_id JOIN channel c ON c.id=v.channel_id \
     LEFT JOIN account a ON a.id=t.account_id LEFT JOIN actor x ON x.account_id=a.id ORDER BY "
);

fn listed(order: &str) -> String {
    let page = "WITH page AS MATERIALIZED (SELECT t.id FROM ";
    [page, FILTERED, " ORDER BY ", order, ITEMS, order].concat()
}

static NEWEST_FIRST: Text = Text::new(|| listed("t.created_at_unix_ms DESC,t.id DESC"));
static OLDEST_FIRST: Text = Text::new(|| listed("t.created_at_unix_ms,t.id"));
static COUNT: Text = Text::new(|| ["SELECT count(*) FROM ", FILTERED].concat());

/// Selects comments by date.
#[must_use]
pub fn select(filter: &Filter<'_>, newest_first: bool, (start, count): (u32, u32)) -> Statement {
    let sql: &'static Text = if newest_first {
        &NEWEST_FIRST
    } else {
        &OLDEST_FIRST
    };
    Statement::new(sql, filter.params(start, count))
}

/// Selects how many comments there are, one row with one number.
#[must_use]
pub fn count(filter: &Filter<'_>) -> Statement {
    Statement::new(&COUNT, filter.params(0, 0))
}

/// Reads [`select`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(rows: &Rows) -> Result<Vec<ListedRow>, DatabaseError> {
    row::parse_all(rows)
}

impl Filter<'_> {
    /// `?3` is nobody's.
    fn params(&self, start: u32, count: u32) -> Vec<Value> {
        vec![
            start.into(),
            count.into(),
            Value::Null,
            self.owner_id.into(),
            self.video_id.into(),
            self.channel_id.into(),
            self.is_local.into(),
            self.on_local_video.into(),
            self.is_held.into(),
            self.public_alone.into(),
            self.search.into(),
            self.search_account.into(),
            self.search_video.into(),
        ]
    }
}

/// Selects row id and name for people of an account.
#[must_use]
pub fn find_account(name: &str) -> Statement {
    Statement::new(
        "SELECT id,display_name FROM account WHERE name=?1",
        vec![name.into()],
    )
}
