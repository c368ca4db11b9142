//! Whether what was copied is what the origin promises.
//!
//! Players check every segment, so a wrong byte is nobody's harm but a wasted request. Here some segments of every
//! file are looked at, spread over all of it: an origin that serves something else, or a range that was cut, is seen.

use ports::{ByteRange, DigestAlgorithm, Digests, ObjectStore, Platform};
use serde_json::Value;
use store::mirror::FileRow;

use super::copy::Stopped;
use crate::AppError;

/// Segments of a copy that are looked at, but one of each file at least: one operation of storage each.
const MAX_CHECKED: usize = 32;
/// Largest segment that is, in bytes: ten seconds at 25 Mbit/s.
const MAX_SEGMENT_BYTES: u64 = 32 * 1024 * 1024;
/// Largest list of hashes, in bytes.
const MAX_HASHES_BYTES: usize = hls::limits::MAX_MEDIA_PLAYLIST_BYTES;

/// Checks the media files.
pub(super) async fn files<P: Platform>(platform: &P, files: &[FileRow]) -> Result<(), Stopped> {
    let Some(hashes) = files.iter().find(|file| file.name.ends_with(".json")) else {
        return Err(Stopped::Refused("the stream has no hashes".to_owned()));
    };
    let hashes = read(platform, hashes).await?;
    let media = || files.iter().filter(|file| file.name.ends_with(".mp4"));
    let most = (MAX_CHECKED / media().count().max(1)).max(1);
    for file in media() {
        let wrong = || Stopped::Refused(format!("{} is not what its hashes say", file.name));
        let ranges = hashes.get(&file.name).and_then(Value::as_object);
        let ranges = ranges.filter(|ranges| !ranges.is_empty());
        let ranges = ranges.ok_or_else(wrong)?;
        let every = ranges.len().div_ceil(most);
        for (range, hash) in ranges.iter().step_by(every) {
            let range = parse(range).filter(|range| range.last < file.size_bytes);
            let range = range.ok_or_else(wrong)?;
            if range.len() > MAX_SEGMENT_BYTES {
                continue;
            }
            let digest = digest(platform, &file.object_key, range).await?;
            if hash.as_str() != Some(digest.as_str()) {
                return Err(wrong());
            }
        }
    }
    Ok(())
}

async fn read<P: Platform>(platform: &P, file: &FileRow) -> Result<Value, Stopped> {
    let object = platform.objects().get(&file.object_key, None).await?;
    let object = object.ok_or_else(|| AppError::bug("a copied file is missing"))?;
    let bytes = object.body.into_bytes(MAX_HASHES_BYTES).await;
    let bytes = bytes.map_err(AppError::from)?;
    serde_json::from_slice(&bytes).map_err(|error| Stopped::refused(&error))
}

/// `first-last`, inclusive.
fn parse(text: &str) -> Option<ByteRange> {
    let (first, last) = text.split_once('-')?;
    let range = ByteRange {
        first: first.parse().ok()?,
        last: last.parse().ok()?,
    };
    (range.first <= range.last).then_some(range)
}

async fn digest<P: Platform>(
    platform: &P,
    object_key: &str,
    range: ByteRange,
) -> Result<String, Stopped> {
    let object = platform.objects().get(object_key, Some(range)).await?;
    let object = object.ok_or_else(|| AppError::bug("a copied file is missing"))?;
    let len_bytes = usize::try_from(range.len()).map_err(AppError::bug)?;
    let block = object.body.into_stream().read(len_bytes).await?;
    let block = block.ok_or_else(|| AppError::bug("a copied file is too short"))?;
    let digests = platform.digests();
    let digest = digests.digest(DigestAlgorithm::Sha256, block.as_ref());
    Ok(hex::encode(digest.await?))
}
