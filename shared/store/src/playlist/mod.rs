//! Lists of videos that people put together.

mod change;
mod federation;

use ports::{DatabaseError, Row, Rows, Statement, Value};
use serde::Deserialize;

use crate::text::Text;
use crate::video::details::VideoKey;
use crate::video::row::{self, ActorName, PictureRow};

pub use change::{
    Moved, NewElement, NewPlaylist, add, delete, insert, lift, move_block, set_moment, touch,
    update,
};
pub use federation::{
    KnownRow, NewRemote, count_urls, delete_remote, place_elements, read_known, select_element_url,
    select_element_urls, select_known, select_owner_url, select_urls, settle_element, upsert,
};

/// A playlist with its owner, its channel and the picture of its first public video.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct PlaylistRow {
    /// Row id.
    pub id: i64,
    /// With dashes.
    pub uuid: String,
    /// ActivityPub id of another server's.
    pub remote_url: Option<String>,
    /// Name for people.
    pub display_name: String,
    /// Markdown.
    pub description: Option<String>,
    /// 1 public, 2 unlisted, 3 private.
    pub privacy: u8,
    /// 1 regular, 2 watch later.
    pub kind: u8,
    /// Elements that are shown.
    pub elements: u64,
    /// When.
    pub created_at_unix_ms: i64,
    /// When.
    pub updated_at_unix_ms: i64,
    /// Whose it is.
    pub account: ActorName,
    /// Where it is shown.
    pub channel: Option<ActorName>,
    /// Of its first public video.
    pub picture: Option<PictureRow>,
}

const COLUMNS: &str = "SELECT json_array(p.id,p.uuid,p.remote_url,p.display_name,p.description,p.privacy,\
     p.type,p.elements,p.created_at_unix_ms,p.updated_at_unix_ms,\
     json_array(a.id,a.name,a.display_name,json(CASE WHEN a.user_id IS NULL THEN \
     (SELECT json_array(x.id,x.url,x.avatar_url) FROM actor x WHERE x.account_id=a.id) END)),\
     json(CASE WHEN c.id IS NOT NULL THEN \
     json_array(c.id,c.name,c.display_name,json(CASE WHEN a.user_id IS NULL THEN \
     (SELECT json_array(x.id,x.url,x.avatar_url) FROM actor x WHERE x.channel_id=c.id) END)) END),\
     json((SELECT json_array(t.width,t.height,t.filename) FROM video_playlist_element e \
     JOIN video v ON v.id=e.video_id JOIN thumbnail t ON t.video_id=v.id \
     WHERE e.playlist_id=p.id AND e.state=1 AND v.privacy=1 AND v.state=1 \
     ORDER BY e.position LIMIT 1)))";
const FROM: &str = " FROM video_playlist p JOIN account a ON a.id=p.account_id \
     LEFT JOIN channel c ON c.id=p.channel_id WHERE a.is_blocked=0 AND ";

static ONE: Text = Text::new(|| {
    let which = "p.id=coalesce(?1,(SELECT id FROM video_playlist WHERE uuid=?2))";
    [COLUMNS, FROM, which].concat()
});

/// Selects a playlist; none of somebody whom the instance blocks.
#[must_use]
pub fn select(key: VideoKey<'_>) -> Statement {
    Statement::new(&ONE, key.params())
}

/// Whose playlists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// Everybody's, ours and those whom the instance follows.
    Instance,
    /// Of the account of that name.
    Account(&'a str),
    /// Of the channel of that name.
    Channel(&'a str),
}

/// What a list is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortBy {
    /// When it was made.
    CreatedAt,
    /// Name for people.
    DisplayName,
    /// When it was changed.
    UpdatedAt,
}

/// A list of playlists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List<'a> {
    /// Whose.
    pub scope: Scope<'a>,
    /// Account whose unlisted and private ones are among them.
    pub owner_id: Option<i64>,
    /// 1 or 2.
    pub kind: Option<u8>,
    /// In the name; lower case.
    pub search: Option<&'a str>,
    /// Order, and whether it runs downwards.
    pub sort: (SortBy, bool),
    /// Items to leave out.
    pub start: u32,
    /// Items at most.
    pub count: u32,
}

/// Only ours, and those of whom the instance follows: themselves, their channel, their server.
const FOLLOWED: &str = "p.privacy=1 AND ?1 IS NULL AND ?2 IS NULL AND (p.remote_url IS NULL OR EXISTS \
     (SELECT 1 FROM followed_actor f JOIN actor y ON y.id=f.id WHERE y.account_id=p.account_id \
     OR y.channel_id=p.channel_id OR (y.kind='instance' AND y.host=\
     (SELECT o.host FROM actor o WHERE o.account_id=p.account_id))))";
const OF_ACCOUNT: &str =
    "p.account_id=(SELECT id FROM account WHERE name=?1) AND (p.privacy=1 OR p.account_id=?2)";
const OF_CHANNEL: &str =
    "p.channel_id=(SELECT id FROM channel WHERE name=?1) AND (p.privacy=1 OR p.account_id=?2)";
const FILTERS: &str =
    " AND (?3 IS NULL OR p.type=?3) AND (?4 IS NULL OR instr(lower(p.display_name),?4))";
const ORDER: &str = " ORDER BY CASE WHEN NOT ?8 THEN 1 WHEN ?7=1 THEN lower(p.display_name) \
     WHEN ?7=2 THEN p.updated_at_unix_ms ELSE p.created_at_unix_ms END DESC,\
     CASE WHEN ?8 THEN 1 WHEN ?7=1 THEN lower(p.display_name) \
     WHEN ?7=2 THEN p.updated_at_unix_ms ELSE p.created_at_unix_ms END,p.id DESC LIMIT +?6 OFFSET +?5";

