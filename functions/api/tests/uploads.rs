//! Uploads over the whole stack: request in, answer out, real SQLite, storage that fails.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "uploads/chunks.rs"]
mod chunks;
#[path = "uploads/cleaning.rs"]
mod cleaning;
#[path = "uploads/client.rs"]
mod client;
#[path = "uploads/faults.rs"]
mod faults;
#[path = "uploads/form.rs"]
mod form;
#[path = "uploads/media.rs"]
mod media;
#[path = "uploads/races.rs"]
mod races;
#[path = "uploads/refusals.rs"]
mod refusals;
#[path = "uploads/resumable.rs"]
mod resumable;
