//! What the signed-in user sees of themselves.

use app::videos;
use http::Method;
use ports::{Body, Platform};

use crate::answer::{json, no_store};
use crate::credentials::signed_in;
use crate::videos::videos_query;
use crate::{Answer, RequestHead};

/// Routes of this group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// `GET /users/me`
    Me,
    /// `GET /users/me/videos`
    MyVideos,
    /// `GET /users/me/video-quota-used`
    QuotaUsed,
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        if method != Method::GET {
            return None;
        }
        Some(match segments {
            ["users", "me"] => Self::Me,
            ["users", "me", "videos"] => Self::MyVideos,
            ["users", "me", "video-quota-used"] => Self::QuotaUsed,
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
    let user = signed_in(platform, head).await?;
    match route {
        Route::Me => json(&videos::me(platform, &user).await?),
        Route::QuotaUsed => json(&videos::quota_used(platform, &user).await?),
        Route::MyVideos => match videos_query(head)? {
            Err(response) => return Ok(response),
            Ok((page, filters)) => json(&videos::my_videos(platform, &user, page, filters).await?),
        },
    }
    .map(no_store)
}
