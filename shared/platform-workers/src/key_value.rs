//! Workers KV.

use std::rc::Rc;

use ports::{KeyLabel, KeyValue, PortError};
use worker::kv::KvStore;

use crate::Costs;

/// Smallest lifetime that KV takes, in seconds.
const MIN_TTL_SECS: u32 = 60;

/// A KV namespace.
#[derive(Clone)]
pub struct WorkersKv {
    pub store: Rc<KvStore>,
    pub costs: Costs,
}

fn unavailable(cause: impl std::fmt::Display) -> PortError {
    PortError::unavailable("key-value store", cause)
}

impl KeyValue for WorkersKv {
    async fn get(&self, key: &str) -> Result<Option<String>, PortError> {
        self.costs.key_value_read();
        self.store.get(key).text().await.map_err(unavailable)
    }

    async fn put(&self, key: &str, value: &str, ttl_secs: u32) -> Result<(), PortError> {
        self.costs.key_value_write();
        self.store
            .put(key, value)
            .map_err(unavailable)?
            .expiration_ttl(u64::from(ttl_secs.max(MIN_TTL_SECS)))
            .execute()
            .await
            .map_err(unavailable)
    }

    async fn labels(&self, prefix: &str) -> Result<Vec<KeyLabel>, PortError> {
        self.costs.key_value_read();
        let listing = self.store.list().prefix(prefix.to_owned()).execute();
        Ok(listing
            .await
            .map_err(unavailable)?
            .keys
            .into_iter()
            .map(|key| KeyLabel {
                key: key.name,
                label: key.metadata.unwrap_or_default().to_string(),
            })
            .collect())
    }
}
