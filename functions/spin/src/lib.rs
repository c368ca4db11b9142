//! The site as a Spin component: every request goes to [`site`] over [`platform_spin::SpinPlatform`].
//!
//! `spin.toml` makes several components of this one file, each with the routes, stores and hosts that it
//! needs and no others.

#![cfg(target_os = "wasi")]

mod assets;
mod client;
mod jobs;
mod tracker;

use std::rc::Rc;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use platform_spin::{BodyError, SpinPlatform, incoming_with_rest, outgoing};
use ports::Body;
use site::PageMemo;
use spin_sdk::http_service;

thread_local! {
    /// An instance may answer several requests.
    static MEMO: Rc<PageMemo> = Rc::default();
}

#[http_service]
async fn answer(
    request: spin_sdk::http::Request,
) -> Response<impl http_body::Body<Data = Bytes, Error = BodyError>> {
    let (parts, body) = request.into_parts();
    let (body, rest) = incoming_with_rest(body);
    let mut request = Request::from_parts(parts, body);
    client::note(&mut request).await;
    if tracker::is_path(request.uri().path()) {
        return sent(tracker::answer(request).await);
    }
    let answer = match SpinPlatform::new().await {
        Ok(platform) => {
            let answer = route(&platform, request).await;
            jobs::go_on_afterwards(&platform, MEMO.with(Rc::clone));
            answer
        }
        Err(problem) => misconfigured(&problem),
    };
    if answer.status().is_client_error() {
        rest.drain().await;
    }
    sent(answer)
}

fn sent(answer: Response<Body>) -> Response<impl http_body::Body<Data = Bytes, Error = BodyError>> {
    let (mut head, body) = answer.into_parts();
    let body = outgoing(&mut head.headers, body);
    Response::from_parts(head, body)
}

async fn route(platform: &SpinPlatform, request: Request<Body>) -> Response<Body> {
    let path = request.uri().path();
    if jobs::is_path(path) {
        return jobs::answer(platform, &request).await;
    }
    if site::is_asset_path(path) {
        return assets::answer(path);
    }
    if site::is_socket_path(path) {
        return problem(
            StatusCode::NOT_IMPLEMENTED,
            "This host keeps no sockets: runners ask for work from time to time instead.",
        );
    }
    site::answer(platform, &MEMO.with(Rc::clone), request).await
}

fn misconfigured(cause: &str) -> Response<Body> {
    eprintln!("configuration: {cause}");
    site::not_configured()
}

/// RFC 9457, as the API's.
fn problem(status: StatusCode, detail: &'static str) -> Response<Body> {
    rest::Problem::new(status.as_u16(), detail)
        .to_response()
        .map(Body::Bytes)
}
