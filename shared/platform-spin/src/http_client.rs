//! Requests to other servers, which `spin.toml` must allow (`allowed_outbound_hosts`).

use std::pin::pin;

use futures_util::future::{Either, select};
use http::{Request, Response};
use ports::{Body, HttpClient, PortError};
use spin_sdk::wasip3::clocks::monotonic_clock;

use crate::body::{incoming, outgoing};

const WHAT: &str = "another server";
const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;

/// `wasi:http`.
#[derive(Debug, Clone, Copy)]
pub struct SpinHttp;

impl HttpClient for SpinHttp {
    /// The time is that until the answer begins; its body comes at the host's own pace.
    async fn send(
        &self,
        request: Request<Body>,
        timeout_ms: u32,
    ) -> Result<Response<Body>, PortError> {
        let request = request.map(outgoing);
        let timeout =
            monotonic_clock::wait_for(u64::from(timeout_ms) * NANOSECONDS_PER_MILLISECOND);
        match select(pin!(spin_sdk::http::send(request)), pin!(timeout)).await {
            Either::Left((Ok(response), _)) => Ok(response.map(incoming)),
            Either::Left((Err(error), _)) => Err(PortError::unavailable(WHAT, error)),
            Either::Right(_) => Err(PortError::unavailable(WHAT, "no answer in time")),
        }
    }
}
