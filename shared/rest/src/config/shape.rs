//! The top of the tree and its small repeated shapes.
#![expect(
    missing_docs,
    reason = "the keys are PeerTube's own and say what they switch"
)]

use serde::Serialize;

use super::{
    Text,
    features::{
        AutoBlacklist, AvatarLimits, BroadcastMessage, ExportConfig, FieldsConstraints,
        FollowingsConfig, ImportConfig, LiveConfig, MaxPerUser, OpenTelemetry, PluginConfig,
        SearchConfig, TrendingConfig, VideoFileConfig, VideoLimits, ViewsConfig, WebrtcConfig,
    },
    instance::{ClientConfig, DefaultsConfig, InstanceConfig, ThemeConfig, WebAdmin},
};

/// `GET /config`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerConfig<'a> {
    pub server_version: Text<'a>,
    pub client: ClientConfig,
    pub defaults: DefaultsConfig,
    pub webadmin: WebAdmin,
    pub instance: InstanceConfig<'a>,
    pub search: SearchConfig,
    pub plugin: PluginConfig,
    pub theme: ThemeConfig,
    pub email: Enabled,
    pub contact_form: Enabled,
    pub signup: SignupConfig,
    pub transcoding: TranscodingConfig<'a>,
    pub live: LiveConfig,
    pub video_studio: RunnableFeature,
    pub video_file: VideoFileConfig,
    pub import: ImportConfig,
    pub export: ExportConfig,
    pub auto_blacklist: AutoBlacklist,
    pub avatar: AvatarLimits,
    pub banner: AvatarLimits,
    pub logo: AvatarLimits,
    pub video: VideoLimits,
    pub video_caption: AvatarLimits,
    pub user: UserQuotaConfig,
    pub video_channels: MaxPerUser,
    pub trending: TrendingConfig,
    pub tracker: Enabled,
    pub followings: FollowingsConfig,
    pub federation: Enabled,
    pub broadcast_message: BroadcastMessage,
    pub homepage: Enabled,
    pub open_telemetry: OpenTelemetry,
    pub views: ViewsConfig,
    pub storyboards: RunnableFeature,
    pub video_transcription: RunnableFeature,
    pub webrtc: WebrtcConfig<'a>,
    pub nsfw_flags_settings: Enabled,
    pub fields_constraints: FieldsConstraints,
}

/// A switch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Enabled {
    pub enabled: bool,
}

/// A switch whose work runners can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunnableFeature {
    pub enabled: bool,
    pub remote_runners: Enabled,
}

/// Largest size in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FileSize {
    pub max: usize,
}

/// What a file may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FileLimits {
    pub size: FileSize,
    pub extensions: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignupConfig {
    pub allowed: bool,
    #[serde(rename = "allowedForCurrentIP")]
    pub allowed_for_current_ip: bool,
    pub requires_email_verification: bool,
    pub requires_approval: bool,
    /// Years.
    pub minimum_age: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TranscodingConfig<'a> {
    pub hls: Enabled,
    /// The one key of the tree with an underscore.
    #[serde(rename = "web_videos")]
    pub web_videos: Enabled,
    pub enabled_resolutions: &'a [u16],
    pub profile: &'static str,
    pub available_profiles: &'static [&'static str],
    pub remote_runners: Enabled,
}

/// Bytes, -1 unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserQuotaConfig {
    pub video_quota: i64,
    pub video_quota_daily: i64,
}
