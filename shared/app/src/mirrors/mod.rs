//! Copies of other servers' videos: PeerTube's redundancy. Viewers of the origin, wherever they are, play from here
//! as well.
//!
//! A copy is made in steps of bounded time and memory, each a queued task that hands over to the next: the files are
//! asked for in ranges of one part, and every part is noted as soon as storage has it, so whoever is interrupted goes
//! on there. Whatever fails is tried again by cron, later and later, and given up at last. The origin is told when all
//! is there, before the copy's end that it will stay, and when it goes: triggers on table `mirror` note what is to be
//! told.

mod admin;
mod check;
mod copy;
mod file;
mod plan;
#[cfg(test)]
mod tests;
mod upkeep;

pub use admin::{add, allow_host, list, remove};
pub use copy::copy;
pub use store::mirror::Target;
pub use upkeep::keep_up;

use activitypub::limits::MAX_FILE_BYTES;
use domain::time::HOUR_MS;
use ports::{Database, MirrorStrategy, ObjectStore, Platform, Rows, Task, TaskQueue};
use store::mirror::{self as rows, NewCopy, NewStream};

use crate::AppError;
use crate::federation::outgoing;
use crate::federation::remote_document::RemoteHls;
use crate::random::hex_token;
use crate::videos::urls;

/// What nobody asked for stays for so long at least: what PeerTube's own example has.
const LIFETIME_MS: i64 = 48 * HOUR_MS;

const fn name(strategy: MirrorStrategy) -> &'static str {
    match strategy {
        MirrorStrategy::Manual => "manual",
        MirrorStrategy::RecentlyAdded => "recently-added",
        MirrorStrategy::MostViews => "most-views",
    }
}

/// Where the count of a stream's bytes ends: no such stream is copied, and SQL counts with it still.
const MAX_STREAM_BYTES: u64 = 64 * MAX_FILE_BYTES;

/// Bytes of a stream's files, as its origin says.
fn size_bytes(stream: &RemoteHls) -> i64 {
    let sizes = stream.files.iter().map(|file| file.size_bytes);
    let total = sizes.fold(0, u64::saturating_add);
    i64::try_from(total.min(MAX_STREAM_BYTES)).unwrap_or(i64::MAX)
}

/// Name that nobody has thought of.
fn folder<P: Platform>(platform: &P) -> String {
    hex_token::<16, P>(platform)
}

/// A stream as it is to be copied now, into that folder.
fn new_stream<'a, P: Platform>(
    platform: &P,
    stream: &'a RemoteHls,
    folder: &'a str,
) -> NewStream<'a> {
    let max_bytes = platform.settings().federation.mirrors.max_bytes;
    NewStream {
        size_bytes: size_bytes(stream),
        master_url: &stream.master_url,
        folder,
        max_bytes: i64::try_from(max_bytes).unwrap_or(i64::MAX),
        now: platform.now(),
    }
}

/// Begins a copy.
///
/// # Errors
/// [`ports::DatabaseError::DemandNotMet`] when there is no room, or a copy.
async fn begin<P: Platform>(
    platform: &P,
    (video_id, uuid): (i64, &str),
    stream: &RemoteHls,
    strategy: MirrorStrategy,
) -> Result<Result<(), AppError>, ports::DatabaseError> {
    let statements = rows::copy(NewCopy {
        video_id,
        base_url: &urls::mirror(&platform.settings().public_origin, uuid),
        strategy: name(strategy),
        stream: new_stream(platform, stream, &folder(platform)),
    });
    let results = platform.database().batch(statements.into()).await?;
    let row = results.last().and_then(|rows| rows.first());
    let id = row.map(|row| row.integer(0)).transpose()?;
    let id = id.ok_or_else(|| ports::DatabaseError::Bug {
        cause: "a demanded row is missing".to_owned(),
    })?;
    Ok(go_on(platform, id, 0).await)
}

/// Has a copy that is so far gone on with.
async fn go_on<P: Platform>(platform: &P, mirror_id: i64, from_bytes: i64) -> Result<(), AppError> {
    let task = Task::CopyMirror {
        mirror_id,
        from_bytes,
    };
    Ok(platform.tasks().send(task).await?)
}

/// Removes a copy, of that folder if one is named, and has its origin told; whether it was there.
async fn give_up<P: Platform>(
    platform: &P,
    mirror_id: i64,
    folder: Option<&str>,
) -> Result<bool, AppError> {
    let mut batch = vec![rows::select_unfinished(mirror_id, folder)];
    batch.extend(rows::remove(mirror_id, folder));
    let results = match platform.database().batch(batch).await {
        Err(ports::DatabaseError::DemandNotMet { .. }) => return Ok(false),
        results => results?,
    };
    abort(platform, results.first()).await?;
    outgoing::wake(platform).await;
    Ok(true)
}

/// Has storage forget what [`rows::select_unfinished`] names. Of a video that is deleted while its copy waits for its
/// next step nothing names it any more: that is left to the bucket's own rule, after seven days with R2. What has an
/// end is finished.
async fn abort<P: Platform>(platform: &P, unfinished: Option<&Rows>) -> Result<(), AppError> {
    for row in unfinished.into_iter().flatten() {
        let (object_key, multipart_id) = (row.text(0)?, row.text(1)?);
        let aborted = platform
            .objects()
            .abort_multipart(&object_key, &multipart_id);
        if let Err(error) = aborted.await {
            platform.log(&format!("parts of a copy that is given up stay: {error}"));
        }
    }
    Ok(())
}
