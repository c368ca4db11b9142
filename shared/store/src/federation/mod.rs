//! Rows of the fediverse: `migrations/0002_federation.sql` and later.

pub mod actor;
pub mod delayed;
pub mod documents;
pub mod host;
pub mod incoming;
pub mod incoming_comment;
pub mod outgoing;
pub mod page;
pub mod received;
pub mod recipients;
pub mod remote_actor;
pub mod remote_video;