static LISTS: std::sync::LazyLock<[(String, String); 3]> = std::sync::LazyLock::new(|| {
    [FOLLOWED, OF_ACCOUNT, OF_CHANNEL].map(|scope| {
        (
            [COLUMNS, FROM, scope, FILTERS, ORDER].concat(),
            ["SELECT count(*)", FROM, scope, FILTERS].concat(),
        )
    })
});

impl List<'_> {
    fn texts(&self) -> &'static (String, String) {
        let [instance, account, channel] = &*LISTS;
        match self.scope {
            Scope::Instance => instance,
            Scope::Account(_) => account,
            Scope::Channel(_) => channel,
        }
    }

    fn params(&self) -> Vec<Value> {
        let name = match self.scope {
            Scope::Instance => None,
            Scope::Account(name) | Scope::Channel(name) => Some(name),
        };
        vec![
            name.into(),
            self.owner_id.into(),
            self.kind.map(u32::from).into(),
            self.search.into(),
        ]
    }
}

/// Selects a part of a list.
#[must_use]
pub fn select_list(list: &List<'_>) -> Statement {
    let mut params = list.params();
    let order: u32 = match list.sort.0 {
        SortBy::CreatedAt => 0,
        SortBy::DisplayName => 1,
        SortBy::UpdatedAt => 2,
    };
    params.extend([
        list.start.into(),
        list.count.into(),
        order.into(),
        list.sort.1.into(),
    ]);
    Statement::new(&list.texts().0, params)
}

/// Selects how many a list has, one row with one number.
#[must_use]
pub fn count_list(list: &List<'_>) -> Statement {
    Statement::new(&list.texts().1, list.params())
}

/// Reads [`select`] and [`select_list`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(rows: &Rows) -> Result<Vec<PlaylistRow>, DatabaseError> {
    row::parse_all(rows)
}

/// An element, and what decides who sees its video.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ElementRow {
    /// Row id.
    pub id: i64,
    /// From 1.
    pub position: u32,
    /// Seconds.
    pub start_secs: Option<u32>,
    /// Seconds.
    pub stop_secs: Option<u32>,
    /// `None` once the video is gone.
    pub video: Option<ElementVideoRow>,
}

/// See [`ElementRow`].
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ElementVideoRow {
    /// Row id.
    pub id: i64,
    /// PeerTube's number.
    pub privacy: u8,
    /// 1 when published.
    pub state: u8,
    /// Account of its channel.
    pub owner_id: i64,
    /// 1 when the instance blocks that account.
    pub is_blocked: u8,
}

/// Selects the elements of a playlist that are shown, in order.
#[must_use]
pub fn select_elements(key: VideoKey<'_>, start: u32, count: u32) -> Statement {
    let mut params = key.params();
    params.extend([start.into(), count.into()]);
    Statement::new(
        "SELECT json_array(e.id,e.position,e.start_secs,e.stop_secs,json((SELECT json_array(v.id,v.privacy,\
         v.state,c.account_id,a.is_blocked) FROM video v JOIN channel c ON c.id=v.channel_id \
         JOIN account a ON a.id=c.account_id WHERE v.id=e.video_id))) FROM video_playlist_element e \
         WHERE e.state=1 AND e.playlist_id=coalesce(?1,(SELECT id FROM video_playlist WHERE uuid=?2)) \
         ORDER BY e.position,e.id LIMIT +?4 OFFSET +?3",
        params,
    )
}

/// Reads [`select_elements`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_elements(rows: &Rows) -> Result<Vec<ElementRow>, DatabaseError> {
    row::parse_all(rows)
}

/// Where an account has put a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedRow {
    /// Row id of the video.
    pub video_id: i64,
    /// Row id of the element.
    pub element_id: i64,
    /// Row id of the playlist.
    pub playlist_id: i64,
    /// Name for people of the playlist.
    pub display_name: String,
    /// Of the playlist, with dashes.
    pub uuid: String,
    /// Seconds.
    pub start_secs: Option<i64>,
    /// Seconds.
    pub stop_secs: Option<i64>,
}

/// Selects in which playlists of an account of ours these videos are; `video_ids` is a JSON array of row ids.
#[must_use]
pub fn select_placed(account_id: i64, video_ids: &str) -> Statement {
    Statement::new(
        "SELECT e.video_id,e.id,p.id,p.display_name,p.uuid,e.start_secs,e.stop_secs \
         FROM json_each(?2) j JOIN video_playlist_element e ON e.video_id=j.value \
         JOIN video_playlist p ON p.id=e.playlist_id WHERE p.account_id=?1 ORDER BY e.id",
        vec![account_id.into(), video_ids.into()],
    )
}

/// Reads a row of [`select_placed`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_placed(row: &Row) -> Result<PlacedRow, DatabaseError> {
    Ok(PlacedRow {
        video_id: row.integer(0)?,
        element_id: row.integer(1)?,
        playlist_id: row.integer(2)?,
        display_name: row.text(3)?,
        uuid: row.text(4)?,
        start_secs: row.optional_integer(5)?,
        stop_secs: row.optional_integer(6)?,
    })
}

/// Selects the list of what an account of ours watches later: row id and name.
#[must_use]
pub fn select_watch_later(account_id: i64) -> Statement {
    Statement::new(
        "SELECT id,display_name FROM video_playlist WHERE account_id=?1 AND type=2",
        vec![account_id.into()],
    )
}
