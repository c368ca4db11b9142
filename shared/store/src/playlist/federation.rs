//! Playlists on their way between servers.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement, Value};

use crate::federation::actor::LocalActor;
use crate::federation::documents::Slice;
use crate::video::details::VideoKey;

/// Another server's playlist as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownRow {
    /// Row id.
    pub id: i64,
    /// When it was changed, as its server says.
    pub updated_at: UnixMillis,
    /// ActivityPub id of its owner.
    pub owner_url: Option<String>,
}

/// Selects another server's playlist by its id.
#[must_use]
pub fn select_known(url: &str) -> Statement {
    Statement::new(
        "SELECT p.id,p.updated_at_unix_ms,x.url FROM video_playlist p \
         LEFT JOIN actor x ON x.account_id=p.account_id WHERE p.remote_url=?1",
        vec![url.into()],
    )
}

/// Reads [`select_known`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_known(row: &Row) -> Result<KnownRow, DatabaseError> {
    Ok(KnownRow {
        id: row.integer(0)?,
        updated_at: row.time(1)?,
        owner_url: row.optional_text(2)?,
    })
}

/// Selects the ActivityPub id of a channel's owner, column 0.
#[must_use]
pub fn select_owner_url(channel_id: i64) -> Statement {
    Statement::new(
        "SELECT x.url FROM channel c JOIN actor x ON x.account_id=c.account_id WHERE c.id=?1",
        vec![channel_id.into()],
    )
}

/// Forgets another server's playlist.
#[must_use]
pub fn delete_remote(url: &str) -> Statement {
    Statement::new(
        "DELETE FROM video_playlist WHERE remote_url=?1",
        vec![url.into()],
    )
}

/// What another server says of a playlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewRemote<'a> {
    /// ActivityPub id.
    pub url: &'a str,
    /// With dashes.
    pub uuid: &'a str,
    /// Its channel, whose account owns it.
    pub channel_id: i64,
    /// Name for people.
    pub display_name: &'a str,
    /// Markdown.
    pub description: Option<&'a str>,
    /// 1 or 2.
    pub privacy: u8,
    /// When.
    pub published_at: UnixMillis,
    /// When.
    pub updated_at: UnixMillis,
}

/// Playlists of one channel elsewhere that are kept, as many as an account here may have.
const MAX_OF_CHANNEL: u32 = 500;

/// Stores another server's playlist, unless its channel has too many; breaks a constraint when its UUID is
/// another's.
#[must_use]
pub fn upsert(new: &NewRemote<'_>) -> Statement {
    Statement::new(
        "INSERT INTO video_playlist (uuid,remote_url,account_id,channel_id,display_name,description,privacy,\
         type,created_at_unix_ms,updated_at_unix_ms) \
         SELECT ?2,?1,account_id,id,?4,?5,?6,1,?7,?8 FROM channel WHERE id=?3 AND ((SELECT count(*) \
         FROM video_playlist WHERE channel_id=?3)<?9 OR EXISTS(SELECT 1 FROM video_playlist WHERE remote_url=?1)) \
         ON CONFLICT (remote_url) WHERE remote_url IS NOT NULL DO UPDATE SET account_id=excluded.account_id,\
         channel_id=excluded.channel_id,display_name=excluded.display_name,description=excluded.description,\
         privacy=excluded.privacy,updated_at_unix_ms=excluded.updated_at_unix_ms",
        vec![
            new.url.into(),
            new.uuid.into(),
            new.channel_id.into(),
            new.display_name.into(),
            new.description.into(),
            u32::from(new.privacy).into(),
            new.published_at.into(),
            new.updated_at.into(),
            MAX_OF_CHANNEL.into(),
        ],
    )
}

/// Puts the elements of another server's playlist in order, a JSON array of their ids without repetition:
/// others go, new ones wait to be read.
#[must_use]
pub fn place_elements(playlist_url: &str, element_urls: &str) -> [Statement; 2] {
    let params = || vec![playlist_url.into(), element_urls.into()];
    [
        Statement::new(
            "DELETE FROM video_playlist_element WHERE remote_url NOT IN (SELECT value FROM json_each(?2)) \
             AND playlist_id=(SELECT id FROM video_playlist WHERE remote_url=?1)",
            params(),
        ),
        Statement::new(
            "INSERT INTO video_playlist_element (playlist_id,position,remote_url,state) \
             SELECT p.id,j.key+1,j.value,0 FROM video_playlist p, json_each(?2) j WHERE p.remote_url=?1 \
             ON CONFLICT (remote_url,playlist_id) WHERE remote_url IS NOT NULL \
             DO UPDATE SET position=excluded.position WHERE position<>excluded.position",
            params(),
        ),
    ]
}

