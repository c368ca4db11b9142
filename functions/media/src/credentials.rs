//! What a request for a closed file brings along.

use app::media_access::Credentials;
use http::request::Parts;
use http::{HeaderName, header};

/// The query of a request that matters to us.
#[derive(Debug, Default)]
pub(crate) struct Query {
    /// `videoFileToken`.
    pub(crate) file_token: Option<String>,
    /// `reinjectVideoFileToken=true`.
    pub(crate) reinjects: bool,
}

impl Query {
    pub(crate) fn of(parts: &Parts) -> Self {
        let mut read = Self::default();
        let query = parts.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "videoFileToken" => read.file_token = Some(value.into_owned()),
                "reinjectVideoFileToken" => read.reinjects = value == "true",
                _ => {}
            }
        }
        read
    }
}

/// Header with a video's password.
const VIDEO_PASSWORD: HeaderName = HeaderName::from_static("x-peertube-video-password");

pub(crate) fn of<'a>(parts: &'a Parts, query: &'a Query) -> Credentials<'a> {
    let text = |name: &HeaderName| parts.headers.get(name)?.to_str().ok();
    Credentials {
        bearer: text(&header::AUTHORIZATION)
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim()),
        file_token: query.file_token.as_deref(),
        password: text(&VIDEO_PASSWORD),
    }
}
