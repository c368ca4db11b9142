//! Items of collections: a slice of them, and how many there are.

use ports::{DatabaseError, Rows, Statement, Value};

use super::key_params;
use crate::federation::actor::LocalActor;
use crate::video::details::VideoKey;

/// Which items of a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// Items before them.
    pub start: u32,
    /// Most items.
    pub count: u32,
}

impl Slice {
    fn params(self) -> [Value; 2] {
        [self.count.into(), self.start.into()]
    }
}

/// An item: the id of another server's, or what ours follows from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRow {
    /// Id of another server's.
    pub remote_url: Option<String>,
    /// Row id: of the comment, of the announcing actor, of the rated video.
    pub id: i64,
    /// The rating account's name; the UUID of a video in an outbox.
    pub name: String,
    /// Of a video in an outbox: its account's name.
    pub account_name: String,
    /// Of a video in an outbox: its channel's name.
    pub channel_name: String,
}

/// Reads every statement here that selects items.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_items(rows: &Rows) -> Result<Vec<ItemRow>, DatabaseError> {
    rows.iter()
        .map(|row| {
            Ok(ItemRow {
                remote_url: row.optional_text(0)?,
                id: row.integer(1)?,
                name: row.text(2)?,
                account_name: row.text(3)?,
                channel_name: row.text(4)?,
            })
        })
        .collect()
}

/// Reads every statement here that counts; 0 without a row.
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_count(rows: &Rows) -> Result<u64, DatabaseError> {
    rows.first().map_or(Ok(0), |row| row.unsigned(0))
}

fn of_video<const N: usize>(sql: &'static str, key: VideoKey<'_>, more: [Value; N]) -> Statement {
    let mut params = key_params(key);
    params.extend(more);
    Statement::new(sql, params)
}

/// Selects likes or dislikes of a video.
#[must_use]
pub fn select_ratings(key: VideoKey<'_>, is_like: bool, slice: Slice) -> Statement {
    let [count, start] = slice.params();
    of_video(
        "SELECT r.remote_url,r.video_id,a.name,'','' FROM video_rate r JOIN account a ON a.id=r.account_id \
         WHERE r.video_id=coalesce(?1,(SELECT id FROM video WHERE uuid=?2)) AND r.is_like=?5 \
         AND (r.remote_url IS NOT NULL OR a.user_id IS NOT NULL) \
         ORDER BY r.account_id LIMIT +?3 OFFSET +?4",
        key,
        [count, start, is_like.into()],
    )
}

/// Selects the comments of a video that everybody sees, oldest first.
#[must_use]
pub fn select_comments(key: VideoKey<'_>, slice: Slice) -> Statement {
    let [count, start] = slice.params();
    of_video(
        "SELECT m.remote_url,m.id,'','','' FROM comment m \
         WHERE m.video_id=coalesce(?1,(SELECT id FROM video WHERE uuid=?2)) AND m.is_held=0 \
         AND m.deleted_at_unix_ms IS NULL ORDER BY m.id LIMIT +?3 OFFSET +?4",
        key,
        [count, start],
    )
}

/// Who announces a video of ours: its channel, the instance (whose id is `?3`), and others.
macro_rules! announces {
    () => {
        "(SELECT 0 AS rank,NULL AS url,x.id AS id FROM video v JOIN actor x ON x.channel_id=v.channel_id \
         WHERE v.id=coalesce(?1,(SELECT id FROM video WHERE uuid=?2)) UNION ALL \
         SELECT 1,NULL,x.id FROM actor x WHERE x.url=?3 UNION ALL \
         SELECT 2,s.remote_url,s.actor_id FROM video_share s \
         WHERE s.video_id=coalesce(?1,(SELECT id FROM video WHERE uuid=?2)) \
         AND s.remote_url IS NOT NULL)"
    };
}

/// Selects the announces of a video of ours.
#[must_use]
pub fn select_announces(key: VideoKey<'_>, instance_url: &str, slice: Slice) -> Statement {
    let [count, start] = slice.params();
    of_video(
        concat!(
            "SELECT url,id,'','','' FROM ",
            announces!(),
            " ORDER BY rank,id LIMIT +?4 OFFSET +?5"
        ),
        key,
        [instance_url.into(), count, start],
    )
}

/// Selects how many announces a video of ours has.
#[must_use]
pub fn count_announces(key: VideoKey<'_>, instance_url: &str) -> Statement {
    of_video(
        concat!("SELECT count(*) FROM ", announces!()),
        key,
        [instance_url.into()],
    )
}

