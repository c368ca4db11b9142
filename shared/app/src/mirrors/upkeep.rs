//! What cron does every minute.

use domain::time::{DAY_MS, HOUR_MS, MINUTE_MS};
use ports::{Database, DatabaseError, MirrorStrategy, Platform, Row};
use rest::ids::VideoRef;
use store::mirror as rows;

use super::{LIFETIME_MS, begin, folder, give_up, go_on, new_stream};
use crate::AppError;
use crate::federation::remote_document::RemoteDocument;

/// A copy that nobody goes on with for so long has lost its task.
const STALLED_AFTER_MS: i64 = 3 * MINUTE_MS;
/// Copies that are gone on with in one minute.
const STALLED_AT_ONCE: u32 = 4;
/// What stays is prolonged so long before its end.
const PROLONG_BEFORE_MS: i64 = DAY_MS;
/// Copies that are prolonged at one look.
const PROLONGED_AT_ONCE: u32 = 50;
/// Minutes between two looks at what stays and what could be copied. PeerTube looks once an hour, for one video.
const LOOK_EVERY_MINUTES: i64 = 15;

/// Goes on with what was left behind, forgets what is over, prolongs what stays, and now and then looks for more.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later.
pub async fn keep_up<P: Platform>(platform: &P) -> Result<(), AppError> {
    let now = platform.now();
    let stalled_before = now.plus_ms(-STALLED_AFTER_MS);
    let mut batch = vec![
        rows::claim_stalled(stalled_before, now, STALLED_AT_ONCE),
        rows::forget_ended(now),
    ];
    let is_time_to_look = now.0 / MINUTE_MS % LOOK_EVERY_MINUTES == 0;
    let settings = platform.settings().federation.mirrors;
    if is_time_to_look && settings.strategy != MirrorStrategy::Manual {
        let (before, until) = (now.plus_ms(PROLONG_BEFORE_MS), now.plus_ms(LIFETIME_MS));
        batch.push(rows::prolong(before, until, now, PROLONGED_AT_ONCE));
    }
    let results = platform.database().batch(batch).await?;
    for row in results.first().into_iter().flatten() {
        go_on(platform, row.integer(0)?, row.integer(1)?).await?;
    }
    if is_time_to_look {
        copy_changed(platform).await?;
        choose(platform).await?;
    }
    Ok(())
}

async fn one<P: Platform>(
    platform: &P,
    statement: ports::Statement,
) -> Result<Option<Row>, AppError> {
    let results = platform.database().batch(vec![statement]).await?;
    Ok(results.into_iter().flatten().next())
}

/// What the origin has replaced, because it has one resolution more, is copied anew; what has no room as it is now
/// goes.
async fn copy_changed<P: Platform>(platform: &P) -> Result<(), AppError> {
    let Some(row) = one(platform, rows::select_changed()).await? else {
        return Ok(());
    };
    let (id, document) = (row.integer(0)?, RemoteDocument::parse(&row.text(1)?)?);
    let Some(stream) = document.streaming else {
        return Ok(());
    };
    let (old, new) = (row.text(2)?, folder(platform));
    let restart = rows::restart(id, &old, new_stream(platform, &stream, &new));
    match platform.database().batch(restart.into()).await {
        Ok(_) => go_on(platform, id, 0).await,
        // Or somebody else restarts it, and then it has another folder.
        Err(DatabaseError::DemandNotMet { .. }) => {
            give_up(platform, id, Some(&old)).await.map(|_| ())
        }
        Err(error) => Err(error.into()),
    }
}

/// Begins the next copy that nobody asks for, if none is being made; makes room for one that comes before what is
/// there. One at a time: whoever finishes it looks for the next.
///
/// # Errors
/// As [`keep_up`].
pub(super) async fn choose<P: Platform>(platform: &P) -> Result<(), AppError> {
    let settings = platform.settings().federation.mirrors;
    if settings.strategy == MirrorStrategy::Manual || settings.max_bytes == 0 {
        return Ok(());
    }
    let max_bytes = i64::try_from(settings.max_bytes).unwrap_or(i64::MAX);
    let batch = vec![
        rows::is_copying(),
        rows::select_next(settings.strategy, max_bytes),
    ];
    let results = platform.database().batch(batch).await?;
    let [is_copying, next] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let is_copying = is_copying.first().map(|row| row.boolean(0)).transpose()?;
    let Some(next) = next.first().filter(|_| is_copying == Some(false)) else {
        return Ok(());
    };
    let next = rows::read_candidate(next)?;
    let video = VideoRef::Id(next.id);
    let select = rows::select_original(crate::videos::video_key(&video));
    let Some(row) = one(platform, select).await? else {
        return Ok(());
    };
    let original = rows::read_original(&row)?;
    let document = original.document.as_deref().map(RemoteDocument::parse);
    let Some(stream) = document
        .transpose()?
        .and_then(|document| document.streaming)
    else {
        return Ok(());
    };
    let video = (original.video_id, original.uuid.as_str());
    match begin(platform, video, &stream, settings.strategy).await {
        Ok(begun) => begun,
        Err(DatabaseError::DemandNotMet { .. }) => make_room(platform, next.rank).await,
        Err(error) => Err(error.into()),
    }
}

/// Removes the last of those that nobody asked for, if it is behind what comes.
async fn make_room<P: Platform>(platform: &P, rank: i64) -> Result<(), AppError> {
    let strategy = platform.settings().federation.mirrors.strategy;
    let made_before = platform.now().plus_ms(-LIFETIME_MS);
    let Some(row) = one(platform, rows::select_oldest(strategy, made_before)).await? else {
        return Ok(());
    };
    let oldest = rows::read_candidate(&row)?;
    if oldest.rank < rank {
        give_up(platform, oldest.id, None).await?;
    }
    Ok(())
}

const _: () = assert!(PROLONG_BEFORE_MS < LIFETIME_MS && STALLED_AFTER_MS < HOUR_MS);
