//! Registration tokens, and runners that registered with them.

use domain::UnixMillis;
use ports::{DatabaseError, Row, Statement};

use super::Page;

/// Rows of `runner.last_contact_unix_ms` are not written more often than this, in milliseconds: a
/// heartbeat of every job each few seconds would cost a written row each time.
const CONTACT_PRECISION_MS: i64 = 15_000;

/// A runner that registers.
#[derive(Debug, Clone, Copy)]
pub struct NewRunner<'a> {
    /// Unique.
    pub name: &'a str,
    /// In the admin's words.
    pub description: Option<&'a str>,
    /// Of the runner program.
    pub version: Option<&'a str>,
    /// Hex digest of the token that it gets.
    pub runner_token_sha256: &'a str,
    /// When.
    pub now: UnixMillis,
}

/// A registered runner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// Row id.
    pub id: i64,
    /// Unique name.
    pub name: String,
    /// In the admin's words.
    pub description: Option<String>,
    /// Of the runner program.
    pub version: Option<String>,
    /// When it last called.
    pub last_contact: UnixMillis,
    /// When it registered.
    pub created_at: UnixMillis,
    /// Last change.
    pub updated_at: UnixMillis,
}

/// A token with which runners register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegistrationToken {
    /// Row id.
    pub id: i64,
    /// `ptrrt-…`; stored as it is, because admins read it in the list.
    pub token: String,
    /// When it was made.
    pub created_at: UnixMillis,
    /// Last change.
    pub updated_at: UnixMillis,
    /// Runners registered with it.
    pub runners: u64,
}

/// Inserts a registration token.
#[must_use]
pub fn insert_registration_token(token: &str, now: UnixMillis) -> Statement {
    Statement::new(
        "INSERT INTO runner_registration_token (token, created_at_unix_ms, updated_at_unix_ms)
         VALUES (?1, ?2, ?2)",
        vec![token.into(), now.into()],
    )
}

/// One row if the token exists.
#[must_use]
pub fn select_registration_token(token: &str) -> Statement {
    Statement::new(
        "SELECT id FROM runner_registration_token WHERE token = ?1",
        vec![token.into()],
    )
}

/// Deletes a registration token and the runners that used it; returns a row if there was one.
#[must_use]
pub fn delete_registration_token(id: i64) -> Statement {
    Statement::new(
        "DELETE FROM runner_registration_token WHERE id = ?1 RETURNING 1",
        vec![id.into()],
    )
}

/// How many registration tokens there are.
#[must_use]
pub fn count_registration_tokens() -> Statement {
    Statement::new("SELECT count(*) FROM runner_registration_token", vec![])
}

/// A page of registration tokens by date of making; read with [`registration_token`].
#[must_use]
pub fn select_registration_tokens(page: Page) -> Statement {
    Statement::new(
        "SELECT t.id, t.token, t.created_at_unix_ms, t.updated_at_unix_ms,
                (SELECT count(*) FROM runner r WHERE r.registration_token_id = t.id)
         FROM runner_registration_token t
         ORDER BY ?1 * t.created_at_unix_ms, ?1 * t.id LIMIT ?2 OFFSET ?3",
        vec![
            page.direction().into(),
            page.count.into(),
            page.start.into(),
        ],
    )
}

/// Reads [`select_registration_tokens`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn registration_token(row: &Row) -> Result<RegistrationToken, DatabaseError> {
    Ok(RegistrationToken {
        id: row.integer(0)?,
        token: row.text(1)?,
        created_at: row.time(2)?,
        updated_at: row.time(3)?,
        runners: row.unsigned(4)?,
    })
}

