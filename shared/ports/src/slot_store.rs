//! Small values that many write at once, and counters that say who writes which.

use std::collections::HashMap;

use crate::PortError;

/// Most keys of one [`SlotStore::read`] or [`SlotStore::delete`].
pub const MAX_SLOT_KEYS: usize = 1_000;

/// Bytes under keys. A value is overwritten as a whole, so whoever must not lose what others write keeps a
/// key of its own, which [`SlotStore::next_number`] gives it.
pub trait SlotStore {
    /// The values of these keys, at most [`MAX_SLOT_KEYS`]; keys without one are left out.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the store fails.
    async fn read(&self, keys: &[String]) -> Result<HashMap<String, Vec<u8>>, PortError>;
    /// Sets a value. It stays until it is deleted.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the store fails; it may have been set.
    async fn write(&self, key: &str, value: Vec<u8>) -> Result<(), PortError>;
    /// The counter's next number, from 1. Nobody else ever gets it, however many ask at once. The key is no
    /// key of a value.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the store fails; a number may be skipped then.
    async fn next_number(&self, counter_key: &str) -> Result<u64, PortError>;
    /// Every key, of values and of counters, in no order. Costs as much as there are.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the store fails.
    async fn keys(&self) -> Result<Vec<String>, PortError>;
    /// Removes values and counters, at most [`MAX_SLOT_KEYS`]; those that are not there are no error.
    ///
    /// # Errors
    /// [`PortError::Unavailable`] when the store fails.
    async fn delete(&self, keys: &[String]) -> Result<(), PortError>;
}
