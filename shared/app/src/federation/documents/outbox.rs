//! What our actors have done: an account creates its videos, its channel and the instance announce them.

use activitypub::object::{Activity, Addressing, Ids, Verb};
use ports::Platform;
use serde_json::value::RawValue;
use store::federation::actor::LocalActor;
use store::federation::documents::{self as rows, ItemRow};

use super::announces::announce_addressing;
use super::collections::{OfActor, Page, head, of_actor, page};
use super::{Found, followers_of, raw};
use crate::AppError;
use crate::federation::keys;

/// Items of a page; PeerTube gives 10, and up to 50 on demand. Activities name their videos by id, so a page
/// is small.
const OUTBOX_ITEMS: u32 = 20;

/// The public videos of an actor of ours, newest first, as activities that name them.
///
/// # Errors
/// 404 for a page beyond all bounds; when the database or the host's crypto fails.
pub async fn outbox<P: Platform>(
    platform: &P,
    which: LocalActor<'_>,
    asked: Page,
) -> Result<Option<Found>, AppError> {
    let origin = &platform.settings().public_origin;
    let statement = match asked.slice(OUTBOX_ITEMS)? {
        Some(slice) => rows::select_outbox(which, slice),
        None => rows::count_outbox(which),
    };
    let OfActor { url, id, results } =
        match of_actor(platform, which, "outbox", |_| vec![statement]).await? {
            Ok(ours) => ours,
            Err(elsewhere) => return Ok(elsewhere),
        };
    let [rest] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    if asked == Page::Head {
        return head(&id, &url, rows::read_count(rest)?);
    }
    let items = rows::read_items(rest)?;
    let activities = match which {
        LocalActor::Account(_) => items
            .iter()
            .map(|item| created(origin, &url, item))
            .collect::<Result<Vec<_>, _>>()?,
        LocalActor::Channel(_) | LocalActor::Instance => {
            let signer = keys::local_actor(platform, which).await?;
            let signer = signer.ok_or_else(|| AppError::not_found("Actor not found"))?;
            items
                .iter()
                .map(|item| announced(origin, &url, signer.id, item))
                .collect::<Result<Vec<_>, _>>()?
        }
    };
    page(&id, &url, asked, OUTBOX_ITEMS, None, activities)
}

fn created(origin: &str, account_url: &str, item: &ItemRow) -> Result<Box<RawValue>, AppError> {
    let ids = Ids { origin };
    let video_url = ids.video(&item.name);
    let addressing = Addressing::public(&[&followers_of(account_url)]);
    let id = ids.create(&video_url);
    raw(&Activity::new(Verb::Create, &id, account_url, &video_url).addressed(&addressing))
}

fn announced(
    origin: &str,
    actor_url: &str,
    actor_id: i64,
    item: &ItemRow,
) -> Result<Box<RawValue>, AppError> {
    let ids = Ids { origin };
    let video_url = ids.video(&item.name);
    let addressing = announce_addressing(origin, &item.channel_name, &item.account_name);
    let id = ids.announce(&video_url, actor_id);
    raw(&Activity::new(Verb::Announce, &id, actor_url, &video_url).addressed(&addressing))
}
