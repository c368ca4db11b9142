//! Bundled scripts and styles, which `spin.toml` puts into the component's file system.

use http::{HeaderValue, Response, StatusCode, header};
use ports::Body;

/// Names change with the content.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// A file, or 404.
pub fn answer(path: &str) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    let is_plain = !path.split('/').any(|part| part.starts_with('.'));
    let bytes = is_plain.then(|| std::fs::read(path).ok()).flatten();
    let Some(bytes) = bytes else {
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    *response.body_mut() = Body::Bytes(bytes);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static(content_type(path)),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOREVER));
    response
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}
