//! The first call of a resumable upload.

use domain::limits::{UPLOAD_MAX_BYTES, UPLOADS_PER_USER};
use domain::time::MINUTE_MS;
use ports::{Database, DatabaseError, Platform, Rows, Statement};
use rest::upload::VideoCreate;
use sha2::{Digest, Sha256};
use store::upload::{self as rows, NewUpload, UploadRow};

use super::INTENT_MS;
use super::allowance::{check_channel, check_quota, too_large};
use super::details::{Details, StoredPicture};
use super::picture::Picture;
use crate::accounts::SignedIn;
use crate::random::hex_token;
use crate::{AppError, Rejection};

/// When a user with too many open uploads may try again: some finish or are given up meanwhile.
const RETRY_AFTER_SECS: u32 = 60;

/// What a client says before it sends the first byte.
#[derive(Debug, Clone)]
pub struct NewResumable {
    /// The checked fields.
    pub create: VideoCreate,
    /// Size of the whole file.
    pub total_bytes: u64,
    /// The file's own date as the client writes it; with title and size it names the file, so that a
    /// reloaded page goes on where it was. PeerTube's clients send milliseconds.
    pub last_modified: Option<String>,
    /// Small picture.
    pub thumbnail: Option<Picture>,
    /// Large picture.
    pub preview: Option<Picture>,
}

/// An upload that waits for its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenUpload {
    /// For the query of `Location`.
    pub upload_id: String,
    /// What is already safe: not 0 for an upload that is taken up again.
    pub received_bytes: u64,
}

/// Opens an upload, or finds the user's open one of the same file and gives it the new details.
///
/// Costs two batches, and one object write per picture.
///
/// # Errors
/// 400 for wrong fields, 403 for another's channel, 413 `max_file_size_reached` or `quota_reached`,
/// 422 for an empty file, 429 when the user has [`UPLOADS_PER_USER`] open uploads.
pub async fn open<P: Platform>(
    platform: &P,
    user: &SignedIn,
    new: NewResumable,
) -> Result<OpenUpload, AppError> {
    let raw_filename = new.create.filename.clone().unwrap_or_default();
    let fingerprint = fingerprint(&new);
    let mut details = Details::new(platform, new.create, &raw_filename)?;
    check_size(new.total_bytes)?;
    let pictures = Picture::select(new.thumbnail, new.preview);
    details.pictures = pictures
        .iter()
        .map(|picture| picture.named(platform))
        .collect();

    let now = platform.now();
    let mut batch = vec![
        rows::select_channel_user(details.channel_id),
        rows::select_allowance(user.user_id, now),
    ];
    batch.extend(
        fingerprint
            .iter()
            .map(|print| rows::select_fingerprint(user.user_id, print)),
    );
    batch.extend(
        details
            .pictures
            .iter()
            .map(|place| rows::intend(&place.object_key(), now.plus_ms(INTENT_MS))),
    );
    let results = platform.database().batch(batch).await?;
    check_channel(&results, 0, user.user_id)?;
    check_quota(&results, 1, new.total_bytes)?;
    let existing = match &fingerprint {
        Some(_) => found(&results, 2)?,
        None => None,
    };
    for (picture, place) in pictures.into_iter().zip(&details.pictures) {
        picture.store(platform, place).await?;
    }
    match existing {
        Some(row) => renew(platform, row, &details).await,
        None => insert(platform, user, fingerprint, new.total_bytes, &details).await,
    }
}

fn check_size(total_bytes: u64) -> Result<(), AppError> {
    match total_bytes {
        0 => Err(AppError::rejected(
            Rejection::Unprocessable,
            "The file is empty",
        )),
        1..=UPLOAD_MAX_BYTES => Ok(()),
        _ => Err(too_large()),
    }
}

