//! Small values and counters in a key-value store of Spin, by the interfaces that have batches and counters
//! (`wasi:keyvalue` 0.2.0-draft2, which every store of Spin's own runtime implements).
//!
//! Its compare-and-swap is not used: on SQLite, swapping a key that was not there overwrites one that came
//! to be there.

use std::collections::HashMap;

use ports::{PortError, SlotStore};
use spin_sdk::experimental::wasi::keyvalue::store::{Bucket, Error, open};
use spin_sdk::experimental::wasi::keyvalue::{atomics, batch};

const WHAT: &str = "key-value store";

/// The store of a label that `spin.toml` gives to the component.
#[derive(Debug, Clone, Copy)]
pub struct SpinSlots {
    /// The label.
    pub label: &'static str,
}

fn unavailable(error: Error) -> PortError {
    let cause = match error {
        Error::NoSuchStore => "there is no such store".to_owned(),
        Error::AccessDenied => "the component may not use this store".to_owned(),
        Error::Other(cause) => cause,
    };
    PortError::unavailable(WHAT, cause)
}

impl SpinSlots {
    fn bucket(self) -> Result<Bucket, PortError> {
        open(self.label).map_err(unavailable)
    }
}

impl SlotStore for SpinSlots {
    async fn read(&self, keys: &[String]) -> Result<HashMap<String, Vec<u8>>, PortError> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let found = batch::get_many(&self.bucket()?, keys).map_err(unavailable)?;
        // Some stores leave out what is not there.
        Ok(found
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)))
            .collect())
    }

    async fn write(&self, key: &str, value: Vec<u8>) -> Result<(), PortError> {
        self.bucket()?.set(key, &value).map_err(unavailable)
    }

    async fn next_number(&self, counter_key: &str) -> Result<u64, PortError> {
        let number = atomics::increment(&self.bucket()?, counter_key, 1).map_err(unavailable)?;
        u64::try_from(number).map_err(|error| PortError::bug(WHAT, error))
    }

    async fn keys(&self) -> Result<Vec<String>, PortError> {
        let bucket = self.bucket()?;
        let mut keys = Vec::new();
        let mut cursor = None;
        loop {
            let page = bucket.list_keys(cursor.as_deref()).map_err(unavailable)?;
            keys.extend(page.keys);
            cursor = page.cursor;
            if cursor.is_none() {
                return Ok(keys);
            }
        }
    }

    async fn delete(&self, keys: &[String]) -> Result<(), PortError> {
        if keys.is_empty() {
            return Ok(());
        }
        batch::delete_many(&self.bucket()?, keys).map_err(unavailable)
    }
}
