//! Uploads that end without a video.

use domain::limits::UPLOAD_IDLE_MS;
use ports::{Database, ObjectStore, Platform};
use store::upload::{self as rows, UploadRow};

use super::decide::{Standing, standing};
use super::details::Details;
use crate::AppError;
use crate::accounts::SignedIn;

/// Uploads that one run of cron gives up: each costs up to two storage calls, and a Worker may make a
/// thousand in one invocation.
const UPLOADS_PER_RUN: u32 = 100;
/// Objects that one run of cron deletes, in one storage call (R2 takes 1,000).
const OBJECTS_PER_RUN: u32 = 500;

/// Cancels an upload, or forgets one that became a video; an unknown one is no error, because that is
/// what the client wanted.
///
/// # Errors
/// 403 for another's.
pub async fn cancel<P: Platform>(
    platform: &P,
    user: &SignedIn,
    upload_id: &str,
) -> Result<(), AppError> {
    let results = platform
        .database()
        .batch(vec![rows::select_upload(upload_id)])
        .await?;
    let row = results
        .first()
        .and_then(|rows| rows.first())
        .map(rows::upload_row)
        .transpose()?;
    match standing(row.as_ref(), user.user_id) {
        Ok(Standing::Published(_)) => {
            platform
                .database()
                .batch(vec![rows::delete_upload(upload_id)])
                .await?;
            Ok(())
        }
        Ok(Standing::Incomplete { .. } | Standing::Complete) => {
            platform
                .database()
                .batch(vec![rows::drop_upload(upload_id)])
                .await?;
            clear(platform, upload_id).await;
            Ok(())
        }
        Err(AppError::Rejected {
            rejection: crate::Rejection::NotFound,
            ..
        }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Gives an upload up and removes what it left; what fails is logged and left to cron.
pub(super) async fn discard<P: Platform>(platform: &P, upload_id: &str) {
    let dropped = platform
        .database()
        .batch(vec![rows::drop_upload(upload_id)])
        .await;
    match dropped {
        Ok(_) => clear(platform, upload_id).await,
        Err(error) => platform.log(&format!("an upload could not be given up: {error}")),
    }
}

/// Removes what a dropped upload left.
async fn clear<P: Platform>(platform: &P, upload_id: &str) {
    if let Err(error) = try_clear(platform, upload_id).await {
        platform.log(&format!("an upload is left to cron: {error:?}"));
    }
}

async fn try_clear<P: Platform>(platform: &P, upload_id: &str) -> Result<(), AppError> {
    let results = platform
        .database()
        .batch(vec![rows::select_upload(upload_id)])
        .await?;
    let row = results
        .first()
        .and_then(|rows| rows.first())
        .map(rows::upload_row)
        .transpose()?;
    if let Some(row) = row.filter(|row| row.is_dropped) {
        remove_objects(platform, &row).await?;
        platform
            .database()
            .batch(vec![rows::delete_upload(upload_id)])
            .await?;
    }
    Ok(())
}

/// Removes all that a dropped upload has in storage; may be repeated.
///
/// The multipart upload goes first: a writer that still runs can then neither add to it nor complete
/// it, so the finished object, if there is one, is the last.
async fn remove_objects<P: Platform>(platform: &P, row: &UploadRow) -> Result<(), AppError> {
    let mut object_keys: Vec<String> = row.tail_object_key.iter().cloned().collect();
    // Rows of form uploads have no details before their end.
    if let Ok(details) = Details::from_json(&row.metadata) {
        object_keys.extend(details.pictures.iter().map(|place| place.object_key()));
    }
    if let Some((object_key, multipart_id)) = &row.multipart {
        platform
            .objects()
            .abort_multipart(object_key, multipart_id)
            .await?;
        object_keys.push(object_key.clone());
    }
    if !object_keys.is_empty() {
        platform.objects().delete(&object_keys).await?;
    }
    Ok(())
}

/// Cron: gives up uploads that nobody touched for [`UPLOAD_IDLE_MS`], removes what they left, and
/// forgets those that became videos. One batch, and one more when something was given up.
///
/// # Errors
/// When the database fails; storage that fails leaves its upload to the next run.
pub async fn collect_abandoned<P: Platform>(platform: &P) -> Result<(), AppError> {
    let idle_since = platform.now().plus_ms(-UPLOAD_IDLE_MS);
    let mut batch = rows::drop_idle(idle_since, UPLOADS_PER_RUN);
    batch.push(rows::select_dropped(UPLOADS_PER_RUN));
    let results = platform.database().batch(batch).await?;
    let mut cleared = Vec::new();
    for row in results.last().into_iter().flatten() {
        let row = rows::upload_row(row)?;
        match remove_objects(platform, &row).await {
            Ok(()) => cleared.push(rows::delete_upload(&row.id)),
            Err(error) => platform.log(&format!("an abandoned upload stays: {error:?}")),
        }
    }
    if !cleared.is_empty() {
        platform.database().batch(cleared).await?;
    }
    Ok(())
}

/// Cron: deletes objects that nobody owns and whose time is over, at most 500 a run. One
/// batch, and when there are some one storage call and one more batch. May be repeated anywhere.
///
/// # Errors
/// When storage or database fail; nothing is forgotten then.
pub async fn delete_unowned_objects<P: Platform>(platform: &P) -> Result<(), AppError> {
    let now = platform.now();
    let results = platform
        .database()
        .batch(vec![rows::select_due(now, OBJECTS_PER_RUN)])
        .await?;
    let object_keys = results
        .iter()
        .flatten()
        .map(rows::unowned_key)
        .collect::<Result<Vec<_>, _>>()?;
    if object_keys.is_empty() {
        return Ok(());
    }
    platform.objects().delete(&object_keys).await?;
    let json = serde_json::to_string(&object_keys).map_err(AppError::bug)?;
    platform
        .database()
        .batch(vec![rows::delete_unowned(&json, now)])
        .await?;
    Ok(())
}
