//! What owners change.

use domain::UnixMillis;
use ports::Statement;

/// A playlist of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPlaylist<'a> {
    /// With dashes.
    pub uuid: &'a str,
    /// Whose.
    pub account_id: i64,
    /// Its channel, of the same account.
    pub channel_id: Option<i64>,
    /// Name for people.
    pub display_name: &'a str,
    /// Markdown.
    pub description: Option<&'a str>,
    /// 1 to 3.
    pub privacy: u8,
    /// When.
    pub now: UnixMillis,
}

/// Inserts a regular playlist and answers its row id; demands that the channel, if any, is the account's, and
/// that the account has fewer than `most`.
#[must_use]
pub fn insert(new: &NewPlaylist<'_>, most: u32) -> Statement {
    Statement::new(
        "INSERT INTO video_playlist (uuid,account_id,channel_id,display_name,description,privacy,type,\
         created_at_unix_ms,updated_at_unix_ms) SELECT ?1,?2,?3,?4,?5,?6,1,?7,?7 \
         WHERE (?3 IS NULL OR EXISTS (SELECT 1 FROM channel WHERE id=?3 AND account_id=?2)) \
         AND (SELECT count(*) FROM video_playlist WHERE account_id=?2)<?8 RETURNING id",
        vec![
            new.uuid.into(),
            new.account_id.into(),
            new.channel_id.into(),
            new.display_name.into(),
            new.description.into(),
            u32::from(new.privacy).into(),
            new.now.into(),
            most.into(),
        ],
    )
    .demanding(1)
}

/// Writes all that an owner may change; demands that the channel, if any, is of the playlist's account, and
/// that a public playlist has one.
#[must_use]
pub fn update(
    id: i64,
    (display_name, description): (&str, Option<&str>),
    privacy: u8,
    channel_id: Option<i64>,
    now: UnixMillis,
) -> Statement {
    Statement::new(
        "UPDATE video_playlist SET display_name=?2,description=?3,privacy=?4,channel_id=?5,\
         updated_at_unix_ms=max(?6,updated_at_unix_ms+1) WHERE id=?1 AND type=1 AND remote_url IS NULL \
         AND (?5 IS NULL AND ?4<>1 OR EXISTS \
         (SELECT 1 FROM channel c WHERE c.id=?5 AND c.account_id=video_playlist.account_id)) RETURNING 1",
        vec![
            id.into(),
            display_name.into(),
            description.into(),
            u32::from(privacy).into(),
            channel_id.into(),
            now.into(),
        ],
    )
    .demanding(1)
}

/// Deletes a regular playlist of ours.
#[must_use]
pub fn delete(id: i64) -> Statement {
    Statement::new(
        "DELETE FROM video_playlist WHERE id=?1 AND type=1 AND remote_url IS NULL",
        vec![id.into()],
    )
}

/// Says that the elements of a playlist of ours have changed, which tells others. Two changes in one
/// millisecond have two times: an Update that is no later than what is known changes nothing.
#[must_use]
pub fn touch(id: i64, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE video_playlist SET updated_at_unix_ms=max(?2,updated_at_unix_ms+1) WHERE id=?1",
        vec![id.into(), now.into()],
    )
}

/// An element to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewElement {
    /// Row id.
    pub playlist_id: i64,
    /// Row id.
    pub video_id: i64,
    /// Seconds.
    pub start_secs: Option<u32>,
    /// Seconds.
    pub stop_secs: Option<u32>,
}

/// Adds an element at the end and answers its row id; demands that there are fewer than `most`.
#[must_use]
pub fn add(new: &NewElement, most: u32) -> Statement {
    Statement::new(
        "INSERT INTO video_playlist_element (playlist_id,video_id,position,start_secs,stop_secs) \
         SELECT id,?2,elements+1,?3,?4 FROM video_playlist WHERE id=?1 AND elements<?5 RETURNING id",
        vec![
            new.playlist_id.into(),
            new.video_id.into(),
            new.start_secs.into(),
            new.stop_secs.into(),
            most.into(),
        ],
    )
    .demanding(1)
}

/// Takes an element out and closes the gap; demands that it was there.
#[must_use]
pub fn lift(playlist_id: i64, element_id: i64) -> [Statement; 2] {
    let params = || vec![playlist_id.into(), element_id.into()];
    [
        Statement::new(
            "UPDATE video_playlist_element SET position=position-1 WHERE playlist_id=?1 AND position>\
             (SELECT position FROM video_playlist_element WHERE id=?2 AND playlist_id=?1)",
            params(),
        ),
        Statement::new(
            "DELETE FROM video_playlist_element WHERE playlist_id=?1 AND id=?2 RETURNING 1",
            params(),
        )
        .demanding(1),
    ]
}

/// Sets from where to where an element plays; what is `None` stays. Demands that it is there.
#[must_use]
pub fn set_moment(
    playlist_id: i64,
    element_id: i64,
    start_secs: Option<Option<u32>>,
    stop_secs: Option<Option<u32>>,
) -> Statement {
    Statement::new(
        "UPDATE video_playlist_element SET start_secs=CASE WHEN ?3 THEN ?4 ELSE start_secs END,\
         stop_secs=CASE WHEN ?5 THEN ?6 ELSE stop_secs END WHERE playlist_id=?1 AND id=?2 RETURNING 1",
        vec![
            playlist_id.into(),
            element_id.into(),
            start_secs.is_some().into(),
            start_secs.flatten().into(),
            stop_secs.is_some().into(),
            stop_secs.flatten().into(),
        ],
    )
    .demanding(1)
}

/// A block of elements and where it goes; positions count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// First of the block.
    pub start: u32,
    /// How many.
    pub length: u32,
    /// Outside the block: the element behind which it goes, 0 for the head of the list.
    pub after: u32,
}

/// Moves a block; demands that the playlist is as long as `at_least`.
#[must_use]
pub fn move_block(playlist_id: i64, moved: Moved, at_least: u32) -> [Statement; 2] {
    let Moved {
        start,
        length,
        after,
    } = moved;
    [
        Statement::new(
            "SELECT 1 FROM video_playlist WHERE id=?1 AND elements>=?2",
            vec![playlist_id.into(), at_least.into()],
        )
        .demanding(1),
        Statement::new(
            "UPDATE video_playlist_element SET position=position+CASE \
             WHEN position>=?2 AND position<?2+?3 THEN iif(?4<?2,?4+1-?2,?4+1-?2-?3) \
             WHEN ?4<?2 THEN ?3 ELSE -?3 END \
             WHERE playlist_id=?1 AND position BETWEEN min(?2,?4+1) AND max(?2+?3-1,?4)",
            vec![
                playlist_id.into(),
                start.into(),
                length.into(),
                after.into(),
            ],
        ),
    ]
}
