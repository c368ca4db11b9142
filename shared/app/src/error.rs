//! How a use case says no: by what happens next.

use ports::{BodyError, DatabaseError, PortError};

/// What a client did wrong, as PeerTube's status codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// 400.
    BadRequest,
    /// 401.
    Unauthorized,
    /// 403.
    Forbidden,
    /// 404.
    NotFound,
    /// 409.
    Conflict,
    /// 413.
    PayloadTooLarge,
    /// 415.
    UnsupportedMediaType,
    /// 422.
    Unprocessable,
    /// 429.
    TooManyRequests {
        /// For `Retry-After`.
        retry_after_secs: u32,
    },
}

/// A use case that did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppError {
    /// The client is wrong and may read why; never retried as it is.
    Rejected {
        /// Which status.
        rejection: Rejection,
        /// PeerTube's error code, if clients know one for this.
        code: Option<&'static str>,
        /// For the client.
        detail: String,
        /// Fields of the request that were wrong: name and message.
        invalid_fields: Vec<(String, String)>,
    },
    /// Retry later: 503, or the queue again. The cause is for the log.
    Unavailable {
        /// For the log only.
        cause: String,
    },
    /// Our mistake: 500, logged once, hidden.
    Bug {
        /// For the log only.
        cause: String,
    },
}

impl AppError {
    /// A rejection without a code.
    pub fn rejected(rejection: Rejection, detail: impl Into<String>) -> Self {
        Self::Rejected {
            rejection,
            code: None,
            detail: detail.into(),
            invalid_fields: Vec::new(),
        }
    }

    /// A rejection with one of PeerTube's error codes.
    pub fn coded(rejection: Rejection, code: &'static str, detail: impl Into<String>) -> Self {
        Self::Rejected {
            rejection,
            code: Some(code),
            detail: detail.into(),
            invalid_fields: Vec::new(),
        }
    }

    /// 400 for one field.
    pub fn invalid_field(field: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::Rejected {
            rejection: Rejection::BadRequest,
            code: None,
            detail: format!("Incorrect request parameters: {field}"),
            invalid_fields: vec![(field.to_owned(), message)],
        }
    }

    /// 404 with a text for the client.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::rejected(Rejection::NotFound, detail)
    }

    /// Our mistake.
    pub fn bug(cause: impl std::fmt::Display) -> Self {
        Self::Bug {
            cause: cause.to_string(),
        }
    }
}

impl From<DatabaseError> for AppError {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::Unavailable { cause } => Self::Unavailable { cause },
            // A use case that can lose a race handles these two itself; here they are a surprise.
            other => Self::Bug {
                cause: other.to_string(),
            },
        }
    }
}

impl From<PortError> for AppError {
    fn from(error: PortError) -> Self {
        match error {
            PortError::Unavailable { .. } => Self::Unavailable {
                cause: error.to_string(),
            },
            PortError::Bug { .. } => Self::Bug {
                cause: error.to_string(),
            },
        }
    }
}

impl From<BodyError> for AppError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge { .. } => {
                Self::rejected(Rejection::PayloadTooLarge, error.to_string())
            }
            BodyError::Port(port) => port.into(),
        }
    }
}
