//! ActivityPub over HTTP: the documents behind this instance's ids, and its inboxes.
//!
//! An object and the page about it live at the same path, and `Accept` decides which of them is meant
//! ([`is_wanted`]). Start at [`Route`], then [`answer`]. Caching and CORS are the caller's: nothing in a
//! document depends on who asks, so every answer may be shared by caches that know of `Vary: Accept`.

pub mod inbox;
mod interaction;
mod route;
mod serve;

pub use activitypub::media_type::is_wanted;
pub use interaction::{PATH as REMOTE_INTERACTION_PATH, remote_interaction};
pub use route::{ActorRef, OfActor, OfVideo, Route};
pub use serve::{Served, answer};
