//! The REST API on Spin, as the file of a component of `spin.toml`: see [`spin_functions`].

#![cfg(target_os = "wasi")]

use bytes::Bytes;
use http::Response;
use platform_spin::BodyError;
use spin_sdk::http::Request;
use spin_sdk::http_service;

#[http_service]
async fn answer(
    request: Request,
) -> Response<impl http_body::Body<Data = Bytes, Error = BodyError>> {
    spin_functions::answer_api(request).await
}
