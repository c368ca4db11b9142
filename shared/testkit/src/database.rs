//! rusqlite behind [`ports::Database`].

use std::cell::RefCell;
use std::rc::Rc;

use ports::{Database, DatabaseError, Row, Rows, Statement, Value, as_demanded};
use rusqlite::limits::Limit;
use rusqlite::types::{Value as SqlValue, ValueRef};
use rusqlite::{Connection, ErrorCode};

/// An in-memory SQLite database with all migrations applied. Clones share it.
#[derive(Clone)]
pub struct TestDatabase {
    connection: Rc<RefCell<Connection>>,
    /// Batches run so far: each is one hop on the platform.
    batches: Rc<RefCell<u32>>,
}

impl TestDatabase {
    /// A fresh database.
    ///
    /// # Panics
    /// When SQLite refuses a migration: that is the test.
    #[must_use]
    pub fn new() -> Self {
        let database = Self::before(1);
        database.migrate_from(1);
        database
    }

    /// A database as it was before migration `version`.
    ///
    /// # Panics
    /// As [`Self::new`].
    #[must_use]
    pub fn before(version: u32) -> Self {
        let connection = Connection::open_in_memory().expect("memory needs no file");
        connection
            .pragma_update(None, "foreign_keys", true)
            .expect("a fixed pragma");
        let database = Self {
            connection: Rc::new(RefCell::new(connection)),
            batches: Rc::default(),
        };
        database.migrate(1..version);
        database
    }

    /// Applies migration `version` and those after it.
    ///
    /// # Panics
    /// As [`Self::new`].
    pub fn migrate_from(&self, version: u32) {
        self.migrate(version..u32::MAX);
    }

    fn migrate(&self, versions: std::ops::Range<u32>) {
        let connection = self.connection.borrow();
        for migration in store::MIGRATIONS {
            if versions.contains(&migration.version) {
                connection
                    .execute_batch(migration.sql)
                    .unwrap_or_else(|error| panic!("migration {}: {error}", migration.version));
            }
        }
    }

    /// How many batches have run.
    #[must_use]
    pub fn batches(&self) -> u32 {
        *self.batches.borrow()
    }

    /// Runs statements of a test's own.
    ///
    /// # Panics
    /// When they are wrong.
    pub fn run(&self, sql: &str) {
        let connection = self.connection.borrow();
        limit(&connection, &WIDE).expect("fixed limits");
        connection
            .execute_batch(sql)
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The rows of one read-only query, each as text, for assertions.
    ///
    /// # Panics
    /// When the query is wrong.
    #[must_use]
    pub fn dump(&self, sql: &str) -> Vec<String> {
        let connection = self.connection.borrow();
        limit(&connection, &WIDE).expect("fixed limits");
        let mut statement = connection.prepare(sql).expect("the test's own query");
        let columns = statement.column_count();
        let rows = statement
            .query_map([], |row| {
                (0..columns)
                    .map(|column| row.get::<_, SqlValue>(column).map(|value| shown(&value)))
                    .collect::<Result<Vec<_>, _>>()
                    .map(|cells| cells.join("|"))
            })
            .expect("the test's own query");
        rows.map(|row| row.expect("readable row")).collect()
    }
}

impl Default for TestDatabase {
    fn default() -> Self {
        Self::new()
    }
}

fn shown(value: &SqlValue) -> String {
    match value {
        SqlValue::Null => "NULL".to_owned(),
        SqlValue::Integer(number) => number.to_string(),
        SqlValue::Real(number) => number.to_string(),
        SqlValue::Text(text) => text.clone(),
        SqlValue::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

impl Database for TestDatabase {
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, DatabaseError> {
        *self.batches.borrow_mut() += 1;
        let mut connection = self.connection.borrow_mut();
        limit(&connection, &NARROW).map_err(|error| bug(&error))?;
        let transaction = connection.transaction().map_err(|error| bug(&error))?;
        let mut results = Vec::with_capacity(statements.len());
        for (index, statement) in statements.iter().enumerate() {
            let rows = run(&transaction, index, statement)?;
            results.push(as_demanded(rows, index, statement.demanded_rows)?);
        }
        transaction.commit().map_err(|error| bug(&error))?;
        Ok(results)
    }
}

/// A Durable Object binds every number as a double, so `?1 / ?2` is no integer division there. Fast
/// tests must meet the same arithmetic.
#[expect(clippy::as_conversions, reason = "there is no From; exact below 2^53")]
#[expect(clippy::cast_precision_loss, reason = "exact below 2^53")]
fn as_workers_bind(number: i64) -> SqlValue {
    assert!(
        number.unsigned_abs() < 1 << 53,
        "{number} would be rounded on Workers"
    );
    SqlValue::Real(number as f64)
}

/// JSON has one kind of number: a whole double comes back as an integer.
#[expect(
    clippy::as_conversions,
    reason = "there is no From; checked to be whole"
)]
#[expect(clippy::cast_possible_truncation, reason = "checked to be whole")]
fn as_workers_return(number: f64) -> Value {
    let whole = number as i64;
    if number.fract() == 0.0 && whole.unsigned_abs() < 1 << 53 {
        Value::Integer(whole)
    } else {
        Value::Real(number)
    }
}

fn bug(error: &rusqlite::Error) -> DatabaseError {
    DatabaseError::Bug {
        cause: error.to_string(),
    }
}

/// The limits that a Durable Object sets below SQLite's own and that a statement of ours could meet.
const NARROW: [(Limit, i32); 3] = [
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 5),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 32),
];
/// SQLite's own, for what tests look at.
const WIDE: [(Limit, i32); 3] = [
    (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 500),
    (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 50_000),
    (Limit::SQLITE_LIMIT_FUNCTION_ARG, 127),
];

