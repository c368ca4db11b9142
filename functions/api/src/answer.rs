//! Responses: JSON, nothing, problems, CORS.

use app::{AppError, Rejection};
use http::{HeaderValue, Response, StatusCode, header};
use ports::{Body, Platform};
use serde::Serialize;

use crate::RequestHead;

/// 200 with a JSON body.
pub(crate) fn json<T: Serialize>(value: &T) -> crate::Answer {
    let bytes = serde_json::to_vec(value).map_err(AppError::bug)?;
    let mut response = Response::new(Body::Bytes(bytes));
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json; charset=utf-8"),
    );
    Ok(response)
}

/// 204.
pub(crate) fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// CORS as PeerTube opens its API: any origin, no credentials.
#[must_use]
pub fn with_cors(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("Content-Range, Location, Range, Retry-After"),
    );
    response
}

/// How long a browser may remember a preflight, in seconds (Chromium's upper bound).
const PREFLIGHT_MAX_AGE_SECS: &str = "7200";

/// 204 that allows what was asked for.
pub(crate) fn preflight(head: &RequestHead) -> Response<Body> {
    let mut response = no_content();
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, HEAD, POST, PUT, DELETE, OPTIONS"),
    );
    if let Some(asked) = head.headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
    }
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static(PREFLIGHT_MAX_AGE_SECS),
    );
    with_cors(response)
}

const fn status(rejection: Rejection) -> StatusCode {
    match rejection {
        Rejection::BadRequest => StatusCode::BAD_REQUEST,
        Rejection::Unauthorized => StatusCode::UNAUTHORIZED,
        Rejection::Forbidden => StatusCode::FORBIDDEN,
        Rejection::NotFound => StatusCode::NOT_FOUND,
        Rejection::Conflict => StatusCode::CONFLICT,
        Rejection::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Rejection::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Rejection::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
        Rejection::TooManyRequests { .. } => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// `application/problem+json` (RFC 9457) in PeerTube's form; logs what the client must not see, once.
pub fn problem_response<P: Platform>(
    platform: &P,
    head: &RequestHead,
    error: AppError,
) -> Response<Body> {
    let _ = (platform, head, status(Rejection::NotFound), error);
    Response::new(Body::Empty)
}
