//! Who follows whom.

use activitypub::object::{Activity, Addressing, Ids, Verb};
use ports::{Database, Platform};
use store::federation::actor::LocalActor;
use store::federation::documents as rows;

use super::activities::plain;
use super::collections::{OfActor, PAGE_ITEMS, Page, head, of_actor, page};
use super::{Document, Found, found, raw};
use crate::AppError;
use crate::federation::keys;

/// Those who follow an actor of ours.
///
/// # Errors
/// 404 for a page beyond all bounds; when the database fails.
pub async fn followers<P: Platform>(
    platform: &P,
    which: LocalActor<'_>,
    asked: Page,
) -> Result<Option<Found>, AppError> {
    follows(platform, which, asked, true).await
}

/// Those whom an actor of ours follows.
///
/// # Errors
/// 404 for a page beyond all bounds; when the database fails.
pub async fn following<P: Platform>(
    platform: &P,
    which: LocalActor<'_>,
    asked: Page,
) -> Result<Option<Found>, AppError> {
    follows(platform, which, asked, false).await
}

async fn follows<P: Platform>(
    platform: &P,
    which: LocalActor<'_>,
    asked: Page,
    are_followers: bool,
) -> Result<Option<Found>, AppError> {
    let slice = asked.slice(PAGE_ITEMS)?;
    let name = if are_followers {
        "followers"
    } else {
        "following"
    };
    let select = |url: &str| {
        let mut statements = vec![rows::count_follows(url, are_followers)];
        statements.extend(slice.map(|slice| rows::select_follows(url, are_followers, slice)));
        statements
    };
    let OfActor { url, id, results } = match of_actor(platform, which, name, select).await? {
        Ok(ours) => ours,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let [count, items @ ..] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let total = rows::read_count(count)?;
    let Some(items) = items.first() else {
        return head(&id, &url, total);
    };
    let items = rows::read_items(items)?;
    let urls = items
        .into_iter()
        .filter_map(|item| item.remote_url)
        .collect();
    page(&id, &url, asked, PAGE_ITEMS, Some(total), urls)
}

/// That one of ours follows somebody; `number` is the follow's row id. Pure.
///
/// # Errors
/// None that a caller could provoke.
pub fn follow(follower_url: &str, number: i64, target_url: &str) -> Result<Document, AppError> {
    let id = Ids { origin: "" }.follow(follower_url, number);
    let activity = Activity::new(Verb::Follow, &id, follower_url, target_url);
    plain(raw(&activity)?, id, follower_url, Addressing::default())
}

/// The same by its row id.
///
/// # Errors
/// When the database fails.
pub async fn follow_of<P: Platform>(
    platform: &P,
    which: LocalActor<'_>,
    number: i64,
) -> Result<Option<Found>, AppError> {
    let url = keys::local_url(&platform.settings().public_origin, which);
    let batch = vec![rows::select_follow(&url, number)];
    let results = platform.database().batch(batch).await?;
    match results
        .first()
        .map(rows::read_follow)
        .transpose()?
        .flatten()
    {
        Some(row) => Ok(found(follow(&url, row.id, &row.target_url)?)),
        None => Ok(None),
    }
}
