//! What users see of themselves.

use domain::quota::Quota;
use domain::time::DAY_MS;
use ports::{Database, Platform};
use rest::ResultList;
use rest::actor::{Account, VideoChannel};
use rest::list::{Include, Page, VideoFilters, VideoSort};
use rest::user::{MyUser, NotificationSettings, SpecialPlaylist, User, VideoQuotaUsed};
use rest::video::VideoListItem;
use rest::{IsoDate, Label};
use serde::Serialize;
use store::playlist;
use store::video::actor::{self, SelfRow};
use store::video::list as rows;

use super::access::Identity;
use super::query::{self, ListQuery, ListScope};
use super::shape;
use crate::AppError;
use crate::accounts::SignedIn;
use crate::playlists::WATCH_LATER;

/// PeerTube's default: what is not safe for work is listed only when asked for.
pub(super) const NSFW_POLICY: &str = "do_not_list";
/// The pages are English.
const LANGUAGE: &str = "en";

/// What this instance adds to an item of `GET /users/me/videos`.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MyVideoExtension {
    /// Mean progress of the transcoding jobs in percent, 0–100; `null` when none is left to wait for.
    pub transcoding_progress: Option<u8>,
}

/// An item of `GET /users/me/videos`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MyVideo {
    /// As in other lists, with state.
    #[serde(flatten)]
    pub item: VideoListItem,
    /// Ours; other clients pass over it.
    pub edgetube: MyVideoExtension,
}

/// Percent of the mean of whole numbers from 0 to 100.
fn percent(mean: f64) -> u8 {
    (0..=100)
        .rev()
        .find(|percent| f64::from(*percent) <= mean)
        .unwrap_or(0)
}

/// The signed-in user's own videos, in every state and privacy.
///
/// # Errors
/// When the database fails.
pub async fn my_videos<P: Platform>(
    platform: &P,
    user: &SignedIn,
    page: Page<VideoSort>,
    mut filters: VideoFilters,
) -> Result<ResultList<MyVideo>, AppError> {
    filters.include = Include(filters.include.0 & (Include::FILES.0 | Include::TAGS.0));
    let query = ListQuery {
        scope: ListScope::Mine(user.account_id),
        page,
        filters,
        viewer: Some(Identity::from(user)),
        with_unfollowed: false,
    };
    let statements = query::statements(&query, platform.settings())?;
    let mut batch = vec![statements.items];
    batch.extend(statements.total);
    let results = platform.database().batch(batch).await?;
    let [items, total @ ..] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let data = rows::read(items)?
        .into_iter()
        .map(|row| {
            Ok(MyVideo {
                edgetube: MyVideoExtension {
                    transcoding_progress: row.transcoding_progress.map(percent),
                },
                item: shape::list_item(platform.settings(), row, true)?,
            })
        })
        .collect::<Result<_, AppError>>()?;
    Ok(ResultList {
        total: total.first().map(rows::read_count).transpose()?,
        data,
    })
}

async fn own_row<P: Platform>(
    platform: &P,
    user: &SignedIn,
) -> Result<(SelfRow, Vec<ports::Rows>), AppError> {
    let day_ago = platform.now().plus_ms(-DAY_MS);
    let mut results = platform
        .database()
        .batch(vec![
            actor::select_self(user.user_id, day_ago.0),
            actor::select_account(&user.username),
            actor::select_channels_of(&user.username, 0, rest::list::MAX_COUNT),
            playlist::select_watch_later(user.account_id),
        ])
        .await?;
    let rest = results.split_off(1);
    let row = results
        .first()
        .and_then(|rows| rows.first())
        .ok_or_else(|| AppError::bug("a token's user has no row"))?;
    Ok((actor::read_self(row)?, rest))
}

/// `GET /users/me/video-quota-used`.
///
/// # Errors
/// When the database fails.
pub async fn quota_used<P: Platform>(
    platform: &P,
    user: &SignedIn,
) -> Result<VideoQuotaUsed, AppError> {
    let (row, _) = own_row(platform, user).await?;
    Ok(VideoQuotaUsed {
        video_quota_used: row.used_bytes,
        video_quota_used_daily: row.used_today_bytes,
    })
}

/// `GET /users/me`.
///
/// # Errors
/// When the database fails.
pub async fn me<P: Platform>(platform: &P, user: &SignedIn) -> Result<MyUser, AppError> {
    let (row, rest) = own_row(platform, user).await?;
    let origin = &platform.settings().public_origin;
    let [account, channels, watch_later] = rest.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let account = actor::read_accounts(account)?
        .into_iter()
        .next()
        .map(|row| shape::account(origin, row))
        .ok_or_else(|| AppError::bug("a user without an account"))?;
    let channels = actor::read_channels(channels)?
        .into_iter()
        .map(|row| shape::owned_channel(origin, row))
        .collect();
    Ok(MyUser {
        user: User {
            p2p_enabled: platform.settings().p2p_enabled,
            ..shaped(user, &row, account, channels)
        },
        special_playlists: watch_later
            .iter()
            .map(|row| {
                Ok(SpecialPlaylist {
                    id: row.integer(0)?,
                    name: row.text(1)?,
                    playlist_type: WATCH_LATER,
                })
            })
            .collect::<Result<_, AppError>>()?,
        video_channel_collaborations: Some(Vec::new()),
    })
}

/// -1 is unlimited on the wire.
fn quota_number(quota: Quota) -> i64 {
    match quota {
        Quota::Unlimited => -1,
        Quota::Bytes(bytes) => i64::try_from(bytes).unwrap_or(i64::MAX),
    }
}

/// Settings that this instance does not keep have PeerTube's defaults.
fn shaped(user: &SignedIn, row: &SelfRow, account: Account, channels: Vec<VideoChannel>) -> User {
    User {
        id: user.user_id,
        username: user.username.clone(),
        email: row.email.clone(),
        pending_email: None,
        email_verified: None,
        email_public: false,
        nsfw_policy: NSFW_POLICY.into(),
        nsfw_flags_displayed: 0,
        nsfw_flags_hidden: 0,
        nsfw_flags_blurred: 0,
        nsfw_flags_warned: 0,
        admin_flags: Some(0),
        auto_play_video: true,
        auto_play_next_video: false,
        auto_play_next_video_playlist: true,
        p2p_enabled: true,
        videos_history_enabled: false,
        video_languages: Vec::new(),
        language: Some(LANGUAGE.to_owned()),
        role: Label::new(
            u8::try_from(user.role.number()).unwrap_or(u8::MAX),
            user.role.label(),
        ),
        video_quota: quota_number(user.quota),
        video_quota_daily: quota_number(user.daily_quota),
        video_quota_used: Some(row.used_bytes),
        video_quota_used_daily: Some(row.used_today_bytes),
        total_video_file_size: None,
        videos_count: None,
        abuses_count: None,
        abuses_accepted_count: None,
        abuses_created_count: None,
        video_comments_count: None,
        theme: "instance-default".to_owned(),
        account,
        notification_settings: Some(NotificationSettings::default()),
        video_channels: Some(channels),
        blocked: false,
        blocked_reason: None,
        no_instance_config_warning_modal: true,
        no_welcome_modal: true,
        no_account_setup_warning_modal: true,
        created_at: IsoDate(row.created_at_unix_ms),
        plugin_auth: None,
        last_login_date: row.last_login_at_unix_ms.map(IsoDate),
        two_factor_enabled: false,
        new_features_info_read: 0,
    }
}
