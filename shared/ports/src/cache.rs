//! The cache of the edge location that serves the request.

use crate::{Body, ByteRange};

/// A cache that may forget anything at any time; failures are misses.
pub trait EdgeCache {
    /// The bytes `range` of the entry `cache_key`, if it is held and long enough.
    async fn get_range(&self, cache_key: &str, range: ByteRange) -> Option<Body>;
    /// Keeps `body`, exactly `len_bytes` long, under `cache_key` for `max_age_secs`.
    async fn put(&self, cache_key: &str, body: Body, len_bytes: u64, max_age_secs: u32);
}
