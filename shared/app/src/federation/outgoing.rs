//! What others are told.
//!
//! Triggers note every change of ours that concerns others (`migrations/0003_outgoing.sql`).
//! [`tell_changes`] turns notes into activities and queues one [`FederationTask::Deliver`] for each distinct
//! inbox. [`deliver_all`] signs and sends. What does not arrive waits in the database, not in a queue, and
//! [`retry_delayed`] tries each silent host with one delivery at a time until it answers or is given up.

mod compose;
mod letter;
mod pages;
mod record;
mod retry;
mod round;
mod send;
mod tell;
mod upkeep;

use ports::{FederationTask, PagePlace, Platform, Task, TaskQueue};

use crate::AppError;

pub use pages::{send_again, send_lost};
pub use retry::{GIVEN_UP_FAILURES, TRIED_FOR_MS, retry_delayed};
pub use send::deliver_all;
pub use tell::{tell_changes, tell_lazy_changes};
pub use upkeep::{keep_fresh, keep_told};

/// One activity on its way to one inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where to.
    pub inbox_url: String,
    /// Id of our actor who signs it.
    pub signer_url: String,
    /// Its JSON.
    pub activity: String,
    /// 0 for one that comes straight from the queue; for one that waits in the database 1, and 1 more for
    /// each time that it was refused.
    pub failures: u32,
    /// When it was first tried.
    pub since_unix_ms: i64,
    /// What keeps it until it is made.
    pub page: Option<PagePlace>,
}

impl Delivery {
    /// How often it was refused before.
    const fn refusals(&self) -> u32 {
        self.failures.saturating_sub(1)
    }
}

/// Has the changes that the database has noted told soon. Call it after the transaction that made them; if
/// the queue fails cron tells them within a minute.
pub async fn wake<P: Platform>(platform: &P) {
    let task = Task::Federation(FederationTask::TellChanges);
    if let Err(error) = platform.tasks().send(task).await {
        platform.log(&format!("changes are told later: {error}"));
    }
}

/// Brings one activity to its inbox: [`deliver_all`] for one.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be handed in again.
pub async fn deliver<P: Platform>(platform: &P, delivery: Delivery) -> Result<(), AppError> {
    deliver_all(platform, vec![delivery])
        .await
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests;
