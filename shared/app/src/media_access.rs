//! Who may fetch a media file.
//!
//! Media of public and unlisted videos are open; everybody else's need a token. Files keep their object
//! key when a video's privacy changes (moving gigabytes would be neither quick nor atomic), so the key is
//! no secret and every request asks whether its video is open. That question costs one database read per
//! video and edge location every [`OPEN_MAX_AGE_SECS`]: the media function keeps the answer in the edge
//! cache. A video that turns private is closed after that time at the latest, at every location.
//!
//! The rights to a closed file are decided here, anew for each request that brings a bearer token or a
//! password, and from the signature alone for a file token of a known video.

mod file_token;

use domain::Privacy;
use domain::user::Role;
use hmac::{Hmac, KeyInit, Mac};
use ports::{Database, Platform, Settings};
use sha2::Sha256;
use store::media::{self, FileAccessRow, FileKind};
use store::video::details::{self, AccessRow, VideoKey};

use crate::videos::access::{self, Guarded, Identity};
use crate::{AppError, Rejection, accounts};

pub use file_token::{FileToken, TokenError};
pub use store::media::FileKind as NamedFile;

/// For how long an answer to "may anybody fetch this?" may be kept, in seconds.
pub const OPEN_MAX_AGE_SECS: u32 = 30;

/// HMAC-SHA256 under the instance's secret. `purpose` keeps texts of one use from passing for another's.
fn keyed(settings: &Settings, purpose: &str, text: &str) -> Result<Hmac<Sha256>, AppError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(settings.instance_secret.0.as_bytes())
        .map_err(AppError::bug)?;
    mac.update(purpose.as_bytes());
    mac.update(b"\n");
    mac.update(text.as_bytes());
    Ok(mac)
}

/// What is stored of a video's password: 64 hex digits. The video is part of it, so equal passwords of
/// two videos look different.
///
/// # Errors
/// [`AppError::Bug`] never in practice: HMAC takes keys of any length.
pub fn password_hmac(
    settings: &Settings,
    video_uuid: &str,
    password: &str,
) -> Result<String, AppError> {
    let mac = keyed(
        settings,
        "video-password",
        &format!("{video_uuid}\n{password}"),
    )?;
    Ok(hex::encode(mac.finalize().into_bytes()))
}

/// What a request for a closed file brings along.
#[derive(Debug, Clone, Copy, Default)]
pub struct Credentials<'a> {
    /// Of `Authorization: Bearer`.
    pub bearer: Option<&'a str>,
    /// Query parameter `videoFileToken`.
    pub file_token: Option<&'a str>,
    /// Header `x-peertube-video-password`.
    pub password: Option<&'a str>,
}

/// Whether anybody may fetch the media of that video; `None` when there is no such video.
///
/// # Errors
/// When the database fails.
pub async fn is_open<P: Platform>(
    platform: &P,
    video_uuid: &str,
) -> Result<Option<bool>, AppError> {
    let results = platform
        .database()
        .batch(vec![media::select_privacy(video_uuid)])
        .await?;
    let row = results.first().and_then(|rows| rows.first());
    Ok(row.map(|row| row.integer(0)).transpose()?.map(opens))
}

/// The folder of the copy of another server's open video, by the video's UUID.
///
/// # Errors
/// When the database fails.
pub async fn mirror_folder<P: Platform>(
    platform: &P,
    video_uuid: &str,
) -> Result<Option<String>, AppError> {
    let batch = vec![store::mirror::select_folder(video_uuid)];
    let results = platform.database().batch(batch).await?;
    let row = results.first().and_then(|rows| rows.first());
    Ok(row.map(|row| row.text(0)).transpose()?)
}

fn opens(privacy: i64) -> bool {
    Privacy::from_number(privacy).is_some_and(Privacy::media_is_open)
}

/// A plain file by its public name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebFile {
    /// Whether anybody may fetch it.
    pub is_open: bool,
    /// Where its bytes are.
    pub object_key: String,
}

/// The plain file of that name; `None` when there is none.
///
/// # Errors
/// When the database fails.
pub async fn web_file<P: Platform>(
    platform: &P,
    filename: &str,
) -> Result<Option<WebFile>, AppError> {
    let results = platform
        .database()
        .batch(vec![media::select_web_file(filename)])
        .await?;
    let row = media::read_web_file(results.first().ok_or_else(no_result)?)?;
    Ok(row.map(|row| WebFile {
        is_open: opens(row.privacy),
        object_key: row.object_key,
    }))
}

fn no_result() -> AppError {
    AppError::bug("a batch without its results")
}

/// A file that somebody may fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedFile {
    /// Where its bytes are.
    pub object_key: String,
    /// The video's title, for the name of a download.
    pub video_name: String,
    /// Smaller side in pixels, 0 for sound alone.
    pub resolution: u32,
    /// Whether anybody else may fetch it, too.
    pub is_open: bool,
}

