//! What is in a playlist.

use std::collections::BTreeMap;

use domain::Privacy;
use ports::{Database, Platform};
use rest::ResultList;
use rest::ids::{self, VideoRef};
use rest::playlist::{PlacedVideo, PlaylistElement, element_kind};
use store::playlist::{self as rows, ElementRow, Moved, NewElement, PlaylistRow};
use store::video::list;

use super::change::write;
use super::{Change, MAX_ELEMENTS, check_visible, managed, only};
use crate::accounts::SignedIn;
use crate::videos::{Viewer, shape, video_key, visible_id};
use crate::{AppError, Rejection};

/// What an element is to who looks (PeerTube's kinds). Whoever owns a video sees it always; in internal videos
/// everybody with an account is at home; another's password nobody has given here.
fn kind(row: &ElementRow, viewer: Option<&SignedIn>) -> u8 {
    let Some(video) = &row.video else {
        return element_kind::DELETED;
    };
    if viewer.is_some_and(|user| user.account_id == video.owner_id) {
        return element_kind::REGULAR;
    }
    match Privacy::from_number(i64::from(video.privacy)) {
        Some(Privacy::Public | Privacy::Unlisted) => {}
        Some(Privacy::Internal) if viewer.is_some() => {}
        _ => return element_kind::PRIVATE,
    }
    if video.is_blocked != 0 || video.state != 1 {
        return element_kind::UNAVAILABLE;
    }
    element_kind::REGULAR
}

/// A part of a playlist, and the playlist itself.
pub(super) async fn part<P: Platform>(
    platform: &P,
    playlist: &VideoRef,
    user: Option<&SignedIn>,
    (start, count): (u32, u32),
) -> Result<(PlaylistRow, Vec<PlaylistElement>), AppError> {
    let key = video_key(playlist);
    let batch = vec![rows::select(key), rows::select_elements(key, start, count)];
    let results = platform.database().batch(batch).await?;
    let [found, elements] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let row = only(rows::read(found)?)?;
    check_visible(&row, playlist, user)?;
    let elements = rows::read_elements(elements)?;
    let shown = |element: &ElementRow| {
        let video = element.video.as_ref()?;
        (kind(element, user) == element_kind::REGULAR).then_some(video.id)
    };
    let mut ids: Vec<i64> = Vec::new();
    for id in elements.iter().filter_map(shown) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let videos = match ids.is_empty() {
        true => Vec::new(),
        false => {
            let batch = vec![list::select_ids(&ids)];
            let results = platform.database().batch(batch).await?;
            list::read(results.first().unwrap_or(&Vec::new()))?
        }
    };
    let videos = videos
        .into_iter()
        .map(|row| shape::list_item(platform.settings(), row, false))
        .collect::<Result<Vec<_>, _>>()?;
    let elements = elements.into_iter().map(|element| {
        let id = shown(&element);
        PlaylistElement {
            id: element.id,
            position: element.position,
            start_timestamp: element.start_secs,
            stop_timestamp: element.stop_secs,
            kind: kind(&element, user),
            video: videos
                .iter()
                .find(|item| Some(item.video.id) == id)
                .cloned(),
        }
    });
    Ok((row, elements.collect()))
}

/// `GET /video-playlists/{id}/videos`.
///
/// # Errors
/// 404; 401 or 403 for somebody else's private one.
pub async fn elements<P: Platform>(
    platform: &P,
    playlist: &VideoRef,
    user: Option<&SignedIn>,
    slice: (u32, u32),
) -> Result<ResultList<PlaylistElement>, AppError> {
    let (row, elements) = part(platform, playlist, user, slice).await?;
    Ok(ResultList::new(row.elements, elements))
}

/// `POST /video-playlists/{id}/videos`: the element's row id. A video may be there more than once.
///
/// # Errors
/// 404 for an unknown playlist or video; 403 for somebody else's playlist; 401 or 403 for a video that the user may
/// not see; 400 for more than [`MAX_ELEMENTS`].
pub async fn add<P: Platform>(
    platform: &P,
    playlist: &VideoRef,
    user: &SignedIn,
    video: &VideoRef,
    (start_secs, stop_secs): (Option<u32>, Option<u32>),
) -> Result<i64, AppError> {
    let row = managed(platform, playlist, user, Change::Elements).await?;
    let video_id = visible_id(platform, video, Viewer::of(Some(user))).await?;
    let new = NewElement {
        playlist_id: row.id,
        video_id,
        start_secs,
        stop_secs,
    };
    let batch = vec![
        rows::add(&new, MAX_ELEMENTS),
        rows::touch(row.id, platform.now()),
    ];
    write(platform, batch, "This playlist has too many elements.").await
}

