//! What others send: from a delivery to a transaction.

use ports::Platform;

use crate::AppError;

/// Acts on an activity whose signature and authority have been checked. `actor_url` signed it.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn act<P: Platform>(
    _platform: &P,
    _actor_url: &str,
    _activity: &str,
) -> Result<(), AppError> {
    Ok(())
}

/// Fetches an activity from its origin and acts on it.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn fetch_and_act<P: Platform>(
    _platform: &P,
    _activity_url: &str,
) -> Result<(), AppError> {
    Ok(())
}

/// Reads one page of an outbox and queues the next.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn crawl_outbox<P: Platform>(
    _platform: &P,
    _actor_url: &str,
    _page_url: Option<&str>,
    _pages_read: u32,
) -> Result<(), AppError> {
    Ok(())
}
