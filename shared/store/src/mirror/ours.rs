//! Copies that are made here.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

use crate::video::details::VideoKey;

macro_rules! of_host {
    ($video_id:literal) => {
        concat!(
            $video_id,
            " IN (SELECT v.id FROM actor a JOIN video v ON v.channel_id=a.channel_id WHERE a.host=?1)"
        )
    };
}

/// A video that is to be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginalRow {
    /// Row id.
    pub video_id: i64,
    /// Lower case with dashes.
    pub uuid: String,
    /// Of another server's: `app::federation::remote_document` as JSON.
    pub document: Option<String>,
    /// Whether everybody may see it.
    pub is_open: bool,
    /// Whether there is a copy here, or one is being made.
    pub is_copied: bool,
}

/// Selects a video that is to be copied.
#[must_use]
pub fn select_original(key: VideoKey<'_>) -> Statement {
    Statement::new(
        "SELECT v.id,v.uuid,r.document,v.privacy IN (1,2) AND v.state=1,\
         EXISTS (SELECT 1 FROM mirror m WHERE m.video_id=v.id AND m.actor_id IS NULL \
         AND m.state<>'failed') \
         FROM video v LEFT JOIN remote_video r ON r.video_id=v.id \
         WHERE v.id=coalesce(?1,(SELECT id FROM video WHERE uuid=?2))",
        key.params(),
    )
}

/// Reads [`select_original`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_original(row: &Row) -> Result<OriginalRow, DatabaseError> {
    Ok(OriginalRow {
        video_id: row.integer(0)?,
        uuid: row.text(1)?,
        document: row.optional_text(2)?,
        is_open: row.boolean(3)?,
        is_copied: row.boolean(4)?,
    })
}

/// A copy that is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewCopy<'a> {
    /// Row of the video.
    pub video_id: i64,
    /// Where it will be found.
    pub base_url: &'a str,
    /// Why it is made.
    pub strategy: &'a str,
    /// Of what.
    pub stream: NewStream<'a>,
}

/// A stream that is to be copied, and where to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewStream<'a> {
    /// What its files have, as the origin says.
    pub size_bytes: i64,
    /// The master playlist at the origin.
    pub master_url: &'a str,
    /// Name that nobody has thought of.
    pub folder: &'a str,
    /// Bytes that all copies may have together.
    pub max_bytes: i64,
    /// The time.
    pub now: UnixMillis,
}

/// Begins a copy in place of one that failed: the second statement returns its row id, and demands that there is
/// room for it and that there is none.
#[must_use]
pub fn copy(copy: NewCopy<'_>) -> [Statement; 2] {
    let stream = copy.stream;
    [
        Statement::new(
            "DELETE FROM mirror WHERE video_id=?1 AND actor_id IS NULL AND state='failed'",
            vec![copy.video_id.into()],
        ),
        Statement::new(
            "INSERT INTO mirror (video_id,base_url,state,strategy,size_bytes,master_url,folder,\
             created_at_unix_ms,updated_at_unix_ms) SELECT ?1,?2,'copying',?3,?4,?5,?6,?8,?8 \
             WHERE (SELECT total(size_bytes) FROM mirror WHERE actor_id IS NULL)+?4<=?7 \
             ON CONFLICT DO NOTHING RETURNING id",
            vec![
                copy.video_id.into(),
                copy.base_url.into(),
                copy.strategy.into(),
                stream.size_bytes.into(),
                stream.master_url.into(),
                stream.folder.into(),
                stream.max_bytes.into(),
                stream.now.into(),
            ],
        )
        .demanding(1),
    ]
}

