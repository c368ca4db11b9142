//! Who shares a video of ours: its channel and the instance always, others as they say.

use activitypub::object::{Addressing, Ids};
use ports::{Database, Platform, Rows};
use store::federation::actor::LocalActor;
use store::federation::documents::{self as rows, HeadRow};
use store::video::details::VideoKey;

use super::activities::announce;
use super::collections::{PAGE_ITEMS, Page, head, page};
use super::{Found, followers_of, found, guard};
use crate::AppError;
use crate::federation::keys;

/// Our own share of every video of ours: the channel's and the instance's.
const OWN_ANNOUNCES: u64 = 2;

/// To whom a share of a video of ours is addressed: everybody, and who follows its channel, its account or
/// the instance.
#[must_use]
pub fn announce_addressing(origin: &str, channel_name: &str, account_name: &str) -> Addressing {
    let ids = Ids { origin };
    Addressing::announced(&[
        &followers_of(&ids.channel(channel_name)),
        &followers_of(&ids.instance()),
        &followers_of(&ids.account(account_name)),
    ])
}

/// The shares of a video of ours.
///
/// # Errors
/// 404 for a page beyond all bounds; when the database or the host's crypto fails.
pub async fn announces<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
    asked: Page,
) -> Result<Option<Found>, AppError> {
    let origin = &platform.settings().public_origin;
    let ids = Ids { origin };
    let slice = asked.slice(PAGE_ITEMS)?;
    let instance_url = ids.instance();
    let load = async || {
        let mut batch = vec![
            rows::select_head(key),
            rows::count_announces(key, &instance_url),
        ];
        batch.extend(slice.map(|slice| rows::select_announces(key, &instance_url, slice)));
        platform.database().batch(batch).await
    };
    let mut results = load().await?;
    let row = match seen(&results, key)? {
        Ok(row) => row,
        Err(other) => return Ok(other),
    };
    if total(&results)? < OWN_ANNOUNCES {
        // Their announces are named by the rows that come with their keys.
        keys::local_actor(platform, LocalActor::Channel(&row.channel_name)).await?;
        keys::local_actor(platform, LocalActor::Instance).await?;
        results = load().await?;
    }
    let total = total(&results)?;
    let video_url = ids.video(&row.uuid);
    let id = format!("{video_url}/announces");
    let account_url = ids.account(&row.account_name);
    let Some(items) = results.get(2) else {
        return head(&id, &account_url, total);
    };
    let urls = rows::read_items(items)?
        .into_iter()
        .map(|item| {
            let own = || ids.announce(&video_url, item.id);
            item.remote_url.clone().unwrap_or_else(own)
        })
        .collect();
    page(&id, &account_url, asked, PAGE_ITEMS, Some(total), urls)
}

fn total(results: &[Rows]) -> Result<u64, AppError> {
    let count = results.get(1).map(rows::read_count).transpose()?;
    Ok(count.unwrap_or(0))
}

/// The video of a batch's first result, or what stands in its place.
fn seen(results: &[Rows], key: VideoKey<'_>) -> Result<Result<HeadRow, Option<Found>>, AppError> {
    let row = results.first().map(rows::read_head).transpose()?.flatten();
    let Some(row) = row else {
        return Ok(Err(None));
    };
    let other = match guard(&row, key) {
        Some(Ok(_)) => return Ok(Ok(row)),
        Some(Err(elsewhere)) => Some(elsewhere),
        None => None,
    };
    Ok(Err(other))
}

/// One share of a video of ours, by the row id of who made it.
///
/// # Errors
/// When the database fails.
pub async fn announce_of<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
    actor_id: i64,
) -> Result<Option<Found>, AppError> {
    let origin = &platform.settings().public_origin;
    let ids = Ids { origin };
    let batch = vec![
        rows::select_head(key),
        rows::select_announce(key, &ids.instance(), actor_id),
    ];
    let results = platform.database().batch(batch).await?;
    let row = match seen(&results, key)? {
        Ok(row) => row,
        Err(other) => return Ok(other),
    };
    let items = results.get(1).map(rows::read_items).transpose()?;
    let Some(item) = items.and_then(|items| items.into_iter().next()) else {
        return Ok(None);
    };
    if let Some(url) = item.remote_url {
        return Ok(Some(Found::Elsewhere(url)));
    }
    let announcer = match item.name.as_str() {
        "" => ids.instance(),
        _ => ids.channel(&row.channel_name),
    };
    let addressing = announce_addressing(origin, &row.channel_name, &row.account_name);
    let video_url = ids.video(&row.uuid);
    Ok(found(announce(
        &video_url, &announcer, actor_id, addressing,
    )?))
}
