//! Copies of other servers' videos that are kept here.

use activitypub::object::{Addressing, CacheFile, Context, Ids};
use ports::{Database, Platform, Row};
use store::mirror as rows;

use super::{Document, Found, found, raw};
use crate::AppError;

/// Another server's video, and what is or was kept of it here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirrored {
    /// Folder of the copy; `None` where there is none.
    pub base_url: Option<String>,
    /// When it ends, in Unix milliseconds; `None`: it stays.
    pub expires_unix_ms: Option<i64>,
    /// ActivityPub id of the video.
    pub video_url: String,
    /// ActivityPub id of its owner.
    pub owner_url: String,
    /// Where the owner's server receives.
    pub owner_inbox: Option<String>,
}

fn read(row: &Row) -> Result<Mirrored, AppError> {
    let is_kept = row.optional_integer(5)? == Some(1);
    Ok(Mirrored {
        base_url: row.optional_text(0)?.filter(|_| is_kept),
        expires_unix_ms: row.optional_integer(1)?,
        video_url: row.text(2)?,
        owner_url: row.text(3)?,
        owner_inbox: row.optional_text(4)?,
    })
}

/// What is kept of the video of that UUID; `None` when it is none of another server's.
///
/// # Errors
/// When the database fails.
pub async fn mirrored<P: Platform>(platform: &P, uuid: &str) -> Result<Option<Mirrored>, AppError> {
    let batch = vec![rows::select_document(uuid)];
    let results = platform.database().batch(batch).await?;
    let row = results.first().and_then(|rows| rows.first());
    row.map(read).transpose()
}

impl Mirrored {
    /// The copy as its origin is told of it; `None` where there is none. Pure.
    ///
    /// # Errors
    /// None that a caller could provoke.
    pub fn document(&self, origin: &str, uuid: &str) -> Result<Option<Document>, AppError> {
        let Some(base_url) = &self.base_url else {
            return Ok(None);
        };
        let ids = Ids { origin };
        let (id, addressing) = (ids.cache_file(uuid), Addressing::only(&[&self.owner_url]));
        let body = raw(&CacheFile {
            id: &id,
            video: &self.video_url,
            base_url,
            expires_unix_ms: self.expires_unix_ms,
            addressing: &addressing,
        })?;
        Ok(Some(Document {
            id,
            context: Context::CacheFile,
            body,
            addressing,
            actor_url: ids.instance(),
            channel_url: None,
        }))
    }
}

/// The document of the copy of that video.
///
/// # Errors
/// When the database fails.
pub async fn mirror<P: Platform>(platform: &P, uuid: &str) -> Result<Option<Found>, AppError> {
    let Some(mirrored) = mirrored(platform, uuid).await? else {
        return Ok(None);
    };
    let origin = &platform.settings().public_origin;
    Ok(mirrored.document(origin, uuid)?.and_then(found))
}
