//! What clients ask first: configuration, about page, statistics, ping.

mod body;

use app::videos;
use http::{HeaderValue, Method, Response, header};
use ports::{Body, Platform};

use crate::cacheable::{STEADY_SECS, VOLATILE_SECS, shared_bytes, shared_json};
use crate::{Answer, RequestHead};

/// Routes of this group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// `GET /config`
    Config,
    /// `GET /config/about`
    About,
    /// `GET /server/stats`
    Stats,
    /// `GET /ping`
    Ping,
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        if method != Method::GET {
            return None;
        }
        Some(match segments {
            ["config"] => Self::Config,
            ["config", "about"] => Self::About,
            ["server", "stats"] => Self::Stats,
            ["ping"] => Self::Ping,
            _ => return None,
        })
    }
}

/// Answers one route.
pub(crate) async fn handle<P: Platform>(
    platform: &P,
    head: &RequestHead,
    route: Route,
    _body: Body,
) -> Answer {
    match route {
        Route::Config => shared_json(head, &body::config(platform.settings()), STEADY_SECS),
        Route::About => shared_json(head, &body::about(platform.settings()), STEADY_SECS),
        Route::Stats => {
            let stats = videos::stats(platform).await?;
            shared_bytes(head, stats.into_bytes(), VOLATILE_SECS)
        }
        Route::Ping => {
            let mut response = Response::new(Body::Bytes(b"pong".to_vec()));
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/plain; charset=utf-8"),
            );
            Ok(response)
        }
    }
}
