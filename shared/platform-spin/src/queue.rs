//! A queue as a table: whoever calls `/internal/jobs/run` works through it, and whoever adds to it may begin.

use std::cell::Cell;

use domain::UnixMillis;
use ports::{Database, FEDERATION_MESSAGE_PREFIX, PortError, Task, TaskQueue, encode_task};
use store::queued_task;

use crate::clock::now;
use crate::database::SpinSqlite;

pub use store::queued_task::DueTask;

thread_local! {
    /// Whether this instance has added tasks that it has not begun to work on.
    static HAS_NEWS: Cell<bool> = const { Cell::new(false) };
}

/// The application's queue.
#[derive(Debug, Clone, Copy)]
pub struct SpinQueue;

/// Which tasks a component has what it takes for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abilities {
    /// None: it has no secret, and asks nobody.
    None,
    /// Those that talk to other servers: it has no bucket.
    Federation,
    /// All.
    All,
}

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
        SpinSqlite.batch(batch).await.map_err(unavailable)?;
        HAS_NEWS.set(true);
        Ok(())
    }
}

impl SpinQueue {
    /// Whether this instance has added tasks since it was last asked.
    #[must_use]
    pub fn take_news() -> bool {
        HAS_NEWS.take()
    }

    /// Takes up to `count` due tasks for `lease_secs`: one that is not finished by then is due again.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(
        &self,
        abilities: Abilities,
        count: u32,
        lease_secs: u32,
    ) -> Result<Vec<DueTask>, PortError> {
        let prefix = match abilities {
            Abilities::None => return Ok(Vec::new()),
            Abilities::Federation => FEDERATION_MESSAGE_PREFIX,
            Abilities::All => "",
        };
        let batch = vec![queued_task::take_due(
            now(),
            after(lease_secs),
            count,
            prefix,
        )];
        let results = SpinSqlite.batch(batch).await.map_err(unavailable)?;
        let rows = results.first().map(Vec::as_slice).unwrap_or_default();
        rows.iter()
            .map(|row| queued_task::read(row).map_err(unavailable))
            .collect()
    }

    /// Forgets the tasks that are done, and has those that failed tried again, each after its delay in
    /// seconds.
    ///
    /// # Errors
    /// When the database fails: all are due again when their lease is over.
    pub async fn settle(&self, done: &[i64], failed: &[(i64, u32)]) -> Result<(), PortError> {
        let done = done.iter().map(|id| queued_task::delete(*id));
        let failed = failed
            .iter()
            .map(|(id, delay_secs)| queued_task::postpone(*id, after(*delay_secs)));
        let batch: Vec<_> = done.chain(failed).collect();
        if batch.is_empty() {
            return Ok(());
        }
        SpinSqlite.batch(batch).await.map_err(unavailable).map(drop)
    }
}
