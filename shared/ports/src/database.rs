//! SQLite, one hop away: a batch of statements is one transaction.

use thiserror::Error;

/// A value bound to a statement or read from a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// A whole number; beyond ±2^53 the edge's JavaScript would round it, so statements refuse it.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// UTF-8 text.
    Text(String),
}

/// One statement of a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// SQLite's dialect, `?1`-style parameters.
    pub sql: &'static str,
    /// In the order of the parameters.
    pub params: Vec<Value>,
    /// How many rows it must return, else the whole batch is rolled back. Writes say `RETURNING 1`.
    pub demanded_rows: Option<usize>,
}

impl Statement {
    /// A statement without demands.
    #[must_use]
    pub const fn new(sql: &'static str, params: Vec<Value>) -> Self {
        Self {
            sql,
            params,
            demanded_rows: None,
        }
    }

    /// The same statement, demanding exactly `rows` returned rows.
    #[must_use]
    pub const fn demanding(mut self, rows: usize) -> Self {
        self.demanded_rows = Some(rows);
        self
    }
}

/// One row, in the order of the selected columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(pub Vec<Value>);

/// What one statement returned.
pub type Rows = Vec<Row>;

/// What one statement of a batch has returned, for hosts that check demands themselves; `statement` counts from zero.
///
/// # Errors
/// [`DatabaseError::DemandNotMet`] if it is not as many rows as were demanded.
pub fn as_demanded(
    rows: Rows,
    statement: usize,
    demanded_rows: Option<usize>,
) -> Result<Rows, DatabaseError> {
    match demanded_rows {
        Some(demanded) if rows.len() != demanded => Err(DatabaseError::DemandNotMet {
            statement,
            demanded,
            returned: rows.len(),
        }),
        _ => Ok(rows),
    }
}

/// Why a batch changed nothing.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DatabaseError {
    /// A statement returned another number of rows than it demanded: somebody else was faster, or the
    /// thing is not there.
    #[error("statement {statement} returned {returned} rows, {demanded} were demanded")]
    DemandNotMet {
        /// Index in the batch.
        statement: usize,
        /// What [`Statement::demanding`] said.
        demanded: usize,
        /// What came.
        returned: usize,
    },
    /// A UNIQUE, CHECK, NOT NULL or foreign key constraint was broken.
    #[error("statement {statement} broke a constraint: {cause}")]
    Constraint {
        /// Index in the batch.
        statement: usize,
        /// SQLite's words.
        cause: String,
    },
    /// Try again later.
    #[error("the database is unavailable: {cause}")]
    Unavailable {
        /// For the log only.
        cause: String,
    },
    /// Wrong SQL, or a row of another shape than the query's reader expects.
    #[error("the database answered outside its contract: {cause}")]
    Bug {
        /// For the log only.
        cause: String,
    },
}

/// The instance's SQLite database.
pub trait Database {
    /// Runs all statements in order in one transaction; returns the rows of each.
    ///
    /// # Errors
    /// Any [`DatabaseError`] means that nothing was changed, except `Unavailable`, after which the
    /// batch may or may not have been committed: callers make batches repeatable.
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, DatabaseError>;
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Integer(i64::from(value))
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Self::Real(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<domain::UnixMillis> for Value {
    fn from(value: domain::UnixMillis) -> Self {
        Self::Integer(value.0)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

fn shape_bug(column: usize, wanted: &str, found: Option<&Value>) -> DatabaseError {
    DatabaseError::Bug {
        cause: format!("column {column}: {wanted} expected, found {found:?}"),
    }
}

impl Row {
    /// Column `column` as a whole number.
    ///
    /// # Errors
    /// [`DatabaseError::Bug`] when it is none.
    pub fn integer(&self, column: usize) -> Result<i64, DatabaseError> {
        self.optional_integer(column)?
            .ok_or_else(|| shape_bug(column, "integer", self.0.get(column)))
    }

    /// Column `column` as a whole number or NULL.
    ///
    /// # Errors
    /// [`DatabaseError::Bug`] when it is neither.
    pub fn optional_integer(&self, column: usize) -> Result<Option<i64>, DatabaseError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Integer(number)) => Ok(Some(*number)),
            other => Err(shape_bug(column, "integer", other)),
        }
    }

    /// Column `column` as a count, size or id that cannot be negative.
    ///
    /// # Errors
    /// [`DatabaseError::Bug`] when it is not.
    pub fn unsigned(&self, column: usize) -> Result<u64, DatabaseError> {
        u64::try_from(self.integer(column)?)
            .map_err(|_| shape_bug(column, "unsigned", self.0.get(column)))
    }

    /// Column `column` as `u32`.
    ///
    /// # Errors
    /// [`DatabaseError::Bug`] when it does not fit.
    pub fn small(&self, column: usize) -> Result<u32, DatabaseError> {
        u32::try_from(self.integer(column)?)
            .map_err(|_| shape_bug(column, "u32", self.0.get(column)))
    }

    /// Column `column` as 0 or 1.
    ///
    /// # Errors
    /// [`DatabaseError::Bug`] when it is no whole number.
    pub fn boolean(&self, column: usize) -> Result<bool, DatabaseError> {
        Ok(self.integer(column)? != 0)
    }

    /// Column `column` as a number of any kind, or NULL.
    ///
    /// # Errors
    /// [`DatabaseError::Bug`] when it is neither.
    pub fn optional_real(&self, column: usize) -> Result<Option<f64>, DatabaseError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Real(number)) => Ok(Some(*number)),
            // JavaScript hands whole floats back as integers; those here are small.
            Some(Value::Integer(number)) => i32::try_from(*number)
                .map(|number| Some(f64::from(number)))
                .map_err(|_| shape_bug(column, "real", self.0.get(column))),
            other => Err(shape_bug(column, "real", other)),
        }
    }

    /// Column `column` as text.
    ///
    /// # Errors
    /// [`DatabaseError::Bug`] when it is none.
    pub fn text(&self, column: usize) -> Result<String, DatabaseError> {
        self.optional_text(column)?
            .ok_or_else(|| shape_bug(column, "text", self.0.get(column)))
    }

    /// Column `column` as text or NULL.
    ///
    /// # Errors
    /// [`DatabaseError::Bug`] when it is neither.
    pub fn optional_text(&self, column: usize) -> Result<Option<String>, DatabaseError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.clone())),
            other => Err(shape_bug(column, "text", other)),
        }
    }

    /// Column `column` as a time.
    ///
    /// # Errors
    /// [`DatabaseError::Bug`] when it is no whole number.
    pub fn time(&self, column: usize) -> Result<domain::UnixMillis, DatabaseError> {
        self.integer(column).map(domain::UnixMillis)
    }
}
