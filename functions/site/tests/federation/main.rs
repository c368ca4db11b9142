//! What other servers are given at the ids of this instance, over the in-memory host.

#![expect(clippy::unwrap_used, reason = "a test's own requests and answers")]

mod actors;
mod comments;
mod fixture;
mod negotiation;
mod videos;
