//! Videos, channels, accounts and search.

mod actor;
mod change;
mod list;
mod list_body;
mod one;
mod route;
mod search;
mod stats;
mod view;

use app::videos::Viewer;
use app::{AppError, Rejection};
use http::Response;
use ports::{Body, Platform};
use rest::form::FormBody;
use rest::ids::VideoRef;
use rest::problem::{InvalidParam, ParamLocation, Problem};
use rest::vocabulary::{
    VIDEO_CATEGORIES, VIDEO_LICENCES, VIDEO_PRIVACIES, language_map, numbered_map,
};

use crate::cacheable::{STEADY_SECS, VIDEO_PASSWORD, shared_json};
use crate::{Answer, RequestHead};

pub(crate) use list::{page_of, videos_query};
pub(crate) use route::Route;

/// Answers one route.
pub(crate) async fn handle<P: Platform>(
    platform: &P,
    head: &RequestHead,
    route: Route,
    body: Body,
) -> Answer {
    match route {
        Route::List => list::all(platform, head).await,
        Route::Search => search::videos(platform, head).await,
        Route::SearchChannels => search::channels(platform, head).await,
        Route::Categories => shared_json(head, &numbered_map(VIDEO_CATEGORIES), STEADY_SECS),
        Route::Licences => shared_json(head, &numbered_map(VIDEO_LICENCES), STEADY_SECS),
        Route::Languages => shared_json(head, &language_map(), STEADY_SECS),
        Route::Privacies => shared_json(head, &numbered_map(VIDEO_PRIVACIES), STEADY_SECS),
        Route::Details(id) => one::details(platform, head, &id).await,
        Route::Description(id) => one::description(platform, head, &id).await,
        Route::Source(id) => one::source(platform, head, &id).await,
        Route::Storyboards(id) => one::storyboards(platform, head, &id).await,
        Route::Captions(id) => one::captions(platform, head, &id).await,
        Route::Token(id) => one::token(platform, head, &id).await,
        Route::Update(id) => change::update(platform, head, &id, body).await,
        Route::Delete(id) => change::delete(platform, head, &id).await,
        Route::Views(id) => view::receive(platform, head, &id, body).await,
        Route::OverallStats(id) => stats::overall(platform, head, &id).await,
        Route::RetentionStats(id) => stats::retention(platform, head, &id).await,
        Route::SeriesStats(id, metric) => stats::series(platform, head, &id, &metric).await,
        Route::Channels => actor::channels(platform, head).await,
        Route::Channel(handle) => actor::channel(platform, head, &handle).await,
        Route::UpdateChannel(handle) => change::update_channel(platform, head, &handle, body).await,
        Route::ChannelVideos(handle) => list::of_channel(platform, head, &handle).await,
        Route::Accounts => actor::accounts(platform, head).await,
        Route::Account(handle) => actor::account(platform, head, &handle).await,
        Route::AccountVideos(handle) => list::of_account(platform, head, &handle).await,
        Route::AccountChannels(handle) => actor::account_channels(platform, head, &handle).await,
    }
}

/// The video that a path names; what is no id at all names nothing.
fn video_ref(id: &str) -> Result<VideoRef, AppError> {
    VideoRef::parse(id).ok_or_else(|| AppError::not_found("Video not found"))
}

/// Who asks: user by bearer token, and the password that came along.
fn viewer<'a>(head: &'a RequestHead, user: Option<&'a app::accounts::SignedIn>) -> Viewer<'a> {
    Viewer {
        user,
        password: head.header(VIDEO_PASSWORD),
    }
}

/// The query as form fields.
///
/// # Errors
/// 400 when it breaks a bound.
pub(crate) fn query_form(head: &RequestHead) -> Result<FormBody, AppError> {
    FormBody::from_urlencoded(head.query.as_bytes())
        .map_err(|error| AppError::rejected(Rejection::BadRequest, error.to_string()))
}

/// 400 that names every wrong parameter, where it was and what it was.
pub(crate) fn refused(entries: Vec<InvalidParam>) -> Response<Body> {
    Problem::invalid_params(entries)
        .to_response()
        .map(Body::Bytes)
}

/// The name under which the actor of a handle is stored, if it is.
fn stored_name<P: Platform>(platform: &P, handle: &str) -> String {
    app::follows::stored_name(platform.settings(), handle)
}

pub(crate) fn missing(field: &str, location: ParamLocation) -> Response<Body> {
    refused(vec![InvalidParam::new(location, field, "is missing", None)])
}
