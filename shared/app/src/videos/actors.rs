//! Channels and accounts, alone and as pages.

use ports::{Database, DatabaseError, Platform, Row, Rows};
use rest::ResultList;
use rest::actor::{Account, VideoChannel};
use rest::playlist::VideoPlaylist;
use rest::upload::ChannelUpdate;
use rest::video::VideoListItem;
use serde_json::{Map, Value as Json};
use store::video::{actor, change};

use super::list::{not_found, read};
use super::query::{self, ListQuery, ListScope};
use super::shape;
use crate::accounts::SignedIn;
use crate::federation::outgoing;
use crate::{AppError, Rejection, playlists};

/// The channel of that name.
///
/// # Errors
/// 404.
pub async fn channel<P: Platform>(platform: &P, name: &str) -> Result<VideoChannel, AppError> {
    let results = platform
        .database()
        .batch(vec![actor::select_channel(name)])
        .await?;
    first_channel(platform, first(&results)?, name)
}

/// `PUT /video-channels/{name}`: writes what was named, in one transaction.
///
/// # Errors
/// 404; 403 for somebody else's channel.
pub async fn update_channel<P: Platform>(
    platform: &P,
    name: &str,
    user: &SignedIn,
    update: &ChannelUpdate,
) -> Result<(), AppError> {
    let text = |change: &Option<Option<String>>| change.clone().map(Json::from);
    let mut changes = Map::new();
    for (column, change) in [
        ("display_name", update.display_name.clone().map(Json::from)),
        ("description", text(&update.description)),
        ("support", text(&update.support)),
        (
            "p2p_enabled",
            update.p2p_enabled.map(|on| u8::from(on).into()),
        ),
    ] {
        if let Some(change) = change {
            changes.insert(column.to_owned(), change);
        }
    }
    let now = platform.now();
    let manages_all = user.role.manages_all_videos();
    let mut batch = vec![
        change::demand_channel_manager(name, user.account_id, manages_all),
        change::update_channel(name, &Json::Object(changes).to_string(), now),
    ];
    if update.bulk_videos_support_update {
        batch.push(change::spread_support(name, now));
    }
    match platform.database().batch(batch).await {
        Ok(_) => {
            outgoing::wake(platform).await;
            Ok(())
        }
        Err(DatabaseError::DemandNotMet { .. }) => {
            // Somebody else's, or nobody's.
            channel(platform, name).await?;
            Err(AppError::rejected(
                Rejection::Forbidden,
                "Cannot manage a video channel of another user.",
            ))
        }
        Err(error) => Err(error.into()),
    }
}

/// The account of that name.
///
/// # Errors
/// 404.
pub async fn account<P: Platform>(platform: &P, name: &str) -> Result<Account, AppError> {
    let results = platform
        .database()
        .batch(vec![actor::select_account(name)])
        .await?;
    first_account(platform, first(&results)?, name)
}

/// All channels, newest first.
///
/// # Errors
/// When the database fails.
pub async fn channels<P: Platform>(
    platform: &P,
    start: u32,
    count: u32,
) -> Result<ResultList<VideoChannel>, AppError> {
    let results = platform
        .database()
        .batch(vec![
            actor::select_channels(start, count),
            actor::count_channels(),
        ])
        .await?;
    let [rows, total] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    Ok(ResultList::new(
        count_of(total)?,
        all_channels(platform, rows)?,
    ))
}

/// All accounts, newest first.
///
/// # Errors
/// When the database fails.
pub async fn accounts<P: Platform>(
    platform: &P,
    start: u32,
    count: u32,
) -> Result<ResultList<Account>, AppError> {
    let results = platform
        .database()
        .batch(vec![
            actor::select_accounts(start, count),
            actor::count_accounts(),
        ])
        .await?;
    let [rows, total] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let origin = &platform.settings().public_origin;
    let accounts = actor::read_accounts(rows)?
        .into_iter()
        .map(|row| shape::account(origin, row))
        .collect();
    Ok(ResultList::new(count_of(total)?, accounts))
}

/// The channels of an account, oldest first: the default one leads.
///
/// # Errors
/// 404 for an unknown account.
pub async fn account_channels<P: Platform>(
    platform: &P,
    name: &str,
    start: u32,
    count: u32,
) -> Result<ResultList<VideoChannel>, AppError> {
    let results = platform
        .database()
        .batch(vec![
            actor::select_account(name),
            actor::select_channels_of(name, start, count),
            actor::count_channels_of(name),
        ])
        .await?;
    let [found, rows, total] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    first_account(platform, found, name)?;
    Ok(ResultList::new(
        count_of(total)?,
        all_channels(platform, rows)?,
    ))
}

