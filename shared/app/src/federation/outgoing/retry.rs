//! Hosts that do not answer: how long each is left alone, and what happens when it comes back.

use domain::UnixMillis;
use domain::order::sort_by_key;
use domain::time::DAY_MS;
use ports::{Database, FederationTask, Platform, Task, TaskQueue};
use serde_json::json;
use store::federation::delayed::{self, DelayedRow};

use crate::AppError;

/// Waits after the first failure, the second, and so on, in units of the first; the last one repeats.
/// With a first wait of a minute: 1, 5 and 30 minutes, 2, 6 and 12 hours.
const WAITS: [u32; 6] = [1, 5, 30, 120, 360, 720];
/// Failures after which a host is given up and its followers are removed: with a first wait of a minute,
/// four days.
pub const GIVEN_UP_FAILURES: u32 = 13;
/// How long a server may have gone on trying to deliver: as long as we do, all waits at their longest (4.6 days),
/// and some more.
pub const TRIED_FOR_MS: i64 = 5 * DAY_MS;
/// A delivery that is refused is offered again after so many times the first wait (see [`WAITS`]), five times
/// in half a day: a server may hold on to our old key for a while, or have lost its head for an hour.
const OFFERS: [i64; 5] = [2, 10, 60, 180, 540];
/// Hosts that are tried in one go.
const HOSTS_AT_ONCE: u32 = 30;
/// Deliveries to hosts that answer again, in one go.
const DELIVERIES_AT_ONCE: u32 = 200;
/// How long a delivery may be on its way through a queue before another is sent instead.
const LEASE_MS: i64 = 10 * 60 * 1_000;

/// When a host that has failed `failures` times in a row may be asked again: its wait, give or take a
/// fifth, so that not all of them are asked at once.
pub fn retry_time<P: Platform>(platform: &P, failures: u32) -> UnixMillis {
    let last = WAITS.len() - 1;
    let step = usize::try_from(failures.saturating_sub(1)).map_or(last, |step| step.min(last));
    let first_ms = i64::from(platform.settings().federation.first_retry_secs) * 1_000;
    let wait_ms = first_ms * i64::from(WAITS[step]);
    let mut random = [0];
    platform.fill_random(&mut random);
    // 80 % to 120 %.
    let percent = 80 + i64::from(random[0]) * 40 / 255;
    UnixMillis(platform.now().0 + wait_ms * percent / 100)
}

/// When a delivery that has been refused so many times before is offered again; `None`: never.
pub(super) fn offer_time<P: Platform>(platform: &P, refusals: u32) -> Option<UnixMillis> {
    let minutes = OFFERS.get(usize::try_from(refusals).ok()?)?;
    let first_ms = i64::from(platform.settings().federation.first_retry_secs) * 1_000;
    Some(UnixMillis(platform.now().0 + first_ms * minutes))
}

/// Whether [`offer_time`] says never.
pub(super) fn is_last_offer(refusals: u32) -> bool {
    usize::try_from(refusals).is_ok_and(|refusals| refusals >= OFFERS.len())
}

/// Queues what waits for hosts whose time has come: one delivery for each that is still silent, everything,
/// in steps, for those that answer again.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn retry_delayed<P: Platform>(platform: &P) -> Result<(), AppError> {
    let now = platform.now();
    let select = delayed::select_due_hosts(now, HOSTS_AT_ONCE);
    let results = platform.database().batch(vec![select]).await?;
    let mut silent = Vec::new();
    let mut answering = Vec::new();
    for row in results.first().map(Vec::as_slice).unwrap_or_default() {
        let (host, failures) = (row.text(0)?, row.small(1)?);
        if failures > 0 {
            silent.push(host);
        } else {
            answering.push(host);
        }
    }
    if silent.is_empty() && answering.is_empty() {
        return Ok(());
    }
    let until = UnixMillis(now.0 + LEASE_MS);
    let (silent, answering) = (json!(silent).to_string(), json!(answering).to_string());
    let results = platform
        .database()
        .batch(vec![
            delayed::claim_probes(&silent, now, until),
            delayed::hold_hosts(&silent, until),
            delayed::claim(&answering, DELIVERIES_AT_ONCE, now, until),
        ])
        .await?;
    let mut rows = Vec::new();
    for row in [results.first(), results.get(2)]
        .into_iter()
        .flatten()
        .flatten()
    {
        rows.push(delayed::read(row)?);
    }
    sort_by_key(&mut rows, |row: &DelayedRow| row.id);
    let tasks: Vec<Task> = rows.into_iter().map(task).collect();
    if tasks.is_empty() {
        return Ok(());
    }
    Ok(platform.tasks().send_all(tasks).await?)
}

fn task(row: DelayedRow) -> Task {
    Task::Federation(FederationTask::Deliver {
        inbox_url: row.inbox_url,
        signer_url: row.signer_url,
        activity: row.activity,
        failures: row.refusals.saturating_add(1),
        since_unix_ms: row.since_unix_ms,
        page: None,
    })
}

#[cfg(test)]
mod tests {
    use domain::time::MINUTE_MS;

    use super::*;

    #[test]
    fn what_overtakes_is_remembered_for_as_long_as_anything_is_tried() {
        let last = WAITS[WAITS.len() - 1];
        let waits = WAITS.iter().chain(std::iter::repeat(&last));
        let tried = usize::try_from(GIVEN_UP_FAILURES - 1).unwrap();
        let minutes: u32 = waits.take(tried).sum();
        let longest_ms = i64::from(minutes) * MINUTE_MS * 12 / 10;
        assert!(longest_ms < TRIED_FOR_MS, "{longest_ms}");
    }
}
