//! Spin's SQLite.
//!
//! A batch is one transaction. One that writes takes the one write lock first
//! (`BEGIN IMMEDIATE`), so that it sees no other between what it reads and what it writes; SQLite makes later
//! ones wait, and here they ask again when its patience is over. One that only reads takes no lock: it sees
//! the database as it is at its first statement.
//!
//! The host is asked in the form that blocks. An instance answers many requests at a time, taking turns; in the
//! other form the work of all of them would come between two statements, with the lock held all the while. As
//! nothing comes between, all batches of an instance share one connection.
//! Hosts that send each statement to a remote database on its own (libSQL over HTTP) have no transactions
//! and cannot carry this.

use std::cell::RefCell;

use ports::{Database, DatabaseError, Row, Rows, Statement, Value, as_demanded};
// The SDK wraps only the form that does not block.
use spin_sdk::sqlite::wit::sqlite::Connection;
use spin_sdk::sqlite::{Error, Value as SpinValue};

/// The database `default` of the application. Clones share it.
#[derive(Debug, Clone, Copy)]
pub struct SpinSqlite;

thread_local! {
    /// For the next batch: with each new connection SQLite reads the whole schema, which costs more than most
    /// batches do.
    static OPENED: RefCell<Option<Connection>> = const { RefCell::new(None) };
}

const NO_PARAMS: [SpinValue; 0] = [];
/// Its label in `spin.toml`.
const DATABASE: &str = "default";

fn failed(error: &Error, statement: usize) -> DatabaseError {
    let cause = error.to_string();
    // The host hands SQLite's words on, and no code.
    if cause.contains("constraint failed") {
        return DatabaseError::Constraint { statement, cause };
    }
    let is_passing = cause.contains("locked") || cause.contains("busy");
    match error {
        Error::Io(_) if !is_passing => DatabaseError::Bug { cause },
        _ => DatabaseError::Unavailable { cause },
    }
}

/// SQL says what a number is by how it is written; JSON, which Workers speak, does not. Both hosts must give
/// the same answer, so a number is bound as a double where it is one there.
#[expect(clippy::as_conversions, reason = "there is no From; exact below 2^53")]
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
fn bound(value: Value) -> SpinValue {
    match value {
        Value::Null => SpinValue::Null,
        Value::Integer(number) => SpinValue::Real(number as f64),
        Value::Real(number) => SpinValue::Real(number),
        Value::Text(text) => SpinValue::Text(text),
    }
}

#[expect(
    clippy::as_conversions,
    reason = "there is no From; checked to be whole"
)]
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole")]
fn returned(value: SpinValue) -> Result<Value, DatabaseError> {
    Ok(match value {
        SpinValue::Null => Value::Null,
        SpinValue::Integer(number) => Value::Integer(number),
        SpinValue::Real(number) => {
            let whole = number as i64;
            if number.fract() == 0.0 && whole.unsigned_abs() < 1 << 53 {
                Value::Integer(whole)
            } else {
                Value::Real(number)
            }
        }
        SpinValue::Text(text) => Value::Text(text),
        SpinValue::Blob(_) => {
            return Err(DatabaseError::Bug {
                cause: "the schema has no blobs".to_owned(),
            });
        }
    })
}

fn plain(connection: &Connection, sql: &str) -> Result<(), DatabaseError> {
    run(connection, 0, sql, &NO_PARAMS).map(drop)
}

fn run(
    connection: &Connection,
    index: usize,
    sql: &str,
    params: &[SpinValue],
) -> Result<Rows, DatabaseError> {
    let failed = |error: Error| failed(&error, index);
    let found = connection.execute(sql, params).map_err(failed)?;
    let rows = found.rows.into_iter();
    rows.map(|row| {
        let values: Result<_, _> = row.values.into_iter().map(returned).collect();
        Ok(Row(values?))
    })
    .collect()
}

fn open() -> Result<Connection, DatabaseError> {
    let connection = Connection::open(DATABASE).map_err(|error| failed(&error, 0))?;
    plain(&connection, "PRAGMA foreign_keys = ON")?;
    migrate(&connection)?;
    Ok(connection)
}

