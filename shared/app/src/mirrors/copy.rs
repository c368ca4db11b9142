//! The steps of a copy.

use activitypub::AbsoluteUrl;
use domain::UnixMillis;
use domain::time::{HOUR_MS, MINUTE_MS, SECOND_MS};
use ports::{Database, DatabaseError, Platform, PortError};
use serde_json::json;
use store::mirror::{self as rows, CopyRow, FileRow};
use store::tracker::{Swarm, insert_swarms_of_copy};
use torrent::SwarmName;

use super::{LIFETIME_MS, check, file, go_on, plan};
use crate::AppError;
use crate::federation::fetch::{self, FetchError};
use crate::federation::outgoing;
use crate::federation::remote_document::RemoteDocument;
use crate::publish::swarm_row;

/// A step begins no further part after so long, so that other tasks of the queue come to their turn.
const STEP_MS: i64 = 10 * SECOND_MS;
/// Parts that a step brings, each with a request, an operation of storage and a batch: Workers on the free plan may
/// do fifty such things at a time.
const PARTS_PER_STEP: u32 = 10;
/// Nobody else goes on for so long. Before the first part the master playlist may take four requests of seven seconds,
/// a small file as many, and a part a minute with all that it is redirected to: what is left, a minute, is
/// storage's. If that takes longer, somebody brings the same part once more, and one of the two notes it.
pub(super) const LEASE_MS: i64 = 3 * MINUTE_MS;
/// Largest master playlist, in bytes: thirty-two renditions have eight kilobytes.
const MAX_MASTER_BYTES: usize = 64 * 1024;
/// Attempts without a byte in between before a copy is given up: two days, 8.5 hours of 2, 4, 8, … minutes and seven
/// times six hours.
const MAX_FAILURES: u32 = 16;
/// Longest text for the admin, in characters.
const MAX_PROBLEM_CHARS: usize = 300;

/// Why a step went no further.
#[derive(Debug)]
pub(super) enum Stopped {
    /// Somebody else goes on, or nobody wants it any more.
    Overtaken,
    /// It cannot be copied.
    Refused(String),
    /// It may go on later.
    Failed(AppError),
}

impl Stopped {
    pub(super) fn refused(cause: &impl std::fmt::Display) -> Self {
        Self::Refused(cause.to_string())
    }
}

impl From<FetchError> for Stopped {
    fn from(error: FetchError) -> Self {
        match error {
            FetchError::Here(error) => Self::Failed(error),
            passing if passing.is_passing() => Self::Failed(passing.into()),
            lasting => Self::refused(&lasting),
        }
    }
}

