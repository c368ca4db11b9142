//! Lists of videos that people put together.
//!
//! Rights are decided from one batch and a change is made by a second one, whose statements demand what a race
//! could have changed. Others are told by the database's own notes, as of everything.

mod change;
mod elements;
mod page;
mod shape;

use domain::user::Role;
use ports::{Database, Platform};
use rest::ResultList;
use rest::ids::VideoRef;
use rest::list::{Page, PlaylistSort};
use rest::playlist::VideoPlaylist;
use store::playlist::{self as rows, List, PlaylistRow, SortBy};
use store::video::{actor, list};

use crate::accounts::SignedIn;
use crate::videos::video_key;
use crate::{AppError, Rejection};

pub use change::{PlaylistEdit, create, delete, update};
pub use elements::{Block, add, elements, move_block, placed, remove, set_moment};
pub use page::{ElementsPage, elements_page};
pub(crate) use page::{of_channel, read_filled};
pub use store::playlist::Scope;

/// Playlists that an account may have.
pub const MAX_PLAYLISTS: u32 = 500;
/// Elements that a playlist may have.
pub const MAX_ELEMENTS: u32 = 500;
/// Privacy of what everybody may see.
pub(crate) const PUBLIC: u8 = 1;
/// Privacy of what whoever has the link may see.
pub(crate) const UNLISTED: u8 = 2;
/// Privacy of what its owner alone may see.
const PRIVATE: u8 = 3;
/// Type of the list that every user has.
pub(crate) const WATCH_LATER: u8 = 2;

fn not_found() -> AppError {
    AppError::not_found("Video playlist not found")
}

fn forbidden(detail: &'static str) -> AppError {
    AppError::rejected(Rejection::Forbidden, detail)
}

/// Decides whether a playlist may be seen: an unlisted one by who names it by its UUID, a private one by its owner
/// and by administrators.
fn check_visible(
    row: &PlaylistRow,
    named: &VideoRef,
    user: Option<&SignedIn>,
) -> Result<(), AppError> {
    let is_owner = user.is_some_and(|user| user.account_id == row.account.id);
    match (row.privacy, user) {
        _ if is_owner => Ok(()),
        (PUBLIC, _) => Ok(()),
        (UNLISTED, _) if matches!(named, VideoRef::Uuid(_)) => Ok(()),
        (UNLISTED, _) => Err(not_found()),
        (_, Some(user)) if user.role == Role::Administrator => Ok(()),
        (_, Some(_)) => Err(forbidden("Cannot get this private video playlist.")),
        (_, None) => Err(AppError::coded(
            Rejection::Unauthorized,
            "invalid_token",
            "Not authenticated",
        )),
    }
}

/// Whose playlists a role may change besides its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// The playlist itself: moderators may, too.
    Whole,
    /// What is in it: only administrators.
    Elements,
}

/// Decides whether a playlist may be changed, if it is ours.
fn check_manager(
    row: &PlaylistRow,
    change: Change,
    account_id: i64,
    role: Role,
) -> Result<(), AppError> {
    if row.remote_url.is_some() {
        return Err(forbidden("Cannot manage video playlist of another server."));
    }
    let may = match change {
        Change::Whole => role.manages_all_videos(),
        Change::Elements => role == Role::Administrator,
    };
    if row.account.id != account_id && !may {
        return Err(forbidden("Cannot manage video playlist of another user"));
    }
    Ok(())
}

fn only(rows: Vec<PlaylistRow>) -> Result<PlaylistRow, AppError> {
    rows.into_iter().next().ok_or_else(not_found)
}

/// A playlist that the user may change.
async fn managed<P: Platform>(
    platform: &P,
    playlist: &VideoRef,
    user: &SignedIn,
    change: Change,
) -> Result<PlaylistRow, AppError> {
    let batch = vec![rows::select(video_key(playlist))];
    let results = platform.database().batch(batch).await?;
    let row = only(rows::read(results.first().unwrap_or(&Vec::new()))?)?;
    check_manager(&row, change, user.account_id, user.role)?;
    Ok(row)
}

/// `GET /video-playlists/{id}`.
///
/// # Errors
/// 404; 401 or 403 for somebody else's private one.
pub async fn details<P: Platform>(
    platform: &P,
    playlist: &VideoRef,
    user: Option<&SignedIn>,
) -> Result<VideoPlaylist, AppError> {
    let batch = vec![rows::select(video_key(playlist))];
    let results = platform.database().batch(batch).await?;
    let row = only(rows::read(results.first().unwrap_or(&Vec::new()))?)?;
    check_visible(&row, playlist, user)?;
    Ok(shape::playlist(platform.settings(), row))
}

/// What a list of playlists asks for.
#[derive(Debug, Clone, Copy)]
pub struct PlaylistQuery<'a> {
    /// Whose.
    pub scope: Scope<'a>,
    /// Which part, in which order.
    pub page: Page<PlaylistSort>,
    /// 1 or 2.
    pub kind: Option<u8>,
    /// In the name.
    pub search: Option<&'a str>,
}

/// Lists of playlists: public ones, and a user's own in the list of their account.
///
/// # Errors
/// 404 for an unknown account or channel.
pub async fn playlists<P: Platform>(
    platform: &P,
    query: &PlaylistQuery<'_>,
    user: Option<&SignedIn>,
) -> Result<ResultList<VideoPlaylist>, AppError> {
    let search = query.search.map(str::to_lowercase);
    let list = List {
        scope: query.scope,
        owner_id: match query.scope {
            Scope::Instance | Scope::Channel(_) => None,
            Scope::Account(_) => user.map(|user| user.account_id),
        },
        kind: query.kind,
        search: search.as_deref(),
        sort: (
            match query.page.sort.by {
                PlaylistSort::Name | PlaylistSort::DisplayName => SortBy::DisplayName,
                PlaylistSort::UpdatedAt => SortBy::UpdatedAt,
                PlaylistSort::CreatedAt
                | PlaylistSort::VideoChannelPosition
                | PlaylistSort::Match => SortBy::CreatedAt,
            },
            query.page.sort.descending,
        ),
        start: query.page.start,
        count: query.page.count,
    };
    let mut batch = vec![rows::select_list(&list), rows::count_list(&list)];
    let missing = match query.scope {
        Scope::Instance => "",
        Scope::Account(name) => {
            batch.push(actor::select_account(name));
            "Account not found"
        }
        Scope::Channel(name) => {
            batch.push(actor::select_channel(name));
            "Video channel not found"
        }
    };
    let results = platform.database().batch(batch).await?;
    let [found, total, owner @ ..] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    if owner.first().is_some_and(Vec::is_empty) {
        return Err(AppError::not_found(missing));
    }
    let data = rows::read(found)?
        .into_iter()
        .map(|row| shape::playlist(platform.settings(), row))
        .collect();
    Ok(ResultList::new(list::read_count(total)?, data))
}
