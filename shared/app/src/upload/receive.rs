//! Chunks of a resumable upload.
//!
//! A chunk may begin and end anywhere, come twice, overlap, and race with another client's. Whole
//! parts of [`PART_BYTES`] go into storage and are noted one by one, so a writer that dies loses at
//! most one; a rest shorter than a part waits as an object of its own and is put before the next chunk.
//! Two writers never meet in storage: part numbers are handed out once, tails have fresh names, and
//! the row moves on only from the position that a writer started at.

use domain::limits::PART_BYTES;
use futures_util::future::join;
use ports::{Block, BlockStream, Body, Database, Platform, PortError, Row, Rows};
use store::upload::{self as rows, ChunkClaim, UploadRow};

use super::blocks::{Blocks, Pending, index};
use super::checksum::{Checksum, Verdict};
use super::decide::{Standing, standing, standing_for};
use super::discard::discard;
use super::finish::{finish_large, finish_small};
use super::parts::{PartWriter, Stopped, tail_place};
use super::publish::NewVideoIds;
use crate::AppError;
use crate::accounts::SignedIn;

/// Which bytes of a file a chunk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Offset of its first byte.
    pub start: u64,
    /// Offset after its last byte, above `start`.
    pub end: u64,
    /// The file's size as the client repeats it, if it does.
    pub total_bytes: Option<u64>,
}

/// What became of a chunk, or how far an upload is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// More is wanted, behind these bytes.
    Incomplete {
        /// Safe from the start of the file.
        received_bytes: u64,
    },
    /// That was all.
    Finished(NewVideoIds),
    /// The chunk's bytes are not those that the client meant to send; nothing of it was kept.
    ChecksumMismatch,
}

/// Says how far an upload is; finishes it when all bytes are here, since a client that lost the answer
/// to its last chunk asks so.
///
/// # Errors
/// 404 for an unknown upload, 403 for another's, and what finishing refuses.
pub async fn progress<P: Platform>(
    platform: &P,
    user: &SignedIn,
    upload_id: &str,
) -> Result<Progress, AppError> {
    let results = platform
        .database()
        .batch(vec![rows::select_upload(upload_id)])
        .await?;
    let row = first(&results, 0).map(rows::upload_row).transpose()?;
    let standing = standing(row.as_ref(), user.user_id)?;
    answer(platform, user, upload_id, standing).await
}

/// Takes a chunk in.
///
/// Costs two batches, one more per whole part, and per stored piece one object write; a chunk behind a
/// tail reads that first. The last chunk costs what finishing costs: see [`super`].
///
/// # Errors
/// 404 for an unknown upload, 403 for another's, 409 for a chunk outside the file, 415 for a file that
/// is no video (as soon as its first bytes are here; the upload is gone then), 413 and 422 when the
/// last chunk shows that the video cannot be made.
pub async fn receive<P: Platform>(
    platform: &P,
    user: &SignedIn,
    upload_id: &str,
    chunk: Chunk,
    checksum: Option<Checksum>,
    body: Body,
) -> Result<Progress, AppError> {
    let (tail_key, tail_until) = tail_place(platform, upload_id);
    let claim = ChunkClaim {
        upload_id,
        user_id: user.user_id,
        start: signed(chunk.start)?,
        end: signed(chunk.end)?,
        total_bytes: chunk.total_bytes.map(signed).transpose()?,
        now: platform.now(),
    };
    let mut batch = vec![rows::claim_chunk(&claim), rows::select_upload(upload_id)];
    if !chunk.end.is_multiple_of(PART_BYTES) && chunk.total_bytes != Some(chunk.end) {
        batch.push(rows::intend_tail(&claim, &tail_key, tail_until));
    }
    let results = platform.database().batch(batch).await?;
    let mut stream = body.into_stream();
    let Some(row) = first(&results, 0).map(rows::upload_row).transpose()? else {
        drain(stream.as_mut(), chunk).await;
        let row = first(&results, 1).map(rows::upload_row).transpose()?;
        let standing = standing_for(row.as_ref(), user.user_id, chunk)?;
        return answer(platform, user, upload_id, standing).await;
    };
    let taken = take_in(platform, &row, chunk, checksum, tail_key, stream.as_mut()).await;
    if taken.is_err() {
        drain(stream.as_mut(), chunk).await;
    }
    conclude(platform, user, &row, taken).await
}

