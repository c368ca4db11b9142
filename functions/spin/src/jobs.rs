//! `POST /internal/jobs/run`: works through the queue and does the minute's upkeep, because Spin has neither a
//! queue nor cron. Whoever runs the application calls it every minute.

use http::{Method, Request, Response, StatusCode, header};
use platform_spin::{SpinPlatform, SpinQueue};
use ports::{Body, Platform, decode_task};

const PATH: &str = "/internal/jobs/run";
/// Tasks of one call: it should end before the next comes.
const MAX_TASKS: u32 = 200;
/// Taken at once.
const TASKS_AT_ONCE: u32 = 20;
/// A task that takes longer is taken again by another call.
const LEASE_SECS: u32 = 300;
/// As many as the queue of the Workers tries.
const MAX_ATTEMPTS: u32 = 10;
const RETRY_SECS: u32 = 10;

/// Whether this module answers it.
pub fn is_path(path: &str) -> bool {
    path.trim_end_matches('/') == PATH
}

/// Answers when the work is done: 204, or 503 when the queue could not be read.
pub async fn answer(platform: &SpinPlatform, request: &Request<Body>) -> Response<Body> {
    if request.method() != Method::POST {
        return status(StatusCode::METHOD_NOT_ALLOWED);
    }
    if !is_authorised(platform, request) {
        return status(StatusCode::FORBIDDEN);
    }
    site::keep_up(platform).await;
    match work(platform).await {
        Ok(()) => status(StatusCode::NO_CONTENT),
        Err(error) => {
            platform.log(&format!("queue: {error}"));
            status(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// `Authorization: Bearer` with the variable `internal_secret`; without one nobody is let in. Compared as
/// digests would be: in a time that depends on the lengths alone.
fn is_authorised(platform: &SpinPlatform, request: &Request<Body>) -> bool {
    let sent = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let (Some(secret), Some(sent)) = (platform.internal_secret(), sent) else {
        return false;
    };
    let difference = secret
        .bytes()
        .zip(sent.bytes())
        .fold(0, |difference, (a, b)| difference | (a ^ b));
    secret.len() == sent.len() && difference == 0
}

async fn work(platform: &SpinPlatform) -> Result<(), ports::PortError> {
    let mut left = MAX_TASKS;
    while left > 0 {
        let due = SpinQueue.take(TASKS_AT_ONCE.min(left), LEASE_SECS).await?;
        if due.is_empty() {
            return Ok(());
        }
        for waiting in due {
            left -= 1;
            let Some(task) = decode_task(&waiting.message) else {
                platform.log("a task of no known kind was dropped");
                SpinQueue.finish(waiting.id).await?;
                continue;
            };
            match site::run_task(platform, task).await {
                Ok(()) => SpinQueue.finish(waiting.id).await?,
                Err(error) if waiting.attempts < MAX_ATTEMPTS => {
                    platform.log(&format!("task failed, will be retried: {error:?}"));
                    SpinQueue
                        .retry(waiting.id, RETRY_SECS * waiting.attempts)
                        .await?;
                }
                Err(error) => {
                    platform.log(&format!("task given up: {error:?}"));
                    SpinQueue.finish(waiting.id).await?;
                }
            }
        }
    }
    Ok(())
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::Empty);
    *response.status_mut() = status;
    response
}
