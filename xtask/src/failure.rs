//! The one error type of this crate: what went wrong, and what the developer can do about it.

use std::fmt;
use std::io;
use std::path::Path;

/// Result of every fallible step.
pub type Outcome<T> = Result<T, Failure>;

/// A failure that ends the command, written for the person at the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// One line: which thing failed.
    what: String,
    /// One line: what to do, where that is known.
    remedy: Option<String>,
}

impl Failure {
    /// A failure nobody but the reader can diagnose.
    #[must_use]
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: None,
        }
    }

    /// A failure with the line that says what to do.
    #[must_use]
    pub fn with_remedy(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: Some(remedy.into()),
        }
    }

    /// An input or output error on `path`, where `doing` is a verb such as "read".
    #[must_use]
    pub fn io(doing: &str, path: &Path, error: &io::Error) -> Self {
        Self::new(format!("cannot {doing} {}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "error: {}", self.what)?;
        match &self.remedy {
            Some(remedy) => write!(out, "\n  to do: {remedy}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}
