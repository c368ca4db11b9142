//! `GET /server/stats` and `GET /jobs/{state}`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::IsoDate;

/// One redundancy strategy's use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideosRedundancyStats {
    /// `manual`, `most-views`, `trending` or `recently-added`.
    pub strategy: String,
    /// Bytes allowed; `null` for manual.
    pub total_size: Option<u64>,
    /// Bytes used.
    pub total_used: u64,
    /// Files held.
    pub total_video_files: u64,
    /// Videos held.
    pub total_videos: u64,
}

/// `GET /server/stats`; PeerTube's per-activity-type counters are left out, clients take them as
/// optional.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    missing_docs,
    reason = "plain counters whose names are their meaning; sizes are bytes"
)]
pub struct ServerStats {
    pub total_users: u64,
    pub total_daily_active_users: u64,
    pub total_weekly_active_users: u64,
    pub total_monthly_active_users: u64,
    pub total_moderators: u64,
    pub total_admins: u64,
    pub total_local_videos: u64,
    pub total_local_video_views: u64,
    pub total_local_video_downloads: u64,
    pub total_local_video_comments: u64,
    pub total_local_video_files_size: u64,
    pub total_videos: u64,
    pub total_video_comments: u64,
    pub total_local_video_channels: u64,
    pub total_local_daily_active_video_channels: u64,
    pub total_local_weekly_active_video_channels: u64,
    pub total_local_monthly_active_video_channels: u64,
    pub total_local_playlists: u64,
    pub total_instance_followers: u64,
    pub total_instance_following: u64,
    pub videos_redundancy: Vec<VideosRedundancyStats>,
    #[serde(rename = "totalActivityPubMessagesProcessed")]
    pub total_activitypub_messages_processed: u64,
    #[serde(rename = "totalActivityPubMessagesSuccesses")]
    pub total_activitypub_messages_successes: u64,
    #[serde(rename = "totalActivityPubMessagesErrors")]
    pub total_activitypub_messages_errors: u64,
    #[serde(rename = "activityPubMessagesProcessedPerSecond")]
    pub activitypub_messages_processed_per_second: f64,
    #[serde(rename = "totalActivityPubMessagesWaiting")]
    pub total_activitypub_messages_waiting: u64,
    pub average_registration_request_response_time_ms: Option<u64>,
    pub total_registration_requests_processed: u64,
    pub total_registration_requests: u64,
    pub average_abuse_response_time_ms: Option<u64>,
    pub total_abuses_processed: u64,
    pub total_abuses: u64,
}

/// One item of `GET /jobs/{state}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Id, a number in digits or a UUID.
    pub id: String,
    /// `active`, `completed`, `failed`, `waiting`, `delayed`, `paused`, `waiting-children`,
    /// `prioritized`.
    pub state: String,
    /// Kind of job, `video-transcoding` for instance.
    #[serde(rename = "type")]
    pub job_type: String,
    /// The job's own data.
    pub data: Value,
    /// Smaller goes first.
    pub priority: i64,
    /// Percent, 0–100.
    pub progress: u8,
    /// Last failure.
    pub error: Option<Value>,
    /// When it was made.
    pub created_at: IsoDate,
    /// When it last ended.
    pub finished_on: Option<IsoDate>,
    /// When it was last started.
    pub processed_on: Option<IsoDate>,
    /// The job it waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<JobParent>,
}

/// The job that another waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobParent {
    /// Its id.
    pub id: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_odd_capitals_of_activitypub() {
        let json = serde_json::to_value(ServerStats::default()).unwrap();
        assert_eq!(json["totalActivityPubMessagesErrors"], 0);
        assert_eq!(json["activityPubMessagesProcessedPerSecond"], 0.0);
        assert_eq!(json["averageAbuseResponseTimeMs"], Value::Null);
        assert_eq!(json["totalLocalVideoFilesSize"], 0);
    }
}
