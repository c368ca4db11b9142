//! Cloudflare Queues.

use std::rc::Rc;

use ports::{Lane, PortError, Task, TaskQueue, encode_task};
use worker::{BatchMessageBuilder, MessageBuilder, QueueContentType};

use crate::Costs;

/// The producers, one a lane.
#[derive(Clone)]
pub struct WorkersQueues {
    pub work: Rc<worker::Queue>,
    pub deliveries: Rc<worker::Queue>,
    pub retries: Rc<worker::Queue>,
    pub costs: Costs,
}

/// Messages and bytes that Cloudflare takes at once.
const MAX_BATCH_MESSAGES: usize = 100;
const MAX_BATCH_BYTES: usize = 250_000;

impl WorkersQueues {
    async fn send_batch(&self, lane: Lane, batch: Vec<String>) -> Result<(), PortError> {
        let queue = match lane {
            Lane::Work => &self.work,
            Lane::Deliveries => &self.deliveries,
            Lane::Retries => &self.retries,
        };
        let failed = |error| PortError::unavailable("queue", error);
        for _ in &batch {
            self.costs.queue_send();
        }
        let messages = batch
            .into_iter()
            // As text: as JSON every quote of a text that is JSON already would grow, beyond the bounds above.
            .map(|text| {
                MessageBuilder::new(text)
                    .content_type(QueueContentType::Text)
                    .build()
            });
        let batch = BatchMessageBuilder::new().messages(messages).build();
        queue.send_batch(batch).await.map_err(failed)
    }
}

impl TaskQueue for WorkersQueues {
    async fn send_all(&self, tasks: Vec<Task>) -> Result<(), PortError> {
        for lane in [Lane::Work, Lane::Deliveries, Lane::Retries] {
            let mut batch = Vec::new();
            let mut bytes = 0;
            for task in tasks.iter().filter(|task| task.lane() == lane) {
                let text = encode_task(task.clone());
                let is_full =
                    batch.len() == MAX_BATCH_MESSAGES || bytes + text.len() > MAX_BATCH_BYTES;
                if is_full && !batch.is_empty() {
                    self.send_batch(lane, std::mem::take(&mut batch)).await?;
                    bytes = 0;
                }
                bytes += text.len();
                batch.push(text);
            }
            if !batch.is_empty() {
                self.send_batch(lane, batch).await?;
            }
        }
        Ok(())
    }
}
