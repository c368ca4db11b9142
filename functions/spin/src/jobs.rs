//! Work that waits in the queue, which is a table here.
//!
//! `POST /internal/jobs/run` works through it and does the minute's upkeep, because Spin has neither a queue
//! nor cron: whoever runs the application calls it every minute. A request that adds to the queue also begins
//! to work on it once its answer is out, as far as its component may; where the host ends that work early, or
//! does not let it begin, the next call finds the tasks when their lease is over.

use std::cell::Cell;

use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use platform_spin::{Abilities, DueTask, SpinPlatform, SpinQueue, now};
use ports::{Body, DigestAlgorithm, Digests, Platform, PortError, decode_task};

use crate::MEMO;
use crate::problem;
use crate::tracker::{SWARMS, now_unix_ms};

const PATH: &str = "/internal/jobs/run";
/// Calls take no further tasks after so long. Requests have 30 s on Akamai Functions, and the last tasks that
/// were taken need some of it.
const CALL_MS: i64 = 15_000;
/// The same for work after an answer, which others wait for more than this instance does.
const AFTERWARDS_MS: i64 = 5_000;
/// Taken at once, as many as a queue of the Workers hands over.
const TASKS_AT_ONCE: u32 = 20;
/// A task that takes longer is taken again by another call.
const LEASE_SECS: u32 = 120;
/// As many as the queue of the Workers tries.
const MAX_ATTEMPTS: u32 = 10;
const RETRY_SECS: u32 = 10;
/// Longest secret that is compared.
const MAX_SECRET_BYTES: usize = 1_024;

thread_local! {
    /// One instance answers several requests; one of them works for all.
    static IS_WORKING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this module answers it.
pub fn is_path(path: &str) -> bool {
    path == "/internal" || path.starts_with("/internal/")
}

/// Answers when the work is done or the time is up: 204, or 503 when the queue could not be read.
pub async fn answer(platform: &SpinPlatform, request: &Request<Body>) -> Response<Body> {
    if request.uri().path().trim_end_matches('/') != PATH {
        return problem(StatusCode::NOT_FOUND, "There is no such call.");
    }
    if request.method() != Method::POST {
        let mut response = problem(StatusCode::METHOD_NOT_ALLOWED, "This is called by POST.");
        let allow = HeaderValue::from_static("POST");
        response.headers_mut().insert(header::ALLOW, allow);
        return response;
    }
    if !is_authorised(platform, request).await {
        return problem(StatusCode::FORBIDDEN, "The secret is missing or wrong.");
    }
    let until = now().0 + CALL_MS;
    site::keep_up(platform).await;
    if let Err(error) = tracker_server::sweep(&SWARMS, now_unix_ms()).await {
        platform.log(&format!("upkeep of swarms: {error}"));
    }
    match work(platform, until).await {
        Ok(()) => {
            let mut response = Response::new(Body::Empty);
            *response.status_mut() = StatusCode::NO_CONTENT;
            response
        }
        Err(error) => {
            platform.log(&format!("queue: {error}"));
            problem(
                StatusCode::SERVICE_UNAVAILABLE,
                "The queue is not available.",
            )
        }
    }
}

/// Begins to work on what has been added to the queue: by a request, or by what it has left to do, which may end
/// after its answer is out. Whoever works already is followed when it has ended, as something may have come since it
/// looked last.
pub fn go_on_afterwards(platform: &SpinPlatform) {
    if platform.abilities() == Abilities::None || IS_WORKING.get() || !SpinQueue::take_news() {
        return;
    }
    IS_WORKING.set(true);
    let worker = platform.clone();
    platform.spawn(Box::pin(async move {
        let until_unix_ms = now().0 + AFTERWARDS_MS;
        let worked = work(&worker, until_unix_ms).await;
        if let Err(error) = &worked {
            worker.log(&format!("queue: {error}"));
        }
        if worked.is_err() || now().0 >= until_unix_ms {
            // The rest is for the next call, or the next request that adds to it.
            let _ = SpinQueue::take_news();
        }
        IS_WORKING.set(false);
        MEMO.with(|memo| memo.forget());
    }));
}

/// `Authorization: Bearer` with the variable `internal_secret`; without one nobody is let in. Digests are
/// compared: how much of one is right says nothing about the secret.
async fn is_authorised(platform: &SpinPlatform, request: &Request<Body>) -> bool {
    let sent = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .filter(|sent| sent.len() <= MAX_SECRET_BYTES);
    let (Some(secret), Some(sent)) = (platform.internal_secret(), sent) else {
        return false;
    };
    let digests = platform.digests();
    let digest = async |text: &str| {
        let bytes = text.as_bytes().to_vec();
        digests.digest(DigestAlgorithm::Sha256, &bytes).await
    };
    matches!((digest(secret).await, digest(sent).await), (Ok(secret), Ok(sent)) if secret == sent)
}

/// Works until nothing is due or the time is up.
async fn work(platform: &SpinPlatform, until_unix_ms: i64) -> Result<(), PortError> {
    while now().0 < until_unix_ms {
        let due = SpinQueue
            .take(platform.abilities(), TASKS_AT_ONCE, LEASE_SECS)
            .await?;
        if due.is_empty() {
            break;
        }
        work_on(platform, due).await?;
    }
    Ok(())
}

async fn work_on(platform: &SpinPlatform, due: Vec<DueTask>) -> Result<(), PortError> {
    let mut done = Vec::new();
    let mut waiting = Vec::new();
    let mut tasks = Vec::new();
    for task in due {
        match decode_task(&task.message) {
            Some(decoded) => {
                waiting.push((task.id, task.attempts));
                tasks.push(decoded);
            }
            None => {
                platform.log("a task of no known kind was dropped");
                done.push(task.id);
            }
        }
    }
    let mut failed = Vec::new();
    let results = site::run_tasks(platform, tasks).await;
    for ((id, attempts), result) in waiting.into_iter().zip(results) {
        match result {
            Ok(()) => done.push(id),
            Err(error) if attempts < MAX_ATTEMPTS => {
                platform.log(&format!("task failed, will be retried: {error:?}"));
                failed.push((id, RETRY_SECS * attempts));
            }
            Err(error) => {
                platform.log(&format!("task given up: {error:?}"));
                done.push(id);
            }
        }
    }
    SpinQueue.settle(&done, &failed).await
}
