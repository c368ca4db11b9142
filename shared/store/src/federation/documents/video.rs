//! What decides whether a video has documents, and what its collections count.

use ports::{DatabaseError, Row, Rows, Statement};

use super::key_params;
use crate::video::details::VideoKey;

/// A video, ours or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadRow {
    /// Row id.
    pub id: i64,
    /// Lower case with dashes.
    pub uuid: String,
    /// Its ActivityPub id at another server; `None` for ours.
    pub remote_url: Option<String>,
    /// PeerTube's number.
    pub privacy: i64,
    /// PeerTube's number.
    pub state: i64,
    /// How many like it.
    pub likes: u64,
    /// How many dislike it.
    pub dislikes: u64,
    /// Comments that everybody sees.
    pub comments: u64,
    /// Its channel's name.
    pub channel_name: String,
    /// Its account's name.
    pub account_name: String,
    /// JSON array of the info hashes of its swarms, 40 hex digits each.
    pub info_hashes: String,
}

macro_rules! head {
    ($rest:literal) => {
        concat!(
            "SELECT v.id,v.uuid,v.remote_url,v.privacy,v.state,v.likes,v.dislikes,v.comments,c.name,a.name,\
             (SELECT json_group_array(w.info_hash) FROM video_swarm w WHERE w.video_id=v.id) \
             FROM ",
            $rest
        )
    };
}

/// Selects one video.
#[must_use]
pub fn select_head(key: VideoKey<'_>) -> Statement {
    Statement::new(
        head!(
            "video v JOIN channel c ON c.id=v.channel_id JOIN account a ON a.id=c.account_id \
             WHERE v.id=coalesce(?1,(SELECT id FROM video WHERE uuid=?2))"
        ),
        key_params(key),
    )
}

/// Selects the video, by its row id, that the account of ours of that name likes or dislikes.
#[must_use]
pub fn select_rated(account_name: &str, video_id: i64, is_like: bool) -> Statement {
    Statement::new(
        head!(
            "video_rate r JOIN account b ON b.id=r.account_id JOIN video v ON v.id=r.video_id \
             JOIN channel c ON c.id=v.channel_id JOIN account a ON a.id=c.account_id \
             WHERE r.video_id=?1 AND r.account_id=(SELECT id FROM account WHERE name=?2) \
             AND b.user_id IS NOT NULL AND r.is_like=?3"
        ),
        vec![video_id.into(), account_name.into(), is_like.into()],
    )
}

/// Reads [`select_head`] and [`select_rated`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_head(rows: &Rows) -> Result<Option<HeadRow>, DatabaseError> {
    rows.first().map(head).transpose()
}

fn head(row: &Row) -> Result<HeadRow, DatabaseError> {
    Ok(HeadRow {
        id: row.integer(0)?,
        uuid: row.text(1)?,
        remote_url: row.optional_text(2)?,
        privacy: row.integer(3)?,
        state: row.integer(4)?,
        likes: row.unsigned(5)?,
        dislikes: row.unsigned(6)?,
        comments: row.unsigned(7)?,
        channel_name: row.text(8)?,
        account_name: row.text(9)?,
        info_hashes: row.text(10)?,
    })
}