/// Selects one announce of a video of ours, by the row id of who made it; the name is empty for the
/// instance's, and the channel's for its own.
#[must_use]
pub fn select_announce(key: VideoKey<'_>, instance_url: &str, actor_id: i64) -> Statement {
    of_video(
        concat!(
            "SELECT url,id,CASE rank WHEN 0 THEN 'channel' ELSE '' END,'','' FROM ",
            announces!(),
            " WHERE id=?4"
        ),
        key,
        [instance_url.into(), actor_id.into()],
    )
}

/// Selects the ids of those who follow an actor, or whom it follows; the oldest first.
#[must_use]
pub fn select_follows(actor_url: &str, are_followers: bool, slice: Slice) -> Statement {
    let sql = if are_followers {
        "SELECT x.url,f.id,'','','' FROM follow f JOIN actor x ON x.id=f.follower_id \
         WHERE f.target_id=(SELECT id FROM actor WHERE url=?1) AND f.state='accepted' \
         ORDER BY f.id LIMIT +?2 OFFSET +?3"
    } else {
        "SELECT x.url,f.id,'','','' FROM follow f JOIN actor x ON x.id=f.target_id \
         WHERE f.follower_id=(SELECT id FROM actor WHERE url=?1) AND f.state='accepted' \
         ORDER BY f.id LIMIT +?2 OFFSET +?3"
    };
    let [count, start] = slice.params();
    Statement::new(sql, vec![actor_url.into(), count, start])
}

/// Selects how many follow an actor, or are followed by it.
#[must_use]
pub fn count_follows(actor_url: &str, are_followers: bool) -> Statement {
    let sql = if are_followers {
        "SELECT count(*) FROM follow \
         WHERE target_id=(SELECT id FROM actor WHERE url=?1) AND state='accepted'"
    } else {
        "SELECT count(*) FROM follow \
         WHERE follower_id=(SELECT id FROM actor WHERE url=?1) AND state='accepted'"
    };
    Statement::new(sql, vec![actor_url.into()])
}

/// A follow by one of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FollowRow {
    /// Row id.
    pub id: i64,
    /// Id of who is followed.
    pub target_url: String,
}

/// Selects a follow by its row id, if that actor made it.
#[must_use]
pub fn select_follow(follower_url: &str, id: i64) -> Statement {
    Statement::new(
        "SELECT f.id,t.url FROM follow f JOIN actor t ON t.id=f.target_id \
         WHERE f.id=?1 AND f.follower_id=(SELECT id FROM actor WHERE url=?2 AND host='')",
        vec![id.into(), follower_url.into()],
    )
}

/// Reads [`select_follow`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_follow(rows: &Rows) -> Result<Option<FollowRow>, DatabaseError> {
    rows.first()
        .map(|row| {
            Ok(FollowRow {
                id: row.integer(0)?,
                target_url: row.text(1)?,
            })
        })
        .transpose()
}

macro_rules! outbox {
    ($columns:literal, $scope:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM video v JOIN channel c ON c.id=v.channel_id JOIN account a ON a.id=c.account_id WHERE ",
            $scope,
            " AND v.privacy=1 AND v.state=1 AND v.remote_url IS NULL AND a.user_id IS NOT NULL",
            $rest
        )
    };
}
macro_rules! outbox_page {
    ($scope:literal) => {
        outbox!(
            "NULL,v.id,v.uuid,a.name,c.name",
            $scope,
            " ORDER BY v.id DESC LIMIT +?2 OFFSET +?3"
        )
    };
}
macro_rules! outbox_count {
    ($scope:literal) => {
        outbox!("count(*)", $scope, "")
    };
}

fn outbox_name(which: LocalActor<'_>) -> Value {
    match which {
        LocalActor::Instance => Value::Null,
        LocalActor::Account(name) | LocalActor::Channel(name) => name.into(),
    }
}

/// Selects the public videos that are in an actor's outbox, newest first.
#[must_use]
pub fn select_outbox(which: LocalActor<'_>, slice: Slice) -> Statement {
    let sql = match which {
        LocalActor::Instance => outbox_page!("?1 IS NULL"),
        LocalActor::Account(_) => outbox_page!("a.name=?1"),
        LocalActor::Channel(_) => outbox_page!("c.name=?1"),
    };
    let [count, start] = slice.params();
    Statement::new(sql, vec![outbox_name(which), count, start])
}

/// Selects how many those are.
#[must_use]
pub fn count_outbox(which: LocalActor<'_>) -> Statement {
    let sql = match which {
        LocalActor::Instance => outbox_count!("?1 IS NULL"),
        LocalActor::Account(_) => outbox_count!("a.name=?1"),
        LocalActor::Channel(_) => outbox_count!("c.name=?1"),
    };
    Statement::new(sql, vec![outbox_name(which)])
}
