//! How other servers are to be spoken to, and which do not answer: `remote_host`.
//!
//! A delivery that arrives where the last one did writes nothing.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

/// What is known of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRow {
    /// Its name, with the port if any.
    pub host: String,
    /// `cavage` or `rfc9421`.
    pub scheme: String,
    /// Deliveries that failed since the last one that did not.
    pub failures: u32,
    /// Whether something has ever arrived there.
    pub is_proven: bool,
}

/// Selects those of `hosts`, a JSON array of names, of which something is known.
#[must_use]
pub fn select(hosts: &str) -> Statement {
    Statement::new(
        "SELECT h.host,h.scheme,h.failures,h.last_success_unix_ms IS NOT NULL \
         FROM json_each(?1) j JOIN remote_host h ON h.host=j.value",
        vec![hosts.into()],
    )
}

/// Reads a row of [`select`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn read(row: &Row) -> Result<HostRow, DatabaseError> {
    Ok(HostRow {
        host: row.text(0)?,
        scheme: row.text(1)?,
        failures: row.small(2)?,
        is_proven: row.boolean(3)?,
    })
}

/// Notes that a host has answered, and to which form of signature.
#[must_use]
pub fn note_answer(host: &str, scheme: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO remote_host (host,scheme,last_success_unix_ms) VALUES (?1,?2,?3) \
         ON CONFLICT (host) DO UPDATE SET scheme=?2,failures=0,retry_after_unix_ms=NULL,\
         last_success_unix_ms=?3",
        vec![host.into(), scheme.into(), now.into()],
    )
}

/// Notes one more failure of a host that had `failures` when it was asked: of several who find out at the
/// same time, the first counts.
#[must_use]
pub fn note_failure(host: &str, failures: u32, retry_after: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO remote_host (host,failures,retry_after_unix_ms) VALUES (?1,1,?3) \
         ON CONFLICT (host) DO UPDATE SET failures=failures+1,retry_after_unix_ms=?3 \
         WHERE failures=?2",
        vec![host.into(), failures.into(), retry_after.into()],
    )
}

/// Sets when a host that has failed so many times may be asked again.
#[must_use]
pub fn put_off(host: &str, failures: u32, retry_after: UnixMillis) -> Statement {
    Statement::new(
        "UPDATE remote_host SET retry_after_unix_ms=?3 WHERE host=?1 AND failures=?2",
        vec![host.into(), failures.into(), retry_after.into()],
    )
}

/// Has a host that did not answer tried again at once: it has just spoken to us. Writes nothing about others.
#[must_use]
pub fn heard(host: &str) -> Statement {
    Statement::new(
        "UPDATE remote_host SET retry_after_unix_ms=0 \
         WHERE host=?1 AND failures>0 AND retry_after_unix_ms>0",
        vec![host.into()],
    )
}

/// Selects whether anybody on `host` shares that inbox: column 0.
#[must_use]
pub fn select_is_shared(host: &str, inbox_url: &str) -> Statement {
    Statement::new(
        "SELECT EXISTS (SELECT 1 FROM actor WHERE host=?1 AND shared_inbox_url=?2)",
        vec![host.into(), inbox_url.into()],
    )
}
