//! Queue messages: each is done, or handed back to the queue for later.

use platform_workers::{WorkersPlatform, decode_task};
use worker::{MessageBatch, MessageExt};

/// Works through a batch. A message that fails is retried by the queue, the others are not.
pub async fn run_batch(
    platform: &WorkersPlatform,
    batch: &MessageBatch<String>,
) -> worker::Result<()> {
    let mut messages = Vec::new();
    let mut tasks = Vec::new();
    for message in batch.iter() {
        let message = message?;
        match decode_task(message.body()) {
            Some(task) => {
                messages.push(message);
                tasks.push(task);
            }
            None => {
                worker::console_error!("a message of no known kind was dropped");
                message.ack();
            }
        }
    }
    let results = site::run_tasks(platform, tasks).await;
    for (message, result) in messages.iter().zip(results) {
        match result {
            Ok(()) => message.ack(),
            Err(error) => {
                worker::console_error!("task failed, will be retried: {error:?}");
                message.retry();
            }
        }
    }
    Ok(())
}
