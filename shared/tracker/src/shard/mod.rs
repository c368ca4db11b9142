//! One swarm over several objects, when it is too large for one.
//!
//! Shard 0 always exists and alone decides: the others report their [`ShardLoad`] to it, and what it
//! decides is a [`ShardRecord`], a small text that hosts cache. Sockets stay where they are; only new
//! ones follow the record. As caches are old, a shard that is full refuses the connection
//! ([`ShardBounds::admits`]) and the host asks shard 0 for the present record.

mod continent;
mod decide;
mod load;
mod record;

#[cfg(test)]
mod tests;

pub use continent::{Continent, Region};
pub use decide::ShardBounds;
pub use load::{JoinMeter, ShardLoad, ShardLoadError};
pub use record::{Shard, ShardRecord, ShardRecordError};
