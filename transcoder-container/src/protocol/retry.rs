//! Trying again.

use super::CallError;
use crate::limits::{FIRST_PAUSE, MAX_BACKOFF, MAX_CALL_TRIES, MAX_PAUSE, MAX_TRANSFER_TRIES};

/// How long to go on trying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// For calls that cost nothing to repeat later.
    Call,
    /// For sources and results.
    Transfer,
}

/// Calls `attempt` until it succeeds, is refused, or was tried as often as `patience` allows; the
/// pause doubles each time. `attempt` is told how many tries came before it.
///
/// # Errors
/// The last error.
pub async fn retry<T>(
    patience: Patience,
    mut attempt: impl AsyncFnMut(u32) -> Result<T, CallError>,
) -> Result<T, CallError> {
    let max_tries = match patience {
        Patience::Call => MAX_CALL_TRIES,
        Patience::Transfer => MAX_TRANSFER_TRIES,
    };
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
        if tries == max_tries {
            return Err(error);
        }
        tokio::time::sleep(retry_after.unwrap_or(pause).min(MAX_PAUSE)).await;
        pause = (pause * 2).min(MAX_BACKOFF);
    }
}
