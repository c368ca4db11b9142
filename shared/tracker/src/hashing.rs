//! Hashing of ids that clients choose.

/// Seeded by the host, so that clients cannot choose ids that collide.
pub type Hashing = foldhash::fast::FixedState;

/// A map over ids.
pub type IdMap<K, V> = indexmap::IndexMap<K, V, Hashing>;
