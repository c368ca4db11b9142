//! Views of others' videos, for their origin, and how many watch ours, for everybody.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

/// Notes that somebody here watches another server's video, probably until then. `nonce` names nobody.
#[must_use]
pub fn note_view(video_id: i64, nonce: &str, until: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO outgoing_change (kind,subject,verb,details) \
         SELECT 'view',id||':'||?2,'view',json_object('until',CAST(?3 AS INTEGER)) FROM video \
         WHERE id=?1 AND remote_url IS NOT NULL ON CONFLICT DO NOTHING",
        vec![video_id.into(), nonce.into(), until.into()],
    )
}

/// Notes that somebody here has watched another server's video; `uuid` names the viewing and nobody, `details_json`
/// says when and what.
#[must_use]
pub fn note_watched(video_id: i64, uuid: &str, details_json: &str) -> Statement {
    Statement::new(
        "INSERT INTO outgoing_change (kind,subject,verb,details) \
         SELECT 'view',id||':'||?2,'watched',?3 FROM video \
         WHERE id=?1 AND remote_url IS NOT NULL ON CONFLICT DO NOTHING",
        vec![video_id.into(), uuid.into(), details_json.into()],
    )
}

/// Notes that it is to be told how many watch ours, the most watched `count` of them.
#[must_use]
pub fn note_viewers(count: u32) -> Statement {
    Statement::new(
        "INSERT INTO outgoing_change (kind,subject,verb) \
         SELECT 'video',uuid,'viewers' FROM video INDEXED BY video_watched \
         WHERE viewers>0 AND remote_url IS NULL AND privacy=1 AND state=1 \
         ORDER BY viewers DESC LIMIT +?1 ON CONFLICT DO NOTHING",
        vec![count.into()],
    )
}

/// Another server's video, and whom to tell of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginRow {
    /// ActivityPub id of the video.
    pub video_url: String,
    /// ActivityPub id of its owner.
    pub owner_url: String,
    /// Inbox of the owner's server.
    pub owner_inbox: String,
}

/// Selects another server's video; no row when it or its owner is gone.
#[must_use]
pub fn select_origin(video_id: i64) -> Statement {
    Statement::new(
        "SELECT v.remote_url,o.url,coalesce(o.shared_inbox_url,o.inbox_url) \
         FROM video v JOIN channel c ON c.id=v.channel_id \
         JOIN actor o ON o.account_id=c.account_id AND o.host<>'' \
         WHERE v.id=?1 AND v.remote_url IS NOT NULL \
         AND coalesce(o.shared_inbox_url,o.inbox_url) IS NOT NULL",
        vec![video_id.into()],
    )
}

/// Reads [`select_origin`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_origin(row: &Row) -> Result<OriginRow, DatabaseError> {
    Ok(OriginRow {
        video_url: row.text(0)?,
        owner_url: row.text(1)?,
        owner_inbox: row.text(2)?,
    })
}

/// Selects how many watch a video of ours, by its UUID: row id, and number.
#[must_use]
pub fn select_viewers(video_uuid: &str) -> Statement {
    Statement::new(
        "SELECT id,viewers FROM video WHERE uuid=?1 AND remote_url IS NULL",
        vec![video_uuid.into()],
    )
}
