//! The one message between a Worker and its database object, as JSON text.
//!
//! Request: `[[sql, [params…], demanded rows or null], …]`, or `{"plain": [the same]}` where nothing would have to be
//! rolled back. Answer: `{"rows": [[[values…]…]…], "read": n,
//! "written": n}` or `{"failure": {"kind", "statement", "cause", "demanded", "returned"}}`. The object
//! never parses it in Wasm: JavaScript's own JSON does.
//! Several batches go as a list of requests, and their answers come as a list; each stands or falls alone.

use std::fmt;

use ports::{DatabaseError, Row, Rows, Statement, Value};
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};
use serde_json::{Value as Json, json};

/// Encodes a batch.
pub fn encode_batch(statements: &[Statement]) -> String {
    batch(statements).to_string()
}

/// Encodes several.
pub fn encode_batches(batches: &[Vec<Statement>]) -> String {
    let list: Vec<Json> = batches.iter().map(|one| batch(one)).collect();
    Json::Array(list).to_string()
}

fn batch(statements: &[Statement]) -> Json {
    let list: Vec<Json> = statements
        .iter()
        .map(|statement| {
            let params: Vec<Json> = statement
                .params
                .iter()
                .map(|value| match value {
                    Value::Null => Json::Null,
                    Value::Integer(number) => json!(number),
                    Value::Real(number) => json!(number),
                    Value::Text(text) => json!(text),
                })
                .collect();
            json!([statement.sql, params, statement.demanded_rows])
        })
        .collect();
    if needs_transaction(statements) {
        Json::Array(list)
    } else {
        json!({ PLAIN: list })
    }
}

/// Member that holds a batch which needs no transaction.
pub const PLAIN: &str = "plain";

/// Whether a failure could leave something half done. A statement alone is all or nothing, and what only reads
/// cannot see anybody else's writes: the object runs a batch without a pause. A transaction costs more than most
/// statements.
fn needs_transaction(statements: &[Statement]) -> bool {
    match statements {
        [only] => only.demanded_rows.is_some() && !only_reads(statements),
        several => !only_reads(several),
    }
}

/// Whether a batch changes nothing.
pub fn only_reads(statements: &[Statement]) -> bool {
    let reads = |statement: &Statement| statement.sql.starts_with("SELECT ");
    statements.iter().all(reads)
}

/// The answer as the object wrote it.
#[derive(Deserialize)]
pub struct Answer {
    #[serde(default)]
    rows: Vec<Vec<Vec<Cell>>>,
    #[serde(default)]
    pub read: f64,
    #[serde(default)]
    pub written: f64,
    failure: Option<Failure>,
}

/// One value. Read by hand: what serde derives for untagged enums tries one variant after the other
/// and writes an error message, to be thrown away, for each that does not fit.
struct Cell(Value);

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CellVisitor).map(Self)
    }
}

struct CellVisitor;

impl Visitor<'_> for CellVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, a text or null")
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        i64::try_from(number)
            .map(Value::Integer)
            .map_err(|_| E::custom("SQLite has no such integer"))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::Real(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
}

#[derive(Deserialize)]
struct Failure {
    kind: String,
    #[serde(default)]
    statement: usize,
    #[serde(default)]
    cause: String,
    #[serde(default)]
    demanded: usize,
    #[serde(default)]
    returned: usize,
}

impl Answer {
    /// The rows of each statement.
    pub fn into_rows(self) -> Result<Vec<Rows>, DatabaseError> {
        if let Some(failure) = self.failure {
            return Err(failure.into_error());
        }
        Ok(self
            .rows
            .into_iter()
            .map(|rows| rows.into_iter().map(row).collect())
            .collect())
    }
}

fn row(cells: Vec<Cell>) -> Row {
    Row(cells.into_iter().map(|Cell(value)| value).collect())
}

impl Failure {
    fn into_error(self) -> DatabaseError {
        match self.kind.as_str() {
            "demand" => DatabaseError::DemandNotMet {
                statement: self.statement,
                demanded: self.demanded,
                returned: self.returned,
            },
            "constraint" => DatabaseError::Constraint {
                statement: self.statement,
                cause: self.cause,
            },
            _ => DatabaseError::Bug {
                cause: format!("statement {}: {}", self.statement, self.cause),
            },
        }
    }
}
