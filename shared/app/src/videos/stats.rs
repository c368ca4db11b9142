//! `GET /server/stats`.

use domain::time::DAY_MS;
use ports::{Database, KeyValue, Platform};
use rest::stats::ServerStats;
use store::video::stats as rows;

use crate::AppError;

/// Key of the kept answer.
const STATS_KEY: &str = "server-stats";
/// Counting reads every row, so the answer is kept: PeerTube keeps it four hours, we a quarter.
const STATS_MAX_AGE_SECS: u32 = 15 * 60;

/// The instance's counters as JSON text; at most [`STATS_MAX_AGE_SECS`] old, and a minute of the
/// key-value store.
///
/// # Errors
/// When database or key-value store fail.
pub async fn stats<P: Platform>(platform: &P) -> Result<String, AppError> {
    if let Some(kept) = platform.key_value().get(STATS_KEY).await? {
        return Ok(kept);
    }
    let now = platform.now();
    let results = platform
        .database()
        .batch(vec![rows::select(
            now.plus_ms(-DAY_MS).0,
            now.plus_ms(-7 * DAY_MS).0,
            now.plus_ms(-30 * DAY_MS).0,
        )])
        .await?;
    let row = results
        .first()
        .and_then(|rows| rows.first())
        .ok_or_else(|| AppError::bug("counts always have a row"))?;
    let counts = rows::read(row)?;
    let stats = ServerStats {
        total_users: counts.users,
        total_daily_active_users: counts.daily_active_users,
        total_weekly_active_users: counts.weekly_active_users,
        total_monthly_active_users: counts.monthly_active_users,
        total_moderators: counts.moderators,
        total_admins: counts.admins,
        total_local_videos: counts.local_videos,
        total_videos: counts.videos,
        total_local_video_views: counts.local_views,
        total_local_video_comments: counts.local_comments,
        total_video_comments: counts.comments,
        total_instance_followers: counts.instance_followers,
        total_instance_following: counts.instance_following,
        total_local_video_files_size: counts.files_size_bytes,
        total_local_video_channels: counts.channels,
        total_local_daily_active_video_channels: counts.daily_active_channels,
        total_local_weekly_active_video_channels: counts.weekly_active_channels,
        total_local_monthly_active_video_channels: counts.monthly_active_channels,
        ..ServerStats::default()
    };
    let text = serde_json::to_string(&stats).map_err(AppError::bug)?;
    platform
        .key_value()
        .put(STATS_KEY, &text, STATS_MAX_AGE_SECS)
        .await?;
    Ok(text)
}
