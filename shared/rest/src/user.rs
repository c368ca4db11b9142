//! Users, sessions and quotas.

use serde::{Deserialize, Serialize};

pub use crate::session::{Grant, MAX_PASSWORD_CHARS, OAuthClient, TokenRequest, TokenResponse};
use crate::{
    IsoDate, Label,
    actor::{Account, VideoChannel},
};

/// `GET /users/me/video-quota-used`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoQuotaUsed {
    /// Bytes of uploaded sources, ever.
    pub video_quota_used: u64,
    /// Bytes of uploaded sources in the last 24 hours.
    pub video_quota_used_daily: u64,
}

/// What a user wants to be told of: bits 1 on the web, 2 by e-mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "the eighteen names say what they are about")]
pub struct NotificationSettings {
    pub new_video_from_subscription: u8,
    pub new_comment_on_my_video: u8,
    pub abuse_as_moderator: u8,
    pub video_auto_blacklist_as_moderator: u8,
    pub blacklist_on_my_video: u8,
    pub my_video_published: u8,
    pub my_video_import_finished: u8,
    pub new_user_registration: u8,
    pub new_follow: u8,
    pub comment_mention: u8,
    pub new_instance_follower: u8,
    pub auto_instance_following: u8,
    pub abuse_state_change: u8,
    pub abuse_new_message: u8,
    pub new_peer_tube_version: u8,
    pub new_plugin_version: u8,
    pub my_video_studio_edition_finished: u8,
    pub my_video_transcription_generated: u8,
}

impl Default for NotificationSettings {
    /// Everything on the web, nothing by e-mail.
    fn default() -> Self {
        Self {
            new_video_from_subscription: 1,
            new_comment_on_my_video: 1,
            abuse_as_moderator: 1,
            video_auto_blacklist_as_moderator: 1,
            blacklist_on_my_video: 1,
            my_video_published: 1,
            my_video_import_finished: 1,
            new_user_registration: 1,
            new_follow: 1,
            comment_mention: 1,
            new_instance_follower: 1,
            auto_instance_following: 1,
            abuse_state_change: 1,
            abuse_new_message: 1,
            new_peer_tube_version: 1,
            new_plugin_version: 1,
            my_video_studio_edition_finished: 1,
            my_video_transcription_generated: 1,
        }
    }
}

/// `GET /users/{id}`, and the larger part of [`MyUser`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Row id.
    pub id: i64,
    /// Sign-in name.
    pub username: String,
    /// E-mail address.
    pub email: String,
    /// Address waiting for verification.
    pub pending_email: Option<String>,
    /// Whether the address was verified; `null` when the instance does not ask.
    pub email_verified: Option<bool>,
    /// Whether the address is shown to others.
    pub email_public: bool,
    /// `do_not_list`, `warn`, `blur` or `display`.
    pub nsfw_policy: String,
    /// Flags shown without question.
    pub nsfw_flags_displayed: u32,
    /// Flags never listed.
    pub nsfw_flags_hidden: u32,
    /// Flags shown blurred.
    pub nsfw_flags_blurred: u32,
    /// Flags shown with a warning.
    pub nsfw_flags_warned: u32,
    /// Bit 1: bypasses the automatic block of new videos.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_flags: Option<u32>,
    /// Player starts by itself.
    pub auto_play_video: bool,
    /// Player goes on with the next video.
    pub auto_play_next_video: bool,
    /// Player goes on with the next of a playlist.
    pub auto_play_next_video_playlist: bool,
    /// Player shares segments with other viewers.
    pub p2p_enabled: bool,
    /// Watch history is kept.
    pub videos_history_enabled: bool,
    /// Languages listed; all when empty.
    pub video_languages: Vec<String>,
    /// Language of the pages.
    pub language: Option<String>,
    /// 0 administrator, 1 moderator, 2 user.
    pub role: Label<u8>,
    /// Bytes, -1 unlimited.
    pub video_quota: i64,
    /// Bytes per 24 hours, -1 unlimited.
    pub video_quota_daily: i64,
    /// Bytes of sources, ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_quota_used: Option<u64>,
    /// Bytes of sources in 24 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_quota_used_daily: Option<u64>,
    /// Bytes of everything, renditions included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_video_file_size: Option<u64>,
    /// Videos, for admins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub videos_count: Option<u64>,
    /// Reports about this user, for admins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abuses_count: Option<u64>,
    /// Accepted reports about this user, for admins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abuses_accepted_count: Option<u64>,
    /// Reports by this user, for admins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub abuses_created_count: Option<u64>,
    /// Comments, for admins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_comments_count: Option<u64>,
    /// `instance-default` or a theme's name.
    pub theme: String,
    /// The user's account.
    pub account: Account,
    /// What to be told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification_settings: Option<NotificationSettings>,
    /// The account's channels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_channels: Option<Vec<VideoChannel>>,
    /// Cannot sign in.
    pub blocked: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_reason: Option<String>,
    /// Admin has put away the configuration warning.
    pub no_instance_config_warning_modal: bool,
    /// Admin has put away the welcome.
    pub no_welcome_modal: bool,
    /// User has put away the account set-up warning.
    pub no_account_setup_warning_modal: bool,
    /// When the user was made.
    pub created_at: IsoDate,
    /// Plugin that signs this user in.
    pub plugin_auth: Option<String>,
    /// Last sign-in.
    pub last_login_date: Option<IsoDate>,
    /// One-time codes are asked for.
    pub two_factor_enabled: bool,
    /// Newest feature notice that was read.
    pub new_features_info_read: u32,
}

/// A playlist that every account has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpecialPlaylist {
    /// Row id.
    pub id: i64,
    /// `Watch later`.
    pub name: String,
    /// 2, watch later.
    #[serde(rename = "type")]
    pub playlist_type: u8,
}

/// `GET /users/me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MyUser {
    /// What admins see of any user too.
    #[serde(flatten)]
    pub user: User,
    /// Watch later.
    pub special_playlists: Vec<SpecialPlaylist>,
    /// Channels of others that this user may edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_channel_collaborations: Option<Vec<VideoChannel>>,
}

/// Answer of `POST /users`, as `{ user: {...} }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCreateResult {
    /// The new user.
    pub user: UserRef,
}

/// Ids of a new user and its account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRef {
    /// Row id of the user.
    pub id: i64,
    /// Its account.
    pub account: RowRef,
}

/// A row id alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowRef {
    /// Row id.
    pub id: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notification_settings_have_the_wire_names() {
        let json = serde_json::to_value(NotificationSettings::default()).unwrap();
        assert_eq!(json.as_object().unwrap().len(), 18);
        assert_eq!(json["newPeerTubeVersion"], 1);
        assert_eq!(json["myVideoTranscriptionGenerated"], 1);
    }
}
