//! Reports.

use domain::UnixMillis;
use ports::{DatabaseError, Rows, Statement, Value};
use serde::Deserialize;

use super::AuthorRow;
use super::select::author_columns;
use crate::video::row;

/// What is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// The account with that row id.
    Account(i64),
    /// The video with that row id, and from where to where in seconds.
    Video(i64, Option<u32>, Option<u32>),
    /// The comment with that row id.
    Comment(i64),
}

/// A report.
#[derive(Debug, Clone, Copy)]
pub struct NewAbuse<'a> {
    /// Id of another server's Flag; `None` for ours.
    pub remote_url: Option<&'a str>,
    /// Account of who reports, where they have one.
    pub reporter_id: Option<i64>,
    /// Id of the actor who signed another server's Flag.
    pub reporter_url: Option<&'a str>,
    /// What.
    pub target: Target,
    /// Why.
    pub reason: &'a str,
    /// PeerTube's numbers as a JSON array.
    pub predefined_reasons: &'a str,
    /// When.
    pub now: UnixMillis,
}

/// Inserts a report and returns its row id: no row when what is reported is not there, or when the same Flag
/// was there already.
#[must_use]
pub fn insert(new: &NewAbuse<'_>) -> Statement {
    let (sql, id, range) = match new.target {
        Target::Account(id) => (
            "INSERT INTO abuse (remote_url,reporter_id,reporter_url,reason,predefined_reasons,\
             created_at_unix_ms,updated_at_unix_ms,kind,flagged_account_id,start_at_secs,end_at_secs) \
             SELECT ?1,?2,?3,?4,?5,?6,?6,'account',a.id,?8,?9 FROM account a WHERE a.id=?7 \
             ON CONFLICT DO NOTHING RETURNING id",
            id,
            (None, None),
        ),
        Target::Video(id, from, to) => (
            "INSERT INTO abuse (remote_url,reporter_id,reporter_url,reason,predefined_reasons,\
             created_at_unix_ms,updated_at_unix_ms,kind,flagged_account_id,start_at_secs,end_at_secs,\
             video_id,video_uuid,video_name) \
             SELECT ?1,?2,?3,?4,?5,?6,?6,'video',c.account_id,?8,?9,v.id,v.uuid,v.name FROM video v \
             JOIN channel c ON c.id=v.channel_id WHERE v.id=?7 ON CONFLICT DO NOTHING RETURNING id",
            id,
            (from, to),
        ),
        Target::Comment(id) => (
            "INSERT INTO abuse (remote_url,reporter_id,reporter_url,reason,predefined_reasons,\
             created_at_unix_ms,updated_at_unix_ms,kind,flagged_account_id,start_at_secs,end_at_secs,\
             comment_id) SELECT ?1,?2,?3,?4,?5,?6,?6,'comment',t.account_id,?8,?9,t.id FROM comment t \
             WHERE t.id=?7 AND t.deleted_at_unix_ms IS NULL ON CONFLICT DO NOTHING RETURNING id",
            id,
            (None, None),
        ),
    };
    Statement::new(
        sql,
        vec![
            new.remote_url.into(),
            new.reporter_id.into(),
            new.reporter_url.into(),
            new.reason.into(),
            new.predefined_reasons.into(),
            new.now.into(),
            id.into(),
            range.0.into(),
            range.1.into(),
        ],
    )
}

/// One report.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AbuseRow {
    /// Row id.
    pub id: i64,
    /// `account`, `video` or `comment`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// PeerTube's numbers.
    pub predefined_reasons: Vec<u8>,
    /// 1 pending, 2 rejected, 3 accepted.
    pub state: u8,
    /// The moderators' own note.
    pub moderation_comment: Option<String>,
    /// Seconds into the video.
    pub start_at_secs: Option<u32>,
    /// Seconds into the video.
    pub end_at_secs: Option<u32>,
    /// When.
    pub created_at_unix_ms: i64,
    /// When.
    pub updated_at_unix_ms: i64,
    /// Id of the actor who signed another server's Flag.
    pub reporter_url: Option<String>,
    /// Who reports.
    pub reporter: Option<AuthorRow>,
    /// Whom it is about.
    pub flagged: Option<AuthorRow>,
    /// The video as it was.
    pub video_uuid: Option<String>,
    /// Its title then.
    pub video_name: Option<String>,
    /// The video as it is.
    pub video: Option<AbuseVideoRow>,
    /// The comment as it is.
    pub comment: Option<AbuseCommentRow>,
    /// Reports by the same account.
    pub reporter_count: u64,
    /// Reports about the same account.
    pub flagged_count: u64,
    /// Reports about the same video.
    pub video_count: u64,
}

/// A reported video.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AbuseVideoRow {
    /// Row id.
    pub id: i64,
    /// 0 or 1.
    pub nsfw: u8,
    /// Its channel: row id, handle, name for people.
    pub channel: (i64, String, String),
    /// Name of its smallest picture.
    pub picture: Option<String>,
}

