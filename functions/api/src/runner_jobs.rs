//! (being written)

use http::Method;
use ports::{Body, Platform};

use crate::{Answer, RequestHead};

/// Routes of this group.
pub(crate) enum Route {}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(_method: &Method, _segments: &[&str]) -> Option<Self> {
        None
    }
}

/// Answers one route.
pub(crate) async fn handle<P: Platform>(
    _platform: &P,
    _head: &RequestHead,
    route: Route,
    _body: Body,
) -> Answer {
    match route {}
}
