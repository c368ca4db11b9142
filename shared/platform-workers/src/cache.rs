//! The edge cache: the Cache API of the location that serves the request.

use ports::{Body, ByteRange, EdgeCache};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, Request, RequestInit, Response, ResponseInit};

use crate::Costs;
use crate::body::{self, JsBody, JsStream};
use crate::js;

/// `caches.default`.
#[derive(Clone)]
pub struct WorkersCache {
    /// Scheme and host of the cache's URLs: entries of other instances never match.
    pub origin: String,
    pub costs: Costs,
}

impl WorkersCache {
    fn url(&self, cache_key: &str) -> String {
        format!("{}/.edge-cache/{cache_key}", self.origin)
    }

    async fn matched(&self, cache_key: &str, range: ByteRange) -> Result<Option<Body>, JsValue> {
        let headers = Headers::new()?;
        headers.set("Range", &format!("bytes={}-{}", range.first, range.last))?;
        let init = RequestInit::new();
        init.set_headers(&headers);
        let request = Request::new_with_str_and_init(&self.url(cache_key), &init)?;
        let cache = js::CACHES.with(js::Caches::default);
        let found = JsFuture::from(cache.match_request(&request)?).await?;
        if found.is_undefined() {
            return Ok(None);
        }
        let response: Response = found.unchecked_into();
        // 206 is the whole range; an entry that is too short answers 416.
        if response.status() != 206 {
            return Ok(None);
        }
        Ok(response
            .body()
            .map(|stream| Body::Stream(Box::new(JsStream::new(stream)))))
    }

    async fn stored(
        &self,
        cache_key: &str,
        body: Body,
        len_bytes: u64,
        max_age_secs: u32,
    ) -> Result<(), JsValue> {
        let body = body::into_js(body).map_err(|error| JsValue::from_str(&error.to_string()))?;
        let headers = Headers::new()?;
        headers.set("Cache-Control", &format!("public, max-age={max_age_secs}"))?;
        headers.set("Content-Type", "application/octet-stream")?;
        let init = ResponseInit::new();
        init.set_headers(&headers);
        let response = match body {
            JsBody::Nothing => return Ok(()),
            JsBody::Bytes(bytes) => {
                Response::new_with_opt_js_u8_array_and_init(Some(&bytes), &init)?
            }
            streamed => Response::new_with_opt_readable_stream_and_init(
                Some(&body::fixed_length(streamed, len_bytes)),
                &init,
            )?,
        };
        let cache = js::CACHES.with(js::Caches::default);
        let url = JsValue::from_str(&self.url(cache_key));
        JsFuture::from(cache.put(&url, &response)?)
            .await
            .map(|_| ())
    }
}

impl EdgeCache for WorkersCache {
    async fn get_range(&self, cache_key: &str, range: ByteRange) -> Option<Body> {
        self.costs.cache_read();
        self.matched(cache_key, range).await.ok().flatten()
    }

    async fn put(&self, cache_key: &str, body: Body, len_bytes: u64, max_age_secs: u32) {
        // A cache that could not keep something is a cache that forgot it.
        let _ = self.stored(cache_key, body, len_bytes, max_age_secs).await;
    }
}
