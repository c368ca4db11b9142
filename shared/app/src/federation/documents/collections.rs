//! Collections: how many, and pages of them.

use activitypub::object::{Addressing, Collection, CollectionPage, Context, Ids};
use ports::{Database, Platform, Rows, Statement};
use serde::Serialize;
use store::federation::actor::LocalActor;
use store::federation::documents::{self as rows, HeadRow, ItemRow, Slice};
use store::video::details::VideoKey;

use super::{Document, Found, found, guard, raw};
use crate::AppError;
use crate::federation::keys;

/// Items of a page, except of an outbox.
pub(super) const PAGE_ITEMS: u32 = 10;
/// Last page that is answered. PeerTube stops reading at 2000.
const MAX_PAGE: u32 = 2_000;

/// Which part of a collection is asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Page {
    /// The collection itself: how many items it has.
    #[default]
    Head,
    /// A page of its items, 1 is the first.
    Number(u32),
}

impl Page {
    /// The slice of a page, and one item more, which tells whether there is a next page. `None` for the
    /// head.
    ///
    /// # Errors
    /// 404 for a page beyond all bounds.
    pub(super) fn slice(self, size: u32) -> Result<Option<Slice>, AppError> {
        match self {
            Self::Head => Ok(None),
            Self::Number(number) if (1..=MAX_PAGE).contains(&number) => Ok(Some(Slice {
                start: (number - 1) * size,
                count: size + 1,
            })),
            Self::Number(_) => Err(AppError::not_found("There is no such page")),
        }
    }
}

fn collection(
    id: &str,
    actor_url: &str,
    body: Box<serde_json::value::RawValue>,
    context: Context,
) -> Document {
    Document {
        id: id.to_owned(),
        context,
        body,
        addressing: Addressing::default(),
        actor_url: actor_url.to_owned(),
        channel_url: None,
    }
}

/// The head of a collection.
pub(super) fn head(id: &str, actor_url: &str, total_items: u64) -> Result<Option<Found>, AppError> {
    let body = raw(&Collection { id, total_items })?;
    Ok(found(collection(id, actor_url, body, Context::Plain)))
}

/// A page of a collection; `items` are those of [`Page::slice`], one too many included.
pub(super) fn page<T: Serialize>(
    id: &str,
    actor_url: &str,
    number: Page,
    size: u32,
    total_items: Option<u64>,
    mut items: Vec<T>,
) -> Result<Option<Found>, AppError> {
    let Page::Number(number) = number else {
        return Err(AppError::bug("a head is no page"));
    };
    let size = usize::try_from(size).map_err(AppError::bug)?;
    let has_next = items.len() > size;
    items.truncate(size);
    let body = raw(&CollectionPage {
        collection_id: id,
        total_items,
        page: number,
        has_next,
        items: &items,
    })?;
    Ok(found(collection(id, actor_url, body, Context::Plain)))
}

/// A collection of an actor of ours, as far as the database is asked for it.
pub(super) struct OfActor {
    /// Id of the actor.
    pub(super) url: String,
    /// Id of the collection.
    pub(super) id: String,
    /// What the statements gave.
    pub(super) results: Vec<Rows>,
}

/// Asks for an actor together with what `select` wants for a collection of it; `name` is the last part of its id.
/// The inner error is the answer where the actor is none of ours: where it is, or nothing.
///
/// # Errors
/// When the database fails.
pub(super) async fn of_actor<P: Platform>(
    platform: &P,
    which: LocalActor<'_>,
    name: &str,
    select: impl FnOnce(&str) -> Vec<Statement>,
) -> Result<Result<OfActor, Option<Found>>, AppError> {
    let url = keys::local_url(&platform.settings().public_origin, which);
    let mut batch = vec![rows::select_actor(which, &url)];
    batch.extend(select(&url));
    let mut results = platform.database().batch(batch).await?.into_iter();
    let actor = results.next().unwrap_or_default();
    Ok(match rows::read_actor(&actor)? {
        Some(row) if row.is_local => Ok(OfActor {
            id: format!("{url}/{name}"),
            url,
            results: results.collect(),
        }),
        Some(row) => Err(row.url.map(Found::Elsewhere)),
        None => Err(None),
    })
}

/// A collection below a video.
pub(super) struct Below<'a> {
    /// The last part of its id.
    pub(super) name: &'static str,
    /// Items it has.
    pub(super) total: u64,
    /// Id of an item of ours.
    pub(super) own_id: Box<dyn Fn(&ItemRow) -> String + 'a>,
}

/// A collection below a video of ours; `select` selects a part of its items.
///
/// # Errors
/// 404 for a page beyond all bounds; when the database fails.
pub(super) async fn below_video<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
    asked: Page,
    select: impl Fn(Slice) -> Statement,
    describe: impl for<'a> Fn(&'a Ids<'a>, &'a HeadRow) -> Below<'a>,
) -> Result<Option<Found>, AppError> {
    let mut batch = vec![rows::select_head(key)];
    batch.extend(asked.slice(PAGE_ITEMS)?.map(select));
    let results = platform.database().batch(batch).await?;
    let [video, items @ ..] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let Some(row) = rows::read_head(video)? else {
        return Ok(None);
    };
    let row = match guard(&row, key) {
        None => return Ok(None),
        Some(Err(elsewhere)) => return Ok(Some(elsewhere)),
        Some(Ok(row)) => row,
    };
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let below = describe(&ids, row);
    let id = format!("{}/{}", ids.video(&row.uuid), below.name);
    let account_url = ids.account(&row.account_name);
    let Some(items) = items.first() else {
        return head(&id, &account_url, below.total);
    };
    let url = |item: ItemRow| match item.remote_url {
        Some(url) => url,
        None => (below.own_id)(&item),
    };
    let urls: Vec<String> = rows::read_items(items)?.into_iter().map(url).collect();
    page(
        &id,
        &account_url,
        asked,
        PAGE_ITEMS,
        Some(below.total),
        urls,
    )
}
