//! Lets time pass for an instance.
//!
//! The Worker has no clock that a test could set, and waiting for a day is not a test. So all that
//! the instance remembers is made older instead: every column that holds a time.

use std::time::Duration;

use rusqlite::Connection;

use crate::database;
use crate::instance::Instance;

/// Suffix of every column that holds milliseconds since 1970.
const TIME_SUFFIX: &str = "_unix_ms";

/// Stops the instance, makes its database as much older, and starts it again.
pub fn pass(instance: &mut Instance, time: Duration) {
    let by_ms = i64::try_from(time.as_millis()).expect("a test's time fits 64 bits");
    database::change(instance, |database| age(database, by_ms));
}

fn age(database: &Connection, by_ms: i64) -> rusqlite::Result<()> {
    let mut statement = database.prepare(
        "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
         WHERE t.type = 'table' AND c.name LIKE '%' || ?1",
    )?;
    let columns = statement
        .query_map([TIME_SUFFIX], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(String, String)>>>()?;
    assert!(!columns.is_empty(), "no column of time in the database");
    for (table, column) in &columns {
        let sql = format!("UPDATE \"{table}\" SET \"{column}\" = \"{column}\" - ?1");
        database.execute(&sql, [by_ms])?;
    }
    Ok(())
}
