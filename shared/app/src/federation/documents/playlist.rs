//! Playlists and what is in them.

use activitypub::date::write_iso8601;
use activitypub::object::{
    Addressing, Context, Ids, Playlist, PlaylistElement, PlaylistIcon, PlaylistType,
};
use ports::{Database, Platform};
use store::federation::actor::LocalActor;
use store::federation::documents::Slice;
use store::playlist::{self as rows, PlaylistRow};
use store::video::details::VideoKey;
use store::video::list::read_count;

use super::collections::{self, OfActor, PAGE_ITEMS, Page, of_actor};
use super::{Document, Found, followers_of, found, raw};
use crate::AppError;
use crate::playlists::{PUBLIC, UNLISTED};
use crate::videos::urls;

/// Elements of a page. PeerTube has ten, and reads pages of any length.
const PAGE_ELEMENTS: u32 = 50;

/// A playlist that has a document: a public one, or an unlisted one for who knows its UUID.
fn guard(row: PlaylistRow, key: VideoKey<'_>) -> Option<Result<PlaylistRow, Found>> {
    if let Some(url) = row.remote_url {
        return Some(Err(Found::Elsewhere(url)));
    }
    let is_open = match row.privacy {
        PUBLIC => true,
        UNLISTED => matches!(key, VideoKey::Uuid(_)),
        _ => false,
    };
    is_open.then_some(Ok(row))
}

/// The document of a playlist, or a page of its elements: those whose video everybody with its address may see.
///
/// # Errors
/// 404 for a page beyond all bounds; when the database fails.
pub async fn playlist<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
    page: Page,
) -> Result<Option<Found>, AppError> {
    let slice = page.slice(PAGE_ELEMENTS)?;
    let no_slice = Slice { start: 0, count: 0 };
    let batch = vec![
        rows::select(key),
        rows::select_element_urls(key, None, slice.unwrap_or(no_slice)),
    ];
    let results = platform.database().batch(batch).await?;
    let [playlist, elements] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let row = rows::read(playlist)?.into_iter().next();
    let row = match row.and_then(|row| guard(row, key)) {
        None => return Ok(None),
        Some(Err(elsewhere)) => return Ok(Some(elsewhere)),
        Some(Ok(row)) => row,
    };
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let items = elements
        .iter()
        .map(|element| Ok(ids.playlist_element(&row.uuid, element.integer(0)?)))
        .collect::<Result<Vec<_>, AppError>>()?;
    let part = match page {
        Page::Head => None,
        Page::Number(number) => Some((number, items)),
    };
    document(&ids, &row, part)
}

fn document(
    ids: &Ids<'_>,
    row: &PlaylistRow,
    part: Option<(u32, Vec<String>)>,
) -> Result<Option<Found>, AppError> {
    let whole = ids.playlist(&row.uuid);
    let page_id = |number: u32| format!("{whole}?page={number}");
    let account_url = ids.account(&row.account.name);
    let channel_url = row
        .channel
        .as_ref()
        .map(|channel| ids.channel(&channel.name));
    let channel_urls: Vec<String> = channel_url.iter().cloned().collect();
    let addressing = match row.privacy {
        PUBLIC => Addressing::public(&[&followers_of(&account_url)]),
        _ => Addressing::unlisted(),
    };
    let size = usize::try_from(PAGE_ELEMENTS).map_err(AppError::bug)?;
    let (number, mut items) = part.unzip();
    let has_next = items.as_ref().is_some_and(|items| items.len() > size);
    if let Some(items) = &mut items {
        items.truncate(size);
    }
    let id = number.map_or_else(|| whole.clone(), page_id);
    let body = raw(&Playlist {
        id: &id,
        r#type: PlaylistType::Playlist,
        total_items: row.elements,
        first: (number.is_none() && row.elements > 0).then(|| page_id(1)),
        part_of: number.map(|_| whole.as_str()),
        prev: number
            .filter(|number| *number > 1)
            .map(|number| page_id(number - 1)),
        next: number
            .filter(|_| has_next)
            .map(|number| page_id(number + 1)),
        ordered_items: items.as_deref(),
        name: &row.display_name,
        content: row.description.as_deref(),
        media_type: "text/markdown",
        uuid: &row.uuid,
        published: write_iso8601(row.created_at_unix_ms),
        updated: write_iso8601(row.updated_at_unix_ms),
        attributed_to: &channel_urls,
        icon: row.picture.as_ref().map(|picture| PlaylistIcon {
            r#type: "Image",
            url: format!("{}{}", ids.origin, urls::picture_path(&picture.filename)),
            media_type: "image/jpeg",
            width: picture.width,
            height: picture.height,
        }),
        audience: channel_url.as_deref(),
        addressing: &addressing,
    })?;
    Ok(found(Document {
        id,
        context: Context::Playlist,
        body,
        addressing,
        actor_url: account_url,
        channel_url,
    }))
}

/// The document of an element.
///
/// # Errors
/// When the database fails.
pub async fn playlist_element<P: Platform>(
    platform: &P,
    key: VideoKey<'_>,
    element_id: i64,
) -> Result<Option<Found>, AppError> {
    let one = Slice { start: 0, count: 1 };
    let batch = vec![
        rows::select(key),
        rows::select_element_urls(key, Some(element_id), one),
    ];
    let results = platform.database().batch(batch).await?;
    let [playlist, elements] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let row = rows::read(playlist)?.into_iter().next();
    let Some(Ok(playlist)) = row.and_then(|row| guard(row, key)) else {
        return Ok(None);
    };
    let Some(row) = elements.first() else {
        return Ok(None);
    };
    let ids = Ids {
        origin: &platform.settings().public_origin,
    };
    let id = ids.playlist_element(&playlist.uuid, row.integer(0)?);
    let video_url = match row.optional_text(1)? {
        Some(url) => url,
        None => ids.video(&row.text(2)?),
    };
    let secs = |column| {
        let secs = row.optional_integer(column)?;
        Ok::<_, AppError>(secs.and_then(|secs| u32::try_from(secs).ok()))
    };
    let body = raw(&PlaylistElement {
        id: &id,
        r#type: "PlaylistElement",
        url: &video_url,
        position: row.small(3)?,
        start_timestamp: secs(4)?,
        stop_timestamp: secs(5)?,
    })?;
    Ok(found(Document {
        context: Context::Playlist,
        body,
        addressing: Addressing::default(),
        actor_url: ids.account(&playlist.account.name),
        channel_url: None,
        id,
    }))
}

/// The public playlists of an actor, newest first, by their ids.
///
/// # Errors
/// 404 for a page beyond all bounds; when the database fails.
pub async fn playlists<P: Platform>(
    platform: &P,
    which: LocalActor<'_>,
    asked: Page,
) -> Result<Option<Found>, AppError> {
    let origin = &platform.settings().public_origin;
    let statement = match asked.slice(PAGE_ITEMS)? {
        Some(slice) => rows::select_urls(which, slice),
        None => rows::count_urls(which),
    };
    let OfActor { url, id, results } =
        match of_actor(platform, which, "playlists", |_| vec![statement]).await? {
            Ok(ours) => ours,
            Err(elsewhere) => return Ok(elsewhere),
        };
    let [rest] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    if asked == Page::Head {
        return collections::head(&id, &url, read_count(rest)?);
    }
    let ids = Ids { origin };
    let items = rest
        .iter()
        .map(|row| Ok(ids.playlist(&row.text(0)?)))
        .collect::<Result<Vec<_>, AppError>>()?;
    collections::page(&id, &url, asked, PAGE_ITEMS, None, items)
}
