//! Videos as readers see them: lists, one video with all its files, and the changes of its owner.
//!
//! A row is one cell of JSON text that SQLite builds: a list of fifteen videos crosses from the Durable
//! Object as fifteen texts instead of six hundred values, and nested rows (pictures, files, tags) come in
//! the same statement. [`row`] holds their shapes, [`list`] and [`details`] the statements.

pub mod actor;
pub mod change;
pub mod details;
pub mod list;
pub mod row;
pub(crate) mod select;
pub mod stats;
pub mod view;
pub mod watch;
pub mod watch_stats;
