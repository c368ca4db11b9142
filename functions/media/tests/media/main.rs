//! Media over the in-memory host: what is answered, to whom, and what it costs.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod blocks;
mod costs;
mod downloads;
mod fixture;
mod http_semantics;
mod mirrors;
mod private;
mod remote;
