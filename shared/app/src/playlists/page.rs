//! What pages show.

use ports::{Database, Platform};
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
/// 404; 401 for a private one.
pub async fn elements_page<P: Platform>(
    platform: &P,
    playlist: &VideoRef,
    number: u32,
    per_page: u32,
) -> Result<ElementsPage, AppError> {
    let start = number.saturating_sub(1).saturating_mul(per_page);
    let (row, elements) = elements::part(platform, playlist, None, (start, per_page)).await?;
    Ok(ElementsPage {
        playlist: shape::playlist(platform.settings(), row),
        elements,
    })
}

/// The public playlists of a channel that have anything in them, those changed last first.
///
/// # Errors
/// When the database fails.
pub async fn channel_playlists<P: Platform>(
    platform: &P,
    name: &str,
    count: u32,
) -> Result<Vec<VideoPlaylist>, AppError> {
    let list = List {
        scope: Scope::Channel(name),
        owner_id: None,
        kind: None,
        search: None,
        sort: (SortBy::UpdatedAt, true),
        start: 0,
        count,
    };
    let batch = vec![rows::select_list(&list)];
    let results = platform.database().batch(batch).await?;
    Ok(rows::read(results.first().unwrap_or(&Vec::new()))?
        .into_iter()
        .filter(|row| row.elements > 0)
        .map(|row| shape::playlist(platform.settings(), row))
        .collect())
}
