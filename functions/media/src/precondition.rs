//! Preconditions (RFC 9110, 13). Our files have strong entity tags and no dates.

use http::{HeaderMap, HeaderName, header};

/// What the preconditions of a GET or HEAD say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Answer it.
    Go,
    /// The client has it: 304.
    NotModified,
    /// The client wants another version than there is: 412.
    Failed,
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// Whether one of the listed tags is `etag`, or the list is `*`. `weakly` also takes `W/` before it.
fn lists(list: &str, etag: &str, weakly: bool) -> bool {
    list.split(',').map(str::trim).any(|listed| {
        let listed = match listed.strip_prefix("W/") {
            Some(rest) if weakly => rest,
            _ => listed,
        };
        listed == "*" || listed == etag
    })
}

/// Evaluates `If-Match` and `If-None-Match`, in that order (13.2.2). `etag` is with its quotes.
pub(crate) fn evaluate(headers: &HeaderMap, etag: &str) -> Verdict {
    if text(headers, header::IF_MATCH).is_some_and(|list| !lists(list, etag, false)) {
        return Verdict::Failed;
    }
    if text(headers, header::IF_NONE_MATCH).is_some_and(|list| lists(list, etag, true)) {
        return Verdict::NotModified;
    }
    Verdict::Go
}

/// The `Range` header, unless `If-Range` says that the client's part is of another version (13.1.5: the
/// tag must be strong; a date never matches, since we send none).
pub(crate) fn range<'a>(headers: &'a HeaderMap, etag: &str) -> Option<&'a str> {
    match text(headers, header::IF_RANGE) {
        Some(known) if known.trim() != etag => None,
        _ => text(headers, header::RANGE),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const ETAG: &str = "\"a.mp4\"";

    fn headers(pairs: &[(HeaderName, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.clone(), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn known_versions_are_not_sent_again() {
        for (value, expected) in [
            ("\"a.mp4\"", Verdict::NotModified),
            ("W/\"a.mp4\"", Verdict::NotModified),
            ("\"x\", \"a.mp4\"", Verdict::NotModified),
            ("*", Verdict::NotModified),
            ("\"x\"", Verdict::Go),
            ("a.mp4", Verdict::Go),
        ] {
            let headers = headers(&[(header::IF_NONE_MATCH, value)]);
            assert_eq!(evaluate(&headers, ETAG), expected, "{value}");
        }
    }

    #[test]
    fn another_version_is_refused() {
        for (value, expected) in [
            ("\"a.mp4\"", Verdict::Go),
            ("*", Verdict::Go),
            ("W/\"a.mp4\"", Verdict::Failed),
            ("\"x\"", Verdict::Failed),
        ] {
            let headers = headers(&[(header::IF_MATCH, value)]);
            assert_eq!(evaluate(&headers, ETAG), expected, "{value}");
        }
    }

    #[test]
    fn a_part_of_another_version_gets_the_whole() {
        for (value, expected) in [
            ("\"a.mp4\"", Some("bytes=0-1")),
            ("W/\"a.mp4\"", None),
            ("\"x\"", None),
            ("Thu, 01 Jan 2026 00:00:00 GMT", None),
        ] {
            let headers = headers(&[(header::IF_RANGE, value), (header::RANGE, "bytes=0-1")]);
            assert_eq!(range(&headers, ETAG), expected, "{value}");
        }
        let headers = headers(&[(header::RANGE, "bytes=0-1")]);
        assert_eq!(range(&headers, ETAG), Some("bytes=0-1"));
    }
}
