//! A copy on its way: who works on it, which files it has, how far they have come.
//!
//! The row id of a copy that is removed is given to the next one, so a step that is still under way must say whose it
//! is: what it notes it notes of its folder, or of an object key, which has the folder in it.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement, Value};

/// A copy that is being made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyRow {
    /// Row id.
    pub id: i64,
    /// The master playlist at the origin.
    pub master_url: String,
    /// See [`super::NewStream::folder`].
    pub folder: String,
    /// Attempts since the last bytes that came, with the one that is begun by taking it.
    pub failures: u32,
    /// `app::federation::remote_document` as JSON.
    pub document: String,
    /// Of the video, lower case with dashes.
    pub video_uuid: String,
}

/// Takes a copy that has come so far until then, if nobody else has it, and selects it. The attempt counts from here
/// on: one that is cut off notes nothing.
#[must_use]
pub fn claim(id: i64, from_bytes: i64, now: UnixMillis, until: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE mirror SET taken_until_unix_ms=?4,failures=failures+1 WHERE id=?1 AND state='copying' \
         AND taken_until_unix_ms<=?3 \
         AND (SELECT coalesce(sum(kept_bytes),0) FROM mirror_file WHERE mirror_id=?1)=?2 \
         RETURNING id,master_url,folder,failures,\
         (SELECT document FROM remote_video r WHERE r.video_id=mirror.video_id),\
         (SELECT uuid FROM video v WHERE v.id=mirror.video_id)",
        vec![id.into(), from_bytes.into(), now.into(), until.into()],
    )
}

/// Reads [`claim`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_copy(row: &Row) -> Result<CopyRow, DatabaseError> {
    Ok(CopyRow {
        id: row.integer(0)?,
        master_url: row.text(1)?,
        folder: row.text(2)?,
        failures: row.small(3)?,
        document: row.text(4)?,
        video_uuid: row.text(5)?,
    })
}

/// A file of a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRow {
    /// As at the origin.
    pub name: String,
    /// At the origin.
    pub url: String,
    /// Where it is written.
    pub object_key: String,
    /// Bytes; 0: it is small, and known when it is there.
    pub size_bytes: u64,
    /// Bytes that are safe.
    pub kept_bytes: u64,
    /// Where its parts go, if it has several.
    pub multipart_id: Option<String>,
    /// JSON array of what storage answered for each part.
    pub etags: String,
}

/// Selects the files of a copy in the order of their copying: small ones, of which the others' hashes are one, first.
#[must_use]
pub fn select_files(id: i64) -> Statement {
    Statement::new(
        "SELECT name,url,object_key,size_bytes,kept_bytes,multipart_id,etags FROM mirror_file \
         WHERE mirror_id=?1 ORDER BY name LIKE '%.mp4',size_bytes",
        vec![id.into()],
    )
}

/// Reads [`select_files`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_file(row: &Row) -> Result<FileRow, DatabaseError> {
    let bytes = |column| {
        u64::try_from(row.integer(column)?).map_err(|error| DatabaseError::Bug {
            cause: error.to_string(),
        })
    };
    Ok(FileRow {
        name: row.text(0)?,
        url: row.text(1)?,
        object_key: row.text(2)?,
        size_bytes: bytes(3)?,
        kept_bytes: bytes(4)?,
        multipart_id: row.optional_text(5)?,
        etags: row.text(6)?,
    })
}

/// A file that is to be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFile {
    /// As at the origin.
    pub name: String,
    /// At the origin.
    pub url: String,
    /// See [`FileRow::size_bytes`].
    pub size_bytes: u64,
}

/// Notes the files of a copy, a JSON array of `[name, URL, bytes]`; demands that it is still to be made.
#[must_use]
pub fn plan(copy: &CopyRow, files: &str) -> [Statement; 2] {
    [
        Statement::new(
            "UPDATE mirror SET failures=0 WHERE id=?1 AND folder=?2 AND state='copying' RETURNING 1",
            of(copy),
        )
        .demanding(1),
        Statement::new(
            "INSERT INTO mirror_file (mirror_id,name,url,size_bytes,object_key) \
             SELECT m.id,f.value ->> 0,f.value ->> 1,f.value ->> 2,\
             'mirrors/'||m.folder||'/'||(f.value ->> 0) \
             FROM mirror m,json_each(?2) f WHERE m.id=?1",
            vec![copy.id.into(), files.into()],
        ),
    ]
}

