//! Lists of videos that people put together.

mod route;

use app::AppError;
use app::accounts::SignedIn;
use app::playlists::{self, Block, PlaylistEdit, PlaylistQuery, Scope};
use http::Method;
use ports::{Body, Platform};
use rest::form::{FieldReader, FieldRules, FormBody};
use rest::ids::{VideoRef, short_uuid};
use rest::list::{DateSort, Page};
use rest::playlist::PLAYLIST_PRIVACIES;
use rest::upload::limits;
use rest::vocabulary::numbered_map;
use serde_json::json;

use crate::answer::{json, no_content, no_store};
use crate::cacheable::{STEADY_SECS, VOLATILE_SECS, shared_json};
use crate::credentials::{maybe_signed_in, not_signed_in};
use crate::videos::{query_form, refused};
use crate::{Answer, RequestHead, form};

pub(crate) use route::Route;

/// Bytes of a form: the fields, and the picture that clients may attach.
const FORM_MAX_BYTES: usize = rest::form::MAX_FORM_BYTES + limits::IMAGE_BYTES;
/// Characters of a playlist's name (PeerTube's bounds).
const NAME_CHARS: std::ops::RangeInclusive<usize> = 1..=120;
/// Characters of a playlist's description (PeerTube's bounds).
const DESCRIPTION_CHARS: std::ops::RangeInclusive<usize> = 3..=1_000;
/// Characters of a search.
const SEARCH_CHARS: std::ops::RangeInclusive<usize> = 1..=200;
/// Videos that one request may ask about.
const MAX_ASKED: usize = 100;
/// Longest video in seconds that a moment may lie in: a month.
const MOMENT_MAX_SECS: u32 = 31 * 24 * 3_600;

/// Answers one route. Who asks and what they send is read in one place: every route would bring its own copy of
/// the waiting for both.
pub(crate) async fn handle<P: Platform>(
    platform: &P,
    head: &RequestHead,
    route: Route,
    body: Body,
) -> Answer {
    let user = maybe_signed_in(platform, head).await?;
    let is_read = head.method == Method::GET;
    if user.is_none() && (!is_read || route == Route::Placed) {
        return Err(not_signed_in());
    }
    let form = match is_read {
        true => query_form(head)?,
        false => form::read(head, body, FORM_MAX_BYTES).await?.form,
    };
    let stored = |handle: &str| app::follows::stored_name(platform.settings(), handle);
    let Some(user) = user.as_ref().filter(|_| !is_read || route == Route::Placed) else {
        let reader = FieldReader::query(&form);
        let user = user.as_ref();
        return match route {
            Route::Privacies => shared_json(head, &numbered_map(PLAYLIST_PRIVACIES), STEADY_SECS),
            Route::OfAccount(handle) => {
                list(
                    platform,
                    head,
                    user,
                    Scope::Account(&stored(&handle)),
                    reader,
                )
                .await
            }
            Route::OfChannel(handle) => {
                list(
                    platform,
                    head,
                    user,
                    Scope::Channel(&stored(&handle)),
                    reader,
                )
                .await
            }
            Route::Details(id) => {
                let found = playlists::details(platform, &playlist_ref(&id)?, user).await?;
                shared_json(head, &found, VOLATILE_SECS)
            }
            Route::Elements(id) => elements(platform, head, user, &id, reader).await,
            _ => list(platform, head, user, Scope::Instance, reader).await,
        };
    };
    change(platform, user, route, &form).await
}

/// What only somebody who is signed in may ask for.
async fn change<P: Platform>(
    platform: &P,
    user: &SignedIn,
    route: Route,
    form: &FormBody,
) -> Answer {
    let reader = FieldReader::body(form);
    match route {
        Route::Create => create(platform, user, reader).await,
        Route::Add(id) => add(platform, user, &playlist_ref(&id)?, reader).await,
        Route::Update(id) => update(platform, user, &playlist_ref(&id)?, reader).await,
        Route::Reorder(id) => reorder(platform, user, &playlist_ref(&id)?, reader).await,
        Route::SetMoment(id, element) => {
            let element = (&playlist_ref(&id)?, element_id(&element)?);
            set_moment(platform, user, element, reader).await
        }
        Route::Delete(id) => {
            playlists::delete(platform, &playlist_ref(&id)?, user).await?;
            Ok(no_content())
        }
        Route::Remove(id, element) => {
            let element = (&playlist_ref(&id)?, element_id(&element)?);
            playlists::remove(platform, element, user).await?;
            Ok(no_content())
        }
        _ => placed(platform, user, FieldReader::query(form)).await,
    }
}

/// The playlist that a path names; what is no id at all names nothing.
fn playlist_ref(id: &str) -> Result<VideoRef, AppError> {
    VideoRef::parse(id).ok_or_else(|| AppError::not_found("Video playlist not found"))
}

fn element_id(id: &str) -> Result<i64, AppError> {
    match VideoRef::parse(id) {
        Some(VideoRef::Id(id)) => Ok(id),
        _ => Err(AppError::invalid_field(
            "playlistElementId",
            "must be a number",
        )),
    }
}

async fn list<P: Platform>(
    platform: &P,
    head: &RequestHead,
    user: Option<&SignedIn>,
    scope: Scope<'_>,
    mut reader: FieldReader<'_>,
) -> Answer {
    let query = PlaylistQuery {
        scope,
        page: Page::from_query(&mut reader),
        kind: reader.number("playlistType", 1..=2),
        search: reader.text("search", SEARCH_CHARS),
    };
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    let list = playlists::playlists(platform, &query, user).await?;
    shared_json(head, &list, VOLATILE_SECS)
}

