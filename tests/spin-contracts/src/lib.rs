//! The contracts of the ports on Spin's own interfaces: a component that runs one at `/{port}`. It answers 204
//! when the contract is kept; a breach panics, which the host answers with 500, and its log says where.
//!
//! Nothing of this is in the component that is deployed.

#![cfg(target_os = "wasi")]

use bytes::Bytes;
use http::{Response, StatusCode};
use platform_spin::{BodyError, SpinPlatform, SpinSlots, outgoing};
use ports::{Body, Platform};
use spin_sdk::http_service;

/// As in this folder's `spin.toml`.
const SLOTS: SpinSlots = SpinSlots { label: "swarms" };

#[http_service]
async fn answer(
    request: spin_sdk::http::Request,
) -> Response<impl http_body::Body<Data = Bytes, Error = BodyError>> {
    let platform = SpinPlatform::new(|_| ()).await;
    let platform = platform.expect("it is configured");
    let mut status = StatusCode::NO_CONTENT;
    match request.uri().path() {
        "/database" => contracts::database::check(platform.database()).await,
        "/key-value" => contracts::key_value::check(platform.key_value()).await,
        "/objects" => contracts::objects::check(platform.objects()).await,
        "/slots" => contracts::slots::check(&SLOTS).await,
        _ => status = StatusCode::NOT_FOUND,
    }
    let mut response = Response::new(());
    *response.status_mut() = status;
    let (mut head, ()) = response.into_parts();
    let body = outgoing(&mut head.headers, Body::Empty);
    Response::from_parts(head, body)
}
