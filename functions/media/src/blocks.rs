//! A range as aligned blocks of the edge cache.
//!
//! Cached objects may not be larger than 512 MB on Cloudflare, and a cache of whole files would have to
//! fetch gigabytes for one viewer's first minute. Aligned blocks fit any file, and every range that any
//! client asks for (a 4 s segment, a 16 KiB torrent piece, a seek) falls on the same few of them.

use app::AppError;
use ports::{Body, ByteRange, EdgeCache, ObjectStore, Platform};

use crate::recent::Filling;

/// Bytes of a block. A segment of 4 s has 0.3 MB at 360p and 2.5 MB at 1080p, so with 4 MiB it lies in one
/// block or two: one cache read instead of three or four. A viewer of a cold 360p rendition pays ten
/// segments' bytes for the first and finds the next nine there; one who leaves wastes 4 MiB inside the
/// data centre, where they cost nothing. Larger blocks would make fills outlive the 30 s that work after an
/// answer has on Workers when storage is slow (140 kB/s still fills one).
pub(crate) const BLOCK_BYTES: u64 = 4 * 1024 * 1024;
/// Blocks looked up for one answer: 16 to 20 MiB. Longer ranges are downloads; they come as one stream
/// from storage, since a hundred cache reads would cost more than they save, and leave the cache to
/// viewers.
pub(crate) const BLOCKS_PER_ANSWER: u64 = 5;
/// Blocks filled after one answer, so that a request costs a bounded number of operations.
pub(crate) const FILLS_PER_ANSWER: u64 = 2;
/// For how long a block may be kept, in seconds. Names never get new bytes.
const BLOCK_MAX_AGE_SECS: u32 = 30 * 24 * 3_600;

/// An object whose size is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sized<'a> {
    pub(crate) object_key: &'a str,
    pub(crate) size_bytes: u64,
}

impl Sized<'_> {
    /// Size and block length are part of the key: another version of either never meets old blocks.
    fn cache_key(self, block: u64) -> String {
        format!(
            "block/{BLOCK_BYTES}/{}/{}/{block}",
            self.object_key, self.size_bytes
        )
    }

    /// All bytes of a block; the last one of an object is shorter.
    fn block_range(self, block: u64) -> ByteRange {
        let first = block * BLOCK_BYTES;
        ByteRange {
            first,
            last: (first + BLOCK_BYTES).min(self.size_bytes) - 1,
        }
    }

    fn blocks(self) -> u64 {
        self.size_bytes.div_ceil(BLOCK_BYTES)
    }
}

/// The bytes `range` of an object: from the edge cache as far as it goes, then from storage, one operation
/// at most. What was missing is filled after the answer. `None` when the object is gone.
///
/// # Errors
/// When storage fails.
pub(crate) async fn read<P: Platform>(
    platform: &P,
    object: Sized<'_>,
    range: ByteRange,
) -> Result<Option<Body>, AppError> {
    let first_block = range.first / BLOCK_BYTES;
    let last_block = range.last / BLOCK_BYTES;
    if last_block - first_block >= BLOCKS_PER_ANSWER {
        return stored(platform, object, range).await;
    }
    let mut parts = Vec::new();
    for block in first_block..=last_block {
        let whole = object.block_range(block);
        let wanted = ByteRange {
            first: range.first.max(whole.first),
            last: range.last.min(whole.last),
        };
        let within = ByteRange {
            first: wanted.first - whole.first,
            last: wanted.last - whole.first,
        };
        let cache_key = object.cache_key(block);
        if let Some(body) = platform.cache().get_range(&cache_key, within).await {
            parts.push(body);
            continue;
        }
        let missing = ByteRange {
            first: wanted.first,
            last: range.last,
        };
        let Some(rest) = stored(platform, object, missing).await? else {
            return Ok(None);
        };
        parts.push(rest);
        let fills = FILLS_PER_ANSWER.min(last_block - block + 1);
        fill_later(platform, object, block, fills);
        break;
    }
    Ok(Some(joined(parts, range.len())))
}

fn joined(mut parts: Vec<Body>, len_bytes: u64) -> Body {
    match parts.pop() {
        None => Body::Empty,
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            Body::Chain { parts, len_bytes }
        }
    }
}

/// The bytes `range` of an object, straight from storage.
///
/// # Errors
/// When storage fails.
pub(crate) async fn stored<P: Platform>(
    platform: &P,
    object: Sized<'_>,
    range: ByteRange,
) -> Result<Option<Body>, AppError> {
    let is_whole = range.len() == object.size_bytes;
    let range = (!is_whole).then_some(range);
    let found = platform.objects().get(object.object_key, range).await?;
    Ok(found.map(|object| object.body))
}

/// Fills `count` blocks from `first_block` on after the answer, as far as there are so many.
pub(crate) fn fill_later<P: Platform>(
    platform: &P,
    object: Sized<'_>,
    first_block: u64,
    count: u64,
) {
    let end = object.blocks().min(first_block + count);
    for block in first_block..end {
        let Some(filling) = Filling::start(object.cache_key(block)) else {
            continue;
        };
        let range = object.block_range(block);
        let (host, object_key) = (platform.clone(), object.object_key.to_owned());
        let is_first = block == first_block;
        platform.spawn(Box::pin(async move {
            fill(&host, &filling, &object_key, range, is_first).await;
        }));
    }
}

/// Fills one block. Its failure costs nobody anything: the next viewer is served from storage again.
async fn fill<P: Platform>(
    platform: &P,
    filling: &Filling,
    object_key: &str,
    range: ByteRange,
    is_known_missing: bool,
) {
    let cache = platform.cache();
    let first_byte = ByteRange { first: 0, last: 0 };
    if !is_known_missing
        && cache
            .get_range(filling.cache_key(), first_byte)
            .await
            .is_some()
    {
        return;
    }
    if let Ok(Some(object)) = platform.objects().get(object_key, Some(range)).await {
        cache
            .put(
                filling.cache_key(),
                object.body,
                range.len(),
                BLOCK_MAX_AGE_SECS,
            )
            .await;
    }
}
