//! What cron does: goes on with what was left, chooses what is copied next, prolongs what is there.

use domain::UnixMillis;
use ports::{DatabaseError, MirrorStrategy, Row, Statement};

/// Lets a server's videos be mirrored, or no more; demands that somebody of it is known here.
#[must_use]
pub fn allow_host(host: &str, is_allowed: bool) -> Statement {
    Statement::new(
        "INSERT INTO remote_host (host,is_mirrored) SELECT ?1,?2 \
         WHERE EXISTS (SELECT 1 FROM actor WHERE host=?1) \
         ON CONFLICT (host) DO UPDATE SET is_mirrored=excluded.is_mirrored RETURNING 1",
        vec![host.into(), is_allowed.into()],
    )
    .demanding(1)
}

/// Takes copies that nobody has gone on with since `before`, or whose time to be tried again has come: row id, and
/// how far they are.
#[must_use]
pub fn claim_stalled(before: UnixMillis, now: UnixMillis, count: u32) -> Statement {
    Statement::new(
        "UPDATE mirror SET updated_at_unix_ms=?2,taken_until_unix_ms=0 WHERE id IN \
         (SELECT id FROM mirror WHERE actor_id IS NULL AND state='copying' AND taken_until_unix_ms<=?2 \
         AND (updated_at_unix_ms<?1 OR taken_until_unix_ms>0) LIMIT +?3) \
         RETURNING id,(SELECT coalesce(sum(kept_bytes),0) FROM mirror_file WHERE mirror_id=mirror.id)",
        vec![before.into(), now.into(), count.into()],
    )
}

/// Selects whether a copy is being made: one row, 0 or 1. One that waits to be tried again, for its origin is away,
/// keeps nobody else waiting.
#[must_use]
pub fn is_copying() -> Statement {
    Statement::new(
        "SELECT EXISTS (SELECT 1 FROM mirror WHERE actor_id IS NULL AND state='copying' \
         AND problem IS NULL)",
        Vec::new(),
    )
}

/// A video that may be copied, or a copy that may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CandidateRow {
    /// Row of the video, or of the copy.
    pub id: i64,
    /// When it was published, or how often it was watched.
    pub rank: i64,
}

/// Reads [`select_next`] and [`select_oldest`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_candidate(row: &Row) -> Result<CandidateRow, DatabaseError> {
    Ok(CandidateRow {
        id: row.integer(0)?,
        rank: row.integer(1)?,
    })
}

macro_rules! rank {
    ($by_views:literal) => {
        concat!(
            "CASE WHEN ",
            $by_views,
            " THEN v.views ELSE v.published_at_unix_ms END"
        )
    };
}

/// Selects the public video, of the servers that are mirrored, that is to be copied next: there is not even an
/// attempt, and it has a stream of at most what is left of `max_bytes` beside the copies that somebody asked for, which
/// never make room.
#[must_use]
pub fn select_next(strategy: MirrorStrategy, max_bytes: i64) -> Statement {
    Statement::new(
        concat!(
            "SELECT v.id,",
            rank!("?1"),
            " FROM remote_host h JOIN actor a ON a.host=h.host AND a.channel_id IS NOT NULL \
             JOIN video v ON v.channel_id=a.channel_id JOIN remote_video r ON r.video_id=v.id \
             WHERE h.is_mirrored=1 AND v.privacy=1 AND v.state=1 \
             AND NOT EXISTS (SELECT 1 FROM mirror m WHERE m.video_id=v.id AND m.actor_id IS NULL) \
             AND (SELECT total(f.value ->> '$.size_bytes') \
             FROM json_each(r.document,'$.streaming.files') f) BETWEEN 1 AND ?2-(SELECT total(size_bytes) \
             FROM mirror WHERE actor_id IS NULL AND strategy='manual') \
             ORDER BY 2 DESC LIMIT 1"
        ),
        vec![
            (strategy == MirrorStrategy::MostViews).into(),
            max_bytes.into(),
        ],
    )
}

/// Selects the finished copy that goes first where there is no room: nobody asked for it, and it was made before
/// `made_before`.
#[must_use]
pub fn select_oldest(strategy: MirrorStrategy, made_before: UnixMillis) -> Statement {
    Statement::new(
        concat!(
            "SELECT m.id,",
            rank!("?1"),
            " FROM mirror m JOIN video v ON v.id=m.video_id WHERE m.actor_id IS NULL \
             AND m.strategy<>'manual' AND m.state='kept' AND m.created_at_unix_ms<?2 ORDER BY 2 LIMIT 1"
        ),
        vec![
            (strategy == MirrorStrategy::MostViews).into(),
            made_before.into(),
        ],
    )
}

/// Prolongs copies that end before `before` and whose server is still to be mirrored, at most `count`.
#[must_use]
pub fn prolong(before: UnixMillis, until: UnixMillis, now: UnixMillis, count: u32) -> Statement {
    Statement::new(
        "UPDATE mirror SET expires_at_unix_ms=?2,updated_at_unix_ms=?3 WHERE id IN \
         (SELECT m.id FROM mirror m JOIN video v ON v.id=m.video_id \
         JOIN actor a ON a.channel_id=v.channel_id \
         JOIN remote_host h ON h.host=a.host AND h.is_mirrored=1 \
         WHERE m.expires_at_unix_ms<?1 AND m.actor_id IS NULL AND m.state='kept' LIMIT +?4)",
        vec![before.into(), until.into(), now.into(), count.into()],
    )
}

/// Selects a finished copy of a stream that its origin has replaced, of a video that would still be copied: row id, the
/// video's document, folder.
#[must_use]
pub fn select_changed() -> Statement {
    Statement::new(
        "SELECT m.id,r.document,m.folder FROM mirror m JOIN remote_video r ON r.video_id=m.video_id \
         JOIN video v ON v.id=m.video_id WHERE m.actor_id IS NULL AND m.state='kept' \
         AND v.state=1 AND (v.privacy=1 OR v.privacy=2 AND m.strategy='manual') \
         AND m.master_url<>json_extract(r.document,'$.streaming.master_url') LIMIT 1",
        Vec::new(),
    )
}