/// A connection is used again only if all went well: another may be broken, or within a transaction still.
fn with_connection<T>(
    work: impl FnOnce(&Connection) -> Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    let connection = OPENED.take().map_or_else(open, Ok)?;
    let result = work(&connection)?;
    OPENED.set(Some(connection));
    Ok(result)
}

/// Whether every migration has been applied; a fresh database has no table that says so.
fn is_current(connection: &Connection) -> bool {
    let known = run(connection, 0, store::SELECT_VERSION, &NO_PARAMS);
    let applied = known.ok().and_then(|rows| rows.first()?.integer(0).ok());
    let newest = store::MIGRATIONS.last();
    newest.is_some_and(|newest| applied == Some(i64::from(newest.version)))
}

/// Brings the schema up to date.
fn migrate(connection: &Connection) -> Result<(), DatabaseError> {
    // A new instance must not wait for whoever writes just now.
    if is_current(connection) {
        return Ok(());
    }
    // Readers go on while somebody writes.
    plain(connection, "PRAGMA journal_mode = WAL")?;
    in_transaction(connection, Access::Write, || {
        plain(connection, store::CREATE_VERSION_TABLE)?;
        let rows = run(connection, 0, store::SELECT_VERSION, &NO_PARAMS)?;
        let applied = rows
            .first()
            .map_or(Ok(None), |row| row.optional_integer(0))?;
        for migration in store::MIGRATIONS {
            if i64::from(migration.version) <= applied.unwrap_or(0) {
                continue;
            }
            for statement in store::statements(migration.sql) {
                plain(connection, statement)?;
            }
            let version = [SpinValue::Integer(i64::from(migration.version))];
            run(connection, 0, store::INSERT_VERSION, &version)?;
        }
        Ok(())
    })
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

impl Access {
    /// A statement that might write counts as one that does.
    fn of(statements: &[Statement]) -> Self {
        if statements.iter().all(|statement| only_reads(statement.sql)) {
            Self::Read
        } else {
            Self::Write
        }
    }
}

fn only_reads(sql: &str) -> bool {
    const WRITES: [&str; 4] = ["INSERT", "UPDATE", "DELETE", "REPLACE"];
    match sql.trim_start() {
        sql if sql.starts_with("SELECT") => true,
        sql if sql.starts_with("WITH") => !WRITES.iter().any(|word| sql.contains(word)),
        _ => false,
    }
}

/// How often the write lock is asked for; the host waits five seconds each time.
const WRITE_ATTEMPTS: u32 = 3;

fn begin(connection: &Connection, access: Access) -> Result<(), DatabaseError> {
    if access == Access::Read {
        return plain(connection, "BEGIN");
    }
    let mut left = WRITE_ATTEMPTS;
    loop {
        left -= 1;
        match plain(connection, "BEGIN IMMEDIATE") {
            Err(DatabaseError::Unavailable { .. }) if left > 0 => {}
            done => return done,
        }
    }
}

/// Commits when `work` succeeds, else rolls back and says why it did not.
fn in_transaction<T>(
    connection: &Connection,
    access: Access,
    work: impl FnOnce() -> Result<T, DatabaseError>,
) -> Result<T, DatabaseError> {
    begin(connection, access)?;
    match work() {
        Ok(result) => plain(connection, "COMMIT").map(|()| result),
        Err(error) => {
            // A connection that cannot roll back is closed, which rolls back.
            let _ = plain(connection, "ROLLBACK");
            Err(error)
        }
    }
}

fn run_all(
    connection: &Connection,
    statements: Vec<Statement>,
) -> Result<Vec<Rows>, DatabaseError> {
    let mut results = Vec::with_capacity(statements.len());
    for (index, statement) in statements.into_iter().enumerate() {
        let params: Vec<_> = statement.params.into_iter().map(bound).collect();
        let rows = run(connection, index, statement.sql, &params)?;
        results.push(as_demanded(rows, index, statement.demanded_rows)?);
    }
    Ok(results)
}

impl Database for SpinSqlite {
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, DatabaseError> {
        let access = Access::of(&statements);
        with_connection(|connection| {
            in_transaction(connection, access, || run_all(connection, statements))
        })
    }
}
