//! Counting views as PeerTube does: once per viewer, video and hour, after ten seconds were watched.
//!
//! Players send where they are every few seconds. The first ping of a viewer notes where they began; one
//! that is ten seconds further on counts the view. A seek begins anew. The note lives in the key-value
//! store under a keyed hash of video, address and user agent, which says nothing about the viewer and goes
//! away after an hour. The store agrees slowly: in the worst case a view is counted late, or twice by pings
//! that arrive at two places at once; never once per ping.

use domain::time::DAY_MS;
use hmac::{Hmac, KeyInit, Mac};
use ports::{ClientAddress, Database, DatabaseError, KeyValue, Platform};
use rest::ids::VideoRef;
use sha2::Sha256;
use store::federation::outgoing;
use store::video::{details, view};

use super::access;
use super::one::key;
use crate::{AppError, federation};

/// Seconds after which a view counts; shorter videos count at their end.
const COUNT_AFTER_SECS: u32 = 10;
/// For how long the same viewer does not count again.
const SAME_VIEWER_SECS: u32 = 3_600;
/// Days that "trending" looks at, today among them.
const TRENDING_DAYS: i64 = 7;
/// For how long, in seconds, somebody who has begun another server's video is said to watch it, at most:
/// nobody is asked again.
const MAX_WATCHING_SECS: u32 = 600;
/// The note of a view that was counted.
const COUNTED: &str = "counted";

/// What a player tells. Not `Debug`: addresses are never logged.
#[derive(Clone, Copy)]
pub struct Ping<'a> {
    /// Seconds from the start.
    pub current_time_secs: u32,
    /// Whether the viewer has jumped here.
    pub is_seek: bool,
    /// Where the ping came from.
    pub address: Option<&'a ClientAddress>,
    /// The browser's own name.
    pub user_agent: &'a str,
}

fn viewer_key<P: Platform>(
    platform: &P,
    video_uuid: &str,
    ping: Ping<'_>,
) -> Result<String, AppError> {
    let secret = platform.settings().instance_secret.0.as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(AppError::bug)?;
    let address = ping.address.map_or("", |ClientAddress(address)| address);
    for part in ["view", video_uuid, address, ping.user_agent] {
        // The length goes first, so that no two lists of parts are the same bytes.
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        mac.update(part.as_bytes());
    }
    Ok(format!("view/{}", hex::encode(mac.finalize().into_bytes())))
}

/// Takes a player's ping; counts a view when it is time. A ping of a viewer who was counted already
/// costs one key-value read and no database.
///
/// # Errors
/// 404 for an unknown video.
pub async fn receive_ping<P: Platform>(
    platform: &P,
    video: &VideoRef,
    ping: Ping<'_>,
) -> Result<(), AppError> {
    let early_note = match video {
        VideoRef::Uuid(uuid) => Some(noted(platform, &viewer_key(platform, uuid, ping)?).await?),
        VideoRef::Id(_) => None,
    };
    if early_note == Some(Note::Counted) {
        return Ok(());
    }
    let results = platform
        .database()
        .batch(vec![details::select_access(key(video))])
        .await?;
    let row = details::read_access(results.first().map_or(&Vec::new(), |rows| rows))?
        .ok_or_else(access::no_video)?;
    let viewer_key = viewer_key(platform, &row.uuid, ping)?;
    let note = match early_note {
        Some(note) => note,
        None => noted(platform, &viewer_key).await?,
    };
    match decide(note, ping, row.duration_secs) {
        Decision::Nothing => Ok(()),
        Decision::Begin => {
            let note = ping.current_time_secs.to_string();
            Ok(platform
                .key_value()
                .put(&viewer_key, &note, SAME_VIEWER_SECS)
                .await?)
        }
        Decision::Count => {
            platform
                .key_value()
                .put(&viewer_key, COUNTED, SAME_VIEWER_SECS)
                .await?;
            count(platform, &row, ping).await
        }
    }
}