/// Inserts a runner under an existing registration token; returns its id, no row when the token is
/// unknown or the name is taken.
#[must_use]
pub fn insert_runner_by_token(new: &NewRunner<'_>, registration_token: &str) -> Statement {
    Statement::new(
        "INSERT INTO runner (runner_token_sha256, registration_token_id, name, description, version,
                             last_contact_unix_ms, created_at_unix_ms, updated_at_unix_ms)
         SELECT ?1, t.id, ?2, ?3, ?4, ?5, ?5, ?5 FROM runner_registration_token t WHERE t.token = ?6
         ON CONFLICT (name) DO NOTHING RETURNING id",
        vec![
            new.runner_token_sha256.into(),
            new.name.into(),
            new.description.into(),
            new.version.into(),
            new.now.into(),
            registration_token.into(),
        ],
    )
}

/// Inserts a runner that registered with the configured token; returns its id, no row when the name
/// is taken.
#[must_use]
pub fn insert_runner(new: &NewRunner<'_>) -> Statement {
    Statement::new(
        "INSERT INTO runner (runner_token_sha256, name, description, version,
                             last_contact_unix_ms, created_at_unix_ms, updated_at_unix_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?5)
         ON CONFLICT (name) DO NOTHING RETURNING id",
        vec![
            new.runner_token_sha256.into(),
            new.name.into(),
            new.description.into(),
            new.version.into(),
            new.now.into(),
        ],
    )
}

/// Notes that a runner called; returns its id, no row for an unknown token.
#[must_use]
pub fn touch_runner(
    runner_token_sha256: &str,
    version: Option<&str>,
    now: UnixMillis,
) -> [Statement; 2] {
    [
        Statement::new(
            "UPDATE runner SET last_contact_unix_ms = ?2, version = coalesce(?3, version),
                    updated_at_unix_ms = iif(?3 IS NULL OR ?3 IS version, updated_at_unix_ms, ?2)
             WHERE runner_token_sha256 = ?1
               AND (last_contact_unix_ms < ?4 OR ?3 IS NOT version AND ?3 IS NOT NULL)",
            vec![
                runner_token_sha256.into(),
                now.into(),
                version.into(),
                now.plus_ms(-CONTACT_PRECISION_MS).into(),
            ],
        ),
        select_runner(runner_token_sha256),
    ]
}

/// One row if such a runner is registered.
#[must_use]
pub fn select_runner(runner_token_sha256: &str) -> Statement {
    Statement::new(
        "SELECT id FROM runner WHERE runner_token_sha256 = ?1",
        vec![runner_token_sha256.into()],
    )
}

/// Deletes a runner by its own token; returns a row if there was one.
#[must_use]
pub fn delete_runner_by_token(runner_token_sha256: &str) -> Statement {
    Statement::new(
        "DELETE FROM runner WHERE runner_token_sha256 = ?1 RETURNING 1",
        vec![runner_token_sha256.into()],
    )
}

/// Deletes a runner; returns a row if there was one.
#[must_use]
pub fn delete_runner(id: i64) -> Statement {
    Statement::new(
        "DELETE FROM runner WHERE id = ?1 RETURNING 1",
        vec![id.into()],
    )
}

/// How many runners there are.
#[must_use]
pub fn count_runners() -> Statement {
    Statement::new("SELECT count(*) FROM runner", vec![])
}

/// A page of runners by date of registration; read with [`runner`].
#[must_use]
pub fn select_runners(page: Page) -> Statement {
    Statement::new(
        "SELECT id, name, description, version, last_contact_unix_ms, created_at_unix_ms,
                updated_at_unix_ms
         FROM runner
         ORDER BY ?1 * created_at_unix_ms, ?1 * id LIMIT ?2 OFFSET ?3",
        vec![
            page.direction().into(),
            page.count.into(),
            page.start.into(),
        ],
    )
}

/// Reads [`select_runners`].
///
/// # Errors
/// [`DatabaseError::Bug`] for a row of another shape.
pub fn runner(row: &Row) -> Result<Runner, DatabaseError> {
    Ok(Runner {
        id: row.integer(0)?,
        name: row.text(1)?,
        description: row.optional_text(2)?,
        version: row.optional_text(3)?,
        last_contact: row.time(4)?,
        created_at: row.time(5)?,
        updated_at: row.time(6)?,
    })
}
