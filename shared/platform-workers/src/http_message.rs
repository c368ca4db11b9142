//! Requests and responses between JavaScript and `http`.

use http::response::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response};
use js_sys::Uint8Array;
use ports::{BlockStream as _, Body, ClientAddress};
use wasm_bindgen::JsValue;
use web_sys::{Headers, ResponseInit};

use crate::body::{self, JsBody, JsStream, SMALL_BODY_MAX_BYTES, SmallBody};
use crate::js;

/// Cloudflare sets it itself and drops what a client sends under this name.
const CLOUDFLARE_ADDRESS: &str = "cf-connecting-ip";

/// Takes a request over; its body stays in JavaScript. `address_header` names a header that a trusted
/// proxy sets, for runs outside Cloudflare.
///
/// # Errors
/// For a method, URL or header that `http` refuses.
pub fn request_from_js(
    request: &web_sys::Request,
    address_header: Option<&str>,
) -> Result<Request<Body>, http::Error> {
    let mut made = Request::builder()
        .method(Method::from_bytes(request.method().as_bytes())?)
        .uri(request.url())
        .body(Body::Empty)?;
    let headers = made.headers_mut();
    for (name, value) in header_pairs(request) {
        headers.append(
            HeaderName::from_bytes(name.as_bytes())?,
            HeaderValue::from_str(&value).or_else(|_| HeaderValue::from_bytes(value.as_bytes()))?,
        );
    }
    let address = [Some(CLOUDFLARE_ADDRESS), address_header]
        .into_iter()
        .flatten()
        .find_map(|name| headers.get(name))
        .and_then(|value| value.to_str().ok())
        // A proxy chain appends: the last entry is what the trusted proxy saw.
        .and_then(|value| value.rsplit(',').next())
        .map(|value| ClientAddress(value.trim().to_owned()));
    if let Some(address) = address {
        made.extensions_mut().insert(address);
    }
    *made.body_mut() = body_of(request, content_length(made.headers()));
    Ok(made)
}

fn body_of(request: &web_sys::Request, len_bytes: Option<u64>) -> Body {
    match len_bytes {
        Some(0) => Body::Empty,
        Some(1..=SMALL_BODY_MAX_BYTES) => {
            Body::Stream(Box::new(SmallBody::new(Clone::clone(request))))
        }
        _ => request.body().map_or(Body::Empty, |stream| {
            Body::Stream(Box::new(JsStream::new(stream)))
        }),
    }
}

/// All headers in one piece of JSON: each string that crosses the border by itself costs as much as that.
fn header_pairs(request: &web_sys::Request) -> Vec<(String, String)> {
    let list = js_sys::Array::from(&request.headers());
    let text = js_sys::JSON::stringify(&list).ok();
    let text = text.and_then(|text| text.as_string()).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// A `ResponseInit`; its headers cross the border as one piece of JSON, too.
fn response_init(parts: &Parts) -> Result<ResponseInit, JsValue> {
    let mut pairs = Vec::with_capacity(parts.headers.len());
    for (name, value) in &parts.headers {
        let value = value
            .to_str()
            .map_err(|error| JsValue::from_str(&error.to_string()))?;
        pairs.push((name.as_str(), value));
    }
    let text =
        serde_json::to_string(&pairs).map_err(|error| JsValue::from_str(&error.to_string()))?;
    let headers = js_sys::JSON::parse(&text)?;
    let init = ResponseInit::new();
    init.set_status(parts.status.as_u16());
    init.set_headers(&headers);
    Ok(init)
}

/// An answer in JavaScript's memory, to be given again and again.
pub struct KeptResponse {
    body: Uint8Array,
    init: ResponseInit,
}

impl KeptResponse {
    /// Of a response whose body is bytes in memory; nothing for any other.
    #[must_use]
    pub fn of(response: &Response<Body>) -> Option<Self> {
        let Body::Bytes(bytes) = response.body() else {
            return None;
        };
        let init = ResponseInit::new();
        init.set_status(response.status().as_u16());
        let headers = Headers::new().ok()?;
        for (name, value) in response.headers() {
            headers.append(name.as_str(), value.to_str().ok()?).ok()?;
        }
        init.set_headers(&headers);
        Some(Self {
            body: Uint8Array::from(bytes.as_slice()),
            init,
        })
    }

    /// The answer once more.
    ///
    /// # Errors
    /// What JavaScript throws.
    pub fn response(&self) -> Result<web_sys::Response, JsValue> {
        web_sys::Response::new_with_opt_js_u8_array_and_init(Some(&self.body), &self.init)
    }
}

/// Hands a response to JavaScript; a streamed body goes as it is.
///
/// # Errors
/// What JavaScript throws for a status or header it refuses.
pub fn response_to_js(response: Response<Body>) -> Result<web_sys::Response, JsValue> {
    let (parts, body) = response.into_parts();
    let init = response_init(&parts)?;
    let length = content_length(&parts.headers);
    let body = body::into_js(body).map_err(|error| JsValue::from_str(&error.to_string()))?;
    match body {
        JsBody::Nothing => web_sys::Response::new_with_opt_str_and_init(None, &init),
        JsBody::Bytes(bytes) => {
            web_sys::Response::new_with_opt_js_u8_array_and_init(Some(&bytes), &init)
        }
        JsBody::Chain(parts, len_bytes) => {
            let stream = body::fixed_length(JsBody::Chain(parts, len_bytes), len_bytes);
            web_sys::Response::new_with_opt_readable_stream_and_init(Some(&stream), &init)
        }
        JsBody::Stream(stream) => {
            let stream = match length {
                // workerd sends Content-Length only for streams that know theirs.
                Some(len_bytes) => body::fixed_length(JsBody::Stream(stream), len_bytes),
                None => stream,
            };
            web_sys::Response::new_with_opt_readable_stream_and_init(Some(&stream), &init)
        }
    }
}

/// What the headers say of the body's length.
pub(crate) fn content_length(headers: &HeaderMap) -> Option<u64> {
    let value = headers.get(http::header::CONTENT_LENGTH)?;
    value.to_str().ok()?.parse().ok()
}

/// 200 with a JavaScript string.
///
/// # Errors
/// What JavaScript throws.
pub fn text_response(text: &JsValue) -> Result<web_sys::Response, JsValue> {
    Ok(js::TextResponse::from_text(text)?.into())
}

/// Bytes of an unwanted body that are read: more than any form without files has.
const DRAINED_MAX_BYTES: usize = 1024 * 1024;
const DRAINED_AT_ONCE_BYTES: usize = 64 * 1024;

/// Reads a body that nobody has looked at, up to a bound. An answer to a client that still sends makes
/// the runtime close the connection, and the client may see that instead of the answer.
pub async fn drain_untouched(request: &web_sys::Request) {
    let Some(body) = request.body().filter(|body| !body.locked()) else {
        return;
    };
    let mut stream = JsStream::new(body);
    let mut read_bytes = 0;
    while read_bytes < DRAINED_MAX_BYTES {
        match stream.read(DRAINED_AT_ONCE_BYTES).await {
            Ok(Some(block)) => read_bytes += block.len(),
            // A client that is gone needs no answer.
            Ok(None) | Err(_) => return,
        }
    }
}
