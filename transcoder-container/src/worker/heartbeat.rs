//! Progress reports, which also keep the server from giving our jobs to others.

use super::group::Current;
use super::job::{Job, Outcome};
use crate::limits::{MAX_UPDATE_INTERVAL, MIN_UPDATE_INTERVAL};
use crate::terminal::Terminal;
use futures_util::future::join_all;
use std::rc::Rc;
use std::time::Duration;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

/// How often it is looked whether a report is due.
const TICK: Duration = Duration::from_millis(500);

/// A report that takes longer is given up; the next one says more anyway.
const UPDATE_TIMEOUT: Duration = Duration::from_secs(20);

/// What was last reported of a job.
#[derive(Clone, Copy)]
struct Reported {
    at: Instant,
    percent: u8,
}

/// Reports every job of `jobs` at once, then whenever it moved (not more than every
/// [`MIN_UPDATE_INTERVAL`], or half a second for each job) and at least every [`MAX_UPDATE_INTERVAL`]. Ends when none is left
/// that is ours. A report that fails does no harm to its job.
pub(super) async fn heartbeat(current: &Current, jobs: &[Rc<Job>], terminal: &Terminal) {
    let mut reported: Vec<Option<Reported>> = vec![None; jobs.len()];
    let jobs_count = u32::try_from(jobs.len()).unwrap_or(u32::MAX);
    let least = MIN_UPDATE_INTERVAL
        .max(TICK.saturating_mul(jobs_count))
        .min(MAX_UPDATE_INTERVAL);
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if !jobs.iter().any(|job| job.is_open()) {
            return;
        }
        let due = jobs
            .iter()
            .zip(&mut reported)
            .filter(|(job, reported)| job.is_working() && is_due(job.percent(), **reported, least));
        join_all(due.map(|(job, reported)| report(current, job, reported, terminal))).await;
    }
}

fn is_due(percent: u8, reported: Option<Reported>, least: Duration) -> bool {
    let Some(Reported { at, percent: known }) = reported else {
        return true;
    };
    let age = at.elapsed();
    age >= MAX_UPDATE_INTERVAL || (percent != known && age >= least)
}

async fn report(
    current: &Current,
    job: &Job,
    reported: &mut Option<Reported>,
    terminal: &Terminal,
) {
    let percent = job.percent();
    *reported = Some(Reported {
        at: Instant::now(),
        percent,
    });
    let call = current
        .client()
        .update(current.runner(), &job.accepted, percent);
    match timeout(UPDATE_TIMEOUT, call).await {
        Ok(Err(error)) if error.is_job_gone() || error.is_unknown_runner() => {
            // It may have been finished while this report was on its way.
            if job.is_working() {
                terminal.say(&format!("{} is no longer ours: {error}", job.name()));
                job.settle(Outcome::Gone);
            }
        }
        Ok(Err(error)) => terminal.say(&format!("{}: {error}", job.name())),
        Ok(Ok(())) | Err(_) => {}
    }
}
