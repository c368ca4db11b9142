//! Copies of videos' streams: `migrations/0009_mirror.sql`.

mod others;

pub use others::{NewMirror, drop_by_url, forget_ended, keep, remember_undone, select_is_followed};
