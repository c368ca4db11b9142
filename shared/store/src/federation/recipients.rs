//! Whom an activity goes to: distinct inboxes of followers and of those it concerns.

use ports::{DatabaseError, Row, Statement};

/// An inbox that several followers may share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRow {
    /// Its URL.
    pub inbox_url: String,
    /// Its host, with the port if any.
    pub host: String,
    /// Deliveries that failed since the last one that did not.
    pub failures: u32,
    /// Whether something has ever arrived there.
    pub is_proven: bool,
}

/// Selects the inboxes after `after_inbox`, in the order of their URLs, at most `count`. `actor_urls` is a
/// JSON array of actors of ours whose followers are meant; `others` one of `[inbox, host]`. A shared inbox
/// stands for everybody behind it; servers that the instance blocks are left out.
#[must_use]
pub fn select(actor_urls: &str, others: &str, after_inbox: &str, count: u32) -> Statement {
    Statement::new(
        "SELECT i.inbox,i.host,coalesce(h.failures,0),h.last_success_unix_ms IS NOT NULL FROM ( \
           SELECT coalesce(a.shared_inbox_url,a.inbox_url) AS inbox,a.host AS host \
           FROM json_each(?1) j JOIN actor t ON t.url=j.value AND t.host='' \
           JOIN follow w ON w.target_id=t.id AND w.state='accepted' \
           JOIN actor a ON a.id=w.follower_id AND a.host<>'' \
           UNION SELECT value->>0,value->>1 FROM json_each(?2)) i \
         LEFT JOIN remote_host h ON h.host=i.host \
         WHERE i.inbox>?3 \
         AND NOT EXISTS (SELECT 1 FROM host_block b WHERE b.host=i.host AND b.blocker_id IS NULL) \
         ORDER BY i.inbox LIMIT +?4",
        vec![
            actor_urls.into(),
            others.into(),
            after_inbox.into(),
            count.into(),
        ],
    )
}

/// Reads a row of [`select`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(row: &Row) -> Result<InboxRow, DatabaseError> {
    Ok(InboxRow {
        inbox_url: row.text(0)?,
        host: row.text(1)?,
        failures: row.small(2)?,
        is_proven: row.boolean(3)?,
    })
}

/// Selects those of `actor_urls`, a JSON array of actors of ours, whom anybody elsewhere follows: column 0.
#[must_use]
pub fn select_followed(actor_urls: &str) -> Statement {
    Statement::new(
        "SELECT t.url FROM json_each(?1) j JOIN actor t ON t.url=j.value AND t.host='' \
         WHERE EXISTS (SELECT 1 FROM follow w JOIN actor a ON a.id=w.follower_id \
         WHERE w.target_id=t.id AND w.state='accepted' AND a.host<>'')",
        vec![actor_urls.into()],
    )
}

/// Ends the follows of those whose own inbox that is, and who share none: it is gone, and so are they.
#[must_use]
pub fn forget_followers_at(host: &str, inbox_url: &str) -> Statement {
    Statement::new(
        "DELETE FROM follow WHERE follower_id IN (SELECT id FROM actor \
         WHERE host=?1 AND inbox_url=?2 AND shared_inbox_url IS NULL)",
        vec![host.into(), inbox_url.into()],
    )
}

/// Ends the follows of everybody on these hosts, a JSON array: they have been unreachable for days.
#[must_use]
pub fn forget_followers_on(hosts: &str) -> Statement {
    Statement::new(
        "DELETE FROM follow WHERE follower_id IN \
         (SELECT a.id FROM json_each(?1) j JOIN actor a ON a.host=j.value WHERE a.host<>'')",
        vec![hosts.into()],
    )
}