/// What a channel's page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelPage {
    /// The channel with its owner.
    pub channel: VideoChannel,
    /// A page of its videos, newest first.
    pub videos: ResultList<VideoListItem>,
    /// With the first page, its public playlists that have anything in them, those changed last first.
    pub playlists: Vec<VideoPlaylist>,
}

/// Playlists that a channel's page shows.
const PLAYLISTS_ON_PAGE: u32 = 24;

/// Whether a handle is of another server.
fn is_elsewhere(name: &str) -> bool {
    name.contains('@')
}

/// What a channel's page shows, in one batch; pages count from 1.
///
/// # Errors
/// 404.
pub async fn channel_page<P: Platform>(
    platform: &P,
    name: &str,
    number: u32,
    per_page: u32,
) -> Result<ChannelPage, AppError> {
    let query = ListQuery {
        with_unfollowed: is_elsewhere(name),
        ..ListQuery::numbered(ListScope::Channel(name), number, per_page)
    };
    let statements = query::statements(&query, platform.settings())?;
    let most = if number <= 1 { PLAYLISTS_ON_PAGE } else { 0 };
    let mut batch = vec![
        actor::select_channel(name),
        statements.items,
        playlists::of_channel(name, most),
    ];
    batch.extend(statements.total);
    let results = platform.database().batch(batch).await?;
    let [found, items, listed, total @ ..] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    Ok(ChannelPage {
        channel: first_channel(platform, found, name)?,
        videos: read(platform, &query, items, total.first())?,
        playlists: playlists::read_filled(platform, listed)?,
    })
}

/// What an account's page shows.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountPage {
    /// The account.
    pub account: Account,
    /// Its channels, oldest first.
    pub channels: Vec<VideoChannel>,
    /// A page of the videos of all of them, newest first.
    pub videos: ResultList<VideoListItem>,
}

/// Channels that an account's page shows; PeerTube lets a user have 20.
const CHANNELS_ON_PAGE: u32 = 20;

/// What an account's page shows, in one batch; pages count from 1.
///
/// # Errors
/// 404.
pub async fn account_page<P: Platform>(
    platform: &P,
    name: &str,
    number: u32,
    per_page: u32,
) -> Result<AccountPage, AppError> {
    let query = ListQuery {
        with_unfollowed: is_elsewhere(name),
        ..ListQuery::numbered(ListScope::Account(name), number, per_page)
    };
    let statements = query::statements(&query, platform.settings())?;
    let mut batch = vec![
        actor::select_account(name),
        actor::select_channels_of(name, 0, CHANNELS_ON_PAGE),
        statements.items,
    ];
    batch.extend(statements.total);
    let results = platform.database().batch(batch).await?;
    let [found, channels, items, total @ ..] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    Ok(AccountPage {
        account: first_account(platform, found, name)?,
        channels: all_channels(platform, channels)?,
        videos: read(platform, &query, items, total.first())?,
    })
}

fn first(results: &[Rows]) -> Result<&Rows, AppError> {
    results
        .first()
        .ok_or_else(|| AppError::bug("a batch without its results"))
}

fn count_of(rows: &[Row]) -> Result<u64, AppError> {
    Ok(rows.first().map_or(Ok(0), |row| row.unsigned(0))?)
}

fn all_channels<P: Platform>(platform: &P, rows: &Rows) -> Result<Vec<VideoChannel>, AppError> {
    let origin = &platform.settings().public_origin;
    Ok(actor::read_channels(rows)?
        .into_iter()
        .map(|row| shape::owned_channel(origin, row))
        .collect())
}

fn first_channel<P: Platform>(
    platform: &P,
    rows: &Rows,
    name: &str,
) -> Result<VideoChannel, AppError> {
    let origin = &platform.settings().public_origin;
    actor::read_channels(rows)?
        .into_iter()
        .next()
        .map(|row| shape::owned_channel(origin, row))
        .ok_or_else(|| not_found(ListScope::Channel(name)))
}

fn first_account<P: Platform>(platform: &P, rows: &Rows, name: &str) -> Result<Account, AppError> {
    let origin = &platform.settings().public_origin;
    actor::read_accounts(rows)?
        .into_iter()
        .next()
        .map(|row| shape::account(origin, row))
        .ok_or_else(|| not_found(ListScope::Account(name)))
}
