//! Thumbnails and avatars of other servers, by the names under which we serve them.

use activitypub::AbsoluteUrl;
use ports::{Database, Platform, Rows};
use store::media;

use crate::AppError;
use crate::federation::fetch::{self, FetchError};
use crate::federation::remote_document::RemoteDocument;
use crate::videos::shape::avatar_name;

pub use crate::federation::fetch::{MAX_PICTURE_BYTES, Picture};

/// Whether a thumbnail of that name is another server's: ours are called otherwise.
#[must_use]
pub fn is_remote_thumbnail(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    stem.len() == 32
        && stem
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn not_found() -> AppError {
    AppError::not_found("File not found")
}

async fn rows<P: Platform>(platform: &P, statement: ports::Statement) -> Result<Rows, AppError> {
    let results = platform.database().batch(vec![statement]).await?;
    Ok(results.into_iter().next().unwrap_or_default())
}

/// The thumbnail of that name, from its origin.
///
/// # Errors
/// 404 for a name that nothing has, and when the origin does not give a picture.
pub async fn thumbnail<P: Platform>(platform: &P, name: &str) -> Result<Picture, AppError> {
    let rows = rows(platform, media::select_document_of_thumbnail(name)).await?;
    let row = rows.first().ok_or_else(not_found)?;
    let document = RemoteDocument::parse(&row.text(0)?)?;
    let picture = document
        .pictures
        .into_iter()
        .find(|picture| picture.filename == name)
        .ok_or_else(not_found)?;
    fetched(platform, &picture.url).await
}

/// The avatar of that name, from its origin.
///
/// # Errors
/// As [`thumbnail`].
pub async fn avatar<P: Platform>(platform: &P, name: &str) -> Result<Picture, AppError> {
    let actor_id: i64 = name
        .split_once('-')
        .and_then(|(id, _)| id.parse().ok())
        .ok_or_else(not_found)?;
    let rows = rows(platform, media::select_avatar_url(actor_id)).await?;
    let url = match rows.first() {
        Some(row) => row.optional_text(0)?,
        None => None,
    };
    // A name of before the last change leads nowhere.
    let url = url
        .filter(|url| avatar_name(actor_id, url) == name)
        .ok_or_else(not_found)?;
    fetched(platform, &url).await
}

async fn fetched<P: Platform>(platform: &P, url: &str) -> Result<Picture, AppError> {
    let url = AbsoluteUrl::parse(url).map_err(|_| not_found())?;
    match fetch::get_picture(platform, &url).await {
        Ok(picture) => Ok(picture),
        Err(FetchError::Here(error)) => Err(error),
        Err(_) => Err(not_found()),
    }
}
