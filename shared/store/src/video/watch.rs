//! Who watches now, and statistics of who has watched.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

/// A video that somebody watches, and what is noted of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchingRow {
    /// Row id of the video.
    pub video_id: i64,
    /// Of the video; 0 when it is not known.
    pub duration_secs: u32,
    /// Whether the video is another server's.
    pub is_remote: bool,
    /// The note.
    pub noted: Option<NotedRow>,
}

/// What is noted of a viewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotedRow {
    /// Key of the row.
    pub key: String,
    /// When they counted as a view last.
    pub counted_at: Option<UnixMillis>,
    /// JSON array of `[start, end]`.
    pub sections: String,
}

/// Selects a video by its UUID with the note under one of two keys; no row when there is no such video.
#[must_use]
pub fn select_watching(video_uuid: &str, keys: &[String; 2]) -> Statement {
    Statement::new(
        "SELECT v.id,v.duration_secs,v.remote_url IS NOT NULL,w.key,w.counted_at_unix_ms,w.sections \
         FROM video v LEFT JOIN viewer w ON w.key IN (?2,?3) WHERE v.uuid=?1 LIMIT 1",
        vec![
            video_uuid.into(),
            keys[0].as_str().into(),
            keys[1].as_str().into(),
        ],
    )
}

/// Reads [`select_watching`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_watching(row: &Row) -> Result<WatchingRow, DatabaseError> {
    let noted = match row.optional_text(3)? {
        Some(key) => Some(NotedRow {
            key,
            counted_at: row.optional_integer(4)?.map(UnixMillis),
            sections: row.text(5)?,
        }),
        None => None,
    };
    Ok(WatchingRow {
        video_id: row.integer(0)?,
        duration_secs: row.small(1)?,
        is_remote: row.boolean(2)?,
        noted,
    })
}

/// What is to be noted of a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note<'a> {
    /// Key of the row.
    pub key: &'a str,
    /// The time.
    pub now: UnixMillis,
    /// When they counted as a view last.
    pub counted_at: Option<UnixMillis>,
    /// JSON array of `[start, end]`.
    pub sections: &'a str,
}

/// Notes a new viewer; demands that nobody else has.
#[must_use]
pub fn begin(video_id: i64, note: Note<'_>) -> Statement {
    Statement::new(
        "INSERT INTO viewer (key,video_id,began_at_unix_ms,seen_at_unix_ms,counted_at_unix_ms,sections) \
         VALUES (?1,?5,?2,?2,?3,?4) ON CONFLICT DO NOTHING RETURNING 1",
        vec![
            note.key.into(),
            note.now.into(),
            note.counted_at.into(),
            note.sections.into(),
            video_id.into(),
        ],
    )
    .demanding(1)
}

/// Notes how far a viewer has come; demands that the note is still `before`.
#[must_use]
pub fn go_on(note: Note<'_>, before: &str) -> Statement {
    Statement::new(
        "UPDATE viewer SET seen_at_unix_ms=?2,counted_at_unix_ms=?3,sections=?4 \
         WHERE key=?1 AND sections=?5 RETURNING 1",
        vec![
            note.key.into(),
            note.now.into(),
            note.counted_at.into(),
            note.sections.into(),
            before.into(),
        ],
    )
    .demanding(1)
}

/// A viewing that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedRow {
    /// Key of the row.
    pub key: String,
    /// Row id of the video; `None` when it is gone.
    pub video_id: Option<i64>,
    /// Of the video.
    pub duration_secs: u32,
    /// Whether the video is another server's.
    pub is_remote: bool,
    /// The first sign of life.
    pub began_at: UnixMillis,
    /// The last one.
    pub seen_at: UnixMillis,
    /// JSON array of `[start, end]`.
    pub sections: String,
}

/// Selects up to `count` viewers who were seen before `seen_before` last, or began before `began_before`.
#[must_use]
pub fn select_ended(seen_before: UnixMillis, began_before: UnixMillis, count: u32) -> Statement {
    Statement::new(
        "SELECT w.key,v.id,coalesce(v.duration_secs,0),v.remote_url IS NOT NULL,w.began_at_unix_ms,\
         w.seen_at_unix_ms,w.sections FROM viewer w LEFT JOIN video v ON v.id=w.video_id \
         WHERE w.seen_at_unix_ms<=?1 OR w.began_at_unix_ms<=?2 LIMIT +?3",
        vec![seen_before.into(), began_before.into(), count.into()],
    )
}

