//! Deliveries that wait for servers which do not answer: `delayed_delivery`.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

/// Deliveries that wait for one host; more are not kept. Who comes back after days reads our outbox.
pub const MAX_OF_HOST: u32 = 500;

/// Keeps a body that others wait for.
#[must_use]
pub fn keep_activity(activity_id: &str, body: &str) -> Statement {
    Statement::new(
        "INSERT INTO delayed_activity (id,body) VALUES (?1,?2) \
         ON CONFLICT (id) DO UPDATE SET body=?2 WHERE body<>?2",
        vec![activity_id.into(), body.into()],
    )
}

/// Deliveries of one activity that are to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep<'a> {
    /// ActivityPub id.
    pub activity_id: &'a str,
    /// Id of our actor who signs it.
    pub signer_url: &'a str,
    /// A JSON array of `[inbox, host]`.
    pub inboxes: &'a str,
    /// When it was first tried.
    pub since: UnixMillis,
    /// Not to be tried before; 0 leaves it to the host.
    pub free_at: UnixMillis,
    /// How often these inboxes have refused it.
    pub refusals: u32,
}

/// Keeps deliveries; those that are kept already get the new time.
#[must_use]
pub fn keep(keep: &Keep<'_>) -> Statement {
    Statement::new(
        "INSERT INTO delayed_delivery \
         (host,inbox_url,signer_url,activity_id,since_unix_ms,taken_until_unix_ms,refusals) \
         SELECT j.value->>1,j.value->>0,?2,?1,?4,?6,?7 FROM json_each(?3) j \
         WHERE (SELECT count(*) FROM delayed_delivery d WHERE d.host=j.value->>1)<?5 \
         ON CONFLICT (activity_id,inbox_url) \
         DO UPDATE SET taken_until_unix_ms=?6,refusals=max(refusals,?7)",
        vec![
            keep.activity_id.into(),
            keep.signer_url.into(),
            keep.inboxes.into(),
            keep.since.into(),
            MAX_OF_HOST.into(),
            keep.free_at.into(),
            keep.refusals.into(),
        ],
    )
}

/// Forgets deliveries of one activity that need no further try; `inboxes` is a JSON array.
#[must_use]
pub fn forget(activity_id: &str, inboxes: &str) -> Statement {
    Statement::new(
        "DELETE FROM delayed_delivery WHERE activity_id=?1 \
         AND inbox_url IN (SELECT value FROM json_each(?2))",
        vec![activity_id.into(), inboxes.into()],
    )
}

/// Forgets everything that waits for these hosts, a JSON array.
#[must_use]
pub fn forget_hosts(hosts: &str) -> Statement {
    Statement::new(
        "DELETE FROM delayed_delivery WHERE host IN (SELECT value FROM json_each(?1))",
        vec![hosts.into()],
    )
}

/// Forgets bodies that nobody waits for.
#[must_use]
pub fn forget_bodies() -> Statement {
    Statement::new(
        "DELETE FROM delayed_activity WHERE NOT EXISTS \
         (SELECT 1 FROM delayed_delivery d WHERE d.activity_id=delayed_activity.id)",
        vec![],
    )
}

/// Selects hosts for which something waits and whose time has come, at most `count`: name, and failures.
/// Reads two rows a silent host, however much waits for it.
#[must_use]
pub fn select_due_hosts(now: UnixMillis, count: u32) -> Statement {
    Statement::new(
        "WITH RECURSIVE waiting(host) AS ( \
           SELECT min(host) FROM delayed_delivery UNION ALL \
           SELECT (SELECT min(d.host) FROM delayed_delivery d WHERE d.host>waiting.host) \
           FROM waiting WHERE waiting.host IS NOT NULL) \
         SELECT w.host,coalesce(h.failures,0) FROM waiting w LEFT JOIN remote_host h ON h.host=w.host \
         WHERE w.host IS NOT NULL \
         AND iif(coalesce(h.failures,0)>0,coalesce(h.retry_after_unix_ms,0)<=?1,\
           EXISTS (SELECT 1 FROM delayed_delivery d WHERE d.host=w.host AND d.taken_until_unix_ms<=?1)) \
         ORDER BY coalesce(h.retry_after_unix_ms,0) LIMIT +?2",
        vec![now.into(), count.into()],
    )
}

/// Takes the oldest delivery to each of `failing_hosts`, a JSON array, that nobody has taken: a probe. Nothing else is sent there
/// until [`hold_hosts`] says so.
#[must_use]
pub fn claim_probes(failing_hosts: &str, now: UnixMillis, until: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE delayed_delivery SET taken_until_unix_ms=?3 WHERE id IN (SELECT \
         (SELECT min(d.id) FROM delayed_delivery d WHERE d.host=j.value AND d.taken_until_unix_ms<=?2) \
         FROM json_each(?1) j) RETURNING id,inbox_url,signer_url,since_unix_ms,\
         (SELECT body FROM delayed_activity a WHERE a.id=activity_id),host,refusals",
        vec![failing_hosts.into(), now.into(), until.into()],
    )
}

/// Has nobody ask these hosts, a JSON array, before `until`.
#[must_use]
pub fn hold_hosts(failing_hosts: &str, until: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE remote_host SET retry_after_unix_ms=?2 \
         WHERE host IN (SELECT value FROM json_each(?1))",
        vec![failing_hosts.into(), until.into()],
    )
}

/// Takes up to `count` deliveries to hosts that answer again, a JSON array, oldest first.
#[must_use]
pub fn claim(answering_hosts: &str, count: u32, now: UnixMillis, until: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE delayed_delivery SET taken_until_unix_ms=?4 WHERE id IN (SELECT d.id \
         FROM json_each(?1) j JOIN delayed_delivery d ON d.host=j.value \
         WHERE d.taken_until_unix_ms<=?3 ORDER BY d.id LIMIT +?2) \
         RETURNING id,inbox_url,signer_url,since_unix_ms,\
         (SELECT body FROM delayed_activity a WHERE a.id=activity_id),host,refusals",
        vec![
            answering_hosts.into(),
            count.into(),
            now.into(),
            until.into(),
        ],
    )
}

/// A delivery that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelayedRow {
    /// Row id: the order of sending.
    pub id: i64,
    /// Where to.
    pub inbox_url: String,
    /// Id of our actor who signs it.
    pub signer_url: String,
    /// When it was first tried.
    pub since_unix_ms: i64,
    /// Its JSON.
    pub activity: String,
    /// Of the inbox.
    pub host: String,
    /// How often the inbox has refused it.
    pub refusals: u32,
}

/// Reads a row of [`claim`] or [`claim_probes`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(row: &Row) -> Result<DelayedRow, DatabaseError> {
    Ok(DelayedRow {
        id: row.integer(0)?,
        inbox_url: row.text(1)?,
        signer_url: row.text(2)?,
        since_unix_ms: row.integer(3)?,
        activity: row.text(4)?,
        host: row.text(5)?,
        refusals: row.small(6)?,
    })
}
