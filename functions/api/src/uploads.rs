//! `POST /videos/upload`, and `/videos/upload-resumable` as PeerTube's library `@uploadx/core` speaks
//! it: first call, chunks, status, cancel.

mod content_range;
mod form;
mod resumable;

use app::upload::NewVideoIds;
use app::{AppError, Rejection};
use http::Method;
use ports::{Body, Platform};
use rest::form::FormError;
use rest::problem::InvalidParam;
use rest::upload::{CreatedVideo, VideoCreateResult};

use crate::answer::json;
use crate::credentials::signed_in;
use crate::{Answer, RequestHead};

/// Routes of this group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// `POST /videos/upload`.
    Form,
    /// `POST /videos/upload-resumable`.
    Open,
    /// `PUT /videos/upload-resumable?upload_id=…`.
    Chunk,
    /// `DELETE /videos/upload-resumable?upload_id=…`.
    Cancel,
}

impl Route {
    /// The route of this method and path, if it belongs to this group.
    pub(crate) fn parse(method: &Method, segments: &[&str]) -> Option<Self> {
        match (method.as_str(), segments) {
            ("POST", ["videos", "upload"]) => Some(Self::Form),
            ("POST", ["videos", "upload-resumable"]) => Some(Self::Open),
            ("PUT", ["videos", "upload-resumable"]) => Some(Self::Chunk),
            ("DELETE", ["videos", "upload-resumable"]) => Some(Self::Cancel),
            _ => None,
        }
    }
}

/// Answers one route.
pub(crate) async fn handle<P: Platform>(
    platform: &P,
    head: &RequestHead,
    route: Route,
    body: Body,
) -> Answer {
    let user = signed_in(platform, head).await?;
    match route {
        Route::Form => form::upload(platform, head, &user, body).await,
        Route::Open => resumable::open(platform, head, &user, body).await,
        Route::Chunk => resumable::chunk(platform, head, &user, body).await,
        Route::Cancel => resumable::cancel(platform, head, &user).await,
    }
}

/// `{ video: { id, uuid, shortUUID } }`.
fn created(ids: NewVideoIds) -> Answer {
    let short_uuid =
        rest::ids::short_uuid(&ids.uuid).ok_or_else(|| AppError::bug("a video's uuid is none"))?;
    json(&VideoCreateResult {
        video: CreatedVideo {
            id: ids.id,
            uuid: ids.uuid,
            short_uuid,
        },
    })
}

fn broken_form(error: FormError) -> AppError {
    let rejection = match error {
        FormError::TooLarge(_) => Rejection::PayloadTooLarge,
        FormError::UnsupportedContentType => Rejection::UnsupportedMediaType,
        _ => Rejection::BadRequest,
    };
    AppError::rejected(rejection, error.to_string())
}

fn wrong_fields(invalid: Vec<InvalidParam>) -> AppError {
    AppError::Rejected {
        rejection: Rejection::BadRequest,
        code: None,
        detail: "Incorrect request parameters".to_owned(),
        invalid_fields: invalid
            .into_iter()
            .map(|entry| (entry.param, entry.msg.into_owned()))
            .collect(),
    }
}

/// The request's own length, where it says one.
pub(crate) fn content_length(head: &RequestHead) -> Option<u64> {
    head.header("content-length")?.parse().ok()
}
