//! One file of a copy, part by part.

use activitypub::AbsoluteUrl;
use domain::UnixMillis;
use domain::limits::PART_BYTES;
use ports::{Block, Database, DatabaseError, ObjectStore, Platform, UploadedPart};
use store::mirror::{self as rows, FileRow};

use super::copy::{LEASE_MS, Stopped};
use crate::AppError;
use crate::federation::fetch;

/// Largest playlist or list of hashes: what [`hls::limits::MAX_MEDIA_PLAYLIST_BYTES`] allows.
const MAX_SMALL_BYTES: usize = hls::limits::MAX_MEDIA_PLAYLIST_BYTES;

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.') {
        Some((_, "mp4")) => "video/mp4",
        Some((_, "m3u8")) => "application/vnd.apple.mpegurl",
        _ => "application/json",
    }
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

/// Brings the next part of a file.
pub(super) async fn next_part<P: Platform>(
    platform: &P,
    mirror_id: i64,
    file: &mut FileRow,
) -> Result<(), Stopped> {
    let url = AbsoluteUrl::parse(&file.url).map_err(|error| Stopped::refused(&error))?;
    if file.size_bytes == 0 {
        let bytes = fetch::get_file(platform, &url, MAX_SMALL_BYTES).await?;
        if bytes.is_empty() {
            return Err(Stopped::refused(&format!("{} is empty", file.name)));
        }
        let block: Box<dyn Block> = Box::new(bytes);
        return whole(platform, mirror_id, file, block).await;
    }
    let first = file.kept_bytes;
    let last = (first + PART_BYTES).min(file.size_bytes) - 1;
    let block = fetch::get_range(platform, &url, (first, last), file.size_bytes).await?;
    if file.size_bytes <= PART_BYTES {
        return whole(platform, mirror_id, file, block).await;
    }
    let etag = match put_part(platform, mirror_id, file, block, last + 1).await {
        Ok(etag) => etag,
        Err(stopped) => {
            // It may be whole already, and whoever made it so could not note it.
            let info = platform.objects().head(&file.object_key).await?;
            let whole = info.filter(|info| info.size_bytes == file.size_bytes);
            let whole = whole.ok_or(stopped)?;
            return note(platform, mirror_id, file, file.size_bytes, &whole.etag).await;
        }
    };
    note(platform, mirror_id, file, last + 1, &etag).await
}

/// Stores a part, and with the last makes the object.
async fn put_part<P: Platform>(
    platform: &P,
    mirror_id: i64,
    file: &mut FileRow,
    block: Box<dyn Block>,
    to_bytes: u64,
) -> Result<String, Stopped> {
    let multipart_id = match &file.multipart_id {
        Some(id) => id.clone(),
        None => start(platform, mirror_id, file).await?,
    };
    let mut etags: Vec<String> = serde_json::from_str(&file.etags).map_err(AppError::bug)?;
    let number = u16::try_from(etags.len() + 1).map_err(AppError::bug)?;
    let objects = platform.objects();
    let key = &file.object_key;
    let blocks = [block];
    let put = objects.put_part(key, &multipart_id, number, &blocks);
    let etag = put.await?.etag;
    etags.push(etag.clone());
    if to_bytes == file.size_bytes {
        let parts = (1..).zip(&etags).map(|(number, etag)| UploadedPart {
            number,
            etag: etag.clone(),
        });
        let parts: Vec<UploadedPart> = parts.collect();
        let complete = objects.complete_multipart(key, &multipart_id, &parts);
        complete.await?;
    }
    file.etags = serde_json::to_string(&etags).map_err(AppError::bug)?;
    Ok(etag)
}

/// A file that is one part.
async fn whole<P: Platform>(
    platform: &P,
    mirror_id: i64,
    file: &mut FileRow,
    block: Box<dyn Block>,
) -> Result<(), Stopped> {
    let to_bytes = u64::try_from(block.len()).map_err(AppError::bug)?;
    let kind = content_type(&file.name);
    let (objects, blocks) = (platform.objects(), [block]);
    let put = objects.put_blocks(&file.object_key, kind, &blocks);
    let info = put.await?;
    note(platform, mirror_id, file, to_bytes, &info.etag).await
}

async fn start<P: Platform>(
    platform: &P,
    mirror_id: i64,
    file: &mut FileRow,
) -> Result<String, Stopped> {
    let objects = platform.objects();
    let kind = content_type(&file.name);
    let id = objects.start_multipart(&file.object_key, kind).await?;
    let set = rows::set_multipart(mirror_id, &file.object_key, &id);
    if let Err(error) = platform.database().batch(vec![set]).await {
        // Nobody knows of it. What this leaves, if it fails, storage forgets by itself (R2: after seven days).
        let _ = objects.abort_multipart(&file.object_key, &id).await;
        return Err(error.into());
    }
    file.multipart_id = Some(id.clone());
    Ok(id)
}

/// Notes what has come.
async fn note<P: Platform>(
    platform: &P,
    mirror_id: i64,
    file: &mut FileRow,
    to_bytes: u64,
    etag: &str,
) -> Result<(), Stopped> {
    let now = platform.now();
    let span = (signed(file.kept_bytes), signed(to_bytes));
    let until = UnixMillis(now.0 + LEASE_MS);
    let note = rows::note_part(mirror_id, &file.object_key, span, etag, (now, until));
    match platform.database().batch(note.into()).await {
        Ok(_) => {
            file.kept_bytes = to_bytes;
            Ok(())
        }
        Err(error) => {
            if matches!(error, DatabaseError::DemandNotMet { .. }) {
                clear_away(platform, mirror_id, file).await?;
            }
            Err(error.into())
        }
    }
}

/// A copy that was removed meanwhile takes along what was written of it after that. What another step was faster with
/// stays: it has the same name.
async fn clear_away<P: Platform>(
    platform: &P,
    mirror_id: i64,
    file: &FileRow,
) -> Result<(), Stopped> {
    let select = rows::select_is_wanted(mirror_id, &file.object_key);
    let results = platform.database().batch(vec![select]).await?;
    if results.iter().flatten().next().is_some() {
        return Ok(());
    }
    let keys = [file.object_key.clone()];
    if let Some(id) = &file.multipart_id {
        // Whoever removed it had it aborted, but for a video that is gone; and it may be an object by now.
        let _ = platform.objects().abort_multipart(&keys[0], id).await;
    }
    Ok(platform.objects().delete(&keys).await?)
}