/// Reads what is left of a chunk that nobody wants: an answer while the client still sends makes most
/// hosts close the connection, and the client sees that instead of the answer.
async fn drain(stream: &mut dyn BlockStream, chunk: Chunk) {
    // Each block is dropped as it comes. A stream that fails has a client that listens no more.
    let most_blocks = (chunk.end - chunk.start).div_ceil(PART_BYTES);
    for _ in 0..most_blocks {
        match stream.read(index(PART_BYTES)).await {
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => break,
        }
    }
}

/// What taking a chunk in led to.
enum Taken {
    /// So far safe.
    Kept { received_bytes: u64 },
    /// All parts are stored.
    AllParts,
    /// All bytes of a file of at most one part, not stored yet.
    Small(Blocks),
    /// See [`Progress::ChecksumMismatch`].
    ChecksumMismatch,
}

async fn conclude<P: Platform>(
    platform: &P,
    user: &SignedIn,
    row: &UploadRow,
    taken: Result<Taken, Stopped>,
) -> Result<Progress, AppError> {
    let finished = match taken {
        Ok(Taken::Kept { received_bytes }) => return Ok(Progress::Incomplete { received_bytes }),
        Ok(Taken::ChecksumMismatch) => return Ok(Progress::ChecksumMismatch),
        Ok(Taken::Small(blocks)) => finish_small(platform, row, blocks).await,
        Ok(Taken::AllParts) => finish_large(platform, &row.id).await,
        Err(stopped) => Err(stopped),
    };
    settle(platform, user, &row.id, finished).await
}

async fn answer<P: Platform>(
    platform: &P,
    user: &SignedIn,
    upload_id: &str,
    standing: Standing,
) -> Result<Progress, AppError> {
    match standing {
        Standing::Incomplete { received_bytes } => Ok(Progress::Incomplete { received_bytes }),
        Standing::Published(ids) => Ok(Progress::Finished(ids)),
        Standing::Complete => {
            let finished = finish_large(platform, upload_id).await;
            settle(platform, user, upload_id, finished).await
        }
    }
}

async fn settle<P: Platform>(
    platform: &P,
    user: &SignedIn,
    upload_id: &str,
    finished: Result<NewVideoIds, Stopped>,
) -> Result<Progress, AppError> {
    match finished {
        Ok(ids) => Ok(Progress::Finished(ids)),
        Err(Stopped::Failed(error)) => Err(error),
        Err(Stopped::Refused(error)) => {
            discard(platform, upload_id).await;
            Err(error)
        }
        // Tell where the upload is now; whoever was faster may have finished it, or given it up.
        Err(Stopped::Overtaken) => {
            let results = platform
                .database()
                .batch(vec![rows::select_upload(upload_id)])
                .await?;
            let row = first(&results, 0).map(rows::upload_row).transpose()?;
            match standing(row.as_ref(), user.user_id)? {
                Standing::Incomplete { received_bytes } => {
                    Ok(Progress::Incomplete { received_bytes })
                }
                Standing::Published(ids) => Ok(Progress::Finished(ids)),
                Standing::Complete => Err(AppError::Unavailable {
                    cause: "another request is finishing this upload".to_owned(),
                }),
            }
        }
    }
}

/// Stores what is new of a chunk.
async fn take_in<P: Platform>(
    platform: &P,
    row: &UploadRow,
    chunk: Chunk,
    checksum: Option<Checksum>,
    tail_key: String,
    stream: &mut dyn BlockStream,
) -> Result<Taken, Stopped> {
    let kept = Ok(Taken::Kept {
        received_bytes: row.received_bytes,
    });
    let known_bytes = row.received_bytes - chunk.start;
    let mut new = NewBytes {
        stream,
        left_bytes: chunk.end - row.received_bytes,
    };
    let mut first = None;
    if chunk.end - chunk.start <= PART_BYTES {
        // In one piece, because a checksum is over all of it.
        let len_bytes = index(chunk.end - chunk.start);
        let Some(block) = read_exactly(new.stream, len_bytes).await? else {
            return kept;
        };
        if let Some(checksum) = &checksum
            && checksum.check(platform, block.as_ref()).await? == Verdict::Mismatch
        {
            return Ok(Taken::ChecksumMismatch);
        }
        first = Some(block.slice(index(known_bytes)..len_bytes));
        new.left_bytes = 0;
    } else if !skip(new.stream, known_bytes).await? {
        return kept;
    }
    let mut writer = PartWriter::new(platform, row, first_number(row, chunk.end)?);
    let tail = writer.load_tail().await?;
    if row.total_bytes <= PART_BYTES {
        return take_in_small(writer, row, chunk, tail.into_iter().chain(first), tail_key).await;
    }
    let mut pending = Pending::default();
    let mut whole = tail.and_then(|block| pending.push(block));
    if let Some(block) = first {
        whole = pending.push(block);
    }
    stream_parts(&mut writer, &mut pending, whole, &mut new).await?;
    if new.left_bytes == 0 && chunk.end == row.total_bytes {
        if pending.len_bytes() > 0 {
            writer.store_part(pending.take()).await?;
        }
        return Ok(Taken::AllParts);
    }
    // A body that ended early leaves no tail: whole parts are safe, the rest is to be sent again.
    if new.left_bytes == 0 && pending.len_bytes() > 0 {
        writer.store_tail(tail_key, pending.blocks()).await?;
    }
    Ok(Taken::Kept {
        received_bytes: writer.received_bytes(),
    })
}