/// Begins a finished copy anew, of what the origin has now, without an end as a new one; demands that it is finished
/// and in that folder, and that there is room for it.
#[must_use]
pub fn restart(id: i64, folder: &str, stream: NewStream<'_>) -> [Statement; 2] {
    [
        Statement::new(
            "UPDATE mirror SET state='copying',size_bytes=?2,master_url=?3,folder=?4,failures=0,\
             taken_until_unix_ms=0,expires_at_unix_ms=NULL,updated_at_unix_ms=?6 \
             WHERE id=?1 AND folder=?7 AND actor_id IS NULL AND state='kept' \
             AND (SELECT total(size_bytes) FROM mirror WHERE actor_id IS NULL AND id<>?1)+?2<=?5 \
             RETURNING 1",
            vec![
                id.into(),
                stream.size_bytes.into(),
                stream.master_url.into(),
                stream.folder.into(),
                stream.max_bytes.into(),
                stream.now.into(),
                folder.into(),
            ],
        )
        .demanding(1),
        Statement::new(
            "DELETE FROM mirror_file WHERE mirror_id=?1",
            vec![id.into()],
        ),
    ]
}

macro_rules! unfinished {
    () => {
        "SELECT f.object_key,f.multipart_id FROM mirror_file f JOIN mirror m ON m.id=f.mirror_id \
         WHERE f.multipart_id IS NOT NULL AND f.kept_bytes<f.size_bytes AND m.actor_id IS NULL AND "
    };
}

/// Selects what is unfinished in storage of a copy, of that folder if one is named: object key and multipart upload.
#[must_use]
pub fn select_unfinished(id: i64, folder: Option<&str>) -> Statement {
    Statement::new(
        concat!(unfinished!(), "m.id=?1 AND m.folder=coalesce(?2,m.folder)"),
        vec![id.into(), folder.into()],
    )
}

/// The same of all copies here of a server's videos.
#[must_use]
pub fn select_unfinished_of_host(host: &str) -> Statement {
    Statement::new(
        concat!(unfinished!(), of_host!("m.video_id")),
        vec![host.into()],
    )
}

/// Removes a copy, ours or another's; demands that it is there, in that folder if one is named. Triggers give its
/// objects up and tell the origin.
#[must_use]
pub fn remove(id: i64, folder: Option<&str>) -> [Statement; 2] {
    [
        Statement::new(
            "DELETE FROM mirror_file WHERE mirror_id=?1",
            vec![id.into()],
        ),
        Statement::new(
            "DELETE FROM mirror WHERE id=?1 AND (?2 IS NULL OR folder=?2) RETURNING 1",
            vec![id.into(), folder.into()],
        )
        .demanding(1),
    ]
}

/// Removes all copies here of a server's videos.
#[must_use]
pub fn remove_of_host(host: &str) -> Statement {
    Statement::new(
        concat!(
            "DELETE FROM mirror WHERE actor_id IS NULL AND ",
            of_host!("video_id")
        ),
        vec![host.into()],
    )
}

/// Selects the folder of the finished copy of an open video, by the video's UUID.
#[must_use]
pub fn select_folder(video_uuid: &str) -> Statement {
    Statement::new(
        "SELECT m.folder FROM video v JOIN mirror m ON m.video_id=v.id AND m.actor_id IS NULL \
         WHERE v.uuid=?1 AND m.state='kept' AND v.privacy IN (1,2) AND v.state=1",
        vec![video_uuid.into()],
    )
}

/// Selects what a copy of ours tells of itself, by the video's UUID: base URL, end, ActivityPub ids of the video and
/// of its owner, and the owner's inbox.
#[must_use]
pub fn select_document(video_uuid: &str) -> Statement {
    Statement::new(
        "SELECT m.base_url,m.expires_at_unix_ms,v.remote_url,o.url,\
         coalesce(o.shared_inbox_url,o.inbox_url),m.state='kept' FROM video v \
         JOIN channel c ON c.id=v.channel_id JOIN actor o ON o.account_id=c.account_id AND o.host<>'' \
         LEFT JOIN mirror m ON m.video_id=v.id AND m.actor_id IS NULL \
         WHERE v.uuid=?1 AND v.remote_url IS NOT NULL",
        vec![video_uuid.into()],
    )
}