/// Names a file of a user without keeping what it is named by.
fn fingerprint(new: &NewResumable) -> Option<String> {
    let modified = new
        .last_modified
        .as_deref()
        .filter(|text| !text.is_empty())?;
    let filename = new.create.filename.as_deref().unwrap_or_default();
    // Lengths keep two fields from running into each other.
    let text = format!(
        "{}:{}{}:{filename}{}:{modified}",
        new.create.name.len(),
        new.create.name,
        filename.len(),
        new.total_bytes,
    );
    Some(hex::encode(Sha256::digest(text.as_bytes())))
}

fn found(results: &[Rows], index: usize) -> Result<Option<UploadRow>, AppError> {
    let row = results.get(index).and_then(|rows| rows.first());
    Ok(row.map(rows::upload_row).transpose()?)
}

fn own_pictures<P: Platform>(platform: &P, details: &Details) -> Vec<Statement> {
    details
        .pictures
        .iter()
        .map(|place| rows::own(&place.object_key(), platform.now()))
        .collect()
}

async fn insert<P: Platform>(
    platform: &P,
    user: &SignedIn,
    fingerprint: Option<String>,
    total_bytes: u64,
    details: &Details,
) -> Result<OpenUpload, AppError> {
    let new = NewUpload {
        id: hex_token::<16, P>(platform),
        user_id: user.user_id,
        fingerprint,
        total_bytes: i64::try_from(total_bytes).map_err(AppError::bug)?,
        metadata: details.to_json()?,
        now: platform.now(),
    };
    let mut batch = vec![rows::insert_upload(&new, UPLOADS_PER_USER)];
    batch.extend(own_pictures(platform, details));
    match platform.database().batch(batch).await {
        Ok(_) => Ok(OpenUpload {
            upload_id: new.id,
            received_bytes: 0,
        }),
        Err(DatabaseError::DemandNotMet { statement: 0, .. }) => Err(too_many_open()),
        Err(DatabaseError::Constraint { statement: 0, .. }) => {
            take_up(platform, &new, details).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The same page sent the same first call twice at once, and the other one was faster.
async fn take_up<P: Platform>(
    platform: &P,
    new: &NewUpload,
    details: &Details,
) -> Result<OpenUpload, AppError> {
    let print = new.fingerprint.as_deref().unwrap_or_default();
    let results = platform
        .database()
        .batch(vec![rows::select_fingerprint(new.user_id, print)])
        .await?;
    match found(&results, 0)? {
        Some(row) => renew(platform, row, details).await,
        None => Err(changed_meanwhile()),
    }
}

pub(super) fn too_many_open() -> AppError {
    AppError::rejected(
        Rejection::TooManyRequests {
            retry_after_secs: RETRY_AFTER_SECS,
        },
        format!("You have {UPLOADS_PER_USER} unfinished uploads: finish or cancel one first"),
    )
}

fn changed_meanwhile() -> AppError {
    AppError::Unavailable {
        cause: "the upload changed meanwhile".to_owned(),
    }
}

/// Gives an open upload new details; its old pictures go.
async fn renew<P: Platform>(
    platform: &P,
    row: UploadRow,
    details: &Details,
) -> Result<OpenUpload, AppError> {
    let now = platform.now();
    let mut batch = vec![rows::set_metadata(
        &row.id,
        &row.metadata,
        &details.to_json()?,
        now,
    )];
    batch.extend(own_pictures(platform, details));
    let old: Vec<StoredPicture> = Details::from_json(&row.metadata)?.pictures;
    batch.extend(
        old.iter()
            .map(|place| rows::disown(&place.object_key(), now.plus_ms(MINUTE_MS))),
    );
    match platform.database().batch(batch).await {
        Ok(_) => Ok(OpenUpload {
            upload_id: row.id,
            // A client that believes to be done would never ask for the video: it sends a byte again.
            received_bytes: row.received_bytes.min(row.total_bytes.saturating_sub(1)),
        }),
        Err(DatabaseError::DemandNotMet { statement: 0, .. }) => Err(changed_meanwhile()),
        Err(error) => Err(error.into()),
    }
}
