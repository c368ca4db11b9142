//! The site as a Spin component: every request goes to [`site`] over [`platform_spin::SpinPlatform`].
//!
//! `spin.toml` makes several components of this one file, each with the routes, stores and hosts that it
//! needs and no others.

#![cfg(target_os = "wasi")]

mod assets;
mod jobs;
mod tracker;

use std::rc::Rc;

use http::{Request, Response, StatusCode};
use platform_spin::{SpinPlatform, incoming, outgoing};
use ports::{Body, ClientAddress};
use site::PageMemo;
use spin_sdk::http_service;

/// Header in which Spin says who is calling.
const CLIENT_ADDRESS: &str = "spin-client-addr";

thread_local! {
    /// An instance may answer several requests.
    static MEMO: Rc<PageMemo> = Rc::default();
}

#[http_service]
async fn answer(
    request: spin_sdk::http::Request,
) -> Response<impl http_body::Body<Data = bytes::Bytes, Error = platform_spin::BodyError>> {
    let mut request = request.map(incoming);
    take_address(&mut request);
    if tracker::is_path(request.uri().path()) {
        return tracker::answer(request).await.map(outgoing);
    }
    let answer = match SpinPlatform::new().await {
        Ok(platform) => route(&platform, request).await,
        Err(problem) => misconfigured(&problem),
    };
    answer.map(outgoing)
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
        return plain(
            StatusCode::NOT_IMPLEMENTED,
            "This host keeps no sockets: runners ask for work from time to time instead.",
        );
    }
    site::answer(platform, &MEMO.with(Rc::clone), request).await
}

/// `address:port`; only the address is anybody's.
fn take_address(request: &mut Request<Body>) {
    let address = request
        .headers()
        .get(CLIENT_ADDRESS)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<std::net::SocketAddr>().ok())
        .map(|address| ClientAddress(address.ip().to_string()));
    if let Some(address) = address {
        request.extensions_mut().insert(address);
    }
}

/// Every visitor sees that the instance is not set up; only the log says what is missing.
fn misconfigured(problem: &str) -> Response<Body> {
    eprintln!("configuration: {problem}");
    plain(
        StatusCode::INTERNAL_SERVER_ERROR,
        "This instance is not configured. Its log says what is missing.",
    )
}

fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = Response::new(Body::Bytes(text.as_bytes().to_vec()));
    *response.status_mut() = status;
    response
}
