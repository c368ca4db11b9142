//! The edge cache in memory, which counts what is asked of it and can be told to forget.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use ports::{Body, ByteRange, EdgeCache};

#[derive(Default)]
struct State {
    entries: BTreeMap<String, Vec<u8>>,
    hits: u32,
    misses: u32,
}

/// A cache of one location. Clones share it. Entries never age: tests clear them.
#[derive(Clone, Default)]
pub struct MemoryCache {
    state: Rc<RefCell<State>>,
}

impl MemoryCache {
    /// Forgets everything.
    pub fn clear(&self) {
        self.state.borrow_mut().entries.clear();
    }

    /// Forgets the entries whose key starts with `prefix`.
    pub fn clear_prefix(&self, prefix: &str) {
        self.state
            .borrow_mut()
            .entries
            .retain(|cache_key, _| !cache_key.starts_with(prefix));
    }

    /// Keys of all entries, sorted.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        self.state.borrow().entries.keys().cloned().collect()
    }

    /// Reads that found something.
    #[must_use]
    pub fn hits(&self) -> u32 {
        self.state.borrow().hits
    }

    /// Reads that found nothing.
    #[must_use]
    pub fn misses(&self) -> u32 {
        self.state.borrow().misses
    }
}

impl EdgeCache for MemoryCache {
    async fn get_range(&self, cache_key: &str, range: ByteRange) -> Option<Body> {
        let mut state = self.state.borrow_mut();
        let found = state.entries.get(cache_key).and_then(|bytes| {
            let first = usize::try_from(range.first).ok()?;
            let last = usize::try_from(range.last).ok()?;
            bytes.get(first..=last).map(<[u8]>::to_vec)
        });
        if found.is_some() {
            state.hits += 1;
        } else {
            state.misses += 1;
        }
        found.map(Body::Bytes)
    }

    async fn put(&self, cache_key: &str, body: Body, len_bytes: u64, _max_age_secs: u32) {
        let limit = usize::try_from(len_bytes).expect("tests keep small things");
        let bytes = body
            .into_bytes(limit)
            .await
            .expect("a body as long as announced");
        assert_eq!(bytes.len(), limit, "a body as long as announced");
        self.state
            .borrow_mut()
            .entries
            .insert(cache_key.to_owned(), bytes);
    }
}
