//! The tracker's HTTP protocol: announces (BEP 3) with compact peers (BEP 23) of both families
//! (BEP 7), and scrapes (BEP 48). Errors are bencoded too, with status 200.
//!
//! [`crate::Tracker`] keeps the peers of a Durable Object in memory. A host with nothing but a
//! key-value store keeps one value per peer, so that those who write at the same time lose nothing of each
//! other: [`KeptSwarm`].

mod counts;
mod kept;
mod peers;
mod query;
mod reply;
mod stored;

#[cfg(test)]
mod tests;

pub use counts::{CountsError, SwarmCounts};
pub use kept::{KeptSwarm, Slot, counter_key, is_stale_key, slot_of_number};
pub use peers::HttpPeers;
pub use query::{HttpAnnounce, QueryError, info_hashes, parse_announce};
pub use reply::{write_failure, write_scrape_reply};
pub use stored::StoredError;
