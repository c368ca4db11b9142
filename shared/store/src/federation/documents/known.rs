//! What another server's id or handle names here.

use ports::{DatabaseError, Rows, Statement};

/// Something that has a page here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KnownRow {
    /// A video, or one with that comment, by its UUID.
    Video(String),
    /// A channel, by its handle.
    Channel(String),
    /// An account, by its handle.
    Account(String),
}

/// Selects what has that id at another server, or is called by that handle.
#[must_use]
pub fn select_known(url: &str, handle: &str) -> Statement {
    Statement::new(
        "SELECT 0,uuid FROM video WHERE remote_url=?1 UNION ALL \
         SELECT 0,v.uuid FROM comment m JOIN video v ON v.id=m.video_id WHERE m.remote_url=?1 UNION ALL \
         SELECT 1,c.name FROM channel c \
         WHERE c.name=?2 OR c.id=(SELECT channel_id FROM actor WHERE url=?1) UNION ALL \
         SELECT 2,a.name FROM account a \
         WHERE a.name=?2 OR a.id=(SELECT account_id FROM actor WHERE url=?1) LIMIT 1",
        vec![url.into(), handle.into()],
    )
}

/// Reads [`select_known`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read_known(rows: &Rows) -> Result<Option<KnownRow>, DatabaseError> {
    rows.first()
        .map(|row| {
            let name = row.text(1)?;
            Ok(match row.integer(0)? {
                0 => KnownRow::Video(name),
                1 => KnownRow::Channel(name),
                _ => KnownRow::Account(name),
            })
        })
        .transpose()
}
