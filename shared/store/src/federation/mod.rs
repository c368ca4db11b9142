//! Rows of the fediverse: `migrations/0002_federation.sql` and later.

pub mod actor;
