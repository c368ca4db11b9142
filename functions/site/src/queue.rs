//! A batch of queued tasks, worked through together.

use app::AppError;
use app::chains::Chains;
use app::federation::outgoing::{self, Delivery};
use app::federation::received::act_on_all;
use ports::{FederationTask, Platform, Task};

use crate::run_task;

/// Chains of tasks that are worked on at a time: enough that one that waits for another server holds up
/// nobody, few enough for the memory of a Worker.
const CHAINS_AT_ONCE: usize = 4;

/// Does all tasks; what each came to is at its place. Deliveries go out together, and so does what came in. Of the
/// others, those that could overtake each other follow each other: what one actor did, and what is done here.
pub async fn run_tasks<P: Platform>(platform: &P, tasks: Vec<Task>) -> Vec<Result<(), AppError>> {
    let mut results = vec![Ok(()); tasks.len()];
    let mut deliveries = Vec::new();
    let mut places = Vec::new();
    let mut received = Vec::new();
    let mut received_places = Vec::new();
    let mut chains = Chains::default();
    for (place, task) in tasks.into_iter().enumerate() {
        match task {
            Task::Federation(FederationTask::Deliver {
                inbox_url,
                signer_url,
                activity,
                failures,
                since_unix_ms,
                page,
            }) => {
                places.push(place);
                deliveries.push(Delivery {
                    inbox_url,
                    signer_url,
                    activity,
                    failures,
                    since_unix_ms,
                    page,
                });
            }
            Task::Federation(FederationTask::ActOnReceived(rows)) => {
                received_places.push(place);
                received.push(rows);
            }
            task => chains.add(chain(&task), (place, task)),
        }
    }
    if !deliveries.is_empty() {
        let delivered = outgoing::deliver_all(platform, deliveries).await;
        for (place, result) in places.into_iter().zip(delivered) {
            results[place] = result;
        }
    }
    if !received.is_empty() {
        let acted = act_on_all(platform, &received).await;
        for (place, result) in received_places.into_iter().zip(acted) {
            results[place] = result;
        }
    }
    let done = chains.run(CHAINS_AT_ONCE, async |(place, task)| {
        (place, run_task(platform, task).await)
    });
    for (place, result) in done.await {
        results[place] = result;
    }
    results
}

fn chain(task: &Task) -> String {
    match task {
        Task::Federation(task) => task.chain().to_owned(),
        // It takes seconds: what is done for people does not wait for it.
        Task::CopyMirror { .. } => "mirrors".to_owned(),
        _ => String::new(),
    }
}
