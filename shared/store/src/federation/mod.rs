//! Rows of the fediverse: `migrations/0002_federation.sql` and later.

pub mod actor;
pub mod delayed;
pub mod documents;
pub mod host;
pub mod outgoing;
pub mod recipients;
