//! Is it open, where is it, how large is it: answered from the isolate, else from the edge cache, else
//! from database or storage. Only answers that let a request through are kept.

use app::AppError;
use app::media_access::{self, OPEN_MAX_AGE_SECS};
use domain::UnixMillis;
use domain::time::SECOND_MS;
use ports::{Body, ByteRange, EdgeCache, ObjectStore, Platform};

use crate::recent;

/// Bytes of a record in the edge cache: padded, since an entry is asked for by a range. The longest is a
/// time, a flag and an object key of 11 and [`crate::route`]'s 150 bytes.
const RECORD_BYTES: u64 = 256;
/// How long a file's size is believed, in seconds. It never changes; the file may go.
const SIZE_MAX_AGE_SECS: u32 = 3_600;

/// A record: when it was learnt, and what. The time makes the age of a copy of a copy bounded, too.
struct Record {
    learnt_at: UnixMillis,
    text: String,
}

impl Record {
    fn parse(text: &str) -> Option<Self> {
        let (learnt_at, text) = text.split_once(' ')?;
        Some(Self {
            learnt_at: UnixMillis(learnt_at.parse().ok()?),
            text: text.trim_end().to_owned(),
        })
    }

    fn expires_at(&self, max_age_secs: u32) -> UnixMillis {
        self.learnt_at.plus_ms(i64::from(max_age_secs) * SECOND_MS)
    }
}

fn edge_key(key: &str) -> String {
    format!("record/{key}")
}

/// The text kept under `key`, not older than `max_age_secs`.
pub(crate) async fn kept<P: Platform>(
    platform: &P,
    key: &str,
    max_age_secs: u32,
) -> Option<String> {
    let now = platform.now();
    if let Some(text) = recent::record(key, now) {
        return Some(text);
    }
    let whole = ByteRange {
        first: 0,
        last: RECORD_BYTES - 1,
    };
    let body = platform.cache().get_range(&edge_key(key), whole).await?;
    let bytes = body
        .into_bytes(usize::try_from(RECORD_BYTES).ok()?)
        .await
        .ok()?;
    let record = Record::parse(std::str::from_utf8(&bytes).ok()?)?;
    let expires_at = record.expires_at(max_age_secs);
    if expires_at <= now {
        return None;
    }
    recent::keep(key, &record.text, expires_at, now);
    Some(record.text)
}

/// Keeps a text that was learnt just now, here at once and in the edge cache after the answer.
pub(crate) fn keep<P: Platform>(platform: &P, key: &str, text: &str, max_age_secs: u32) {
    let now = platform.now();
    let record = Record {
        learnt_at: now,
        text: text.to_owned(),
    };
    recent::keep(key, text, record.expires_at(max_age_secs), now);
    let mut padded = format!("{} {text}", now.0).into_bytes();
    match usize::try_from(RECORD_BYTES) {
        Ok(room) if padded.len() <= room => padded.resize(room, b' '),
        _ => return,
    }
    let (host, key) = (platform.clone(), edge_key(key));
    platform.spawn(Box::pin(async move {
        host.cache()
            .put(&key, Body::Bytes(padded), RECORD_BYTES, max_age_secs)
            .await;
    }));
}

/// Whether anybody may fetch the HLS files of that video; false for one that is not there.
///
/// # Errors
/// When the database fails.
pub(crate) async fn is_open<P: Platform>(platform: &P, uuid: &str) -> Result<bool, AppError> {
    let key = format!("open/{uuid}");
    if kept(platform, &key, OPEN_MAX_AGE_SECS).await.is_some() {
        return Ok(true);
    }
    let is_open = media_access::is_open(platform, uuid).await? == Some(true);
    if is_open {
        keep(platform, &key, "open", OPEN_MAX_AGE_SECS);
    }
    Ok(is_open)
}

/// The object of an open plain file; `None` for a closed one and for one that is not there.
///
/// # Errors
/// When the database fails.
pub(crate) async fn open_web_file<P: Platform>(
    platform: &P,
    name: &str,
) -> Result<Option<String>, AppError> {
    let key = format!("web/{name}");
    if let Some(object_key) = kept(platform, &key, OPEN_MAX_AGE_SECS).await {
        return Ok(Some(object_key));
    }
    let file = media_access::web_file(platform, name)
        .await?
        .filter(|file| file.is_open);
    if let Some(file) = &file {
        keep(platform, &key, &file.object_key, OPEN_MAX_AGE_SECS);
    }
    Ok(file.map(|file| file.object_key))
}

/// The folder of the copy of another server's video; `None` where there is none, or where it is not for everybody.
///
/// # Errors
/// When the database fails.
pub(crate) async fn mirror_folder<P: Platform>(
    platform: &P,
    uuid: &str,
) -> Result<Option<String>, AppError> {
    let key = format!("mirror/{uuid}");
    if let Some(folder) = kept(platform, &key, OPEN_MAX_AGE_SECS).await {
        return Ok(Some(folder));
    }
    let folder = media_access::mirror_folder(platform, uuid).await?;
    if let Some(folder) = &folder {
        keep(platform, &key, folder, OPEN_MAX_AGE_SECS);
    }
    Ok(folder)
}

fn size_key(object_key: &str) -> String {
    format!("size/{object_key}")
}

/// The size of an object in bytes, if it is known here.
pub(crate) async fn known_size<P: Platform>(platform: &P, object_key: &str) -> Option<u64> {
    kept(platform, &size_key(object_key), SIZE_MAX_AGE_SECS)
        .await?
        .parse()
        .ok()
}

/// The size of an object in bytes, asking storage; `None` when there is no such object.
///
/// # Errors
/// When storage fails.
pub(crate) async fn stored_size<P: Platform>(
    platform: &P,
    object_key: &str,
) -> Result<Option<u64>, AppError> {
    let info = platform.objects().head(object_key).await?;
    if let Some(info) = &info {
        learn_size(platform, object_key, info.size_bytes);
    }
    Ok(info.map(|info| info.size_bytes))
}

/// Keeps a size that storage told.
pub(crate) fn learn_size<P: Platform>(platform: &P, object_key: &str, size_bytes: u64) {
    keep(
        platform,
        &size_key(object_key),
        &size_bytes.to_string(),
        SIZE_MAX_AGE_SECS,
    );
}

/// Forgets the size of an object that turned out not to be there.
pub(crate) fn forget_size(object_key: &str) {
    recent::forget(&size_key(object_key));
}
