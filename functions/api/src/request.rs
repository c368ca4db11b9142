//! The head of a request: what routes look at before the body.

use http::request::Parts;
use http::{HeaderMap, Method};
use ports::ClientAddress;

/// Method, path, query and headers of a request.
pub struct RequestHead {
    /// GET, POST, …; HEAD is left to the host.
    pub method: Method,
    /// Percent-encoded, as sent.
    pub path: String,
    /// Without `?`; empty when there is none.
    pub query: String,
    /// As sent.
    pub headers: HeaderMap,
    /// The client's address, where the host knows it.
    pub client_address: Option<ClientAddress>,
}

impl RequestHead {
    /// Takes the head out of a request.
    #[must_use]
    pub fn new(mut parts: Parts) -> Self {
        Self {
            method: parts.method,
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            client_address: parts.extensions.remove::<ClientAddress>(),
        }
    }

    /// The percent-decoded path segments after `prefix`; empty segments are dropped, so that a slash
    /// at the end equals none. `None` when the path is elsewhere or a segment is no UTF-8.
    #[must_use]
    pub fn segments_after(&self, prefix: &str) -> Option<Vec<String>> {
        let rest = self.path.strip_prefix(prefix)?;
        if !(rest.is_empty() || rest.starts_with('/')) {
            return None;
        }
        rest.split('/')
            .filter(|segment| !segment.is_empty())
            .map(|segment| {
                percent_encoding::percent_decode_str(segment)
                    .decode_utf8()
                    .ok()
                    .map(std::borrow::Cow::into_owned)
            })
            .collect()
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The first value of a query parameter, decoded.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        form_urlencoded::parse(self.query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }
}
