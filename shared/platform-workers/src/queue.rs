//! Cloudflare Queues.

use std::rc::Rc;

use ports::{FederationTask, Lane, MAX_DELAY_SECS, PortError, Task, TaskQueue};
use serde::{Deserialize, Serialize};

use worker::{BatchMessageBuilder, MessageBuilder};

use crate::Costs;

/// A task on the wire. Messages of an older deploy may still wait in the queue: only ever add variants.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Message {
    CompleteRunnerJob { job_uuid: String },
    MakeTorrents { video_uuid: String },
    DeleteObjects { object_keys: Vec<String> },
    Federation { task: FederationTask },
}

/// The message of a task, as JSON text.
#[must_use]
pub fn encode_task(task: Task) -> String {
    let message = match task {
        Task::CompleteRunnerJob { job_uuid } => Message::CompleteRunnerJob { job_uuid },
        Task::MakeTorrents { video_uuid } => Message::MakeTorrents { video_uuid },
        Task::DeleteObjects { object_keys } => Message::DeleteObjects { object_keys },
        Task::Federation(task) => Message::Federation { task },
    };
    serde_json::to_string(&message).expect("strings and lists of strings are always JSON")
}

/// The task of a message; `None` for a message of no known kind.
#[must_use]
pub fn decode_task(text: &str) -> Option<Task> {
    Some(match serde_json::from_str(text).ok()? {
        Message::CompleteRunnerJob { job_uuid } => Task::CompleteRunnerJob { job_uuid },
        Message::MakeTorrents { video_uuid } => Task::MakeTorrents { video_uuid },
        Message::DeleteObjects { object_keys } => Task::DeleteObjects { object_keys },
        Message::Federation { task } => Task::Federation(task),
    })
}

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
    fn of(&self, task: &Task) -> Lane {
        match task {
            Task::Federation(task) => task.lane(),
            _ => Lane::Work,
        }
    }

    async fn send_batch(
        &self,
        lane: Lane,
        batch: Vec<String>,
        delay_secs: u32,
    ) -> Result<(), PortError> {
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
            .map(|text| MessageBuilder::new(text).delay_seconds(delay_secs).build());
        let batch = BatchMessageBuilder::new().messages(messages).build();
        queue.send_batch(batch).await.map_err(failed)
    }
}

impl TaskQueue for WorkersQueues {
    async fn send_all(&self, tasks: Vec<Task>, delay_secs: u32) -> Result<(), PortError> {
        let delay_secs = delay_secs.min(MAX_DELAY_SECS);
        for lane in [Lane::Work, Lane::Deliveries, Lane::Retries] {
            let mut batch = Vec::new();
            let mut bytes = 0;
            for task in tasks.iter().filter(|task| self.of(task) == lane) {
                let text = encode_task(task.clone());
                let is_full =
                    batch.len() == MAX_BATCH_MESSAGES || bytes + text.len() > MAX_BATCH_BYTES;
                if is_full && !batch.is_empty() {
                    self.send_batch(lane, std::mem::take(&mut batch), delay_secs)
                        .await?;
                    bytes = 0;
                }
                bytes += text.len();
                batch.push(text);
            }
            if !batch.is_empty() {
                self.send_batch(lane, batch, delay_secs).await?;
            }
        }
        Ok(())
    }
}
