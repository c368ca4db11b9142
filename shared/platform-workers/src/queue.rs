//! Cloudflare Queues.

use std::cell::RefCell;
use std::rc::Rc;

use ports::{Lane, PortError, Task, TaskQueue, encode_task};
use wasm_bindgen_futures::JsFuture;
use worker::{BatchMessageBuilder, MessageBuilder, QueueContentType};

use crate::platform::clock;
use crate::{Costs, js};

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

    async fn send_soon(&self, tasks: Vec<Task>) -> Result<(), PortError> {
        if !SOON.with_borrow_mut(|soon| soon.add(tasks, clock().0)) {
            return Ok(());
        }
        // A timer does not fail.
        let _ = JsFuture::from(js::wait(SOON_MS)).await;
        let later = Self {
            costs: Costs::default(),
            ..self.clone()
        };
        let sent = later.send_all(SOON.with_borrow_mut(Soon::take)).await;
        later.costs.tell_sends_later();
        sent
    }
}

/// How long tasks wait for others, in milliseconds. The consumer waits longer before it takes a batch that is not
/// full.
const SOON_MS: u32 = 100;
/// Whoever has not sent within this time has been stopped, in milliseconds.
const SENDER_LOST_MS: i64 = 5_000;

thread_local! {
    static SOON: RefCell<Soon> = RefCell::default();
}

/// What the isolate is about to send: each message that is not sent saves its sender, the queue and its consumer
/// as much work as an activity takes.
#[derive(Default)]
struct Soon {
    tasks: Vec<Task>,
    /// Since when somebody waits to send them.
    since_ms: Option<i64>,
}

impl Soon {
    /// Answers whether the caller is to send them.
    fn add(&mut self, tasks: Vec<Task>, now_ms: i64) -> bool {
        for task in tasks {
            match self.tasks.last().and_then(|last| last.joined(&task)) {
                Some(both) => *self.tasks.last_mut().expect("there is a last one") = both,
                None => self.tasks.push(task),
            }
        }
        let is_waiting = |since_ms: i64| (0..SENDER_LOST_MS).contains(&(now_ms - since_ms));
        if self.since_ms.is_some_and(is_waiting) {
            return false;
        }
        self.since_ms = Some(now_ms);
        true
    }

    fn take(&mut self) -> Vec<Task> {
        self.since_ms = None;
        std::mem::take(&mut self.tasks)
    }
}
