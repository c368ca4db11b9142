//! Schema, migrations and queries in SQLite's dialect over [`ports::Database`].
//!
//! The same text runs in a Durable Object and in rusqlite. Queries are functions that build
//! [`ports::Statement`]s or run them; a list is one statement, never a query per row. Rows become plain
//! structs here; what they mean is `app`'s affair.

pub mod account;
pub mod discovery;
pub mod federation;
mod json;
pub mod media;
pub mod publish;
pub mod runner;
pub mod social;
pub mod tracker;
pub mod upload;
pub mod video;

/// One step of the schema, applied in order and once.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// 1, 2, 3, …
    pub version: u32,
    /// Several statements, separated by semicolons.
    pub sql: &'static str,
}

/// Every migration, oldest first. Hosts keep the applied version in the table `schema_version`.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sql: include_str!("../migrations/0001_instance.sql"),
    },
    Migration {
        version: 2,
        sql: include_str!("../migrations/0002_federation.sql"),
    },
    Migration {
        version: 3,
        sql: include_str!("../migrations/0003_outgoing.sql"),
    },
    Migration {
        version: 4,
        sql: include_str!("../migrations/0004_moderation.sql"),
    },
];

/// Makes the table that remembers the applied version.
pub const CREATE_VERSION_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT";
/// The applied version, no row for a fresh database.
pub const SELECT_VERSION: &str = "SELECT max(version) FROM schema_version";
/// Remembers one applied version (`?1`).
pub const INSERT_VERSION: &str = "INSERT INTO schema_version (version) VALUES (?1)";
