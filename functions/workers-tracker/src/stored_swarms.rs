//! HTTP peers have no socket that could carry them over the sleep of their object, and come back only
//! every ten minutes. So their swarms are kept in the object's storage: read once after it woke, written
//! when somebody came, left or got everything, and else every few minutes. They hold addresses, as
//! telling them is what such a tracker is for, and forget each after two silent intervals.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use js_sys::Uint8Array;
use torrent::InfoHash;
use tracker::Tracker;
use tracker::http::HttpPeers;
use tracker::websocket::Counts;
use wasm_bindgen::{JsCast, JsValue};

use crate::js::{self, SyncKv};

/// Half an interval. A stored peer must not expire between its announces: it lives for two.
const REFRESH_MS: u64 = 300_000;

/// What is known of the storage.
#[derive(Debug, Default)]
pub struct StoredSwarms {
    written: HashMap<InfoHash, Written, FixedState>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Written {
    is_stored: bool,
    counts: Counts,
    at_ms: u64,
}

fn key(info_hash: &InfoHash) -> String {
    format!("http/{info_hash}")
}

impl StoredSwarms {
    /// Gives the tracker what the storage has of a swarm, at the first request about it.
    pub fn restore(
        &mut self,
        store: &SyncKv,
        tracker: &mut Tracker,
        info_hash: InfoHash,
        now: u64,
    ) {
        if self.written.contains_key(&info_hash) {
            return;
        }
        let stored = store.get(&key(&info_hash)).ok();
        let bytes = stored.and_then(|stored| stored.dyn_into::<Uint8Array>().ok());
        let peers =
            bytes.and_then(|bytes| HttpPeers::decode(&bytes.to_vec(), js::random_bits(), now).ok());
        let mut written = Written::default();
        if let Some(peers) = peers {
            written.is_stored = true;
            written.counts = peers.counts();
            tracker.restore_http(info_hash, peers);
        }
        self.written.insert(info_hash, written);
    }

    /// Writes a swarm after an announce, if that is due.
    pub fn keep(&mut self, store: &SyncKv, tracker: &Tracker, info_hash: &InfoHash, now: u64) {
        let (Some(peers), Some(written)) = (
            tracker.http_swarm(info_hash),
            self.written.get_mut(info_hash),
        ) else {
            return;
        };
        let counts = peers.counts();
        if counts == written.counts && now.saturating_sub(written.at_ms) < REFRESH_MS {
            return;
        }
        let bytes = Uint8Array::from(peers.encode().as_slice());
        // What is not stored is only forgotten sooner.
        if store.put(&key(info_hash), &JsValue::from(bytes)).is_ok() {
            *written = Written {
                is_stored: true,
                counts,
                at_ms: now,
            };
        }
    }

    /// Removes the swarms that have ended.
    pub fn sweep(&mut self, store: &SyncKv, tracker: &Tracker) {
        self.written.retain(|info_hash, written| {
            let is_there = tracker.http_swarm(info_hash).is_some();
            if !is_there && written.is_stored {
                let _ = store.delete(&key(info_hash));
            }
            is_there
        });
    }
}
