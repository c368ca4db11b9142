//! What other servers send.

use app::{AppError, Rejection};
use http::Response;
use http::request::Parts;
use ports::{Body, Platform};

/// Answers a `POST` to the shared inbox or to an actor's.
///
/// # Errors
/// A rejection names what is wrong with the delivery.
pub async fn deliver<P: Platform>(
    _platform: &P,
    _head: &Parts,
    _body: Body,
) -> Result<Response<Body>, AppError> {
    Err(AppError::rejected(
        Rejection::Forbidden,
        "Nothing is accepted yet",
    ))
}
