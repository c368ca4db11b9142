//! Trying again.

use super::CallError;
use crate::limits::{FIRST_PAUSE, MAX_PAUSE, MAX_TRIES};

/// Calls `attempt` until it succeeds, is refused, or was tried [`MAX_TRIES`] times; the pause
/// doubles each time. `attempt` is told how many tries came before it.
///
/// # Errors
/// The last error.
pub async fn retry<T>(
    mut attempt: impl AsyncFnMut(u32) -> Result<T, CallError>,
) -> Result<T, CallError> {
    let mut pause = FIRST_PAUSE;
    let mut tries = 0;
    loop {
        let error = match attempt(tries).await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        tries += 1;
        let CallError::Unavailable { retry_after, .. } = &error else {
            return Err(error);
        };
        if tries == MAX_TRIES {
            return Err(error);
        }
        tokio::time::sleep(retry_after.unwrap_or(pause).min(MAX_PAUSE)).await;
        pause *= 2;
    }
}
