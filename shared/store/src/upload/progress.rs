//! Uploads in progress.

use domain::UnixMillis;
use domain::limits::PART_BYTES;
use ports::{DatabaseError, Row, Statement, Value};

/// A row of `upload`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadRow {
    /// Random; whoever knows it and is the user may write.
    pub id: String,
    /// Whose.
    pub user_id: i64,
    /// Size that the finished file will have.
    pub total_bytes: u64,
    /// Bytes from the start that are safe in storage.
    pub received_bytes: u64,
    /// Where the parts go; both `None` until the first whole part.
    pub multipart: Option<(String, String)>,
    /// The lowest number that nobody holds.
    pub next_part_number: u32,
    /// Holds the last `received_bytes % PART_BYTES` bytes, `None` when those are none.
    pub tail_object_key: Option<String>,
    /// JSON of the use case.
    pub metadata: String,
    /// Given up.
    pub is_dropped: bool,
    /// The video that it became.
    pub video_uuid: Option<String>,
    /// Its row id, `None` also when the video is gone again.
    pub video_id: Option<i64>,
}

/// The columns of [`upload_row`]; a macro because statements are constants.
macro_rules! columns {
    () => {
        "upload.id, upload.user_id, total_bytes, received_bytes, upload.object_key, multipart_id,
         next_part_number, tail_object_key, metadata, is_dropped, video_uuid,
         (SELECT video.id FROM video WHERE video.uuid = video_uuid)"
    };
}

pub(super) const SELECT_DROPPED: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM upload WHERE is_dropped = 1 ORDER BY touched_at_unix_ms LIMIT ?1"
);

/// Reads [`select_upload`], [`select_fingerprint`], [`claim_chunk`] and [`super::select_dropped`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn upload_row(row: &Row) -> Result<UploadRow, DatabaseError> {
    Ok(UploadRow {
        id: row.text(0)?,
        user_id: row.integer(1)?,
        total_bytes: row.unsigned(2)?,
        received_bytes: row.unsigned(3)?,
        multipart: row.optional_text(4)?.zip(row.optional_text(5)?),
        next_part_number: row.small(6)?,
        tail_object_key: row.optional_text(7)?,
        metadata: row.text(8)?,
        is_dropped: row.boolean(9)?,
        video_uuid: row.optional_text(10)?,
        video_id: row.optional_integer(11)?,
    })
}

/// A fresh upload.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// See [`UploadRow::id`].
    pub id: String,
    /// Whose.
    pub user_id: i64,
    /// The same again finds this upload; `None` never does.
    pub fingerprint: Option<String>,
    /// Announced size.
    pub total_bytes: i64,
    /// JSON of the use case.
    pub metadata: String,
    /// When.
    pub now: UnixMillis,
}

/// Inserts an upload; demands that its user has fewer than `max_open` others open. A fingerprint that
/// another open upload has breaks a constraint.
#[must_use]
pub fn insert_upload(upload: &NewUpload, max_open: u32) -> Statement {
    Statement::new(
        "INSERT INTO upload (id, user_id, fingerprint, total_bytes, metadata, created_at_unix_ms,
                             touched_at_unix_ms)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?6
         WHERE (SELECT count(*) FROM upload
                WHERE user_id = ?2 AND video_uuid IS NULL AND is_dropped = 0) < ?7
         RETURNING 1",
        vec![
            upload.id.as_str().into(),
            upload.user_id.into(),
            upload.fingerprint.clone().into(),
            upload.total_bytes.into(),
            upload.metadata.as_str().into(),
            upload.now.into(),
            max_open.into(),
        ],
    )
    .demanding(1)
}

/// One upload, whoever's.
#[must_use]
pub fn select_upload(upload_id: &str) -> Statement {
    Statement::new(
        concat!("SELECT ", columns!(), " FROM upload WHERE upload.id = ?1"),
        vec![upload_id.into()],
    )
}

