//! Branches about the instance and its pages.
#![expect(
    missing_docs,
    reason = "the keys are PeerTube's own and say what they switch"
)]

use serde::Serialize;

use super::{Text, shape::Enabled};
use crate::actor::ActorImage;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InstanceConfig<'a> {
    pub name: Text<'a>,
    pub short_description: Text<'a>,
    #[serde(rename = "isNSFW")]
    pub is_nsfw: bool,
    #[serde(rename = "defaultNSFWPolicy")]
    pub default_nsfw_policy: &'static str,
    pub server_country: &'static str,
    pub support: SupportText,
    pub social: SocialLinks,
    pub default_client_route: &'static str,
    pub customizations: Customizations,
    pub avatars: Vec<ActorImage>,
    pub banners: Vec<ActorImage>,
    pub default_language: &'static str,
    pub logo: Vec<Logo>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SupportText {
    pub text: &'static str,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SocialLinks {
    pub external_link: &'static str,
    pub mastodon_link: &'static str,
    pub bluesky_link: &'static str,
    pub x_link: &'static str,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Customizations {
    pub javascript: &'static str,
    pub css: &'static str,
}

/// `favicon`, `header-wide`, `header-square` or `opengraph`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Logo {
    #[serde(rename = "type")]
    pub logo_type: &'static str,
    pub width: u32,
    pub height: u32,
    pub file_url: String,
    pub is_fallback: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientConfig {
    pub new_features_info: bool,
    pub header: ClientHeader,
    pub videos: ClientVideos,
    pub browse_videos: BrowseVideos,
    pub menu: ClientMenu,
    pub open_in_app: OpenInApp,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientHeader {
    pub hide_instance_name: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientVideos {
    pub miniature: Miniature,
    pub resumable_upload: ResumableUpload,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Miniature {
    pub prefer_author_display_name: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResumableUpload {
    /// Bytes, 0 for any.
    pub max_chunk_size: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BrowseVideos {
    pub default_sort: &'static str,
    pub default_scope: &'static str,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClientMenu {
    pub login: MenuLogin,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MenuLogin {
    pub redirect_on_single_external_auth: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OpenInApp {
    pub android: AndroidApp,
    pub ios: AppLink,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AndroidApp {
    pub intent: AppLink,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppLink {
    pub enabled: bool,
    pub host: &'static str,
    pub scheme: &'static str,
    pub fallback_url: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DefaultsConfig {
    pub publish: PublishDefaults,
    pub live: LiveDefaults,
    pub p2p: P2pDefaults,
    pub player: PlayerDefaults,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublishDefaults {
    pub download_enabled: bool,
    pub comments_policy: u8,
    pub privacy: u8,
    pub licence: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LiveDefaults {
    pub save_replay: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct P2pDefaults {
    pub webapp: Enabled,
    pub embed: Enabled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlayerDefaults {
    pub theme: &'static str,
    pub auto_play: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WebAdmin {
    pub configuration: WebAdminConfiguration,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WebAdminConfiguration {
    pub edition: Allowed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Allowed {
    pub allowed: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThemeConfig {
    pub registered: [(); 0],
    pub built_in: &'static [ThemeName],
    pub default: &'static str,
    pub customization: ThemeCustomization,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ThemeName {
    pub name: &'static str,
}

/// CSS values, `null` for the theme's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ThemeCustomization {
    pub primary_color: Option<&'static str>,
    pub foreground_color: Option<&'static str>,
    pub background_color: Option<&'static str>,
    pub background_secondary_color: Option<&'static str>,
    pub menu_foreground_color: Option<&'static str>,
    pub menu_background_color: Option<&'static str>,
    pub menu_border_radius: Option<&'static str>,
    pub header_foreground_color: Option<&'static str>,
    pub header_background_color: Option<&'static str>,
    pub input_border_radius: Option<&'static str>,
}
