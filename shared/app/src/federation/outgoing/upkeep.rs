//! What cron does every minute so that nobody's word gets lost and nothing of theirs grows old.

use domain::UnixMillis;
use ports::{Database, FederationTask, Platform, Rows, Task, TaskQueue};
use store::federation::delayed;
use store::federation::outgoing::upkeep;

use super::{retry_delayed, send_lost, tell_lazy_changes};
use crate::AppError;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Changes of likes are told together, every so many minutes, and changes of views.
const LIKES_EVERY_MINUTES: i64 = 10;
const VIEWS_EVERY_MINUTES: i64 = 60;
/// After PeerTube's two days a copy is read again.
const STALE_AFTER_MS: i64 = 2 * DAY_MS;
/// How soon again when that fails.
const STALE_AGAIN_MS: i64 = 6 * HOUR_MS;
/// Copies of each kind that are read again in one minute.
const STALE_AT_ONCE: u32 = 10;
/// A follow that nobody answers is asked for again every day, for a week.
const FOLLOW_AGAIN_MS: i64 = DAY_MS;
const FOLLOW_UNTIL_MS: i64 = 7 * DAY_MS;
const FOLLOWS_AT_ONCE: u32 = 20;
const SEEN_AT_ONCE: u32 = 1_000;

/// Tells what nobody was woken for, and tries hosts that did not answer.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn keep_told<P: Platform>(platform: &P) -> Result<(), AppError> {
    let minute = platform.now().0 / MINUTE_MS;
    let laziness = match minute {
        _ if minute % VIEWS_EVERY_MINUTES == 0 => 2,
        _ if minute % LIKES_EVERY_MINUTES == 0 => 1,
        _ => 0,
    };
    tell_lazy_changes(platform, laziness).await?;
    send_lost(platform).await?;
    retry_delayed(platform).await
}

/// Has old copies of other servers' videos and actors read again, asks again for follows that nobody has
/// answered, and forgets what need not be known any more.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn keep_fresh<P: Platform>(platform: &P) -> Result<(), AppError> {
    let now = platform.now();
    let ago = |ms: i64| UnixMillis(now.0 - ms);
    let (before, next) = (ago(STALE_AFTER_MS), ago(STALE_AFTER_MS - STALE_AGAIN_MS));
    let mut batch = vec![
        upkeep::claim_stale_videos(STALE_AT_ONCE, before, next),
        upkeep::claim_stale_actors(STALE_AT_ONCE, before, next),
        upkeep::forget_seen(SEEN_AT_ONCE, now),
    ];
    if now.0 / MINUTE_MS % 60 == 0 {
        let (made_after, asked_before) = (ago(FOLLOW_UNTIL_MS), ago(FOLLOW_AGAIN_MS));
        batch.push(upkeep::ask_again(
            FOLLOWS_AT_ONCE,
            made_after,
            asked_before,
            now,
        ));
        batch.push(delayed::forget_bodies());
    }
    let results = platform.database().batch(batch).await?;
    let video = |video_url| FederationTask::RefreshVideo { video_url };
    let actor = |actor_url| FederationTask::RefreshActor { actor_url };
    let mut tasks = Vec::new();
    tasks.extend(urls(results.first())?.into_iter().map(video));
    tasks.extend(urls(results.get(1))?.into_iter().map(actor));
    if tasks.is_empty() {
        return Ok(());
    }
    let tasks = tasks.into_iter().map(Task::Federation).collect();
    Ok(platform.tasks().send_all(tasks).await?)
}

fn urls(rows: Option<&Rows>) -> Result<Vec<String>, AppError> {
    let mut urls = Vec::new();
    for row in rows.into_iter().flatten() {
        urls.extend(row.optional_text(0)?);
    }
    Ok(urls)
}