/// The user's open upload with that fingerprint.
#[must_use]
pub fn select_fingerprint(user_id: i64, fingerprint: &str) -> Statement {
    Statement::new(
        concat!(
            "SELECT ",
            columns!(),
            " FROM upload WHERE user_id = ?1 AND fingerprint = ?2
              AND video_uuid IS NULL AND is_dropped = 0"
        ),
        vec![user_id.into(), fingerprint.into()],
    )
}

/// Replaces the metadata of an open upload; demands that it still is what it was.
#[must_use]
pub fn set_metadata(upload_id: &str, old: &str, new: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE upload SET metadata = ?3, touched_at_unix_ms = ?4
         WHERE id = ?1 AND metadata = ?2 AND video_uuid IS NULL AND is_dropped = 0 RETURNING 1",
        vec![upload_id.into(), old.into(), new.into(), now.into()],
    )
    .demanding(1)
}

/// A chunk that a client wants to write.
#[derive(Debug, Clone, Copy)]
pub struct ChunkClaim<'a> {
    /// Into which upload.
    pub upload_id: &'a str,
    /// Who writes.
    pub user_id: i64,
    /// Offset of its first byte.
    pub start: i64,
    /// Offset after its last byte, above `start`.
    pub end: i64,
    /// What the client says the whole is, if it says.
    pub total_bytes: Option<i64>,
    /// When.
    pub now: UnixMillis,
}

impl ChunkClaim<'_> {
    fn params(&self, last: Value) -> Vec<Value> {
        vec![
            self.upload_id.into(),
            self.user_id.into(),
            self.start.into(),
            self.end.into(),
            self.total_bytes.into(),
            self.now.into(),
            last,
        ]
    }
}

/// When the chunk of a claim brings something new and leaves no gap.
macro_rules! chunk_fits {
    () => {
        "id = ?1 AND user_id = ?2 AND is_dropped = 0 AND video_uuid IS NULL
         AND received_bytes BETWEEN ?3 AND ?4 - 1 AND ?4 <= total_bytes
         AND (?5 IS NULL OR total_bytes = ?5)"
    };
}

/// Whole parts before an offset. The casts are for hosts that bind every number as a floating-point one
/// (Durable Objects): `/` would not round down then.
macro_rules! parts_up_to {
    ($offset:literal) => {
        concat!("CAST(", $offset, " AS INTEGER) / CAST(?7 AS INTEGER)")
    };
}

/// Hands out the part numbers that a chunk needs and returns the row as it is then (its
/// `next_part_number` is the one after those); no row when the chunk does not fit or the numbers are
/// used up.
///
/// Parts are `PART_BYTES` (`?7`) long and lie at its multiples; the last may be shorter. An upload of
/// at most one part needs no number: it is written as one object.
#[must_use]
pub fn claim_chunk(claim: &ChunkClaim<'_>) -> Statement {
    // R2 and S3 know part numbers up to 10,000, so the one after may be 10,001.
    Statement::new(
        concat!(
            "UPDATE upload SET touched_at_unix_ms = ?6, next_part_number = next_part_number +
                CASE WHEN total_bytes <= ?7 THEN 0
                ELSE ",
            parts_up_to!("?4"),
            " - ",
            parts_up_to!("received_bytes"),
            " + (?4 = total_bytes AND total_bytes % ?7 > 0) END
             WHERE ",
            chunk_fits!(),
            " AND next_part_number + ",
            parts_up_to!("?4"),
            " - ",
            parts_up_to!("received_bytes"),
            " + 1 <= 10001
             RETURNING ",
            columns!()
        ),
        claim.params(part_bytes().into()),
    )
}

