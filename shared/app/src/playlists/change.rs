//! Making, changing and deleting playlists.

use ports::{Database, DatabaseError, Platform, Statement};
use rest::ids::VideoRef;
use store::playlist::{self as rows, NewPlaylist};

use super::{Change, MAX_PLAYLISTS, PRIVATE, PUBLIC, WATCH_LATER, managed};
use crate::accounts::SignedIn;
use crate::federation::outgoing;
use crate::random::uuid_v4;
use crate::{AppError, Rejection};

/// What a form says of a playlist; `None` leaves as it is, the inner one clears.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlaylistEdit {
    /// Name for people, 1 to 120 characters.
    pub display_name: Option<String>,
    /// Markdown, 3 to 1,000 characters.
    pub description: Option<Option<String>>,
    /// 1 to 3.
    pub privacy: Option<u8>,
    /// Row id.
    pub channel_id: Option<Option<i64>>,
}

fn bad(detail: &str) -> AppError {
    AppError::rejected(Rejection::BadRequest, detail)
}

fn check_public(privacy: u8, channel_id: Option<i64>) -> Result<(), AppError> {
    if privacy == PUBLIC && channel_id.is_none() {
        return Err(bad(
            "Cannot set \"public\" a playlist that is not assigned to a channel.",
        ));
    }
    Ok(())
}

/// `POST /video-playlists`: row id and UUID.
///
/// # Errors
/// 400 for one that is not private and has no channel, a channel of somebody else, and more than [`MAX_PLAYLISTS`].
pub async fn create<P: Platform>(
    platform: &P,
    user: &SignedIn,
    display_name: &str,
    edit: &PlaylistEdit,
) -> Result<(i64, String), AppError> {
    let privacy = edit.privacy.unwrap_or(PRIVATE);
    let channel_id = edit.channel_id.flatten();
    if privacy != PRIVATE && channel_id.is_none() {
        return Err(bad(
            "Cannot set \"public\" or \"unlisted\" a playlist that is not assigned to a channel.",
        ));
    }
    let uuid = uuid_v4(platform);
    let new = NewPlaylist {
        uuid: &uuid,
        account_id: user.account_id,
        channel_id,
        display_name,
        description: edit.description.as_ref().and_then(Option::as_deref),
        privacy,
        now: platform.now(),
    };
    let refusal = "This channel is not yours, or you have too many playlists.";
    let id = write(platform, vec![rows::insert(&new, MAX_PLAYLISTS)], refusal).await?;
    Ok((id, uuid))
}

/// Runs a batch, answers the number in its first row and has others told.
pub(super) async fn write<P: Platform>(
    platform: &P,
    batch: Vec<Statement>,
    refusal: &str,
) -> Result<i64, AppError> {
    match platform.database().batch(batch).await {
        Ok(results) => {
            outgoing::wake(platform).await;
            let row = results.first().and_then(|rows| rows.first());
            Ok(row.map(|row| row.integer(0)).transpose()?.unwrap_or(0))
        }
        Err(DatabaseError::DemandNotMet { .. }) => Err(bad(refusal)),
        Err(error) => Err(error.into()),
    }
}

/// `PUT /video-playlists/{id}`.
///
/// # Errors
/// 404; 403 for somebody else's; 400 for the list of what to watch later, a public one without a channel, and a
/// channel that is not its owner's.
pub async fn update<P: Platform>(
    platform: &P,
    playlist: &VideoRef,
    user: &SignedIn,
    edit: PlaylistEdit,
) -> Result<(), AppError> {
    let row = managed(platform, playlist, user, Change::Whole).await?;
    if row.kind == WATCH_LATER {
        return Err(bad("Cannot update a watch later playlist."));
    }
    let privacy = edit.privacy.unwrap_or(row.privacy);
    let own_channel_id = row.channel.map(|channel| channel.id);
    let channel_id = edit.channel_id.unwrap_or(own_channel_id);
    check_public(privacy, channel_id)?;
    let name = edit.display_name.unwrap_or(row.display_name);
    let description = edit.description.unwrap_or(row.description);
    let texts = (name.as_str(), description.as_deref());
    let statement = rows::update(row.id, texts, privacy, channel_id, platform.now());
    let refusal = "This channel is not the playlist owner's.";
    write(platform, vec![statement], refusal).await.map(|_| ())
}

/// `DELETE /video-playlists/{id}`.
///
/// # Errors
/// 404; 403 for somebody else's; 400 for the list of what to watch later.
pub async fn delete<P: Platform>(
    platform: &P,
    playlist: &VideoRef,
    user: &SignedIn,
) -> Result<(), AppError> {
    let row = managed(platform, playlist, user, Change::Whole).await?;
    if row.kind == WATCH_LATER {
        return Err(bad("Cannot delete a watch later playlist."));
    }
    write(platform, vec![rows::delete(row.id)], "")
        .await
        .map(|_| ())
}
