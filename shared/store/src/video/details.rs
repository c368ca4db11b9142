//! One video.

use ports::{DatabaseError, Row, Rows, Statement, Value};

use super::row::{self, DetailsRow, OpeningRow, SourceRow, StoryboardRow};
use super::select::{
    account_columns, channel_columns, files, join_actors, pictures, playlist, source_columns,
    storyboard_columns, tags, video_columns,
};

/// How a caller names a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoKey<'a> {
    /// Row id.
    Id(i64),
    /// Lower case with dashes.
    Uuid(&'a str),
}

impl VideoKey<'_> {
    /// The parameters of [`by_key`]: one of them is NULL.
    pub(crate) fn params(self) -> Vec<Value> {
        match self {
            Self::Id(id) => vec![id.into(), Value::Null],
            Self::Uuid(uuid) => vec![Value::Null, uuid.into()],
        }
    }
}

/// The row id of the video that `?1` (id) or `?2` (UUID) names.
macro_rules! by_key {
    () => {
        "coalesce(?1,(SELECT id FROM video WHERE uuid=?2))"
    };
}

/// Selects everything of one video.
#[must_use]
pub fn select(key: VideoKey<'_>) -> Statement {
    Statement::new(
        concat!(
            "SELECT json_array(",
            video_columns!("v.description"),
            ",json_array(v.support,v.comments_policy,v.download_enabled,\
             v.input_file_updated_at_unix_ms),",
            account_columns!(),
            ",",
            channel_columns!(),
            ",",
            pictures!(),
            ",",
            files!(),
            ",",
            playlist!(),
            ",",
            tags!(),
            ",json((SELECT ",
            storyboard_columns!(),
            " FROM storyboard b WHERE b.video_id=v.id)),\
             json((SELECT json_group_array(w.password_hmac) FROM video_password w \
             WHERE w.video_id=v.id AND v.privacy=5)),json(CASE WHEN v.remote_url IS NOT NULL THEN \
             (SELECT json_array(r.page_url,r.document) FROM remote_video r WHERE r.video_id=v.id) \
             END),json((SELECT json_group_array(json_array(m.base_url,m.expires_at_unix_ms) ORDER BY m.id) \
             FROM mirror m WHERE m.video_id=v.id AND m.state='kept'))) FROM video v",
            join_actors!(),
            " WHERE v.id=",
            by_key!()
        ),
        key.params(),
    )
}

/// Reads [`select`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(rows: &Rows) -> Result<Option<DetailsRow>, DatabaseError> {
    row::parse_first(rows)
}

/// Selects the renditions that have a picture, the smallest first.
#[must_use]
pub fn select_openings(key: VideoKey<'_>) -> Statement {
    Statement::new(
        concat!(
            "SELECT json_array(f.filename,f.width,f.height,f.has_audio,f.report) \
             FROM video_file f WHERE f.kind='hls' AND f.has_video AND f.width IS NOT NULL \
             AND f.height IS NOT NULL AND f.report IS NOT NULL \
             AND f.video_id=",
            by_key!(),
            " ORDER BY f.resolution"
        ),
        key.params(),
    )
}

/// Reads [`select_openings`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_openings(rows: &Rows) -> Result<Vec<OpeningRow>, DatabaseError> {
    row::parse_all(rows)
}

/// Who may see or change a video: what rights are decided from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessRow {
    /// Row id.
    pub id: i64,
    /// Lower case with dashes.
    pub uuid: String,
    /// PeerTube's number.
    pub privacy: i64,
    /// The account that owns it.
    pub account_id: i64,
    /// Whole seconds.
    pub duration_secs: u32,
    /// Keyed hashes of its passwords.
    pub password_hmacs: Vec<String>,
    /// Whether it is another server's: nobody here may change it.
    pub is_remote: bool,
}

/// Selects what rights are decided from.
#[must_use]
pub fn select_access(key: VideoKey<'_>) -> Statement {
    Statement::new(
        concat!(
            "SELECT v.id,v.uuid,v.privacy,c.account_id,v.duration_secs,\
             (SELECT json_group_array(w.password_hmac) FROM video_password w \
             WHERE w.video_id=v.id AND v.privacy=5),v.remote_url IS NOT NULL \
             FROM video v JOIN channel c ON c.id=v.channel_id WHERE v.id=",
            by_key!()
        ),
        key.params(),
    )
}

/// Reads [`select_access`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_access(rows: &Rows) -> Result<Option<AccessRow>, DatabaseError> {
    rows.first().map(access).transpose()
}

pub(crate) fn access(row: &Row) -> Result<AccessRow, DatabaseError> {
    Ok(AccessRow {
        id: row.integer(0)?,
        uuid: row.text(1)?,
        privacy: row.integer(2)?,
        account_id: row.integer(3)?,
        duration_secs: row.small(4)?,
        password_hmacs: serde_json::from_str(&row.text(5)?).map_err(|error| {
            DatabaseError::Bug {
                cause: error.to_string(),
            }
        })?,
        is_remote: row.boolean(6)?,
    })
}

/// Selects the whole description; no row when there is no such video.
#[must_use]
pub fn select_description(key: VideoKey<'_>) -> Statement {
    Statement::new(
        concat!("SELECT v.description FROM video v WHERE v.id=", by_key!()),
        key.params(),
    )
}

/// Selects the uploaded original.
#[must_use]
pub fn select_source(key: VideoKey<'_>) -> Statement {
    Statement::new(
        concat!(
            "SELECT ",
            source_columns!(),
            " FROM video_source s WHERE s.video_id=",
            by_key!()
        ),
        key.params(),
    )
}

/// Reads [`select_source`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_source(rows: &Rows) -> Result<Option<SourceRow>, DatabaseError> {
    row::parse_first(rows)
}

/// Selects what is kept of another server's video, one JSON text; no row for ours.
#[must_use]
pub fn select_remote_document(key: VideoKey<'_>) -> Statement {
    Statement::new(
        concat!(
            "SELECT r.document,v.updated_at_unix_ms FROM remote_video r \
             JOIN video v ON v.id=r.video_id WHERE r.video_id=",
            by_key!()
        ),
        key.params(),
    )
}

/// Selects the sprite sheet.
#[must_use]
pub fn select_storyboard(key: VideoKey<'_>) -> Statement {
    Statement::new(
        concat!(
            "SELECT ",
            storyboard_columns!(),
            " FROM storyboard b WHERE b.video_id=",
            by_key!()
        ),
        key.params(),
    )
}

/// Reads [`select_storyboard`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_storyboard(rows: &Rows) -> Result<Option<StoryboardRow>, DatabaseError> {
    row::parse_first(rows)
}
