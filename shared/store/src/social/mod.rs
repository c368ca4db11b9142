//! What people say about videos, and whom they do not want to hear: `migrations/0004_moderation.sql`.

pub mod abuse;
pub mod action;
pub mod block;
pub mod comment;
pub mod comment_change;
pub mod comment_list;
pub mod rate;
mod select;

pub use select::AuthorRow;
