//! In-memory ports with fault modes, for the fast tests of `app` and `functions`.
//!
//! The database is real SQLite with the real migrations. Storage can fail before a write or after it:
//! the second is what networks do and what breaks naive code.

mod cache;
mod database;
mod http;
mod objects;
mod platform;
pub mod rows;
mod slots;

pub use cache::MemoryCache;
pub use database::TestDatabase;
pub use http::{SentRequest, TestHttp, typed_response};
pub use objects::{FaultMode, TestObjects};
pub use platform::{TestPlatform, block_on, test_settings};
pub use slots::MemorySlots;
