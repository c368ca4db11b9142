//! Channels and accounts, ours and those of other servers.

use std::hash::{DefaultHasher, Hasher};

use rest::IsoDate;
use rest::actor::{Account, AccountSummary, ActorImage, ChannelSummary, VideoChannel};
use store::video::row::{AccountRow, ActorColumns, ActorName, ChannelRow, OwnedChannelRow};

use crate::federation::remote_document::picture_extension;
use crate::videos::urls;

/// Side in pixels that an avatar of another server is said to have: what lists draw it at. How large it is,
/// its server alone knows.
const REMOTE_AVATAR_PX: u32 = 120;

/// The two parts of a stored name: `ada` is ours, `ada@far.example` is not.
fn name_and_host<'a>(origin: &'a str, name: &'a str) -> (&'a str, &'a str) {
    name.rsplit_once('@').unwrap_or((name, urls::host(origin)))
}

/// The name under which we serve the avatar of another server's actor: it changes with the picture's URL.
#[must_use]
pub fn avatar_name(actor_id: i64, avatar_url: &str) -> String {
    let mut hasher = DefaultHasher::new();
    hasher.write(avatar_url.as_bytes());
    let hash = hasher.finish();
    format!("{actor_id}-{hash:016x}.{}", picture_extension(avatar_url))
}

/// The picture of another server's actor, fetched through us; none for ours, who have no pictures yet.
#[must_use]
pub fn avatars(
    origin: &str,
    actor_id: i64,
    url: Option<&str>,
    changed_at: IsoDate,
) -> Vec<ActorImage> {
    url.map(|url| {
        let path = urls::avatar_path(&avatar_name(actor_id, url));
        ActorImage {
            height: None,
            width: REMOTE_AVATAR_PX,
            file_url: format!("{origin}{path}"),
            path,
            created_at: changed_at,
            updated_at: changed_at,
        }
    })
    .into_iter()
    .collect()
}

/// What an account and a channel in a list have in common.
struct Summary {
    name: String,
    host: String,
    url: String,
    avatars: Vec<ActorImage>,
}

fn summary(
    origin: &str,
    row: &ActorName,
    changed_at: IsoDate,
    local_url: fn(&str, &str) -> String,
) -> Summary {
    let (name, host) = name_and_host(origin, &row.name);
    Summary {
        name: name.to_owned(),
        host: host.to_owned(),
        url: match &row.remote {
            Some(remote) => remote.url.clone(),
            None => local_url(origin, &row.name),
        },
        avatars: row.remote.as_ref().map_or_else(Vec::new, |remote| {
            let url = remote.avatar_url.as_deref();
            avatars(origin, remote.actor_id, url, changed_at)
        }),
    }
}

pub(crate) fn account_summary(origin: &str, row: ActorName, changed_at: IsoDate) -> AccountSummary {
    let summary = summary(origin, &row, changed_at, urls::account);
    AccountSummary {
        id: row.id,
        url: summary.url,
        host: summary.host,
        name: summary.name,
        display_name: row.display_name,
        avatars: summary.avatars,
    }
}

pub(crate) fn channel_summary(origin: &str, row: ActorName, changed_at: IsoDate) -> ChannelSummary {
    let summary = summary(origin, &row, changed_at, urls::channel);
    ChannelSummary {
        id: row.id,
        url: summary.url,
        host: summary.host,
        name: summary.name,
        display_name: row.display_name,
        avatars: summary.avatars,
    }
}

/// The id of somebody alone: of another server's, as that server gave it.
fn url_of(
    origin: &str,
    name: &str,
    actor: Option<&ActorColumns>,
    local_url: fn(&str, &str) -> String,
) -> String {
    match actor {
        Some(actor) if name.contains('@') => actor.url.clone(),
        _ => local_url(origin, name),
    }
}

fn avatars_of(
    origin: &str,
    actor: Option<&ActorColumns>,
    changed_at_unix_ms: i64,
) -> Vec<ActorImage> {
    actor.map_or_else(Vec::new, |actor| {
        let url = actor.avatar_url.as_deref();
        avatars(origin, actor.actor_id, url, IsoDate(changed_at_unix_ms))
    })
}

/// An account alone.
#[must_use]
pub fn account(origin: &str, row: AccountRow) -> Account {
    let actor = row.actor.as_ref();
    let (name, host) = name_and_host(origin, &row.name);
    Account {
        id: row.id,
        url: url_of(origin, &row.name, actor, urls::account),
        host: host.to_owned(),
        name: name.to_owned(),
        following_count: actor.map_or(0, |actor| actor.following),
        followers_count: actor.map_or(0, |actor| actor.followers),
        created_at: IsoDate(row.created_at_unix_ms),
        updated_at: IsoDate(row.updated_at_unix_ms),
        avatars: avatars_of(origin, actor, row.updated_at_unix_ms),
        display_name: row.display_name,
        description: row.description,
        user_id: row.user_id,
    }
}

/// A channel with its owner, if the caller names one.
#[must_use]
pub fn channel(origin: &str, row: ChannelRow, owner: Option<Account>) -> VideoChannel {
    let actor = row.actor.as_ref();
    let (name, host) = name_and_host(origin, &row.name);
    VideoChannel {
        id: row.id,
        url: url_of(origin, &row.name, actor, urls::channel),
        host: host.to_owned(),
        name: name.to_owned(),
        following_count: actor.map_or(0, |actor| actor.following),
        followers_count: actor.map_or(0, |actor| actor.followers),
        created_at: IsoDate(row.created_at_unix_ms),
        updated_at: IsoDate(row.updated_at_unix_ms),
        is_local: !row.name.contains('@'),
        avatars: avatars_of(origin, actor, row.updated_at_unix_ms),
        display_name: row.display_name,
        description: row.description,
        support: row.support,
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
