//! Which function answers which path.

use http::{Method, Request, Response};
use platform_workers::WorkersPlatform;
use ports::Body;
use worker::Env;

use crate::html;

/// Where the bundled scripts and styles are served from.
const ASSET_PREFIX: &str = "/client/";

fn path_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    after_scheme
        .find('/')
        .map_or("/", |start| &after_scheme[start..])
}

/// Whether the request is for a bundled asset. On Cloudflare those never reach the Worker.
pub fn is_asset(request: &web_sys::Request) -> bool {
    path_of(&request.url()).starts_with(ASSET_PREFIX)
}

/// A bundled asset, from the platform's own asset server.
pub async fn asset(env: &Env, request: web_sys::Request) -> worker::Result<web_sys::Response> {
    let response = env
        .assets("ASSETS")?
        .fetch_request(worker::Request::from(request))
        .await?;
    Ok(response.into())
}

/// Roots that hold media.
const MEDIA_ROOTS: [&str; 3] = ["/static", "/lazy-static", "/download"];

/// Answers a request. HEAD is GET without the body, except for media, which need no GET for it.
pub async fn answer(platform: &WorkersPlatform, mut request: Request<Body>) -> Response<Body> {
    let path = request.uri().path();
    if MEDIA_ROOTS.iter().any(|root| is_below(path, root)) {
        return media::handle(platform, request)
            .await
            .unwrap_or_else(not_found);
    }
    let is_head = request.method() == Method::HEAD;
    if is_head {
        *request.method_mut() = Method::GET;
    }
    let mut response = if is_below(request.uri().path(), "/api/v1") {
        api::handle(platform, request)
            .await
            .unwrap_or_else(not_found)
    } else {
        html::answer(platform, request).await
    };
    if is_head {
        *response.body_mut() = Body::Empty;
    }
    response
}

fn is_below(path: &str, root: &str) -> bool {
    path.strip_prefix(root)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn not_found() -> Response<Body> {
    let mut response = Response::new(Body::Bytes(b"Not found".to_vec()));
    *response.status_mut() = http::StatusCode::NOT_FOUND;
    response
}
