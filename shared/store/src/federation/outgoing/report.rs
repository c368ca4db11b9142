//! Reports of others' things, for their moderators.

use ports::{DatabaseError, Row, Statement};

/// A report by one of ours of something on another server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportRow {
    /// Name of the account that reports.
    pub reporter_name: String,
    /// Why.
    pub reason: String,
    /// PeerTube's numbers, 1 to 8, as a JSON array.
    pub predefined_reasons: String,
    /// Seconds into a video.
    pub start_at_secs: Option<u32>,
    /// Seconds into a video.
    pub end_at_secs: Option<u32>,
    /// ActivityPub id of what is reported; of its author when it is gone.
    pub object_url: String,
    /// ActivityPub id of its author.
    pub flagged_url: String,
    /// Inbox of the author's server.
    pub flagged_inbox: String,
}

/// Selects a report with whom to tell; no row when reporter or author are gone.
#[must_use]
pub fn select(report_id: i64) -> Statement {
    Statement::new(
        "SELECT w.name,b.reason,b.predefined_reasons,b.start_at_secs,b.end_at_secs, \
           coalesce(v.remote_url,m.remote_url,x.url),x.url,coalesce(x.shared_inbox_url,x.inbox_url) \
         FROM abuse b JOIN account w ON w.id=b.reporter_id AND w.user_id IS NOT NULL \
         JOIN actor x ON x.account_id=b.flagged_account_id AND x.host<>'' \
         LEFT JOIN video v ON v.id=b.video_id LEFT JOIN comment m ON m.id=b.comment_id \
         WHERE b.id=?1 AND coalesce(x.shared_inbox_url,x.inbox_url) IS NOT NULL",
        vec![report_id.into()],
    )
}

/// Reads [`select`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(row: &Row) -> Result<ReportRow, DatabaseError> {
    let secs = |at| {
        let secs = row.optional_integer(at)?;
        Ok::<_, DatabaseError>(secs.and_then(|secs| u32::try_from(secs).ok()))
    };
    Ok(ReportRow {
        reporter_name: row.text(0)?,
        reason: row.text(1)?,
        predefined_reasons: row.text(2)?,
        start_at_secs: secs(3)?,
        end_at_secs: secs(4)?,
        object_url: row.text(5)?,
        flagged_url: row.text(6)?,
        flagged_inbox: row.text(7)?,
    })
}
