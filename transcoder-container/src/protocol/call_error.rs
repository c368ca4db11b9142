//! Why a call failed, by what happens next.

use serde::Deserialize;
use std::time::Duration;

/// A failed call.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The server says no, and would again.
    #[error("server refuses {what}: {problem}")]
    Rejected {
        /// Which call.
        what: &'static str,
        /// What it said.
        problem: Problem,
    },
    /// The server cannot be reached, or says to come back later.
    #[error("server unavailable for {what}: {cause}")]
    Unavailable {
        /// Which call.
        what: &'static str,
        /// What happened, without addresses, which may carry permissions.
        cause: String,
        /// How long the server asks to wait.
        retry_after: Option<Duration>,
    },
}

/// What a server says about a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    /// PeerTube's error code, if any.
    pub code: Option<String>,
    /// Its sentence, if any, cut to 300 characters.
    pub detail: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ProblemDocument {
    code: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    detail: Option<String>,
    error: Option<String>,
}

impl Problem {
    /// Reads an answer that is not a success.
    #[must_use]
    pub fn read(status: u16, body: &[u8]) -> Self {
        let document: ProblemDocument = serde_json::from_slice(body).unwrap_or_default();
        // Newer servers name the code as the last part of a documentation address.
        let from_type = document
            .kind
            .as_deref()
            .and_then(|kind| kind.rsplit('/').next());
        let from_type = from_type.filter(|code| !code.is_empty() && *code != "about:blank");
        let code = document.code.or_else(|| from_type.map(str::to_owned));
        let detail = document.detail.or(document.error);
        let detail =
            detail.map(|text| text.chars().filter(|c| !c.is_control()).take(300).collect());
        Self {
            status,
            code,
            detail,
        }
    }

    /// Whether the server does not know the runner token (any more).
    #[must_use]
    pub fn is_unknown_runner(&self) -> bool {
        self.code.as_deref() == Some("unknown_runner_token")
    }

    /// Whether the job is not ours any more: given to others, cancelled, or done.
    #[must_use]
    pub fn is_job_gone(&self) -> bool {
        let codes = [
            "runner_job_not_in_processing_state",
            "runner_job_not_in_pending_state",
        ];
        let is_code = self
            .code
            .as_deref()
            .is_some_and(|code| codes.contains(&code));
        is_code || matches!(self.status, 404 | 409)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, " {code}")?;
        }
        if let Some(detail) = &self.detail {
            write!(f, " ({detail})")?;
        }
        Ok(())
    }
}

impl CallError {
    /// The refusal, if it is one.
    #[must_use]
    pub const fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Rejected { problem, .. } => Some(problem),
            Self::Unavailable { .. } => None,
        }
    }

    /// Whether the server does not know the runner token.
    #[must_use]
    pub fn is_unknown_runner(&self) -> bool {
        self.problem().is_some_and(Problem::is_unknown_runner)
    }

    /// Whether the job is not ours any more.
    #[must_use]
    pub fn is_job_gone(&self) -> bool {
        self.problem()
            .is_some_and(|problem| !problem.is_unknown_runner() && problem.is_job_gone())
    }

    /// A fault of the network; addresses are taken out.
    pub(super) fn network(what: &'static str, error: reqwest::Error) -> Self {
        let mut cause = String::new();
        let error = error.without_url();
        let mut next: Option<&dyn std::error::Error> = Some(&error);
        while let Some(error) = next {
            if !cause.is_empty() {
                cause.push_str(": ");
            }
            cause.push_str(&error.to_string());
            next = error.source();
        }
        Self::Unavailable {
            what,
            cause,
            retry_after: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_code_where_servers_put_it() {
        let by_code = Problem::read(400, br#"{"code":"runner_job_not_in_processing_state"}"#);
        assert!(by_code.is_job_gone());
        let by_type = Problem::read(
            403,
            br#"{"type":"https://docs.joinpeertube.org/api-rest-reference.html#section/Errors/unknown_runner_token","detail":"no"}"#,
        );
        assert!(by_type.is_unknown_runner() && !by_type.is_job_gone());
        assert_eq!(by_type.to_string(), "403 unknown_runner_token (no)");
        let plain = Problem::read(502, b"<html>bad gateway</html>");
        assert_eq!((plain.code, plain.detail), (None, None));
        assert_eq!(Problem::read(400, br#"{"type":"about:blank"}"#).code, None);
    }
}