fn no_element(error: AppError) -> AppError {
    match error {
        AppError::Rejected {
            rejection: Rejection::BadRequest,
            ..
        } => AppError::not_found("Video playlist element not found"),
        other => other,
    }
}

/// `PUT /video-playlists/{id}/videos/{elementId}`: from where to where it plays; what is `None` stays.
///
/// # Errors
/// 404; 403 for somebody else's playlist.
pub async fn set_moment<P: Platform>(
    platform: &P,
    (playlist, element_id): (&VideoRef, i64),
    user: &SignedIn,
    start_secs: Option<Option<u32>>,
    stop_secs: Option<Option<u32>>,
) -> Result<(), AppError> {
    let row = managed(platform, playlist, user, Change::Elements).await?;
    let batch = vec![
        rows::set_moment(row.id, element_id, start_secs, stop_secs),
        rows::touch(row.id, platform.now()),
    ];
    let written = write(platform, batch, "").await;
    written.map(|_| ()).map_err(no_element)
}

/// `DELETE /video-playlists/{id}/videos/{elementId}`.
///
/// # Errors
/// 404; 403 for somebody else's playlist.
pub async fn remove<P: Platform>(
    platform: &P,
    (playlist, element_id): (&VideoRef, i64),
    user: &SignedIn,
) -> Result<(), AppError> {
    let row = managed(platform, playlist, user, Change::Elements).await?;
    let mut batch = Vec::from(rows::lift(row.id, element_id));
    batch.push(rows::touch(row.id, platform.now()));
    let written = write(platform, batch, "").await;
    written.map(|_| ()).map_err(no_element)
}

/// What `POST …/videos/reorder` asks for; positions count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// First that moves.
    pub start: u32,
    /// How many move, 1 or more.
    pub length: u32,
    /// Behind which, 0 for the head.
    pub after: u32,
}

/// `POST /video-playlists/{id}/videos/reorder`.
///
/// # Errors
/// 404; 403 for somebody else's playlist; 400 for positions that it does not have.
pub async fn move_block<P: Platform>(
    platform: &P,
    playlist: &VideoRef,
    user: &SignedIn,
    block: Block,
) -> Result<(), AppError> {
    let row = managed(platform, playlist, user, Change::Elements).await?;
    let last = block.start.saturating_add(block.length).saturating_sub(1);
    let exceeds = format!(
        "Start position, length or insert after position exceed the playlist limits (max: {})",
        row.elements
    );
    if u64::from(last.max(block.after)) > row.elements {
        return Err(AppError::rejected(Rejection::BadRequest, exceeds));
    }
    // Where it is, or within itself.
    if (block.start.saturating_sub(1)..=last).contains(&block.after) {
        return Ok(());
    }
    let moved = Moved {
        start: block.start,
        length: block.length,
        after: block.after,
    };
    let mut batch = Vec::from(rows::move_block(row.id, moved, last.max(block.after)));
    batch.push(rows::touch(row.id, platform.now()));
    write(platform, batch, &exceeds).await.map(|_| ())
}

/// `GET /users/me/video-playlists/videos-exist`: where the user has put each of these videos, by row id.
///
/// # Errors
/// When the database fails.
pub async fn placed<P: Platform>(
    platform: &P,
    user: &SignedIn,
    video_ids: &[i64],
) -> Result<BTreeMap<i64, Vec<PlacedVideo>>, AppError> {
    let mut found: BTreeMap<i64, Vec<PlacedVideo>> = BTreeMap::new();
    for id in video_ids {
        found.entry(*id).or_default();
    }
    let ids = serde_json::json!(video_ids).to_string();
    let batch = vec![rows::select_placed(user.account_id, &ids)];
    let results = platform.database().batch(batch).await?;
    for row in results.first().into_iter().flatten() {
        let row = rows::read_placed(row)?;
        found.entry(row.video_id).or_default().push(PlacedVideo {
            playlist_element_id: row.element_id,
            playlist_id: row.playlist_id,
            playlist_display_name: row.display_name,
            playlist_short_uuid: ids::short_uuid(&row.uuid).unwrap_or_default(),
            start_timestamp: row.start_secs,
            stop_timestamp: row.stop_secs,
        });
    }
    Ok(found)
}