fn limit(connection: &Connection, limits: &[(Limit, i32)]) -> rusqlite::Result<()> {
    for (limit, value) in limits {
        connection.set_limit(*limit, *value)?;
    }
    Ok(())
}

fn run(
    connection: &Connection,
    index: usize,
    statement: &Statement,
) -> Result<Rows, DatabaseError> {
    let failed = |error: &rusqlite::Error| match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => DatabaseError::Constraint {
            statement: index,
            cause: error.to_string(),
        },
        _ => DatabaseError::Bug {
            cause: format!("{error} in {}", statement.sql),
        },
    };
    let params: Vec<SqlValue> = statement
        .params
        .iter()
        .map(|value| match value {
            Value::Null => SqlValue::Null,
            Value::Integer(number) => as_workers_bind(*number),
            Value::Real(number) => SqlValue::Real(*number),
            Value::Text(text) => SqlValue::Text(text.clone()),
        })
        .collect();
    let mut prepared = connection
        .prepare(statement.sql)
        .map_err(|error| failed(&error))?;
    let columns = prepared.column_count();
    let mut found = prepared
        .query(rusqlite::params_from_iter(params))
        .map_err(|error| failed(&error))?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(|error| failed(&error))? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(match row.get_ref(column).map_err(|error| failed(&error))? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Integer(number),
                ValueRef::Real(number) => as_workers_return(number),
                ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
                ValueRef::Blob(_) => {
                    return Err(DatabaseError::Bug {
                        cause: "the schema has no blobs".to_owned(),
                    });
                }
            });
        }
        rows.push(Row(values));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block_on;

    #[test]
    fn keeps_the_contract() {
        block_on(contracts::database::check(&TestDatabase::new()));
    }

    #[test]
    fn accounts_of_before_get_a_list_of_what_to_watch_later_and_changes_stay_told() {
        let database = TestDatabase::before(8);
        database.run(
            "INSERT INTO user VALUES (1,'a','a','',2,0,-1,-1,1,NULL),(2,'b','b','',2,0,-1,-1,1,NULL);
             INSERT INTO account VALUES (1,1,'a','A',NULL,1,1,0),(2,2,'b','B',NULL,1,1,0),
                 (3,NULL,'c@far.test','C',NULL,1,1,0);
             INSERT INTO outgoing_change (kind,subject,verb,version) VALUES ('channel','x','update',3);",
        );
        database.migrate_from(8);
        database.run(
            "INSERT INTO outgoing_change (kind,subject,verb) VALUES ('playlist','y','update');",
        );
        let lists = database.dump(
            "SELECT account_id,type,privacy,length(uuid) FROM video_playlist ORDER BY account_id",
        );
        assert_eq!(lists, ["1|2|3|36", "2|2|3|36"]);
        let changes = database.dump("SELECT kind,subject,version FROM outgoing_change ORDER BY id");
        assert_eq!(changes, ["channel|x|3", "playlist|y|1"]);
    }
}
