//! How many people watch, told to the site through KV.
//!
//! Viewers alone: PeerTube's API has no place for seeders, and whoever wants to know of them scrapes, which adds up
//! browsers and desktop clients. The counts are the key's metadata, so that the site learns all of them with one
//! listing and no read.

use js_sys::Promise;
use tracker::Totals;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::js;
use crate::name::Scope;

/// Seconds after which a count is gone, however its object ended.
const LIFETIME_SECS: u32 = 180;
/// An unchanged count is written again after this.
const REFRESH_MS: u64 = 100_000;

#[wasm_bindgen]
extern "C" {
    /// A KV namespace.
    #[derive(Clone)]
    pub type Kv;
    #[wasm_bindgen(method, catch)]
    fn put(this: &Kv, key: &str, value: &str, options: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn delete(this: &Kv, key: &str) -> Result<Promise, JsValue>;
    #[wasm_bindgen(method, catch)]
    pub fn get(this: &Kv, key: &str, options: &JsValue) -> Result<Promise, JsValue>;
}

/// What was reported last.
#[derive(Debug, Default)]
pub struct Report {
    last: Option<u32>,
    at_ms: u64,
}

/// One write to KV.
#[derive(Debug)]
pub struct Write {
    key: String,
    what: What,
}

#[derive(Debug)]
enum What {
    Nobody,
    Viewers(u32),
    Shards(String),
}

impl Report {
    /// What is to be written now, if anything: nothing for an object that serves no one video.
    pub fn write(&mut self, scope: &Scope, totals: Totals, now_unix_ms: u64) -> Option<Write> {
        if matches!(scope, Scope::Instance) {
            return None;
        }
        let viewers = Some(totals.viewers).filter(|viewers| *viewers > 0);
        let is_fresh = now_unix_ms.saturating_sub(self.at_ms) < REFRESH_MS;
        if viewers == self.last && (is_fresh || viewers.is_none()) {
            return None;
        }
        self.last = viewers;
        self.at_ms = now_unix_ms;
        Some(Write {
            key: format!("viewers/{}", scope.name()),
            what: viewers.map_or(What::Nobody, What::Viewers),
        })
    }
}

impl Write {
    /// The record of a video's shards, for the Workers that open sockets.
    pub fn shards(video_uuid: &str, record: String) -> Self {
        Self {
            key: format!("shards/{video_uuid}"),
            what: What::Shards(record),
        }
    }

    /// Writes. A failure is logged; the next report mends it.
    pub async fn execute(self, store: Kv) {
        let promise = match self.what {
            What::Nobody => store.delete(&self.key),
            What::Shards(record) => store.put(&self.key, &record, &JsValue::UNDEFINED),
            What::Viewers(viewers) => {
                let metadata = js::object(&[("p", viewers.into())]);
                let options = js::object(&[
                    ("expirationTtl", LIFETIME_SECS.into()),
                    ("metadata", metadata),
                ]);
                store.put(&self.key, "", &options)
            }
        };
        let outcome = match promise {
            Ok(promise) => JsFuture::from(promise).await.map(drop),
            Err(thrown) => Err(thrown),
        };
        if let Err(thrown) = outcome {
            worker::console_error!("{} was not written: {thrown:?}", self.key);
        }
    }
}
