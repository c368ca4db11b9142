//! A store that is fast to read anywhere and slow to agree: values may be a minute old.

use crate::PortError;

/// Eventually consistent strings.
pub trait KeyValue {
    /// The value, `None` when there is none.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the store fails.
    async fn get(&self, key: &str) -> Result<Option<String>, PortError>;
    /// Sets the value; it goes away after `ttl_secs` (at least 60, the platforms' minimum).
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the store fails.
    async fn put(&self, key: &str, value: &str, ttl_secs: u32) -> Result<(), PortError>;
}
