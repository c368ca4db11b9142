//! Who asks: the bearer token of a request.

use app::accounts::{self, SignedIn};
use app::{AppError, Rejection};
use http::header;
use ports::Platform;

use crate::RequestHead;

/// The bearer token as sent, if any (RFC 6750, 2.1: the scheme's case does not matter).
pub(crate) fn bearer_token(head: &RequestHead) -> Option<&str> {
    let value = head.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The user who asks.
///
/// # Errors
/// 401 without a token or with one that does not work.
pub(crate) async fn signed_in<P: Platform>(
    platform: &P,
    head: &RequestHead,
) -> Result<SignedIn, AppError> {
    match bearer_token(head) {
        Some(token) => accounts::authenticate(platform, token).await,
        None => Err(not_signed_in()),
    }
}

/// 401 without a token.
pub(crate) fn not_signed_in() -> AppError {
    AppError::coded(
        Rejection::Unauthorized,
        "invalid_token",
        "Unauthenticated: no authentication given",
    )
}

/// The user who asks, `None` for an anonymous request.
///
/// # Errors
/// 401 for a token that does not work: a client must learn that it has to refresh.
pub(crate) async fn maybe_signed_in<P: Platform>(
    platform: &P,
    head: &RequestHead,
) -> Result<Option<SignedIn>, AppError> {
    match bearer_token(head) {
        Some(token) => accounts::authenticate(platform, token).await.map(Some),
        None => Ok(None),
    }
}
