//! Queue messages: each is done, or handed back to the queue for later.

use platform_workers::{WorkersPlatform, decode_task};
use worker::{MessageBatch, MessageExt};

/// Runs each message on its own: one that fails is retried by the queue, the others are not.
pub async fn run_batch(
    platform: &WorkersPlatform,
    batch: &MessageBatch<String>,
) -> worker::Result<()> {
    for message in batch.iter() {
        let message = message?;
        match decode_task(message.body()) {
            Some(task) => match site::run_task(platform, task).await {
                Ok(()) => message.ack(),
                Err(error) => {
                    worker::console_error!("task failed, will be retried: {error:?}");
                    message.retry();
                }
            },
            None => {
                worker::console_error!("a message of no known kind was dropped");
                message.ack();
            }
        }
    }
    Ok(())
}
