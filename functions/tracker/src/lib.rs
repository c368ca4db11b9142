//! The tracker over HTTP, for hosts without an object that could hold a swarm: announces (BEP 3, 7, 23) and
//! scrapes (BEP 48), with the peers in a [`ports::SlotStore`].
//!
//! Messages and decisions are those of [`tracker`], as everywhere; how a swarm is kept is
//! [`tracker::http::KeptSwarm`]'s. Here is what has to be waited for: whose infohash it is ([`owners`], which
//! the tracker of the Workers asks too), reading and writing.
//!
//! Browsers need a tracker that speaks WebSockets. A host that calls this has none: whoever comes for one is
//! told so, and where else there is one.
//!
//! Start at [`Tracker::answer`]. [`sweep`] removes what nobody asks for any more.

mod config;
pub mod owners;
mod route;
mod serve;
mod swarms;
mod sweep;

pub use config::{Config, ConfigError, VARIABLE_NAMES};
pub use serve::Tracker;
pub use sweep::sweep;
