//! Requests to other servers, which `spin.toml` must allow (`allowed_outbound_hosts`).

use std::pin::pin;

use futures_util::future::{Either, select};
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Request, Response};
use ports::{Body, HttpClient, PortError};
use spin_sdk::wasip3::clocks::monotonic_clock;

use crate::body::{incoming, outgoing};

const WHAT: &str = "another server";
const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;

/// `wasi:http`.
#[derive(Debug, Clone, Copy)]
pub struct SpinHttp;

/// Says how long a body is that is here already. Otherwise it would go out in chunks, even if it is empty,
/// which some servers refuse and others answer without waiting for its end.
fn with_length(mut request: Request<Body>) -> Request<Body> {
    let length = match request.body() {
        Body::Empty if request.method().is_safe() => None,
        Body::Empty => Some(0),
        Body::Bytes(bytes) => Some(bytes.len()),
        _ => None,
    };
    if let Some(length) = length {
        let headers = request.headers_mut();
        headers
            .entry(CONTENT_LENGTH)
            .or_insert_with(|| HeaderValue::from(length));
    }
    request
}

impl HttpClient for SpinHttp {
    /// The time is that until the answer begins; its body comes at the host's own pace.
    async fn send(
        &self,
        request: Request<Body>,
        timeout_ms: u32,
    ) -> Result<Response<Body>, PortError> {
        let request = with_length(request).map(outgoing);
        let timeout =
            monotonic_clock::wait_for(u64::from(timeout_ms) * NANOSECONDS_PER_MILLISECOND);
        match select(pin!(spin_sdk::http::send(request)), pin!(timeout)).await {
            Either::Left((Ok(response), _)) => Ok(response.map(incoming)),
            Either::Left((Err(error), _)) => Err(PortError::unavailable(WHAT, error)),
            Either::Right(_) => Err(PortError::unavailable(WHAT, "no answer in time")),
        }
    }
}
