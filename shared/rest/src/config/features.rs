//! Branches about features and bounds.
#![expect(
    missing_docs,
    reason = "the keys are PeerTube's own and say what they switch"
)]

use serde::Serialize;

use super::shape::{Enabled, FileLimits};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchConfig {
    pub remote_uri: RemoteUri,
    pub search_index: SearchIndex,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RemoteUri {
    pub users: bool,
    pub anonymous: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SearchIndex {
    pub enabled: bool,
    pub url: &'static str,
    pub disable_local_search: bool,
    pub is_default_search: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PluginConfig {
    pub registered: [(); 0],
    pub registered_external_auths: [(); 0],
    pub registered_id_and_pass_auths: [(); 0],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LiveConfig {
    pub enabled: bool,
    pub allow_replay: bool,
    pub dvr: Enabled,
    pub latency_setting: Enabled,
    /// Milliseconds, -1 unlimited.
    pub max_duration: i64,
    /// -1 unlimited.
    pub max_instance_lives: i64,
    /// -1 unlimited.
    pub max_user_lives: i64,
    pub transcoding: LiveTranscoding,
    pub rtmp: Rtmp,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LiveTranscoding {
    pub enabled: bool,
    pub remote_runners: Enabled,
    pub enabled_resolutions: [u16; 0],
    pub profile: &'static str,
    pub available_profiles: [&'static str; 0],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Rtmp {
    pub port: u16,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct VideoFileConfig {
    pub update: Enabled,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportConfig {
    pub videos: ImportVideos,
    pub video_channel_synchronization: Enabled,
    pub users: Enabled,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportVideos {
    pub http: Enabled,
    pub torrent: Enabled,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ExportConfig {
    pub users: UserExport,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserExport {
    pub enabled: bool,
    /// Milliseconds.
    pub export_expiration: u64,
    /// Bytes.
    pub max_user_video_quota: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AutoBlacklist {
    pub videos: AutoBlacklistVideos,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoBlacklistVideos {
    pub of_users: Enabled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AvatarLimits {
    pub file: FileLimits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct VideoLimits {
    pub image: FileLimits,
    pub file: Extensions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Extensions {
    pub extensions: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MaxPerUser {
    pub max_per_user: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TrendingConfig {
    pub videos: TrendingVideos,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrendingVideos {
    pub interval_days: u32,
    pub algorithms: TrendingAlgorithms,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TrendingAlgorithms {
    pub enabled: &'static [&'static str],
    pub default: &'static str,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FollowingsConfig {
    pub instance: FollowingsInstance,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FollowingsInstance {
    pub auto_follow_index: AutoFollowIndex,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoFollowIndex {
    pub index_url: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BroadcastMessage {
    pub enabled: bool,
    pub message: &'static str,
    /// `info`, `warning` or `error`.
    pub level: &'static str,
    pub dismissable: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OpenTelemetry {
    pub metrics: TelemetryMetrics,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TelemetryMetrics {
    pub enabled: bool,
    /// Milliseconds.
    pub playback_stats_interval: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ViewsConfig {
    pub videos: ViewsVideos,
}

/// All in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ViewsVideos {
    pub remote: MaxAge,
    pub local: MaxAge,
    pub watching_interval: WatchingInterval,
}

/// Milliseconds that single views are kept, -1 for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MaxAge {
    pub max_age: i64,
}

/// Milliseconds between the player's pings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct WatchingInterval {
    pub anonymous: u32,
    pub users: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebrtcConfig<'a> {
    pub stun_servers: &'a [&'a str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FieldsConstraints {
    pub users: UserConstraints,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct UserConstraints {
    pub password: PasswordConstraints,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PasswordConstraints {
    pub min_length: usize,
    pub max_length: usize,
}