/// Notes the tail object that a fitting chunk is about to leave; see [`super::intend`].
#[must_use]
pub fn intend_tail(
    claim: &ChunkClaim<'_>,
    object_key: &str,
    delete_after: UnixMillis,
) -> Statement {
    let mut params = claim.params(object_key.into());
    params.push(delete_after.into());
    Statement::new(
        concat!(
            "INSERT INTO unowned_object (object_key, delete_after_unix_ms)
             SELECT ?7, ?8 FROM upload WHERE ",
            chunk_fits!()
        ),
        params,
    )
}

/// [`PART_BYTES`] as SQL sees it.
fn part_bytes() -> i64 {
    i64::try_from(PART_BYTES).expect("8 MiB fit i64")
}

/// Says where the parts go; demands that nobody did before.
#[must_use]
pub fn set_multipart(upload_id: &str, object_key: &str, multipart_id: &str) -> Statement {
    Statement::new(
        "UPDATE upload SET object_key = ?2, multipart_id = ?3
         WHERE id = ?1 AND multipart_id IS NULL AND is_dropped = 0 AND video_uuid IS NULL RETURNING 1",
        vec![upload_id.into(), object_key.into(), multipart_id.into()],
    )
    .demanding(1)
}

/// Moves an upload on; demands that it still was at `from`, so of two writers one wins.
#[must_use]
pub fn advance(
    upload_id: &str,
    from: i64,
    to: i64,
    tail_object_key: Option<&str>,
    now: UnixMillis,
) -> Statement {
    Statement::new(
        "UPDATE upload SET received_bytes = ?3, tail_object_key = ?4, touched_at_unix_ms = ?5
         WHERE id = ?1 AND received_bytes = ?2 AND is_dropped = 0 AND video_uuid IS NULL RETURNING 1",
        vec![
            upload_id.into(),
            from.into(),
            to.into(),
            tail_object_key.into(),
            now.into(),
        ],
    )
    .demanding(1)
}

/// A part that is in storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPart {
    /// 1..=10,000, rising with the offset, not always without holes.
    pub number: u32,
    /// What storage answered.
    pub etag: String,
}

/// Notes a stored part.
#[must_use]
pub fn insert_part(upload_id: &str, part: &UploadPart) -> Statement {
    Statement::new(
        "INSERT INTO upload_part (upload_id, number, etag) VALUES (?1, ?2, ?3)",
        vec![
            upload_id.into(),
            part.number.into(),
            part.etag.as_str().into(),
        ],
    )
}

/// All parts of an upload in order.
#[must_use]
pub fn select_parts(upload_id: &str) -> Statement {
    Statement::new(
        "SELECT number, etag FROM upload_part WHERE upload_id = ?1 ORDER BY number",
        vec![upload_id.into()],
    )
}

/// Reads [`select_parts`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn upload_part(row: &Row) -> Result<UploadPart, DatabaseError> {
    Ok(UploadPart {
        number: row.small(0)?,
        etag: row.text(1)?,
    })
}

/// Ends an upload with its video, in the batch that inserts it; demands that nobody was faster, and that
/// the video is made of the details that the upload still has.
#[must_use]
pub fn set_video(upload_id: &str, metadata: &str, video_uuid: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE upload SET video_uuid = ?2, tail_object_key = NULL, touched_at_unix_ms = ?3
         WHERE id = ?1 AND metadata = ?4 AND video_uuid IS NULL AND is_dropped = 0 RETURNING 1",
        vec![
            upload_id.into(),
            video_uuid.into(),
            now.into(),
            metadata.into(),
        ],
    )
    .demanding(1)
}

/// Says what a form upload turned out to be; demands that it is still open.
#[must_use]
pub fn set_form(upload_id: &str, total_bytes: i64, metadata: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE upload SET total_bytes = ?2, metadata = ?3, touched_at_unix_ms = ?4
         WHERE id = ?1 AND received_bytes = ?2 AND is_dropped = 0 AND video_uuid IS NULL RETURNING 1",
        vec![upload_id.into(), total_bytes.into(), metadata.into(), now.into()],
    )
    .demanding(1)
}