/// Reads [`select_ended`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_ended(row: &Row) -> Result<EndedRow, DatabaseError> {
    Ok(EndedRow {
        key: row.text(0)?,
        video_id: row.optional_integer(1)?,
        duration_secs: row.small(2)?,
        is_remote: row.boolean(3)?,
        began_at: UnixMillis(row.integer(4)?),
        seen_at: UnixMillis(row.integer(5)?),
        sections: row.text(6)?,
    })
}

/// Forgets `count` viewers, given as a JSON array of `[key, seen at]`; demands that none was seen since.
#[must_use]
pub fn forget(keys_json: &str, count: usize) -> Statement {
    Statement::new(
        "DELETE FROM viewer WHERE (key,seen_at_unix_ms) IN \
         (SELECT value->>0,value->>1 FROM json_each(?1)) RETURNING 1",
        vec![keys_json.into()],
    )
    .demanding(count)
}

/// Adds viewings, given as a JSON array of `[video, ended at, nonce, started at, seconds]`. Those of a video that has
/// just gone are left out.
#[must_use]
pub fn insert_all(viewings_json: &str) -> Statement {
    Statement::new(
        "INSERT INTO video_watch (video_id,ended_at_unix_ms,nonce,started_at_unix_ms,watched_secs) \
         SELECT v.id,value->>1,value->>2,value->>3,value->>4 \
         FROM json_each(?1) JOIN video v ON v.id=value->>0 WHERE true ON CONFLICT DO NOTHING",
        vec![viewings_json.into()],
    )
}

/// A viewing on another server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemoteViewing<'a> {
    /// Row id of a video of ours.
    pub video_id: i64,
    /// ActivityPub id: what comes again is the same.
    pub url: &'a str,
    /// When it began.
    pub started_at: UnixMillis,
    /// When it ended.
    pub ended_at: UnixMillis,
    /// Told apart by this from others of the same millisecond.
    pub nonce: i64,
    /// Seconds of the video.
    pub watched_secs: u32,
    /// Two letters.
    pub country: Option<&'a str>,
    /// Name of a part of that country.
    pub region: Option<&'a str>,
}

/// Adds a viewing on another server; demands that it is new.
#[must_use]
pub fn insert_remote(viewing: RemoteViewing<'_>) -> Statement {
    Statement::new(
        "INSERT INTO video_watch (video_id,ended_at_unix_ms,nonce,started_at_unix_ms,watched_secs,country,\
         region,remote_url) SELECT id,?2,?3,?4,?5,?6,?7,?8 FROM video WHERE id=?1 AND remote_url IS NULL \
         ON CONFLICT DO NOTHING RETURNING 1",
        vec![
            viewing.video_id.into(),
            viewing.ended_at.into(),
            viewing.nonce.into(),
            viewing.started_at.into(),
            viewing.watched_secs.into(),
            viewing.country.into(),
            viewing.region.into(),
            viewing.url.into(),
        ],
    )
    .demanding(1)
}

/// Adds `viewers` to the curve of a video, `counts_json` of whom have watched each step. A video that was replaced
/// by one of another length begins anew.
#[must_use]
pub fn retain(video_id: i64, duration_secs: u32, viewers: u32, counts_json: &str) -> Statement {
    Statement::new(
        "INSERT INTO video_retention (video_id,duration_secs,viewers,counts) \
         SELECT id,?2,?3,?4 FROM video WHERE id=?1 \
         ON CONFLICT DO UPDATE SET duration_secs=?2,\
         viewers=iif(duration_secs=?2,viewers,0)+?3,\
         counts=iif(duration_secs=?2,(SELECT json_group_array(o.value+n.value) \
         FROM json_each(counts) o JOIN json_each(?4) n ON n.key=o.key),?4)",
        vec![
            video_id.into(),
            duration_secs.into(),
            viewers.into(),
            counts_json.into(),
        ],
    )
}

/// Selects viewers, and the counts of the curve as JSON; no row when nobody has watched a video of that length.
#[must_use]
pub fn select_retention(video_id: i64, duration_secs: u32) -> Statement {
    Statement::new(
        "SELECT viewers,counts FROM video_retention WHERE video_id=?1 AND duration_secs=?2",
        vec![video_id.into(), duration_secs.into()],
    )
}