async fn placed<P: Platform>(platform: &P, user: &SignedIn, mut reader: FieldReader<'_>) -> Answer {
    let rules = FieldRules {
        items: 1..=MAX_ASKED,
        chars: 1..=19,
    };
    let asked = reader.list("videoIds", &rules).unwrap_or_default();
    let mut ids: Vec<i64> = Vec::new();
    for text in &asked {
        match VideoRef::parse(text) {
            Some(VideoRef::Id(id)) => ids.push(id),
            _ => reader.refuse("videoIds", "must be numbers"),
        }
    }
    if asked.is_empty() && !reader.has_refused() {
        reader.refuse("videoIds", "is missing");
    }
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    json(&playlists::placed(platform, user, &ids).await?).map(no_store)
}

/// Reads the fields that making and changing have in common, but the name. A picture that is attached is read and
/// left aside: a playlist shows that of its first video.
fn edit(reader: &mut FieldReader<'_>) -> PlaylistEdit {
    let text = |change: Option<Option<&str>>| change.map(|text| text.map(str::to_owned));
    PlaylistEdit {
        display_name: None,
        description: text(reader.change_text("description", DESCRIPTION_CHARS)),
        privacy: reader.number("privacy", 1..=3),
        channel_id: reader.change("videoChannelId", |reader, path| {
            reader.number(path, 1..=i64::from(u32::MAX))
        }),
    }
}

async fn create<P: Platform>(platform: &P, user: &SignedIn, mut reader: FieldReader<'_>) -> Answer {
    let name = reader.required_text("displayName", NAME_CHARS);
    let edit = edit(&mut reader);
    let (Some(name), false) = (name, reader.has_refused()) else {
        return Ok(refused(reader.into_refused()));
    };
    let (id, uuid) = playlists::create(platform, user, name, &edit).await?;
    let short = short_uuid(&uuid);
    json(&json!({ "videoPlaylist": { "id": id, "uuid": uuid, "shortUUID": short } })).map(no_store)
}

async fn update<P: Platform>(
    platform: &P,
    user: &SignedIn,
    playlist: &VideoRef,
    mut reader: FieldReader<'_>,
) -> Answer {
    let edit = PlaylistEdit {
        display_name: reader.text("displayName", NAME_CHARS).map(str::to_owned),
        ..edit(&mut reader)
    };
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    playlists::update(platform, playlist, user, edit).await?;
    Ok(no_content())
}

async fn elements<P: Platform>(
    platform: &P,
    head: &RequestHead,
    user: Option<&SignedIn>,
    id: &str,
    mut reader: FieldReader<'_>,
) -> Answer {
    let playlist = playlist_ref(id)?;
    let page = Page::<DateSort>::from_query(&mut reader);
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    let part = (page.start, page.count);
    let list = playlists::elements(platform, &playlist, user, part).await?;
    shared_json(head, &list, VOLATILE_SECS)
}

/// `startTimestamp` and `stopTimestamp`; `None` for what was not named.
type Moment = (Option<Option<u32>>, Option<Option<u32>>);

fn moment(reader: &mut FieldReader<'_>) -> Moment {
    let mut secs = |field| {
        reader.change(field, |reader, path| {
            reader.number(path, 0..=MOMENT_MAX_SECS)
        })
    };
    (secs("startTimestamp"), secs("stopTimestamp"))
}

async fn add<P: Platform>(
    platform: &P,
    user: &SignedIn,
    playlist: &VideoRef,
    mut reader: FieldReader<'_>,
) -> Answer {
    let video = reader.known("videoId", VideoRef::parse);
    let (start, stop) = moment(&mut reader);
    if video.is_none() && !reader.has_refused() {
        reader.refuse("videoId", "is missing");
    }
    let (Some(video), false) = (video, reader.has_refused()) else {
        return Ok(refused(reader.into_refused()));
    };
    let moment = (start.flatten(), stop.flatten());
    let id = playlists::add(platform, playlist, user, &video, moment).await?;
    json(&json!({ "videoPlaylistElement": { "id": id } })).map(no_store)
}

async fn set_moment<P: Platform>(
    platform: &P,
    user: &SignedIn,
    element: (&VideoRef, i64),
    mut reader: FieldReader<'_>,
) -> Answer {
    let (start, stop) = moment(&mut reader);
    if let Err(wrong) = reader.finish() {
        return Ok(refused(wrong));
    }
    playlists::set_moment(platform, element, user, start, stop).await?;
    Ok(no_content())
}

fn block(reader: &mut FieldReader<'_>) -> Option<Block> {
    let most = playlists::MAX_ELEMENTS;
    Some(Block {
        start: reader.required_number("startPosition", 1..=most)?,
        after: reader.required_number("insertAfterPosition", 0..=most)?,
        length: reader.number("reorderLength", 1..=most).unwrap_or(1),
    })
}

async fn reorder<P: Platform>(
    platform: &P,
    user: &SignedIn,
    playlist: &VideoRef,
    mut reader: FieldReader<'_>,
) -> Answer {
    let (Some(block), false) = (block(&mut reader), reader.has_refused()) else {
        return Ok(refused(reader.into_refused()));
    };
    playlists::move_block(platform, playlist, user, block).await?;
    Ok(no_content())
}
