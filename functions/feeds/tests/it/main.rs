//! Feeds over the in-memory host, read by a parser that is not ours.

#![expect(clippy::unwrap_used, reason = "a test's own requests and answers")]

mod comments;
mod fixture;
mod formats;
mod podcast;
mod queries;