/// Selects whether an element of that id waits or is shown: one row, if so.
#[must_use]
pub fn select_element_url(url: &str) -> Statement {
    Statement::new(
        "SELECT 1 FROM video_playlist_element WHERE remote_url=?1 LIMIT 1",
        vec![url.into()],
    )
}

/// Says what another server's element is: its video, or none that can be had.
#[must_use]
pub fn settle_element(
    url: &str,
    video_id: Option<i64>,
    start_secs: Option<u32>,
    stop_secs: Option<u32>,
) -> Statement {
    Statement::new(
        "UPDATE video_playlist_element SET video_id=?2,start_secs=?3,stop_secs=?4,state=iif(?2 IS NULL,2,1) \
         WHERE remote_url=?1",
        vec![
            url.into(),
            video_id.into(),
            start_secs.into(),
            stop_secs.into(),
        ],
    )
}

/// Selects the elements of a playlist of ours that others may see, as its document lists them: row id, ActivityPub
/// id of another server's video, UUID, start and stop. `only` names one element.
#[must_use]
pub fn select_element_urls(key: VideoKey<'_>, only: Option<i64>, slice: Slice) -> Statement {
    let mut params = key.params();
    params.extend([
        only.into(),
        Value::from(slice.start),
        Value::from(slice.count),
    ]);
    Statement::new(
        "SELECT e.id,v.remote_url,v.uuid,e.position,e.start_secs,e.stop_secs FROM video_playlist_element e \
         JOIN video v ON v.id=e.video_id WHERE v.privacy<=2 AND v.state=1 AND (?3 IS NULL OR e.id=?3) \
         AND e.playlist_id=coalesce(?1,(SELECT id FROM video_playlist WHERE uuid=?2)) \
         ORDER BY e.position LIMIT +?5 OFFSET +?4",
        params,
    )
}

fn of_actor(select: &'static [&'static str; 2], which: LocalActor<'_>, slice: Slice) -> Statement {
    let [of_account, of_channel] = select;
    let (sql, name) = match which {
        LocalActor::Channel(name) => (*of_channel, name),
        LocalActor::Account(name) => (*of_account, name),
        // Nobody is called so.
        LocalActor::Instance => (*of_account, ""),
    };
    Statement::new(
        sql,
        vec![name.into(), slice.start.into(), slice.count.into()],
    )
}

/// Selects the UUIDs of an actor's public playlists of ours, newest first.
#[must_use]
pub fn select_urls(which: LocalActor<'_>, slice: Slice) -> Statement {
    of_actor(
        &[
            "SELECT uuid FROM video_playlist WHERE account_id=(SELECT id FROM account WHERE name=?1) \
             AND privacy=1 AND remote_url IS NULL ORDER BY id DESC LIMIT +?3 OFFSET +?2",
            "SELECT uuid FROM video_playlist WHERE channel_id=(SELECT id FROM channel WHERE name=?1) \
             AND privacy=1 AND remote_url IS NULL ORDER BY id DESC LIMIT +?3 OFFSET +?2",
        ],
        which,
        slice,
    )
}

/// Selects how many, one row with one number.
#[must_use]
pub fn count_urls(which: LocalActor<'_>) -> Statement {
    let none = Slice { start: 0, count: 0 };
    of_actor(
        &[
            "SELECT count(*),?2,?3 FROM video_playlist WHERE privacy=1 AND remote_url IS NULL \
             AND account_id=(SELECT id FROM account WHERE name=?1)",
            "SELECT count(*),?2,?3 FROM video_playlist WHERE privacy=1 AND remote_url IS NULL \
             AND channel_id=(SELECT id FROM channel WHERE name=?1)",
        ],
        which,
        none,
    )
}
