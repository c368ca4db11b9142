//! `GET /config`, `GET /config/about`.
//!
//! [`ServerConfig`] has every main key of PeerTube 8.2, because clients read deep paths of it
//! without asking whether they exist. What an instance of ours can differ in is in
//! [`InstanceSettings`]; the rest says "off".

mod build;
mod features;
mod instance;
mod shape;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

pub use build::{MAX_PASSWORD_CHARS, MIN_PASSWORD_CHARS};
pub use features::{
    AvatarLimits, ImportConfig, LiveConfig, SearchConfig, TrendingConfig, VideoLimits, ViewsConfig,
};
pub use instance::{ClientConfig, DefaultsConfig, InstanceConfig, Logo, ThemeConfig};
pub use shape::{
    Enabled, FileLimits, FileSize, RunnableFeature, ServerConfig, SignupConfig, TranscodingConfig,
    UserQuotaConfig,
};

use crate::actor::ActorImage;

/// Version whose API this is; clients compare it to know what they may ask for.
pub const COMPATIBLE_VERSION: &str = "8.2.3";

/// Extensions of files that may be uploaded: those of the formats that crate `mediainfo` reads. A
/// hint for file pickers; what is in the file is judged by its bytes.
pub const VIDEO_EXTENSIONS: &[&str] = &[
    ".mp4", ".m4v", ".mov", ".qt", ".webm", ".mkv", ".avi", ".ogv", ".ogg", ".3gp", ".3gpp",
    ".3g2", ".f4v", ".mp3", ".wav", ".flac", ".m4a", ".opus",
];

/// Extensions of pictures that may be uploaded.
pub const IMAGE_EXTENSIONS: &[&str] = &[".png", ".jpg", ".jpeg", ".webp"];

/// What differs between instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InstanceSettings<'a> {
    /// Name of the instance.
    pub name: &'a str,
    /// One sentence.
    pub short_description: &'a str,
    /// Smaller sides in pixels of the renditions that are made, 0 for sound alone.
    pub resolutions: &'a [u16],
    /// Whether plain MP4 renditions are made beside HLS.
    pub web_videos: bool,
    /// Bytes of sources per user, -1 unlimited.
    pub video_quota_bytes: i64,
    /// Bytes of sources per user and day, -1 unlimited.
    pub video_quota_daily_bytes: i64,
    /// Longest chunk of a resumable upload in bytes, 0 for any.
    pub max_chunk_bytes: u64,
    /// Whether a tracker answers at `/tracker`.
    pub tracker: bool,
    /// Whether the instance federates.
    pub federation: bool,
    /// Servers that tell a browser its address, for peers; empty for none.
    pub stun_servers: &'a [&'a str],
}

/// `GET /config/about`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// All of it.
    pub instance: AboutInstance,
}

/// What the admin says of the instance; markdown unless said otherwise, empty when not set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AboutInstance {
    /// Plain text.
    pub name: String,
    /// Plain text, one sentence.
    pub short_description: String,
    /// What it is about.
    pub description: String,
    /// Terms of use.
    pub terms: String,
    /// Rules of conduct.
    pub code_of_conduct: String,
    /// What it runs on.
    pub hardware_information: String,
    /// Why it was made.
    pub creation_reason: String,
    /// Who moderates, and how.
    pub moderation_information: String,
    /// Who runs it.
    pub administrator: String,
    /// How long it is meant to run.
    pub maintenance_lifetime: String,
    /// How it is paid for.
    pub business_model: String,
    /// Ids of the languages spoken by its moderators.
    pub languages: Vec<String>,
    /// Ids of its main categories.
    pub categories: Vec<u16>,
    /// Banner in several sizes.
    pub banners: Vec<ActorImage>,
}

/// Text that is borrowed from the settings or fixed.
type Text<'a> = Cow<'a, str>;

#[cfg(test)]
mod tests;
