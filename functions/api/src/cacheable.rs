//! Answers that strangers share: an ETag and a short life, so that browsers and caches ask less and get
//! less.

use std::hash::Hasher;

use app::AppError;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use ports::Body;
use serde::Serialize;

use crate::answer::no_store;
use crate::{Answer, RequestHead};

/// How long a list or a video may be shown before it is asked for again, in seconds: about what a page
/// view takes, so that a change is seen on the next one.
pub(crate) const VOLATILE_SECS: u32 = 10;
/// The same for what changes with the configuration or the version alone.
pub(crate) const STEADY_SECS: u32 = 300;

/// Header with a video's password.
pub(crate) const VIDEO_PASSWORD: &str = "x-peertube-video-password";

/// Whether the answer to a request with these headers may depend on who asks.
#[must_use]
pub fn is_personal(headers: &HeaderMap) -> bool {
    headers.contains_key(header::AUTHORIZATION) || headers.contains_key(VIDEO_PASSWORD)
}

/// A JSON answer: for strangers one that caches may share for `max_age_secs`, 304 when they have it
/// already; for everybody else one that is never stored.
pub(crate) fn shared_json<T: Serialize>(
    head: &RequestHead,
    value: &T,
    max_age_secs: u32,
) -> Answer {
    let bytes = serde_json::to_vec(value).map_err(AppError::bug)?;
    shared_bytes(head, bytes, max_age_secs)
}

/// The same for JSON that is text already.
pub(crate) fn shared_bytes(head: &RequestHead, bytes: Vec<u8>, max_age_secs: u32) -> Answer {
    if is_personal(&head.headers) {
        return Ok(no_store(json_bytes(bytes)));
    }
    let vary = "Authorization, X-PeerTube-Video-Password";
    shared_document(head, (JSON, bytes), max_age_secs, Some(vary))
}

/// An answer, given as content type and body, that does not depend on who asks: caches may share it for
/// `max_age_secs`, and who has it already gets 304. `vary` names the request's headers that it depends on, if on
/// any.
///
/// # Errors
/// [`AppError::Bug`] when a value cannot stand in a header.
pub fn shared_document(
    head: &RequestHead,
    (content_type, bytes): (&'static str, Vec<u8>),
    max_age_secs: u32,
    vary: Option<&'static str>,
) -> Result<Response<Body>, AppError> {
    let etag = weak_etag(&bytes);
    let is_known = head
        .header("if-none-match")
        .is_some_and(|known| known == "*" || known.split(',').any(|one| one.trim() == etag));
    let mut response = if is_known {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        typed(content_type, bytes)
    };
    let headers = response.headers_mut();
    let cache_control = format!("public, max-age={max_age_secs}");
    for (name, value) in [
        (header::ETAG, etag.as_str()),
        (header::CACHE_CONTROL, cache_control.as_str()),
    ] {
        insert(headers, name, value)?;
    }
    if let Some(vary) = vary {
        insert(headers, header::VARY, vary)?;
    }
    Ok(response)
}

const JSON: &str = "application/json; charset=utf-8";

fn json_bytes(bytes: Vec<u8>) -> Response<Body> {
    typed(JSON, bytes)
}

fn typed(content_type: &'static str, bytes: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::Bytes(bytes));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<(), AppError> {
    headers.insert(name, HeaderValue::from_str(value).map_err(AppError::bug)?);
    Ok(())
}

/// Weak (RFC 9110, 8.8.1): a proxy that compresses may keep it. 64 bits of SipHash under a fixed key are
/// enough against chance, and nobody gains by a collision in an answer about public data; hashing costs a
/// tenth of writing the JSON.
fn weak_etag(bytes: &[u8]) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    hasher.write(bytes);
    format!("W/\"{:016x}\"", hasher.finish())
}
