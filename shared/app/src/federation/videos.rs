//! Videos of other servers.

use ports::Platform;

use crate::AppError;

/// Reads a video again from its origin.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn refresh<P: Platform>(_platform: &P, _video_url: &str) -> Result<(), AppError> {
    Ok(())
}
