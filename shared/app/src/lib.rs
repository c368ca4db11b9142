//! The use cases, over ports: what happens when somebody signs in, uploads, transcodes, watches.
//!
//! Knows no framework, no platform and no HTTP: `functions/` turn requests into calls here. Every write
//! is one batch, and every use case may be interrupted anywhere and repeated.

pub mod accounts;
pub mod chains;
pub mod discovery;
mod error;
pub mod federation;
pub mod follows;
pub mod jobs;
pub mod media_access;
pub mod mirrors;
pub mod playlists;
pub mod publish;
pub mod random;
pub mod remote_picture;
pub mod runners;
pub mod search;
pub mod social;
pub mod upload;
pub mod videos;

pub use error::{AppError, Rejection};
