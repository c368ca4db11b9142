//! Status lines and headers.

use app::{AppError, Rejection};
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use ports::{Body, ByteRange, Platform};
use rest::problem::Problem;

/// Names are random and never get new bytes: a browser may keep them for good.
pub(crate) const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// Files of closed videos leave no copy anywhere.
pub(crate) const PRIVATE: &str = "private, no-store";
/// Downloads: the bytes are immutable, the name on disk follows the video's title.
pub(crate) const DOWNLOAD: &str = "public, max-age=300";
/// Pictures of other servers: their names follow from where they lie, and there they may change.
pub(crate) const REMOTE: &str = "public, max-age=86400";
/// How long a browser may remember a preflight, in seconds (Chromium's upper bound). WebTorrent in
/// Chromium preflights every piece without it.
const PREFLIGHT_MAX_AGE_SECS: &str = "7200";
/// When a client may try again after a 503, in seconds.
const RETRY_AFTER_SECS: &str = "5";
const METHODS: &str = "GET, HEAD, OPTIONS";

/// Everything about a file's answer but the bytes.
#[derive(Debug, Clone)]
pub(crate) struct Description {
    pub(crate) content_type: &'static str,
    pub(crate) cache_control: &'static str,
    /// With its quotes.
    pub(crate) etag: String,
    pub(crate) disposition: Option<String>,
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = status;
    response
}

fn set(response: &mut Response<Body>, name: HeaderName, value: &str) -> Result<(), AppError> {
    let value = HeaderValue::from_str(value).map_err(AppError::bug)?;
    response.headers_mut().insert(name, value);
    Ok(())
}

/// 200 or 206 with its headers, without a body.
pub(crate) fn found(
    description: &Description,
    size_bytes: u64,
    part: Option<ByteRange>,
) -> Result<Response<Body>, AppError> {
    let status = if part.is_some() {
        StatusCode::PARTIAL_CONTENT
    } else {
        StatusCode::OK
    };
    let mut response = empty(status);
    let length = part.map_or(size_bytes, ByteRange::len).to_string();
    set(
        &mut response,
        header::CONTENT_TYPE,
        description.content_type,
    )?;
    set(&mut response, header::CONTENT_LENGTH, &length)?;
    set(&mut response, header::ACCEPT_RANGES, "bytes")?;
    validators(&mut response, description)?;
    if let Some(disposition) = &description.disposition {
        set(&mut response, header::CONTENT_DISPOSITION, disposition)?;
    }
    if let Some(ByteRange { first, last }) = part {
        let range = format!("bytes {first}-{last}/{size_bytes}");
        set(&mut response, header::CONTENT_RANGE, &range)?;
    }
    Ok(response)
}

fn validators(response: &mut Response<Body>, description: &Description) -> Result<(), AppError> {
    set(response, header::ETAG, &description.etag)?;
    set(response, header::CACHE_CONTROL, description.cache_control)
}

/// 304.
pub(crate) fn not_modified(description: &Description) -> Result<Response<Body>, AppError> {
    let mut response = empty(StatusCode::NOT_MODIFIED);
    validators(&mut response, description)?;
    Ok(response)
}

/// 412.
pub(crate) fn precondition_failed() -> Response<Body> {
    empty(StatusCode::PRECONDITION_FAILED)
}

/// 416, which says how large the file is.
pub(crate) fn not_satisfiable(size_bytes: u64) -> Result<Response<Body>, AppError> {
    let mut response = empty(StatusCode::RANGE_NOT_SATISFIABLE);
    let range = format!("bytes */{size_bytes}");
    set(&mut response, header::CONTENT_RANGE, &range)?;
    set(&mut response, header::ACCEPT_RANGES, "bytes")?;
    Ok(response)
}

/// A small text that is made for one request.
pub(crate) fn text(content_type: &'static str, bytes: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::Bytes(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE));
    response
}

/// 405.
pub(crate) fn method_not_allowed() -> Response<Body> {
    let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
    response
        .headers_mut()
        .insert(header::ALLOW, HeaderValue::from_static(METHODS));
    response
}

/// 204 that allows what was asked for.
pub(crate) fn preflight(asked: &HeaderMap) -> Response<Body> {
    let mut response = empty(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static(METHODS),
    );
    if let Some(wanted) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static(PREFLIGHT_MAX_AGE_SECS),
    );
    response
}

/// The headers that every answer has: any page may fetch and embed media, and nobody guesses its type.
pub(crate) fn with_cors(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Location, Range",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A refusal as problem+json; logs what the client must not see, once.
pub(crate) fn problem<P: Platform>(platform: &P, path: &str, error: AppError) -> Response<Body> {
    let (status, detail) = match error {
        AppError::Rejected {
            rejection, detail, ..
        } => (status(rejection), detail),
        AppError::Unavailable { cause } => {
            platform.log(&format!("unavailable at {path}: {cause}"));
            let detail = "Media storage is not available. Try again.";
            (StatusCode::SERVICE_UNAVAILABLE, detail.to_owned())
        }
        AppError::Bug { cause } => {
            platform.log(&format!("bug at {path}: {cause}"));
            let detail = "Internal server error";
            (StatusCode::INTERNAL_SERVER_ERROR, detail.to_owned())
        }
    };
    let mut response = Problem::new(status.as_u16(), detail)
        .to_response()
        .map(Body::Bytes);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static(PRIVATE));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        let retry_after = HeaderValue::from_static(RETRY_AFTER_SECS);
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, retry_after);
    }
    response
}

const fn status(rejection: Rejection) -> StatusCode {
    match rejection {
        Rejection::Unauthorized => StatusCode::UNAUTHORIZED,
        Rejection::Forbidden => StatusCode::FORBIDDEN,
        Rejection::NotFound => StatusCode::NOT_FOUND,
        // Nothing else is rejected on the way to a file.
        _ => StatusCode::BAD_REQUEST,
    }
}
