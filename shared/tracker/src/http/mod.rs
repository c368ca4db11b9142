//! The tracker's HTTP protocol: announces (BEP 3) with compact peers (BEP 23) of both families
//! (BEP 7), and scrapes (BEP 48). Errors are bencoded too, with status 200.
//!
//! [`crate::Tracker`] keeps the peers of a Durable Object in memory. A host with nothing but a
//! key-value store keeps one value per swarm: [`HttpPeers::decode`], [`HttpPeers::announce`], then
//! before writing it reads the value again and [`HttpPeers::merge`]s it, as another request may have
//! written in between.

mod counts;
mod peers;
mod query;
mod reply;
mod stored;

#[cfg(test)]
mod tests;

pub use counts::{CountsError, SwarmCounts};
pub use peers::HttpPeers;
pub use query::{HttpAnnounce, QueryError, info_hashes, parse_announce};
pub use reply::{write_failure, write_scrape_reply};
pub use stored::StoredError;
