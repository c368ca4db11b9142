//! Responses: JSON, nothing, problems, CORS.

use app::{AppError, Rejection};
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use ports::{Body, Platform};
use rest::problem::{ErrorCode, InvalidParam, Problem};
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

/// The same response, never stored by a cache.
pub(crate) fn no_store(mut response: Response<Body>) -> Response<Body> {
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// 204.
pub(crate) fn no_content() -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

/// What a page of another origin may read, besides what every page may.
static EXPOSED: [HeaderName; 4] = [
    header::CONTENT_RANGE,
    header::LOCATION,
    header::RANGE,
    header::RETRY_AFTER,
];

/// CORS as PeerTube opens its API: any origin, no credentials. An answer exposes what it has: the runtime spends a
/// part of each request on every header.
#[must_use]
pub fn with_cors(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    for name in &EXPOSED {
        if headers.contains_key(name) {
            headers.append(
                header::ACCESS_CONTROL_EXPOSE_HEADERS,
                HeaderValue::from(name.clone()),
            );
        }
    }
    response
}

/// How long a browser may remember a preflight, in seconds (Chromium's upper bound).
const PREFLIGHT_MAX_AGE_SECS: &str = "7200";

/// 204 that allows what was asked for.
#[must_use]
pub fn preflight(head: &RequestHead) -> Response<Body> {
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
    let (problem, retry_after_secs) = match error {
        AppError::Rejected {
            rejection,
            code,
            detail,
            invalid_fields,
        } => {
            let retry = match rejection {
                Rejection::TooManyRequests { retry_after_secs } => Some(retry_after_secs),
                _ => None,
            };
            let problem = rejected(status(rejection), code, detail, invalid_fields);
            (problem, retry)
        }
        AppError::Unavailable { cause } => {
            platform.log(&format!("unavailable at {}: {cause}", head.path));
            let detail = "Something this instance needs is not available. Try again.";
            (Problem::new(503, detail), Some(RETRY_AFTER_SECS))
        }
        AppError::Bug { cause } => {
            platform.log(&format!("bug at {}: {cause}", head.path));
            (Problem::new(500, "Internal server error"), None)
        }
    };
    let mut response = problem.to_response().map(Body::Bytes);
    if let Some(secs) = retry_after_secs {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(secs));
    }
    response
}

/// When a client may try again after a 503, in seconds.
const RETRY_AFTER_SECS: u32 = 5;

fn rejected(
    status: StatusCode,
    code: Option<&str>,
    detail: String,
    invalid_fields: Vec<(String, String)>,
) -> Problem {
    if !invalid_fields.is_empty() {
        let entries = invalid_fields
            .into_iter()
            .map(|(field, message)| InvalidParam::body(field, message, None))
            .collect();
        return Problem::invalid_params(entries).with_status(status.as_u16());
    }
    let known = code.and_then(|code| {
        ErrorCode::ALL
            .iter()
            .copied()
            .find(|known| known.as_str() == code)
    });
    match known {
        Some(known) => Problem::coded(known, detail).with_status(status.as_u16()),
        None => Problem::new(status.as_u16(), detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exposed(response: Response<Body>) -> Vec<HeaderValue> {
        let response = with_cors(response);
        let exposed = response
            .headers()
            .get_all(header::ACCESS_CONTROL_EXPOSE_HEADERS);
        exposed.iter().cloned().collect()
    }

    #[test]
    fn another_origin_reads_where_an_upload_goes_on_and_when_to_try_again() {
        let mut started = no_content();
        let headers = started.headers_mut();
        headers.insert(header::LOCATION, HeaderValue::from_static("/upload?id=1"));
        headers.insert(header::RANGE, HeaderValue::from_static("bytes=0-99"));
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        assert_eq!(exposed(started), ["location", "range", "retry-after"]);
        assert!(exposed(no_content()).is_empty());
    }
}
