//! ActivityPub over HTTP: the documents behind this instance's ids, and its inboxes.
//!
//! Start at [`Route`]: an object and the page about it live at the same path, and `Accept` decides which
//! of them is meant ([`is_wanted`]). Status codes that need no document, caching and CORS are the
//! caller's.

pub mod inbox;

pub use activitypub::media_type::is_wanted;
