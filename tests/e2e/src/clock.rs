//! Lets time pass for a stopped instance.
//!
//! The Worker has no clock that a test could set, and waiting for a day is not a test. So all that
//! the instance remembers is made older instead: every column that holds a time.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use crate::instance::Instance;

/// Suffix of every column that holds milliseconds since 1970.
const TIME_SUFFIX: &str = "_unix_ms";

/// Stops the instance, makes its database as much older, and starts it again.
pub fn pass(instance: &mut Instance, time: Duration) {
    instance.stop();
    let by_ms = i64::try_from(time.as_millis()).expect("a test's time fits 64 bits");
    let changed: usize = databases(&instance.data_folder())
        .iter()
        .map(|path| age(path, by_ms))
        .sum();
    assert!(changed > 0, "no column of time in {}", instance.data_folder().display());
    instance.resume();
}

fn databases(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()));
    entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .flat_map(|path| match path.extension() {
            _ if path.is_dir() => databases(&path),
            Some(extension) if extension == "sqlite" => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

/// Answers how many columns of time there are; databases of the simulators have none.
fn age(path: &Path, by_ms: i64) -> usize {
    let attempt = || -> rusqlite::Result<usize> {
        let database = Connection::open(path)?;
        let mut statement = database.prepare(
            "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND c.name LIKE '%' || ?1",
        )?;
        let columns = statement
            .query_map([TIME_SUFFIX], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<Vec<(String, String)>>>()?;
        for (table, column) in &columns {
            let sql = format!("UPDATE \"{table}\" SET \"{column}\" = \"{column}\" - ?1");
            database.execute(&sql, [by_ms])?;
        }
        Ok(columns.len())
    };
    attempt().unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
