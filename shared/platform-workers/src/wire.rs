//! The one message between a Worker and its database object, as JSON text.
//!
//! Request: `[[sql, [params…], demanded rows or null], …]`. Answer: `{"rows": [[[values…]…]…], "read": n,
//! "written": n}` or `{"failure": {"kind", "statement", "cause", "demanded", "returned"}}`. The object
//! never parses it in Wasm: JavaScript's own JSON does.

use ports::{DatabaseError, Row, Rows, Statement, Value};
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// Encodes a batch.
pub fn encode_batch(statements: &[Statement]) -> String {
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
    Json::Array(list).to_string()
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

#[derive(Deserialize)]
#[serde(untagged)]
enum Cell {
    Integer(i64),
    Real(f64),
    Text(String),
    Null,
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
    Row(cells
        .into_iter()
        .map(|cell| match cell {
            Cell::Integer(number) => Value::Integer(number),
            Cell::Real(number) => Value::Real(number),
            Cell::Text(text) => Value::Text(text),
            Cell::Null => Value::Null,
        })
        .collect())
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