/// A reported comment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct AbuseCommentRow {
    /// Row id.
    pub id: i64,
    /// First comment of its thread.
    pub thread_id: i64,
    /// What it says.
    pub text: String,
    /// 0 or 1.
    pub is_deleted: u8,
    /// The video.
    pub video_id: i64,
    /// Its title.
    pub video_name: String,
    /// Its UUID.
    pub video_uuid: String,
}

/// Which reports; `None` does not filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// By this account.
    pub reporter_id: Option<i64>,
    /// The one with that row id.
    pub id: Option<i64>,
    /// PeerTube's number.
    pub state: Option<u8>,
    /// `account`, `video` or `comment`.
    pub kind: Option<&'a str>,
    /// PeerTube's number.
    pub predefined_reason: Option<u8>,
    /// In the reason, lower case.
    pub search: Option<&'a str>,
}

macro_rules! filtered {
    () => {
        "abuse t WHERE (?3 IS NULL OR t.reporter_id=?3) AND (?4 IS NULL OR t.id=?4) \
         AND (?5 IS NULL OR t.state=?5) AND (?6 IS NULL OR t.kind=?6) \
         AND (?7 IS NULL OR ?7 IN (SELECT value FROM json_each(t.predefined_reasons))) \
         AND (?8 IS NULL OR instr(lower(t.reason),?8))"
    };
}

/// Selects reports, last made first, and how many there are.
#[must_use]
pub fn select(filter: &Filter<'_>, (start, count): (u32, u32)) -> [Statement; 2] {
    [
        Statement::new(
            concat!(
                "WITH page AS MATERIALIZED (SELECT t.id FROM ",
                filtered!(),
                " ORDER BY t.created_at_unix_ms DESC,t.id DESC LIMIT +?2 OFFSET +?1) \
                 SELECT json_array(t.id,t.kind,t.reason,json(t.predefined_reasons),t.state,\
                 t.moderation_comment,t.start_at_secs,t.end_at_secs,t.created_at_unix_ms,\
                 t.updated_at_unix_ms,t.reporter_url,json(CASE WHEN o.id IS NOT NULL THEN ",
                author_columns!("o", "z"),
                " END),json(CASE WHEN a.id IS NOT NULL THEN ",
                author_columns!("a", "x"),
                " END),t.video_uuid,t.video_name,json((SELECT json_array(v.id,v.nsfw,\
                 json_array(c.id,c.name,c.display_name),(SELECT p.filename FROM thumbnail p \
                 WHERE p.video_id=v.id ORDER BY p.width LIMIT 1)) FROM video v \
                 JOIN channel c ON c.id=v.channel_id WHERE v.id=t.video_id)),\
                 json((SELECT json_array(m.id,coalesce(m.thread_id,m.id),m.text,\
                 m.deleted_at_unix_ms IS NOT NULL,v.id,v.name,v.uuid) FROM comment m \
                 JOIN video v ON v.id=m.video_id WHERE m.id=t.comment_id)),\
                 (SELECT count(*) FROM abuse n WHERE n.reporter_id=t.reporter_id),\
                 (SELECT count(*) FROM abuse n WHERE n.flagged_account_id=t.flagged_account_id),\
                 (SELECT count(*) FROM abuse n WHERE n.video_id=t.video_id)) \
                 FROM page JOIN abuse t ON t.id=page.id LEFT JOIN account a ON a.id=t.flagged_account_id \
                 LEFT JOIN actor x ON x.account_id=a.id LEFT JOIN account o ON o.id=t.reporter_id \
                 LEFT JOIN actor z ON z.account_id=o.id ORDER BY t.created_at_unix_ms DESC,t.id DESC"
            ),
            filter.params(start, count),
        ),
        Statement::new(
            concat!("SELECT count(*) FROM ", filtered!()),
            filter.params(0, 0),
        ),
    ]
}

/// Reads the first of [`select`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(rows: &Rows) -> Result<Vec<AbuseRow>, DatabaseError> {
    row::parse_all(rows)
}

impl Filter<'_> {
    fn params(&self, start: u32, count: u32) -> Vec<Value> {
        vec![
            start.into(),
            count.into(),
            self.reporter_id.into(),
            self.id.into(),
            self.state.map(u32::from).into(),
            self.kind.into(),
            self.predefined_reason.map(u32::from).into(),
            self.search.into(),
        ]
    }
}

/// Sets a report's state and the moderators' note, where given; demands that there is one.
#[must_use]
pub fn update(id: i64, state: Option<u8>, note: Option<&str>, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE abuse SET state=coalesce(?2,state),moderation_comment=coalesce(?3,moderation_comment),\
         processed_at_unix_ms=CASE WHEN ?2 IS NULL THEN processed_at_unix_ms \
         ELSE coalesce(processed_at_unix_ms,?4) END,updated_at_unix_ms=?4 WHERE id=?1 RETURNING 1",
        vec![
            id.into(),
            state.map(u32::from).into(),
            note.into(),
            now.into(),
        ],
    )
    .demanding(1)
}

/// Removes a report; demands that there is one.
#[must_use]
pub fn delete(id: i64) -> Statement {
    Statement::new("DELETE FROM abuse WHERE id=?1 RETURNING 1", vec![id.into()]).demanding(1)
}
