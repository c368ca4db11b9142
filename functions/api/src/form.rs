//! Small request bodies: JSON, urlencoded and multipart alike.

use app::{AppError, Rejection};
use http::header;
use ports::{Body, BodyError};
use rest::form::{self, FormError};

use crate::RequestHead;

/// What a wrong form means for the client.
pub(crate) fn refusal(error: FormError) -> AppError {
    let rejection = match error {
        FormError::TooLarge(_) => Rejection::PayloadTooLarge,
        FormError::UnsupportedContentType => Rejection::UnsupportedMediaType,
        _ => Rejection::BadRequest,
    };
    AppError::rejected(rejection, error.to_string())
}

/// Reads a body of at most `limit_bytes` as form fields and small files.
///
/// # Errors
/// 413, 415 or 400 for the client's mistakes.
pub(crate) async fn read(
    head: &RequestHead,
    body: Body,
    limit_bytes: usize,
) -> Result<form::Body, AppError> {
    let bytes = match body.into_bytes(limit_bytes).await {
        Ok(bytes) => bytes,
        Err(BodyError::TooLarge { limit_bytes }) => {
            return Err(refusal(FormError::TooLarge(limit_bytes)));
        }
        Err(error) => return Err(error.into()),
    };
    let content_type = head
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    form::parse_body(content_type, &bytes).map_err(refusal)
}

/// Reads a body without files.
///
/// # Errors
/// As [`read`].
pub(crate) async fn read_fields(
    head: &RequestHead,
    body: Body,
) -> Result<form::FormBody, AppError> {
    Ok(read(head, body, form::MAX_FORM_BYTES).await?.form)
}
