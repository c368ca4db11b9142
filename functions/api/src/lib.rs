//! PeerTube's REST API as one function: HTTP request in, response out, over ports.
//!
//! A group of routes is a module: a pure `Route::parse(method, segments)` and one `match` that calls a use
//! case of `app` and shapes its result with the types of `rest`. Nothing here knows a platform.

mod answer;
mod cacheable;
mod config;
mod credentials;
mod follows;
mod form;
mod jobs;
mod mirrors;
mod oauth;
mod playlists;
mod request;
mod runner_admin;
mod runner_files;
mod runner_jobs;
mod services;
mod social;
mod uploads;
mod users;
mod videos;

use http::{Method, Request, Response};
use ports::{Body, Platform};

pub use answer::{preflight, problem_response, with_cors};
pub use cacheable::{is_personal, shared_document};
pub use request::RequestHead;
pub use services::{Embeds, handle_services};

use app::{AppError, Rejection};

/// What one route answers.
pub(crate) type Answer = Result<Response<Body>, AppError>;

/// Answers a request below `/api/v1`; `None` when the path is elsewhere.
pub async fn handle<P: Platform>(platform: &P, request: Request<Body>) -> Option<Response<Body>> {
    let (parts, body) = request.into_parts();
    let head = RequestHead::new(parts);
    let segments = head.segments_after("/api/v1")?;
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    if head.method == Method::OPTIONS {
        return Some(answer::preflight(&head));
    }
    let result = dispatch(platform, &head, &segments, body).await;
    let response = match result {
        Ok(response) => response,
        Err(error) => problem_response(platform, &head, error),
    };
    Some(with_cors(response))
}

async fn dispatch<P: Platform>(
    platform: &P,
    head: &RequestHead,
    segments: &[&str],
    body: Body,
) -> Answer {
    if let Some(most) = platform.settings().max_request_bytes
        && uploads::content_length(head).is_some_and(|bytes| bytes > most)
    {
        let detail = format!(
            "This instance takes requests of at most {most} bytes. Larger files are uploaded in parts."
        );
        return Err(AppError::rejected(Rejection::PayloadTooLarge, detail));
    }
    if let Some(route) = oauth::Route::parse(&head.method, segments) {
        return oauth::handle(platform, head, route, body).await;
    }
    if let Some(route) = social::Route::parse(&head.method, segments) {
        return social::handle(platform, head, route, body).await;
    }
    if let Some(route) = follows::Route::parse(&head.method, segments) {
        return follows::handle(platform, head, route, body).await;
    }
    if let Some(route) = playlists::Route::parse(&head.method, segments) {
        return playlists::handle(platform, head, route, body).await;
    }
    if let Some(route) = users::Route::parse(&head.method, segments) {
        return users::handle(platform, head, route, body).await;
    }
    if let Some(route) = uploads::Route::parse(&head.method, segments) {
        return uploads::handle(platform, head, route, body).await;
    }
    if let Some(route) = runner_jobs::Route::parse(&head.method, segments) {
        return runner_jobs::handle(platform, head, route, body).await;
    }
    if let Some(route) = runner_files::Route::parse(&head.method, segments) {
        return runner_files::handle(platform, head, route, body).await;
    }
    if let Some(route) = runner_admin::Route::parse(&head.method, segments) {
        return runner_admin::handle(platform, head, route, body).await;
    }
    if let Some(route) = videos::Route::parse(&head.method, segments) {
        return videos::handle(platform, head, route, body).await;
    }
    if let Some(route) = config::Route::parse(&head.method, segments) {
        return config::handle(platform, head, route, body).await;
    }
    if let Some(route) = mirrors::Route::parse(&head.method, segments) {
        return mirrors::handle(platform, head, route, body).await;
    }
    if let Some(route) = jobs::Route::parse(&head.method, segments) {
        return jobs::handle(platform, head, route, body).await;
    }
    Err(AppError::not_found("Not found"))
}
