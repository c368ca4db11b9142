//! Media types of ActivityStreams documents (ActivityPub, 3.2 and 7).

/// What we send as `Content-Type`, and the only type that PeerTube takes as an answer.
pub const ACTIVITY_JSON: &str = "application/activity+json";
/// What we send as `Content-Type` when the other side asked for JSON-LD.
pub const LD_JSON: &str = "application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";
/// What we send as `Accept`: PeerTube's two types and Mastodon's profile.
pub const ACCEPT: &str = "application/activity+json, application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"";

/// Whether a `Content-Type` is one of an ActivityStreams document: either type, with or without
/// profile and charset. Plain `application/json` is not.
#[must_use]
pub fn is_activity(content_type: &str) -> bool {
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or(content_type)
        .trim();
    ["application/activity+json", "application/ld+json"]
        .iter()
        .any(|known| essence.eq_ignore_ascii_case(known))
}

/// Whether an `Accept` header asks for the document rather than for the page: one of its types is
/// ours and not of quality 0, and none before it is HTML. Browsers never name ours.
#[must_use]
pub fn is_wanted(accept: &str) -> bool {
    for range in accept.split(',') {
        let essence = range.split(';').next().unwrap_or(range).trim();
        let refused = range
            .split(';')
            .any(|part| matches!(part.trim(), "q=0" | "q=0.0"));
        if is_activity(range) && !refused {
            return true;
        }
        if essence.eq_ignore_ascii_case("text/html") {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types() {
        for known in [
            "application/activity+json",
            "application/activity+json; charset=utf-8",
            "Application/LD+JSON; profile=\"https://www.w3.org/ns/activitystreams\"",
            "application/ld+json",
        ] {
            assert!(is_activity(known), "{known}");
        }
        for other in [
            "application/json",
            "text/html",
            "",
            "application/activity+jsonx",
        ] {
            assert!(!is_activity(other), "{other}");
        }
    }

    #[test]
    fn negotiation() {
        for wanted in [
            ACCEPT,
            "application/activity+json, application/ld+json",
            "application/ld+json",
            "application/activity+json;q=0.9, text/html;q=0.1",
        ] {
            assert!(is_wanted(wanted), "{wanted}");
        }
        for other in [
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "*/*",
            "text/html, application/activity+json",
            "application/activity+json;q=0",
            "",
        ] {
            assert!(!is_wanted(other), "{other}");
        }
    }
}
