//! One SQLite file with all key-value stores, as Spin keeps them by default.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::{Connection, OptionalExtension, params};
use tokio::task::spawn_blocking;

use crate::{Failure, failure};

const SET: &str = "INSERT OR REPLACE INTO entry (store, key, value) VALUES (?1, ?2, ?3)";
const DELETE: &str = "DELETE FROM entry WHERE store = ?1 AND key = ?2";

/// The file.
#[derive(Clone)]
pub struct KeyValueFile(Arc<Mutex<Connection>>);

/// One store in it.
#[derive(Clone)]
pub struct Store {
    label: String,
    file: KeyValueFile,
}

impl KeyValueFile {
    /// Opens or makes it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let connection = Connection::open(path).map_err(|error| failure(path.display(), error))?;
        connection
            .execute_batch(
                "PRAGMA journal_mode = WAL;
                 CREATE TABLE IF NOT EXISTS entry (
                    store TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL,
                    PRIMARY KEY (store, key)
                 ) WITHOUT ROWID;",
            )
            .map_err(|error| failure(path.display(), error))?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// A store by its label.
    #[must_use]
    pub fn store(&self, label: String) -> Store {
        Store {
            label,
            file: self.clone(),
        }
    }
}

impl Store {
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.file.0.lock().expect("nobody panics while holding it")
    }

    /// Does something with the store on a thread that may wait; SQLite's words when it fails.
    pub async fn with<R: Send + 'static>(
        self,
        work: impl FnOnce(&Self) -> rusqlite::Result<R> + Send + 'static,
    ) -> wasmtime::Result<Result<R, String>> {
        let done = spawn_blocking(move || work(&self)).await?;
        Ok(done.map_err(|error| error.to_string()))
    }

    /// A value.
    pub fn get(&self, key: &str) -> rusqlite::Result<Option<Vec<u8>>> {
        self.lock()
            .prepare_cached("SELECT value FROM entry WHERE store = ?1 AND key = ?2")?
            .query_row(params![self.label, key], |row| row.get(0))
            .optional()
    }

    /// All keys.
    pub fn keys(&self) -> rusqlite::Result<Vec<String>> {
        self.lock()
            .prepare_cached("SELECT key FROM entry WHERE store = ?1")?
            .query_map([&self.label], |row| row.get(0))?
            .collect()
    }

    /// The values that are there, each with its key.
    pub fn get_many(&self, keys: &[String]) -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
        let mut found = Vec::new();
        for key in keys {
            if let Some(value) = self.get(key)? {
                found.push((key.clone(), value));
            }
        }
        Ok(found)
    }

    /// Writes all of them or none.
    pub fn set_many(&self, entries: &[(String, Vec<u8>)]) -> rusqlite::Result<()> {
        let connection = self.lock();
        let transaction = connection.unchecked_transaction()?;
        for (key, value) in entries {
            transaction
                .prepare_cached(SET)?
                .execute(params![self.label, key, value])?;
        }
        transaction.commit()
    }

    /// Removes all of them or none.
    pub fn delete_many(&self, keys: &[String]) -> rusqlite::Result<()> {
        let connection = self.lock();
        let transaction = connection.unchecked_transaction()?;
        for key in keys {
            transaction
                .prepare_cached(DELETE)?
                .execute(params![self.label, key])?;
        }
        transaction.commit()
    }

    /// Adds to a number of eight bytes, the least significant first; one that is not there is zero.
    pub fn increment(&self, key: &str, delta: i64) -> rusqlite::Result<i64> {
        let connection = self.lock();
        let transaction = connection.unchecked_transaction()?;
        let old: Option<[u8; 8]> = transaction
            .prepare_cached("SELECT value FROM entry WHERE store = ?1 AND key = ?2")?
            .query_row(params![self.label, key], |row| row.get(0))
            .optional()?;
        let new = old.map_or(0, i64::from_le_bytes).wrapping_add(delta);
        transaction
            .prepare_cached(SET)?
            .execute(params![self.label, key, new.to_le_bytes()])?;
        transaction.commit().map(|()| new)
    }
}
