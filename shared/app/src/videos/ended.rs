//! Viewings that are over: into the statistics of a video of ours, and to the origin of another server's.

use std::collections::BTreeMap;

use domain::time::{DAY_MS, MINUTE_MS, SECOND_MS};
use ports::{Database, DatabaseError, Platform, Statement};
use serde_json::{Value, json};
use store::federation::outgoing::view::note_watched;
use store::video::watch::{self, EndedRow};

use super::viewing::{self, Section};
use crate::{AppError, federation};

/// Looking for them reads a row for everybody who has watched within the hour.
const LOOK_EVERY_MINUTES: i64 = 10;
/// A viewing that goes on for longer is cut.
const LONGEST_MS: i64 = DAY_MS;
/// Viewings in one transaction.
const AT_ONCE: u32 = 500;
/// Transactions of one call.
const MAX_ROUNDS: u32 = 20;

/// Random whole numbers stay exact in the JavaScript that some databases are reached through.
pub(crate) fn viewing_nonce<P: Platform>(platform: &P) -> i64 {
    let mut bytes = [0; 8];
    platform.fill_random(&mut bytes);
    i64::from_le_bytes(bytes) & ((1 << 53) - 1)
}

/// Ends the viewings of those who have not been heard of for an hour, as PeerTube does; for cron.
///
/// # Errors
/// When the database fails; the next run makes up for it.
pub async fn end_viewings<P: Platform>(platform: &P) -> Result<(), AppError> {
    let idle_ms = i64::from(platform.settings().viewing_ends_after_secs) * SECOND_MS;
    let every_minutes = (idle_ms / MINUTE_MS).clamp(1, LOOK_EVERY_MINUTES);
    if platform.now().0 / MINUTE_MS % every_minutes != 0 {
        return Ok(());
    }
    for _ in 0..MAX_ROUNDS {
        if !end_some(platform, idle_ms).await? {
            break;
        }
    }
    Ok(())
}

/// Whether there may be more.
async fn end_some<P: Platform>(platform: &P, idle_ms: i64) -> Result<bool, AppError> {
    let now = platform.now();
    let select = watch::select_ended(now.plus_ms(-idle_ms), now.plus_ms(-LONGEST_MS), AT_ONCE);
    let results = platform.database().batch(vec![select]).await?;
    let rows = results.first().map(Vec::as_slice).unwrap_or_default();
    let rows: Vec<EndedRow> = rows
        .iter()
        .map(watch::read_ended)
        .collect::<Result<_, _>>()?;
    if rows.is_empty() {
        return Ok(false);
    }
    let keys: Vec<Value> = rows
        .iter()
        .map(|row| json!([row.key, row.seen_at.0]))
        .collect();
    let mut batch = vec![watch::forget(&Value::Array(keys).to_string(), rows.len())];
    let tells = conclude(platform, &rows, &mut batch)?;
    match platform.database().batch(batch).await {
        Ok(_) => {}
        // Somebody has come back at this very moment.
        Err(DatabaseError::DemandNotMet { .. }) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    if tells {
        federation::outgoing::wake(platform).await;
    }
    Ok(u32::try_from(rows.len()).is_ok_and(|count| count >= AT_ONCE))
}

/// What follows from them; whether somebody is to be told.
fn conclude<P: Platform>(
    platform: &P,
    rows: &[EndedRow],
    batch: &mut Vec<Statement>,
) -> Result<bool, AppError> {
    let mut viewings = Vec::new();
    let mut curves: BTreeMap<(i64, u32), Vec<Vec<Section>>> = BTreeMap::new();
    let mut tells = false;
    for row in rows {
        let sections: Vec<Section> = serde_json::from_str(&row.sections).map_err(AppError::bug)?;
        let watched_secs = viewing::watched_secs(&sections);
        // PeerTube neither keeps nor tells who has seen nothing.
        let Some(video_id) = row.video_id.filter(|_| watched_secs > 0) else {
            continue;
        };
        let (began, seen) = (row.began_at.0, row.seen_at.0);
        if row.is_remote {
            let told = json!({ "from": began, "until": seen, "sections": sections });
            let uuid = crate::random::uuid_v4(platform);
            batch.push(note_watched(video_id, &uuid, &told.to_string()));
            tells = true;
        } else {
            viewings.push(json!([
                video_id,
                seen,
                viewing_nonce(platform),
                began,
                watched_secs
            ]));
            let curve = curves.entry((video_id, row.duration_secs)).or_default();
            curve.push(sections);
        }
    }
    if !viewings.is_empty() {
        batch.push(watch::insert_all(&Value::Array(viewings).to_string()));
    }
    for ((video_id, duration_secs), viewings) in curves {
        let counts = viewing::curve(viewings.iter().map(Vec::as_slice), duration_secs);
        let viewers = u32::try_from(viewings.len()).map_err(AppError::bug)?;
        let counts = json!(counts).to_string();
        batch.push(watch::retain(video_id, duration_secs, viewers, &counts));
    }
    Ok(tells)
}