impl From<PortError> for Stopped {
    fn from(error: PortError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<AppError> for Stopped {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

impl From<DatabaseError> for Stopped {
    fn from(error: DatabaseError) -> Self {
        match error {
            DatabaseError::DemandNotMet { .. } => Self::Overtaken,
            other => Self::Failed(other.into()),
        }
    }
}

/// Goes on with a copy that has come so far, for some seconds. Twice is as once: only one finds it there.
///
/// # Errors
/// [`AppError::Unavailable`] when the database or the queue fails. Everything else is noted with the copy.
pub async fn copy<P: Platform>(
    platform: &P,
    mirror_id: i64,
    from_bytes: i64,
) -> Result<(), AppError> {
    let now = platform.now();
    let claim = rows::claim(mirror_id, from_bytes, now, UnixMillis(now.0 + LEASE_MS));
    let batch = vec![claim, rows::select_files(mirror_id)];
    let results = platform.database().batch(batch).await?;
    let [claimed, files] = results.as_slice() else {
        return Err(AppError::bug("a batch without its results"));
    };
    let Some(row) = claimed.first() else {
        return Ok(());
    };
    let mut row = rows::read_copy(row)?;
    if row.failures > MAX_FAILURES {
        let cut_off = Stopped::Refused("every attempt was cut off".to_owned());
        return settle(platform, &row, cut_off).await;
    }
    let files: Vec<FileRow> = files
        .iter()
        .map(rows::read_file)
        .collect::<Result<_, _>>()?;
    match step(platform, &mut row, files, now.plus_ms(STEP_MS)).await {
        Ok(None) => {
            let now = platform.now();
            let finish = rows::finish(&row, now, now.plus_ms(LIFETIME_MS));
            let swarms = insert_swarms_of_copy(&row.folder, &swarms(&row)?);
            platform.database().batch(vec![finish, swarms]).await?;
            outgoing::wake(platform).await;
            super::upkeep::choose(platform).await
        }
        Ok(Some(bytes)) => {
            let release = rows::release(&row);
            platform.database().batch(vec![release]).await?;
            go_on(platform, row.id, bytes).await
        }
        Err(stopped) => settle(platform, &row, stopped).await,
    }
}

/// What it came to; `None`: all is there and as it should be, else how many bytes are there.
async fn step<P: Platform>(
    platform: &P,
    row: &mut CopyRow,
    mut files: Vec<FileRow>,
    until: UnixMillis,
) -> Result<Option<i64>, Stopped> {
    if files.is_empty() {
        files = begin(platform, row).await?;
        row.failures = 0;
    }
    let mut parts = 0;
    for file in &mut files {
        while !is_there(file) && parts < PARTS_PER_STEP && platform.now() < until {
            file::next_part(platform, row.id, file).await?;
            row.failures = 0;
            parts += 1;
        }
    }
    // What was copied is looked at in a step of its own, so that it is if this one is interrupted.
    if parts == 0 && files.iter().all(is_there) {
        check::files(platform, &files).await?;
        return Ok(None);
    }
    let bytes: u64 = files.iter().map(|file| file.kept_bytes).sum();
    Ok(Some(i64::try_from(bytes).unwrap_or(i64::MAX)))
}

/// Under which viewers of the copy meet: as at the origin, in every generation of players, those that derive them and
/// those that are told. At most as many as the document may have, and a few for each of its files.
fn swarms(row: &CopyRow) -> Result<Vec<Swarm>, AppError> {
    let Some(stream) = RemoteDocument::parse(&row.document)?.streaming else {
        return Ok(Vec::new());
    };
    let resolutions: Vec<u32> = stream
        .files
        .iter()
        .map(|file| u32::from(file.resolution))
        .collect();
    let derived = torrent::swarm_info_hashes(torrent::Streams {
        master_url: &row.master_url,
        video_uuid: &row.video_uuid,
        resolutions: &resolutions,
    });
    let told = stream
        .info_hashes
        .iter()
        .filter_map(|hash| hash.parse().ok());
    // In which order the origin's master playlist names its renditions is the origin's affair.
    let all = derived.into_iter().chain(told).map(SwarmName::alone);
    Ok(all.map(swarm_row).collect())
}

const fn is_there(file: &FileRow) -> bool {
    file.kept_bytes > 0 && file.kept_bytes >= file.size_bytes
}

/// Reads the master playlist and notes the files.
async fn begin<P: Platform>(platform: &P, row: &CopyRow) -> Result<Vec<FileRow>, Stopped> {
    let stream = RemoteDocument::parse(&row.document)?.streaming;
    let stream = stream.filter(|stream| stream.master_url == row.master_url);
    let Some(stream) = stream else {
        return Err(Stopped::Refused("the origin has another stream".to_owned()));
    };
    let url = AbsoluteUrl::parse(&row.master_url).map_err(|error| Stopped::refused(&error))?;
    let master = fetch::get_file(platform, &url, MAX_MASTER_BYTES).await?;
    let master = String::from_utf8(master).map_err(|error| Stopped::refused(&error))?;
    let files = plan::files(&stream, &master).map_err(|error| Stopped::refused(&error))?;
    let list = files
        .iter()
        .map(|file| json!([file.name, file.url, file.size_bytes]));
    let list = serde_json::Value::Array(list.collect()).to_string();
    let mut batch: Vec<_> = rows::plan(row, &list).into();
    batch.push(rows::select_files(row.id));
    let results = platform.database().batch(batch).await?;
    let rows = results.last().into_iter().flatten();
    Ok(rows.map(rows::read_file).collect::<Result<_, _>>()?)
}

async fn settle<P: Platform>(
    platform: &P,
    row: &CopyRow,
    stopped: Stopped,
) -> Result<(), AppError> {
    let problem = match &stopped {
        Stopped::Overtaken => return Ok(()),
        Stopped::Refused(cause) => cause.clone(),
        Stopped::Failed(AppError::Unavailable { cause }) => cause.clone(),
        Stopped::Failed(other) => format!("{other:?}"),
    };
    let problem: String = problem.chars().take(MAX_PROBLEM_CHARS).collect();
    // This one counts, though bytes came before it stopped.
    let failures = row.failures.max(1);
    let is_final = matches!(stopped, Stopped::Refused(_)) || failures >= MAX_FAILURES;
    platform.log(&format!("a copy goes no further: {problem}"));
    let now = platform.now();
    if is_final {
        let mut batch = vec![rows::select_unfinished(row.id, Some(&row.folder))];
        batch.extend(rows::fail(row, &problem, now));
        let results = platform.database().batch(batch).await?;
        return super::abort(platform, results.first()).await;
    }
    // 2, 4, 8, … minutes, then every six hours.
    let wait_ms = (MINUTE_MS << failures).min(6 * HOUR_MS);
    let stumble = rows::stumble(row, &problem, now.plus_ms(wait_ms));
    platform.database().batch(vec![stumble]).await?;
    Ok(())
}
