//! Cloudflare Queues.

use ports::{PortError, Task, TaskQueue};
use serde::{Deserialize, Serialize};

use crate::Costs;

/// A task on the wire. Messages of an older deploy may still wait in the queue: only ever add variants.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Message {
    CompleteRunnerJob { job_uuid: String },
    MakeTorrents { video_uuid: String },
    DeleteObjects { object_keys: Vec<String> },
}

/// The message of a task, as JSON text.
#[must_use]
pub fn encode_task(task: Task) -> String {
    let message = match task {
        Task::CompleteRunnerJob { job_uuid } => Message::CompleteRunnerJob { job_uuid },
        Task::MakeTorrents { video_uuid } => Message::MakeTorrents { video_uuid },
        Task::DeleteObjects { object_keys } => Message::DeleteObjects { object_keys },
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
    })
}

/// A queue producer.
#[derive(Clone)]
pub struct WorkersQueue {
    pub queue: std::rc::Rc<worker::Queue>,
    pub costs: Costs,
}

impl TaskQueue for WorkersQueue {
    async fn send(&self, task: Task) -> Result<(), PortError> {
        self.costs.queue_send();
        self.queue
            .send(encode_task(task))
            .await
            .map_err(|error| PortError::unavailable("queue", error))
    }
}
