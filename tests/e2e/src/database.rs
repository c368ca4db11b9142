//! The database of a stopped instance, for the few things that no client can do.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::instance::Instance;

/// A table that only the instance's own database has; the simulators have databases, too.
const OWN_TABLE: &str = "runner_job";

/// Stops the instance, lets `change` loose on its database, and starts it again.
pub fn change(instance: &mut Instance, change: impl FnOnce(&Connection) -> rusqlite::Result<()>) {
    instance.stop();
    let folder = instance.data_folder();
    let database = files(&folder)
        .iter()
        .filter_map(|path| Connection::open(path).ok())
        .find(is_own)
        .unwrap_or_else(|| panic!("no database of an instance in {}", folder.display()));
    change(&database).unwrap_or_else(|error| panic!("cannot change the database: {error}"));
    drop(database);
    instance.resume();
}

fn is_own(database: &Connection) -> bool {
    database
        .query_row(
            "SELECT 1 FROM sqlite_schema WHERE name = ?1",
            [OWN_TABLE],
            |_| Ok(()),
        )
        .is_ok()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => files(&path),
            Some(extension) if extension == "sqlite" || extension == "db" => vec![path],
            _ => Vec::new(),
        })
        .collect()
}
