//! What others are told.

use ports::{FederationTask, Platform, Task, TaskQueue};

use crate::AppError;

/// One activity on its way to one inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where to.
    pub inbox_url: String,
    /// Id of our actor who signs it.
    pub signer_url: String,
    /// Its JSON.
    pub activity: String,
    /// How often it has failed before.
    pub failures: u32,
    /// When it was first tried.
    pub since_unix_ms: i64,
}

/// Has the changes that the database has noted told soon. Call it after the transaction that made them; if
/// the queue fails cron tells them within a minute.
pub async fn wake<P: Platform>(platform: &P) {
    let task = Task::Federation(FederationTask::TellChanges);
    if let Err(error) = platform.tasks().send(task).await {
        platform.log(&format!("changes are told later: {error}"));
    }
}

/// Tells everybody whom they concern of the changes that nobody has been told of.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn tell_changes<P: Platform>(_platform: &P) -> Result<(), AppError> {
    Ok(())
}

/// Brings one activity to one inbox.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn deliver<P: Platform>(_platform: &P, _delivery: Delivery) -> Result<(), AppError> {
    Ok(())
}
