//! What the media function asks before it opens a file. Files of HLS lie in a folder of their video, so
//! the video's UUID answers for all of them; plain files are asked for by name.

use ports::{DatabaseError, Row, Rows, Statement};

use crate::video::details::AccessRow;

/// Selects whether a video's media may be fetched by anybody: one number, PeerTube's privacy. No row for
/// another server's video: we have no media of it.
#[must_use]
pub fn select_privacy(video_uuid: &str) -> Statement {
    Statement::new(
        "SELECT privacy FROM video WHERE uuid=?1 AND remote_url IS NULL",
        vec![video_uuid.into()],
    )
}

/// A plain file by its public name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebFileRow {
    /// PeerTube's number.
    pub privacy: i64,
    /// Where its bytes are.
    pub object_key: String,
}

/// Selects a plain file.
#[must_use]
pub fn select_web_file(filename: &str) -> Statement {
    Statement::new(
        "SELECT v.privacy,f.object_key FROM video_file f JOIN video v ON v.id=f.video_id \
         WHERE f.filename=?1 AND f.kind='web'",
        vec![filename.into()],
    )
}

/// Reads [`select_web_file`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_web_file(rows: &Rows) -> Result<Option<WebFileRow>, DatabaseError> {
    rows.first()
        .map(|row| {
            Ok(WebFileRow {
                privacy: row.integer(0)?,
                object_key: row.text(1)?,
            })
        })
        .transpose()
}

/// A file with all that its rights and its name for people are decided from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileAccessRow {
    /// Of its video.
    pub video: AccessRow,
    /// Where its bytes are.
    pub object_key: String,
    /// The video's title.
    pub video_name: String,
    /// Smaller side in pixels, 0 for sound alone.
    pub resolution: u32,
}

/// The columns of [`FileAccessRow`]; the first seven are [`AccessRow`]'s.
macro_rules! file_access {
    ($key:literal, $resolution:literal, $from:literal) => {
        concat!(
            "SELECT v.id,v.uuid,v.privacy,c.account_id,v.duration_secs,\
             (SELECT json_group_array(w.password_hmac) FROM video_password w \
             WHERE w.video_id=v.id AND v.privacy=5),v.remote_url IS NOT NULL,",
            $key,
            ",v.name,",
            $resolution,
            " FROM ",
            $from
        )
    };
}

/// Which kind of file a name is looked for among.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// Plain files.
    Web,
    /// HLS renditions.
    Hls,
    /// Torrents of either.
    Torrent,
    /// Uploaded originals.
    Original,
}

/// Selects a file of that kind and name.
#[must_use]
pub fn select_file(kind: FileKind, filename: &str) -> Statement {
    let sql = match kind {
        FileKind::Web => file_access!(
            "f.object_key",
            "f.resolution",
            "video_file f JOIN video v ON v.id=f.video_id JOIN channel c ON c.id=v.channel_id \
             WHERE f.filename=?1 AND f.kind='web'"
        ),
        FileKind::Hls => file_access!(
            "f.object_key",
            "f.resolution",
            "video_file f JOIN video v ON v.id=f.video_id JOIN channel c ON c.id=v.channel_id \
             WHERE f.filename=?1 AND f.kind='hls'"
        ),
        FileKind::Torrent => file_access!(
            "'torrents/'||f.torrent_filename",
            "f.resolution",
            "video_file f JOIN video v ON v.id=f.video_id JOIN channel c ON c.id=v.channel_id \
             WHERE f.torrent_filename=?1"
        ),
        FileKind::Original => file_access!(
            "s.object_key",
            "coalesce(s.resolution,0)",
            "video_source s JOIN video v ON v.id=s.video_id JOIN channel c ON c.id=v.channel_id \
             WHERE s.object_key='web-videos/'||?1"
        ),
    };
    Statement::new(sql, vec![filename.into()])
}

/// Reads [`select_file`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_file(rows: &Rows) -> Result<Option<FileAccessRow>, DatabaseError> {
    let read = |row: &Row| {
        Ok(FileAccessRow {
            video: crate::video::details::access(row)?,
            object_key: row.text(7)?,
            video_name: row.text(8)?,
            resolution: row.small(9)?,
        })
    };
    rows.first().map(read).transpose()
}

/// Selects what is kept of the remote video that has a thumbnail of that name, one JSON text.
#[must_use]
pub fn select_document_of_thumbnail(filename: &str) -> Statement {
    Statement::new(
        "SELECT r.document FROM thumbnail t JOIN remote_video r ON r.video_id=t.video_id \
         WHERE t.filename=?1",
        vec![filename.into()],
    )
}

/// Selects where the picture of another server's actor is, if it has one.
#[must_use]
pub fn select_avatar_url(actor_id: i64) -> Statement {
    Statement::new(
        "SELECT avatar_url FROM actor WHERE id=?1 AND host<>''",
        vec![actor_id.into()],
    )
}

/// Selects account and role of a user who is not blocked.
#[must_use]
pub fn select_viewer(user_id: i64) -> Statement {
    Statement::new(
        "SELECT a.id,u.role FROM user u JOIN account a ON a.user_id=u.id \
         WHERE u.id=?1 AND u.blocked=0",
        vec![user_id.into()],
    )
}
