//! Schema, migrations and queries in SQLite's dialect over [`ports::Database`].
//!
//! The same text runs in a Durable Object and in rusqlite. Queries are functions that build
//! [`ports::Statement`]s or run them; a list is one statement, never a query per row. Rows become plain
//! structs here; what they mean is `app`'s affair.

pub mod account;
pub mod discovery;
pub mod federation;
pub mod follow;
mod json;
pub mod media;
pub mod mirror;
pub mod playlist;
pub mod publish;
pub mod queued_task;
pub mod runner;
pub mod social;
pub mod subscription;
mod text;
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

/// A migration from its file, without comments and indentation: they would be a quarter of what every host loads.
macro_rules! migration {
    ($version:literal, $file:literal) => {{
        const WRITTEN: &[u8] = include_bytes!($file);
        const BARE: [u8; text::bare_len(WRITTEN)] = text::bare(WRITTEN);
        Migration {
            version: $version,
            sql: match str::from_utf8(&BARE) {
                Ok(sql) => sql,
                Err(_) => panic!("a migration is UTF-8"),
            },
        }
    }};
}

/// Every migration, oldest first. Hosts keep the applied version in the table `schema_version`.
pub const MIGRATIONS: &[Migration] = &[
    migration!(1, "../migrations/0001_instance.sql"),
    migration!(2, "../migrations/0002_federation.sql"),
    migration!(3, "../migrations/0003_outgoing.sql"),
    migration!(4, "../migrations/0004_moderation.sql"),
    migration!(5, "../migrations/0005_queued_task.sql"),
    migration!(6, "../migrations/0006_received_task.sql"),
    migration!(7, "../migrations/0007_outgoing_page.sql"),
    migration!(8, "../migrations/0008_playlist.sql"),
    migration!(9, "../migrations/0009_mirror.sql"),
    migration!(10, "../migrations/0010_watch.sql"),
    migration!(11, "../migrations/0011_taken_back.sql"),
    migration!(12, "../migrations/0012_mirror_swarm.sql"),
    migration!(13, "../migrations/0013_swarm_name.sql"),
    migration!(14, "../migrations/0014_follow_number.sql"),
];

/// The statements of a migration one by one, for hosts that take no more at once. A statement ends with a
/// line that ends with a semicolon; that of a trigger with `END;`.
pub fn statements(sql: &str) -> impl Iterator<Item = &str> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        let mut is_trigger = false;
        let mut end = 0;
        for line in rest.split_inclusive('\n') {
            end += line.len();
            let code = line.split("--").next().unwrap_or(line).trim();
            is_trigger |= code.starts_with("CREATE TRIGGER");
            let ends = if is_trigger { "END;" } else { ";" };
            if code.ends_with(ends) {
                let (statement, after) = rest.split_at(end);
                rest = after;
                return Some(statement);
            }
        }
        None
    })
}

/// Makes the table that remembers the applied version.
pub const CREATE_VERSION_TABLE: &str =
    "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT";
/// The applied version, no row for a fresh database.
pub const SELECT_VERSION: &str = "SELECT max(version) FROM schema_version";
/// Remembers one applied version (`?1`).
pub const INSERT_VERSION: &str = "INSERT INTO schema_version (version) VALUES (?1)";
