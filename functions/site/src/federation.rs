//! Ids of this instance: a document for other servers, a page for people, at the same path.

use activitypub_server::{OfVideo, Route, Served};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use ports::{Body, Platform};
use rest::ids::VideoRef;

use crate::answer_memo::AnswerMemo;

/// How long a document may be shown before it is asked for again, in seconds. Others are told of every
/// change; whoever asks right after that must not get what was before.
const MAX_AGE_SECS: u32 = 10;

/// Whether the request is for this module and not for the page at the same path.
pub(crate) fn is_meant(route: &Route, request: &Request<Body>) -> bool {
    if *route == Route::Inbox || request.method() == Method::OPTIONS {
        return true;
    }
    request.method() == Method::GET && wants_document(request)
}

/// Several headers are one list (RFC 9110, 5.3); the first that names either kind decides.
fn wants_document(request: &Request<Body>) -> bool {
    let mut values = request.headers().get_all(header::ACCEPT).iter();
    values.any(|value| value.to_str().is_ok_and(activitypub_server::is_wanted))
}

/// Answers a request that [`is_meant`].
pub(crate) async fn answer<P: Platform>(
    platform: &P,
    memo: &AnswerMemo,
    route: &Route,
    request: Request<Body>,
) -> Response<Body> {
    if request.method() == Method::OPTIONS {
        return api::preflight(&api::RequestHead::new(request.into_parts().0));
    }
    if *route == Route::Inbox {
        return inbox(platform, request).await;
    }
    let head = api::RequestHead::new(request.into_parts().0);
    let key = format!("{}?{}\nactivity", head.path, head.query);
    let is_plain = !head.headers.contains_key(header::IF_NONE_MATCH) && !is_read_at_once(route);
    let make = async || {
        let response = document(platform, route, &head).await;
        let response =
            response.unwrap_or_else(|error| api::problem_response(platform, &head, error));
        varying(api::with_cors(response))
    };
    if is_plain {
        memo.kept_or(platform, &key, make).await
    } else {
        make().await
    }
}

/// Whether others read it as soon as they are told of a change: the pages of a playlist are in no Update. One
/// that was kept for a moment would be what was before, and they would not come again.
const fn is_read_at_once(route: &Route) -> bool {
    matches!(route, Route::Playlist(..))
}

async fn inbox<P: Platform>(platform: &P, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if parts.method != Method::POST {
        let mut response = Response::new(Body::Empty);
        *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("POST, OPTIONS"));
        return api::with_cors(response);
    }
    let response = match activitypub_server::inbox::deliver(platform, &parts, body).await {
        Ok(response) => response,
        Err(error) => api::problem_response(platform, &api::RequestHead::new(parts), error),
    };
    api::with_cors(response)
}

async fn document<P: Platform>(
    platform: &P,
    route: &Route,
    head: &api::RequestHead,
) -> Result<Response<Body>, app::AppError> {
    Ok(
        match activitypub_server::answer(platform, route, &head.query).await? {
            Served::Document { content_type, json } => {
                let document = (content_type, json.into_bytes());
                let max_age_secs = if is_read_at_once(route) {
                    0
                } else {
                    MAX_AGE_SECS
                };
                api::shared_document(head, document, max_age_secs, Some("Accept"))?
            }
            Served::Elsewhere(url) => found_at(&url),
            Served::Gone { content_type, json } => {
                let mut response = Response::new(Body::Bytes(json.into_bytes()));
                *response.status_mut() = StatusCode::GONE;
                response
                    .headers_mut()
                    .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
                response
            }
        },
    )
}

/// 302.
pub(crate) fn found_at(url: &str) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    match HeaderValue::from_str(url) {
        Ok(location) => {
            *response.status_mut() = StatusCode::FOUND;
            response.headers_mut().insert(header::LOCATION, location);
        }
        // An id of another server with bytes that no header carries leads nowhere.
        Err(_) => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    response
}

/// Marks an answer that another `Accept` would have changed.
pub(crate) fn varying(mut response: Response<Body>) -> Response<Body> {
    response
        .headers_mut()
        .insert(header::VARY, HeaderValue::from_static("Accept"));
    response
}

/// Where people find what has an id but no page of its own: a comment stands below its video, the
/// instance's page is the home page.
pub(crate) fn page_elsewhere(route: &Route) -> Option<String> {
    match route {
        Route::Video(video, OfVideo::Comment(id)) => {
            let video = match video {
                VideoRef::Id(number) => number.to_string(),
                VideoRef::Uuid(uuid) => rest::ids::short_uuid(uuid)?,
            };
            Some(format!("/w/{video}/comments?comment={id}#comment-{id}"))
        }
        Route::Actor(activitypub_server::ActorRef::Instance, _) => Some("/".to_owned()),
        _ => None,
    }
}
