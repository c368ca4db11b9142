//! Comments of a video: a page, and the part of it that the watch page fetches.
//!
//! The only page that may depend on who asks, and only for a request with a token: what a stranger's
//! browser or a cache sees is the same for everybody.

use app::accounts::SignedIn;
use app::social::{self, CommentsPage};
use app::videos::Viewer;
use app::{AppError, Rejection};
use http::{HeaderValue, Request, Response, StatusCode, header};
use pages::route::{CommentsQuery, comments_query};
use pages::{Comments, PageKind, Site};
use ports::{Body, Platform};
use rest::ids::VideoRef;

use crate::page_answer::page;

/// Answers the page or the part.
pub(crate) async fn answer<P: Platform>(
    platform: &P,
    site: &Site,
    id: &str,
    request: &Request<Body>,
) -> Result<Response<Body>, AppError> {
    let query = comments_query(request.uri().query().unwrap_or_default());
    let user = match bearer_token(request) {
        Some(token) => Some(app::accounts::authenticate(platform, token).await?),
        None => None,
    };
    let shown = comments(platform, id, user.as_ref(), query).await?;
    let comments = Comments {
        video_name: &shown.video_name,
        uuid: &shown.video_uuid,
        short_uuid: &shown.video_short_uuid,
        address: &shown.video_url,
        is_open: shown.is_open,
        needs_approval: shown.needs_approval,
        is_managed: shown.is_managed,
        reader_account_id: shown.viewer_account_id,
        comment_id: query.comment_id,
        page: query.page,
        total: shown.total,
        not_deleted: shown.not_deleted,
        threads: &shown.threads,
    };
    let html = if query.is_part {
        pages::render_comments_part(site, &comments)
    } else {
        pages::render_comments(site, &comments)
    };
    let mut response = page(site, PageKind::List, StatusCode::OK, html);
    let headers = response.headers_mut();
    if query.is_part {
        headers.remove(header::LINK);
        headers.insert("x-robots-tag", HeaderValue::from_static("noindex"));
    }
    headers.insert(
        header::VARY,
        HeaderValue::from_static("accept, authorization"),
    );
    if user.is_some() {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

async fn comments<P: Platform>(
    platform: &P,
    id: &str,
    user: Option<&SignedIn>,
    query: CommentsQuery,
) -> Result<CommentsPage, AppError> {
    let video = VideoRef::parse(id).ok_or_else(|| AppError::not_found("Video not found"))?;
    let per_page = match query.comment_id {
        Some(_) => pages::REPLIES_PER_PAGE,
        None => pages::THREADS_PER_PAGE,
    };
    let asked = social::CommentsQuery {
        comment_id: query.comment_id,
        page: query.page,
        per_page,
        first_replies: pages::FIRST_REPLIES,
    };
    social::comments_page(platform, &video, Viewer::of(user), asked).await
}

/// The status of a refusal, for a part that no visitor reads by itself.
pub(crate) const fn status(rejection: Rejection) -> StatusCode {
    match rejection {
        Rejection::Unauthorized => StatusCode::UNAUTHORIZED,
        Rejection::Forbidden => StatusCode::FORBIDDEN,
        Rejection::NotFound => StatusCode::NOT_FOUND,
        _ => StatusCode::BAD_REQUEST,
    }
}

fn bearer_token(request: &Request<Body>) -> Option<&str> {
    let value = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
