//! No edge cache: what stands before a Spin application caches by its headers, or nothing does.

use ports::{Body, ByteRange, EdgeCache};

/// Forgets everything at once.
#[derive(Debug, Clone, Copy)]
pub struct NoCache;

impl EdgeCache for NoCache {
    async fn get_range(&self, _cache_key: &str, _range: ByteRange) -> Option<Body> {
        None
    }

    async fn put(&self, _cache_key: &str, _body: Body, _len_bytes: u64, _max_age_secs: u32) {}
}
