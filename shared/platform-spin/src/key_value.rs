//! Spin's key-value store, which has neither expiry nor labels: both are kept within the value.

use ports::{KeyLabel, KeyValue, MAX_LISTED_KEYS, PortError};
use serde::{Deserialize, Serialize};
use spin_sdk::key_value::{Error, Store};

use crate::clock::now;

/// The store `default` of the application.
#[derive(Debug, Clone, Copy)]
pub struct SpinKeyValue;

#[derive(Serialize, Deserialize)]
struct Kept {
    value: String,
    expires_unix_ms: i64,
}

fn unavailable(error: Error) -> PortError {
    PortError::unavailable("key-value store", error)
}

impl KeyValue for SpinKeyValue {
    async fn get(&self, key: &str) -> Result<Option<String>, PortError> {
        let store = Store::open_default().await.map_err(unavailable)?;
        let bytes = store.get(key).await.map_err(unavailable)?;
        let kept = bytes.and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
        let now = now().0;
        Ok(kept
            .filter(|kept| kept.expires_unix_ms > now)
            .map(|kept| kept.value))
    }

    async fn put(&self, key: &str, value: &str, ttl_secs: u32) -> Result<(), PortError> {
        let kept = Kept {
            value: value.to_owned(),
            expires_unix_ms: now().0 + i64::from(ttl_secs) * 1_000,
        };
        let bytes = serde_json::to_vec(&kept).map_err(|error| PortError::bug("a value", error))?;
        let store = Store::open_default().await.map_err(unavailable)?;
        store.set(key, bytes).await.map_err(unavailable)
    }

    async fn labels(&self, prefix: &str) -> Result<Vec<KeyLabel>, PortError> {
        let store = Store::open_default().await.map_err(unavailable)?;
        let keys = store
            .get_keys()
            .await
            .collect()
            .await
            .map_err(unavailable)?;
        let mut keys: Vec<String> = keys
            .into_iter()
            .filter(|key| key.starts_with(prefix))
            .collect();
        keys.sort_unstable();
        keys.truncate(MAX_LISTED_KEYS);
        let labelled = |key| KeyLabel {
            key,
            label: "null".to_owned(),
        };
        Ok(keys.into_iter().map(labelled).collect())
    }
}
