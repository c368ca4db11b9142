//! Channels and accounts.

use rest::IsoDate;
use rest::actor::{Account, AccountSummary, ChannelSummary, VideoChannel};
use store::video::row::{AccountRow, ActorName, ChannelRow, OwnedChannelRow};

use crate::videos::urls;

pub(super) fn account_summary(origin: &str, row: ActorName) -> AccountSummary {
    AccountSummary {
        id: row.id,
        url: urls::account(origin, &row.name),
        host: urls::host(origin).to_owned(),
        name: row.name,
        display_name: row.display_name,
        avatars: Vec::new(),
    }
}

pub(super) fn channel_summary(origin: &str, row: ActorName) -> ChannelSummary {
    ChannelSummary {
        id: row.id,
        url: urls::channel(origin, &row.name),
        host: urls::host(origin).to_owned(),
        name: row.name,
        display_name: row.display_name,
        avatars: Vec::new(),
    }
}

/// An account alone.
#[must_use]
pub fn account(origin: &str, row: AccountRow) -> Account {
    Account {
        id: row.id,
        url: urls::account(origin, &row.name),
        host: urls::host(origin).to_owned(),
        name: row.name,
        following_count: 0,
        followers_count: 0,
        created_at: IsoDate(row.created_at_unix_ms),
        updated_at: IsoDate(row.updated_at_unix_ms),
        display_name: row.display_name,
        description: row.description,
        avatars: Vec::new(),
        user_id: Some(row.user_id),
    }
}

/// A channel with its owner, if the caller names one.
#[must_use]
pub fn channel(origin: &str, row: ChannelRow, owner: Option<Account>) -> VideoChannel {
    VideoChannel {
        id: row.id,
        url: urls::channel(origin, &row.name),
        host: urls::host(origin).to_owned(),
        name: row.name,
        following_count: 0,
        followers_count: 0,
        created_at: IsoDate(row.created_at_unix_ms),
        updated_at: IsoDate(row.updated_at_unix_ms),
        display_name: row.display_name,
        description: row.description,
        support: row.support,
        is_local: true,
        avatars: Vec::new(),
        banners: Vec::new(),
        owner_account: owner,
        videos_count: Some(row.listed_videos),
        views_per_day: None,
        total_views: None,
    }
}

/// A channel with its owner.
#[must_use]
pub fn owned_channel(origin: &str, row: OwnedChannelRow) -> VideoChannel {
    let owner = account(origin, row.owner);
    channel(origin, row.channel, Some(owner))
}
