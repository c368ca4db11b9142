//! A queue as a table: whoever calls `/internal/jobs/run` works through it.

use domain::UnixMillis;
use ports::{Database, PortError, Task, TaskQueue, encode_task};
use store::queued_task;

use crate::database::SpinSqlite;
use crate::platform::now;

pub use store::queued_task::DueTask;

/// The application's queue.
#[derive(Debug, Clone, Copy)]
pub struct SpinQueue;

fn unavailable(error: impl std::fmt::Display) -> PortError {
    PortError::unavailable("queue", error)
}

fn after(delay_secs: u32) -> UnixMillis {
    UnixMillis(now().0 + i64::from(delay_secs) * 1_000)
}

impl TaskQueue for SpinQueue {
    async fn send_all(&self, tasks: Vec<Task>) -> Result<(), PortError> {
        let due = now();
        let batch: Vec<_> = tasks
            .into_iter()
            .map(|task| queued_task::insert(&encode_task(task), due))
            .collect();
        SpinSqlite.batch(batch).await.map_err(unavailable).map(drop)
    }
}

impl SpinQueue {
    /// Takes up to `count` due tasks for `lease_secs`: one that is not finished by then is due again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&self, count: u32, lease_secs: u32) -> Result<Vec<DueTask>, PortError> {
        let batch = vec![queued_task::take_due(now(), after(lease_secs), count)];
        let results = SpinSqlite.batch(batch).await.map_err(unavailable)?;
        let rows = results.first().map(Vec::as_slice).unwrap_or_default();
        rows.iter()
            .map(|row| queued_task::read(row).map_err(unavailable))
            .collect()
    }

    /// Forgets a task that is done.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish(&self, id: i64) -> Result<(), PortError> {
        let batch = vec![queued_task::delete(id)];
        SpinSqlite.batch(batch).await.map_err(unavailable).map(drop)
    }

    /// Has a task that failed tried again after `delay_secs`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn retry(&self, id: i64, delay_secs: u32) -> Result<(), PortError> {
        let batch = vec![queued_task::postpone(id, after(delay_secs))];
        SpinSqlite.batch(batch).await.map_err(unavailable).map(drop)
    }
}
