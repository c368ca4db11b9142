//! From the last byte to the video.

use ports::{Database, ObjectStore, Platform, Statement, UploadedPart};
use store::upload::{self as rows, UploadRow};

use super::INTENT_MS;
use super::blocks::{Blocks, len_of};
use super::details::{Details, StoredPicture};
use super::media::{probe_blocks, probe_object};
use super::parts::{Stopped, object_key};
use super::picture::Picture;
use super::publish::{NewVideoIds, Original, publish};
use crate::AppError;

/// Makes the video of an upload whose parts are all stored. May be repeated and may run twice at once:
/// only one of them makes the video.
pub(super) async fn finish_large<P: Platform>(
    platform: &P,
    upload_id: &str,
) -> Result<NewVideoIds, Stopped> {
    let results = platform
        .database()
        .batch(vec![
            rows::select_upload(upload_id),
            rows::select_parts(upload_id),
        ])
        .await
        .map_err(AppError::from)?;
    let mut results = results.into_iter();
    let row = results.next().unwrap_or_default();
    let row = row
        .first()
        .map(rows::upload_row)
        .transpose()
        .map_err(AppError::from)?;
    let Some(row) = row.filter(|row| !row.is_dropped && row.video_uuid.is_none()) else {
        return Err(Stopped::Overtaken);
    };
    let mut parts = Vec::new();
    for part in results
        .next()
        .unwrap_or_default()
        .iter()
        .map(rows::upload_part)
    {
        let part = part.map_err(AppError::from)?;
        parts.push(UploadedPart {
            number: u16::try_from(part.number).map_err(AppError::bug)?,
            etag: part.etag,
        });
    }
    let Some((object_key, multipart_id)) = row.multipart.clone() else {
        return Err(Stopped::Failed(AppError::bug(
            "all bytes are here, but no parts",
        )));
    };
    complete(
        platform,
        &object_key,
        &multipart_id,
        &parts,
        row.total_bytes,
    )
    .await?;
    let info = probe_object(platform, &object_key, row.total_bytes).await?;
    let original = Original {
        user_id: row.user_id,
        details: &Details::from_json(&row.metadata)?,
        object_key,
        size_bytes: row.total_bytes,
        info,
        upload: Some(&row),
        also: Vec::new(),
    };
    publish(platform, original).await
}

/// Makes the object of its parts, unless an earlier try did: storage forgets the parts then and can
/// only say that it does not know them.
pub(super) async fn complete<P: Platform>(
    platform: &P,
    object_key: &str,
    multipart_id: &str,
    parts: &[UploadedPart],
    size_bytes: u64,
) -> Result<(), Stopped> {
    let objects = platform.objects();
    let Err(error) = objects
        .complete_multipart(object_key, multipart_id, parts)
        .await
    else {
        return Ok(());
    };
    match objects.head(object_key).await? {
        Some(info) if info.size_bytes == size_bytes => Ok(()),
        _ => Err(error.into()),
    }
}

/// Makes the video of an upload of at most one part, whose bytes are in memory and nowhere else: a
/// client that gets no answer sends the last chunk again.
pub(super) async fn finish_small<P: Platform>(
    platform: &P,
    row: &UploadRow,
    blocks: Blocks,
) -> Result<NewVideoIds, Stopped> {
    let now = platform.now();
    let small = Small {
        user_id: row.user_id,
        details: &Details::from_json(&row.metadata)?,
        blocks,
        pictures: Vec::new(),
        upload: Some(row),
        also: row
            .tail_object_key
            .iter()
            .map(|tail| rows::disown(tail, now))
            .collect(),
    };
    publish_small(platform, small).await
}

/// A whole file in memory.
pub(super) struct Small<'a> {
    /// Whose.
    pub(super) user_id: i64,
    /// What they said of it.
    pub(super) details: &'a Details,
    /// The file.
    pub(super) blocks: Blocks,
    /// Those of `details.pictures` that are not stored yet, in their order.
    pub(super) pictures: Vec<Picture>,
    /// The upload that ends with this.
    pub(super) upload: Option<&'a UploadRow>,
    /// What else the last batch does.
    pub(super) also: Vec<Statement>,
}

/// Looks at a file in memory, stores it as one object and makes its video. Two batches.
pub(super) async fn publish_small<P: Platform>(
    platform: &P,
    small: Small<'_>,
) -> Result<NewVideoIds, Stopped> {
    let info = probe_blocks(&small.blocks)?;
    let object_key = object_key(platform, info.extension());
    let places = &small.details.pictures;
    let mut fresh: Vec<String> = vec![object_key.clone()];
    fresh.extend(
        places
            .iter()
            .take(small.pictures.len())
            .map(StoredPicture::object_key),
    );
    let until = platform.now().plus_ms(INTENT_MS);
    let intents = fresh
        .iter()
        .map(|fresh_key| rows::intend(fresh_key, until))
        .collect();
    platform
        .database()
        .batch(intents)
        .await
        .map_err(AppError::from)?;
    platform
        .objects()
        .put_blocks(&object_key, info.content_type(), &small.blocks)
        .await?;
    for (picture, place) in small.pictures.into_iter().zip(places) {
        picture.store(platform, place).await?;
    }
    let mut also = small.also;
    let now = platform.now();
    also.extend(fresh.iter().map(|fresh_key| rows::own(fresh_key, now)));
    let original = Original {
        user_id: small.user_id,
        details: small.details,
        object_key,
        size_bytes: small
            .blocks
            .iter()
            .map(|block| len_of(block.as_ref()))
            .sum(),
        info,
        upload: small.upload,
        also,
    };
    let published = publish(platform, original).await;
    if matches!(published, Err(Stopped::Refused(_))) {
        // Nobody will ask for these again: no need to wait for the intents to run out.
        let due = fresh
            .iter()
            .map(|fresh_key| rows::disown(fresh_key, now))
            .collect();
        if let Err(error) = platform.database().batch(due).await {
            platform.log(&format!(
                "objects of a refused upload stay for a day: {error}"
            ));
        }
    }
    published
}