fn of(copy: &CopyRow) -> Vec<Value> {
    vec![copy.id.into(), copy.folder.as_str().into()]
}

/// Notes where the parts of a file go; demands that the file is still to be copied.
#[must_use]
pub fn set_multipart(id: i64, object_key: &str, multipart_id: &str) -> Statement {
    Statement::new(
        "UPDATE mirror_file SET multipart_id=?3 WHERE mirror_id=?1 AND object_key=?2 \
         AND multipart_id IS NULL RETURNING 1",
        vec![id.into(), object_key.into(), multipart_id.into()],
    )
    .demanding(1)
}

/// Notes that a file has come from one size to another; demands that it had that size, and that its copy is still to
/// be made, by whom it was taken until `until`.
#[must_use]
pub fn note_part(
    id: i64,
    object_key: &str,
    (from_bytes, to_bytes): (i64, i64),
    etag: &str,
    (now, until): (UnixMillis, UnixMillis),
) -> [Statement; 2] {
    [
        Statement::new(
            "UPDATE mirror_file SET kept_bytes=?4,etags=json_insert(etags,'$[#]',?5) \
             WHERE mirror_id=?1 AND object_key=?2 AND kept_bytes=?3 RETURNING 1",
            vec![
                id.into(),
                object_key.into(),
                from_bytes.into(),
                to_bytes.into(),
                etag.into(),
            ],
        )
        .demanding(1),
        Statement::new(
            "UPDATE mirror SET taken_until_unix_ms=?3,updated_at_unix_ms=?2,failures=0,\
             problem=NULL WHERE id=?1 AND state='copying' RETURNING 1",
            vec![id.into(), now.into(), until.into()],
        )
        .demanding(1),
    ]
}

/// Selects whether an object is a copy's: a row if so.
#[must_use]
pub fn select_is_wanted(id: i64, object_key: &str) -> Statement {
    Statement::new(
        "SELECT 1 FROM mirror_file WHERE mirror_id=?1 AND object_key=?2",
        vec![id.into(), object_key.into()],
    )
}

/// Lets a copy go, for whoever comes next.
#[must_use]
pub fn release(copy: &CopyRow) -> Statement {
    Statement::new(
        "UPDATE mirror SET taken_until_unix_ms=0 WHERE id=?1 AND folder=?2",
        of(copy),
    )
}

/// All files are there. An end is what a copy has that was not asked for.
#[must_use]
pub fn finish(copy: &CopyRow, now: UnixMillis, expires_at: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE mirror SET state='kept',taken_until_unix_ms=0,updated_at_unix_ms=?3,problem=NULL,\
         expires_at_unix_ms=iif(strategy='manual',NULL,?4),\
         size_bytes=(SELECT sum(kept_bytes) FROM mirror_file WHERE mirror_id=?1) \
         WHERE id=?1 AND folder=?2 AND state='copying'",
        [of(copy), vec![now.into(), expires_at.into()]].concat(),
    )
}

/// Nobody tries before `again`, and then from where it is.
#[must_use]
pub fn stumble(copy: &CopyRow, problem: &str, again: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE mirror SET failures=max(failures,1),taken_until_unix_ms=?4,problem=?3 \
         WHERE id=?1 AND folder=?2 AND state='copying'",
        [of(copy), vec![problem.into(), again.into()]].concat(),
    )
}

/// Gives a copy up, for a reason that the admin reads.
#[must_use]
pub fn fail(copy: &CopyRow, problem: &str, now: UnixMillis) -> [Statement; 2] {
    [
        Statement::new(
            "DELETE FROM mirror_file WHERE mirror_id=\
             (SELECT id FROM mirror WHERE id=?1 AND folder=?2 AND state='copying')",
            of(copy),
        ),
        Statement::new(
            "UPDATE mirror SET state='failed',problem=?3,size_bytes=0,updated_at_unix_ms=?4 \
             WHERE id=?1 AND folder=?2 AND state='copying'",
            [of(copy), vec![problem.into(), now.into()]].concat(),
        ),
    ]
}