/// Counts a view; of another server's video the origin is told too.
async fn count<P: Platform>(
    platform: &P,
    video: &details::AccessRow,
    ping: Ping<'_>,
) -> Result<(), AppError> {
    let now = platform.now();
    let mut batch = Vec::from(view::count(video.id, now.0.div_euclid(DAY_MS)));
    if video.is_remote {
        let mut nonce = [0; 16];
        platform.fill_random(&mut nonce);
        let rest_secs = video.duration_secs.saturating_sub(ping.current_time_secs);
        let until = now.plus_ms(i64::from(rest_secs.min(MAX_WATCHING_SECS)) * 1_000);
        batch.push(outgoing::view::note_view(
            video.id,
            &hex::encode(nonce),
            until,
        ));
    }
    match platform.database().batch(batch).await {
        Ok(_) => {}
        Err(DatabaseError::DemandNotMet { .. }) => return Err(access::no_video()),
        Err(error) => return Err(error.into()),
    }
    if video.is_remote {
        federation::outgoing::wake(platform).await;
    }
    Ok(())
}

/// What is noted of a viewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Note {
    Unknown,
    Watching { since_secs: u32 },
    Counted,
}

async fn noted<P: Platform>(platform: &P, viewer_key: &str) -> Result<Note, AppError> {
    let value = platform.key_value().get(viewer_key).await?;
    Ok(match value.as_deref() {
        None => Note::Unknown,
        Some(COUNTED) => Note::Counted,
        Some(secs) => secs
            .parse()
            .map_or(Note::Unknown, |since_secs| Note::Watching { since_secs }),
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Decision {
    Nothing,
    Begin,
    Count,
}

fn decide(note: Note, ping: Ping<'_>, duration_secs: u32) -> Decision {
    let enough_secs = match duration_secs {
        0 => COUNT_AFTER_SECS,
        duration => duration.min(COUNT_AFTER_SECS),
    };
    match note {
        Note::Counted => Decision::Nothing,
        Note::Unknown => Decision::Begin,
        Note::Watching { since_secs } => {
            if ping.is_seek || ping.current_time_secs < since_secs {
                Decision::Begin
            } else if ping.current_time_secs - since_secs >= enough_secs {
                Decision::Count
            } else {
                Decision::Nothing
            }
        }
    }
}

/// Takes days that "trending" no longer looks at out of the videos' recent views; for cron.
///
/// # Errors
/// When the database fails; the next run makes up for it.
pub async fn fold_views<P: Platform>(platform: &P) -> Result<(), AppError> {
    let today = platform.now().0.div_euclid(DAY_MS);
    platform
        .database()
        .batch(view::fold(today - TRENDING_DAYS + 1).into())
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(note: Note, secs: u32, is_seek: bool, duration_secs: u32, expected: Decision) {
        let ping = Ping {
            current_time_secs: secs,
            is_seek,
            address: None,
            user_agent: "",
        };
        assert_eq!(
            decide(note, ping, duration_secs),
            expected,
            "{note:?} {secs}"
        );
    }

    #[test]
    fn ten_seconds_further_on_counts_once() {
        let since = |since_secs| Note::Watching { since_secs };
        check(Note::Unknown, 300, false, 600, Decision::Begin);
        check(since(300), 305, false, 600, Decision::Nothing);
        check(since(300), 310, false, 600, Decision::Count);
        check(since(300), 310, true, 600, Decision::Begin);
        check(since(300), 10, false, 600, Decision::Begin);
        check(Note::Counted, 999, false, 600, Decision::Nothing);
    }

    #[test]
    fn a_short_video_counts_at_its_end() {
        let since = Note::Watching { since_secs: 0 };
        check(since, 3, false, 4, Decision::Nothing);
        check(since, 4, false, 4, Decision::Count);
        check(since, 9, false, 0, Decision::Nothing);
        check(since, 10, false, 0, Decision::Count);
    }
}