/// Opens a file by its kind and name, for downloads and for private plain files.
///
/// # Errors
/// 404 for an unknown name; 401 or 403 for somebody without the right.
pub async fn open_file<P: Platform>(
    platform: &P,
    kind: NamedFile,
    filename: &str,
    credentials: Credentials<'_>,
) -> Result<OpenedFile, AppError> {
    let results = platform
        .database()
        .batch(vec![media::select_file(kind, filename)])
        .await?;
    let row = media::read_file(results.first().ok_or_else(no_result)?)?
        .ok_or_else(|| AppError::not_found("File not found"))?;
    let is_open = opens(row.video.privacy);
    match kind {
        // A torrent holds hashes and a name, and no way to the bytes of a closed video.
        FileKind::Torrent => {}
        FileKind::Original => check_manager(platform, &row.video, credentials).await?,
        FileKind::Web | FileKind::Hls if is_open => {}
        FileKind::Web | FileKind::Hls => check(platform, &row.video, credentials).await?,
    }
    let FileAccessRow {
        object_key,
        video_name,
        resolution,
        ..
    } = row;
    Ok(OpenedFile {
        object_key,
        video_name,
        resolution,
        is_open,
    })
}

/// Checks the right to the HLS files of a closed video. A file token needs no database: its signature
/// names the video.
///
/// # Errors
/// 404 for an unknown video; 401 or 403 for somebody without the right.
pub async fn check_hls<P: Platform>(
    platform: &P,
    video_uuid: &str,
    credentials: Credentials<'_>,
) -> Result<(), AppError> {
    if token_holder(platform, video_uuid, credentials)?.is_some() {
        return Ok(());
    }
    let results = platform
        .database()
        .batch(vec![details::select_access(VideoKey::Uuid(video_uuid))])
        .await?;
    let row = details::read_access(results.first().ok_or_else(no_result)?)?
        .ok_or_else(|| AppError::not_found("Video not found"))?;
    check(platform, &row, credentials).await
}

/// The token that came, if it opens that video.
fn token_holder<P: Platform>(
    platform: &P,
    video_uuid: &str,
    credentials: Credentials<'_>,
) -> Result<Option<FileToken>, AppError> {
    let Some(text) = credentials.file_token else {
        return Ok(None);
    };
    match FileToken::verify(platform.settings(), platform.now(), video_uuid, text)? {
        Ok(token) => Ok(Some(token)),
        Err(error) => Err(AppError::rejected(Rejection::Forbidden, error.to_string())),
    }
}

async fn check<P: Platform>(
    platform: &P,
    video: &AccessRow,
    credentials: Credentials<'_>,
) -> Result<(), AppError> {
    if token_holder(platform, &video.uuid, credentials)?.is_some() {
        return Ok(());
    }
    let user = match credentials.bearer {
        Some(token) => Some(accounts::authenticate(platform, token).await?),
        None => None,
    };
    let password = match credentials.password {
        Some(password) => Some(password_hmac(platform.settings(), &video.uuid, password)?),
        None => None,
    };
    let who = user.as_ref().map(Identity::from);
    access::check_visible(guarded(video), who, false, password.as_deref()).map_err(forbidden)
}

/// PeerTube answers 403 for a file without any token, where it says 401 for a video.
fn forbidden(error: AppError) -> AppError {
    match error {
        AppError::Rejected {
            rejection: Rejection::Unauthorized,
            ..
        } => AppError::rejected(Rejection::Forbidden, "A token is needed to fetch this file"),
        other => other,
    }
}

/// The account and role of a user by id, `None` when they are gone or blocked.
async fn identity<P: Platform>(platform: &P, user_id: i64) -> Result<Option<Identity>, AppError> {
    let results = platform
        .database()
        .batch(vec![media::select_viewer(user_id)])
        .await?;
    let Some(row) = results.first().and_then(|rows| rows.first()) else {
        return Ok(None);
    };
    Ok(Some(Identity {
        account_id: row.integer(0)?,
        role: Role::from_number(row.integer(1)?).unwrap_or(Role::User),
    }))
}

async fn check_manager<P: Platform>(
    platform: &P,
    video: &AccessRow,
    credentials: Credentials<'_>,
) -> Result<(), AppError> {
    let who = match token_holder(platform, &video.uuid, credentials)? {
        Some(FileToken {
            user_id: Some(id), ..
        }) => identity(platform, id).await?,
        Some(_) => None,
        None => match credentials.bearer {
            Some(token) => Some(Identity::from(
                &accounts::authenticate(platform, token).await?,
            )),
            None => None,
        },
    };
    if who.is_some_and(|who| access::manages(guarded(video), who)) {
        return Ok(());
    }
    Err(AppError::rejected(
        Rejection::Forbidden,
        "The original is for the owner of the video",
    ))
}

fn guarded(video: &AccessRow) -> Guarded<'_> {
    Guarded {
        privacy: Privacy::from_number(video.privacy),
        owner_account_id: video.account_id,
        password_hmacs: &video.password_hmacs,
        is_remote: video.is_remote,
    }
}
