//! Actors of other servers.

use ports::Platform;

use crate::AppError;

/// Reads an actor again from its origin.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn refresh<P: Platform>(_platform: &P, _actor_url: &str) -> Result<(), AppError> {
    Ok(())
}
