//! A store that is fast to read anywhere and slow to agree: values may be a minute old.

use crate::PortError;

/// Most keys that one listing gives; Workers KV lists as many in one operation.
pub const MAX_LISTED_KEYS: usize = 1_000;

/// A key, and the small JSON text that its writer has kept beside the value: a listing gives labels, not
/// values, so that many of them cost one operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyLabel {
    /// The whole key.
    pub key: String,
    /// JSON, `null` where the writer kept none.
    pub label: String,
}

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
    /// The labels of every key that begins with `prefix`, at most [`MAX_LISTED_KEYS`], in order of keys.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the store fails.
    async fn labels(&self, prefix: &str) -> Result<Vec<KeyLabel>, PortError>;
}