/// Stores whole parts as they fill up; the next comes in while the last goes out.
async fn stream_parts<P: Platform>(
    writer: &mut PartWriter<'_, P>,
    pending: &mut Pending,
    mut whole: Option<Blocks>,
    new: &mut NewBytes<'_>,
) -> Result<(), Stopped> {
    loop {
        let wanted = new.left_bytes.min(pending.missing_bytes());
        let (stored, read) = join(store(writer, whole.take()), new.read(wanted)).await;
        stored?;
        match read? {
            Some(block) => whole = pending.push(block),
            None => return Ok(()),
        }
    }
}

async fn store<P: Platform>(
    writer: &mut PartWriter<'_, P>,
    whole: Option<Blocks>,
) -> Result<(), Stopped> {
    match whole {
        Some(blocks) => writer.store_part(blocks).await,
        None => Ok(()),
    }
}

/// The same for a file of at most one part, which is written in one go when all of it is here.
async fn take_in_small<P: Platform>(
    mut writer: PartWriter<'_, P>,
    row: &UploadRow,
    chunk: Chunk,
    blocks: impl Iterator<Item = Box<dyn Block>>,
    tail_key: String,
) -> Result<Taken, Stopped> {
    let blocks: Blocks = blocks.collect();
    if chunk.end == row.total_bytes {
        return Ok(Taken::Small(blocks));
    }
    writer.store_tail(tail_key, &blocks).await?;
    Ok(Taken::Kept {
        received_bytes: writer.received_bytes(),
    })
}

/// What a chunk brings that is not yet safe.
struct NewBytes<'a> {
    stream: &'a mut dyn BlockStream,
    left_bytes: u64,
}

impl NewBytes<'_> {
    /// The next block of exactly `wanted` bytes (at most a part); `None` at the end, also an early one.
    async fn read(&mut self, wanted: u64) -> Result<Option<Box<dyn Block>>, PortError> {
        if wanted == 0 {
            return Ok(None);
        }
        let block = read_exactly(self.stream, index(wanted)).await?;
        if block.is_some() {
            self.left_bytes -= wanted;
        }
        Ok(block)
    }
}

/// `None` when the stream ends before that many bytes.
async fn read_exactly(
    stream: &mut dyn BlockStream,
    bytes: usize,
) -> Result<Option<Box<dyn Block>>, PortError> {
    Ok(stream
        .read(bytes)
        .await?
        .filter(|block| block.len() == bytes))
}

/// Reads bytes that are safe already; whether there were so many.
async fn skip(stream: &mut dyn BlockStream, bytes: u64) -> Result<bool, PortError> {
    let mut left = bytes;
    while left > 0 {
        let step = left.min(PART_BYTES);
        if read_exactly(stream, index(step)).await?.is_none() {
            return Ok(false);
        }
        left -= step;
    }
    Ok(true)
}

/// The first of the part numbers that [`rows::claim_chunk`] handed out for a chunk up to `end`.
fn first_number(row: &UploadRow, end: u64) -> Result<u32, AppError> {
    if row.total_bytes <= PART_BYTES {
        return Ok(row.next_part_number);
    }
    let is_short_last = end == row.total_bytes && !end.is_multiple_of(PART_BYTES);
    let claimed = end / PART_BYTES - row.received_bytes / PART_BYTES + u64::from(is_short_last);
    let claimed = u32::try_from(claimed).map_err(AppError::bug)?;
    row.next_part_number
        .checked_sub(claimed)
        .ok_or_else(|| AppError::bug("part numbers that were not handed out"))
}

fn signed(bytes: u64) -> Result<i64, AppError> {
    i64::try_from(bytes).map_err(AppError::bug)
}

fn first(results: &[Rows], index: usize) -> Option<&Row> {
    results.get(index).and_then(|rows| rows.first())
}
