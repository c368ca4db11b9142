//! A page or small document as a response.

use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use pages::{PageKind, Site, page_headers};
use ports::Body;

/// A page with the headers of its kind.
pub(crate) fn page(
    site: &Site,
    kind: PageKind,
    status: StatusCode,
    html: String,
) -> Response<Body> {
    let mut response = Response::new(Body::Bytes(html.into_bytes()));
    *response.status_mut() = status;
    for (name, value) in page_headers(site, kind) {
        // An instance's name may hold what a header may not; the page then goes without that header.
        if let Ok(value) = HeaderValue::from_str(&value) {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), value);
        }
    }
    response
}

/// How long small documents may be kept, in seconds.
const DOCUMENT_MAX_AGE: &str = "public, max-age=3600";

/// robots.txt and the like.
pub(crate) fn document(content_type: &'static str, text: String) -> Response<Body> {
    let mut response = Response::new(Body::Bytes(text.into_bytes()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static(DOCUMENT_MAX_AGE),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    response
}
