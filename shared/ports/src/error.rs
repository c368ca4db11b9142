//! What a port may answer instead of a result.

use thiserror::Error;

/// A port that could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PortError {
    /// Try again later: the outside failed or is overloaded.
    #[error("{what} is unavailable: {cause}")]
    Unavailable {
        /// Which part, e.g. `object storage`.
        what: &'static str,
        /// The platform's words, for the log only.
        cause: String,
    },
    /// Our own mistake or a platform answer outside its contract; trying again will not help.
    #[error("{what} answered outside its contract: {cause}")]
    Bug {
        /// Which part.
        what: &'static str,
        /// What was wrong, for the log only.
        cause: String,
    },
}

impl PortError {
    /// Shorthand for [`PortError::Unavailable`].
    pub fn unavailable(what: &'static str, cause: impl std::fmt::Display) -> Self {
        Self::Unavailable {
            what,
            cause: cause.to_string(),
        }
    }

    /// Shorthand for [`PortError::Bug`].
    pub fn bug(what: &'static str, cause: impl std::fmt::Display) -> Self {
        Self::Bug {
            what,
            cause: cause.to_string(),
        }
    }
}
