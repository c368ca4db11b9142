//! What pages show.

use ports::{Platform, Rows, Statement};
use rest::ids::VideoRef;
use rest::playlist::{PlaylistElement, VideoPlaylist};
use store::playlist::{self as rows, List, Scope, SortBy};

use super::{elements, shape};
use crate::AppError;

/// A page of a playlist.
#[derive(Debug, Clone, PartialEq)]
pub struct ElementsPage {
    /// The playlist.
    pub playlist: VideoPlaylist,
    /// A page of its elements.
    pub elements: Vec<PlaylistElement>,
}

/// A page of a playlist as strangers see it, `number` counted from 1.
///
/// # Errors
/// 404 for one that strangers may not see, too.
pub async fn elements_page<P: Platform>(
    platform: &P,
    playlist: &VideoRef,
    number: u32,
    per_page: u32,
) -> Result<ElementsPage, AppError> {
    let start = number.saturating_sub(1).saturating_mul(per_page);
    let part = elements::part(platform, playlist, None, (start, per_page)).await;
    let (row, elements) = part.map_err(|error| match error {
        AppError::Rejected { .. } => super::not_found(),
        other => other,
    })?;
    Ok(ElementsPage {
        playlist: shape::playlist(platform.settings(), row),
        elements,
    })
}

/// Selects the public playlists of a channel, those changed last first.
pub(crate) fn of_channel(name: &str, count: u32) -> Statement {
    rows::select_list(&List {
        scope: Scope::Channel(name),
        owner_id: None,
        kind: None,
        search: None,
        sort: (SortBy::UpdatedAt, true),
        start: 0,
        count,
    })
}

/// Reads [`of_channel`]; those with nothing in them are left out.
pub(crate) fn read_filled<P: Platform>(
    platform: &P,
    found: &Rows,
) -> Result<Vec<VideoPlaylist>, AppError> {
    Ok(rows::read(found)?
        .into_iter()
        .filter(|row| row.elements > 0)
        .map(|row| shape::playlist(platform.settings(), row))
        .collect())
}
