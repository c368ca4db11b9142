//! Requests to other servers, which `spin.toml` must allow (`allowed_outbound_hosts`).

use std::pin::pin;

use futures_util::future::{Either, select};
use http::{Method, Request, Response};
use ports::{Body, HttpClient, PortError};

use crate::body::{incoming_until, outgoing};
use crate::clock::wait;

const WHAT: &str = "another server";

/// `wasi:http`.
#[derive(Debug, Clone, Copy)]
pub struct SpinHttp;

/// The body of a request whose method lets servers expect one: no bytes at all are a length, too. Otherwise it
/// would go out in chunks, which some servers refuse and others answer without waiting for its end.
fn expected(method: &Method, body: Body) -> Body {
    match body {
        Body::Empty if !method.is_safe() => Body::Bytes(Vec::new()),
        body => body,
    }
}

impl HttpClient for SpinHttp {
    async fn send(
        &self,
        request: Request<Body>,
        timeout_ms: u32,
    ) -> Result<Response<Body>, PortError> {
        let (mut head, body) = request.into_parts();
        let body = outgoing(&mut head.headers, expected(&head.method, body));
        let sent = spin_sdk::http::send(Request::from_parts(head, body));
        match select(pin!(sent), Box::pin(wait(timeout_ms))).await {
            Either::Left((Ok(response), deadline)) => {
                Ok(response.map(|body| incoming_until(body, deadline)))
            }
            Either::Left((Err(error), _)) => Err(PortError::unavailable(WHAT, error)),
            Either::Right(_) => Err(PortError::unavailable(WHAT, "no answer in time")),
        }
    }
}
