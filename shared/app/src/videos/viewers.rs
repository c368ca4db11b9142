//! How many people watch a video now, as the tracker counts them.
//!
//! Each swarm's object keeps its count as the label of a key, `viewers/{video uuid}` or, of a shard,
//! `viewers/{video uuid}#{shard}`. The labels go away by themselves when nobody renews them. Bringing them
//! into the rows once in a while is one listing for all videos, and a page view reads nothing more.

use std::collections::BTreeMap;

use domain::time::MINUTE_MS;
use ports::{Database, KeyValue, Platform};
use serde::Deserialize;
use store::federation::outgoing::view::note_viewers;

use crate::AppError;

const PREFIX: &str = "viewers/";
/// Cron runs every minute, and the smallest plan of the platform allows 1,000 listings a day.
const EVERY_MINUTES: i64 = 2;
/// How often other servers hear how many watch. PeerTube says it every two minutes.
const TOLD_EVERY_MINUTES: i64 = 4;
/// Of how many videos, the most watched: each is a message to every server that follows.
const MAX_TOLD: u32 = 10;

/// A swarm's count.
#[derive(Deserialize)]
struct Label {
    /// Distinct viewers.
    p: u32,
}

/// Cron: brings the counts of viewers up to date.
///
/// # Errors
/// [`AppError::Unavailable`] when key-value store or database fail.
pub async fn fold_viewers<P: Platform>(platform: &P) -> Result<(), AppError> {
    let minute = platform.now().0 / MINUTE_MS;
    if minute % EVERY_MINUTES != 0 {
        return Ok(());
    }
    let labels = platform.key_value().labels(PREFIX).await?;
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for label in &labels {
        let Ok(Label { p: viewers }) = serde_json::from_str(&label.label) else {
            platform.log(&format!("{} has no count", label.key));
            continue;
        };
        let name = label.key.strip_prefix(PREFIX).unwrap_or_default();
        let video_uuid = name.split('#').next().unwrap_or_default();
        let count = counts.entry(video_uuid).or_default();
        *count = count.saturating_add(viewers);
    }
    let mut batch = vec![store::tracker::set_viewers(counts.into_iter())];
    if minute % TOLD_EVERY_MINUTES == 0 {
        batch.push(note_viewers(MAX_TOLD));
    }
    platform.database().batch(batch).await?;
    Ok(())
}
