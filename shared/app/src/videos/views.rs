//! Counting views as PeerTube does: once per viewer, video and hour, after ten seconds were watched.
//!
//! Players send where they are every few seconds. What a viewer has watched is a row of `viewer`, which is written
//! when they begin, jump, count, end, and besides every half a minute: most pings only read it. It lies under a keyed
//! hash of video, address, user agent and day, and goes when the viewing is over ([`super::end_viewings`]), so
//! nothing that is kept for longer than that names the viewer.

use domain::time::DAY_MS;
use hmac::{Hmac, KeyInit, Mac};
use ports::{ClientAddress, Database, DatabaseError, Platform};
use rest::ids::VideoRef;
use sha2::Sha256;
use store::federation::outgoing;
use store::video::watch::{self, Note, NotedRow, WatchingRow};
use store::video::{details, view};

use super::access;
use super::one::key;
use super::viewing::{self, Position, Section, Step};
use crate::{AppError, federation};

/// Days that "trending" looks at, today among them.
const TRENDING_DAYS: i64 = 7;
/// For how long, in seconds, somebody who has begun another server's video is said to watch it, at most:
/// nobody is asked again.
const MAX_WATCHING_SECS: u32 = 600;
/// Bytes of a viewer's hash that are kept.
const KEY_BYTES: usize = 16;
/// What a player that counts otherwise may be beyond the end.
const BEYOND_END_SECS: u32 = 1;

/// What a player tells. Not `Debug`: addresses are never logged.
#[derive(Clone, Copy)]
pub struct Ping<'a> {
    /// Where the viewer is.
    pub position: Position,
    /// Where the ping came from.
    pub address: Option<&'a ClientAddress>,
    /// The browser's own name.
    pub user_agent: &'a str,
}

/// Keys of a viewer, today's and yesterday's: who watches at midnight goes on under the old one.
fn viewer_keys<P: Platform>(
    platform: &P,
    video_uuid: &str,
    ping: Ping<'_>,
) -> Result<[String; 2], AppError> {
    let today = platform.now().0.div_euclid(DAY_MS);
    let secret = platform.settings().instance_secret.0.as_bytes();
    let address = ping.address.map_or("", |ClientAddress(address)| address);
    let key = |day: i64| {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(AppError::bug)?;
        for part in [
            "viewer",
            &day.to_string(),
            video_uuid,
            address,
            ping.user_agent,
        ] {
            // The length goes first, so that no two lists of parts are the same bytes.
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            mac.update(part.as_bytes());
        }
        Ok::<_, AppError>(hex::encode(&mac.finalize().into_bytes()[..KEY_BYTES]))
    };
    Ok([key(today)?, key(today - 1)?])
}

/// Takes a player's ping; counts a view when it is time. Most cost one reading of two rows; the others write one,
/// and those that count also what the view changes.
///
/// # Errors
/// 404 for an unknown video; 400 for a position beyond its end.
pub async fn receive_ping<P: Platform>(
    platform: &P,
    video: &VideoRef,
    ping: Ping<'_>,
) -> Result<(), AppError> {
    let uuid = uuid_of(platform, video).await?;
    let keys = viewer_keys(platform, &uuid, ping)?;
    let select = watch::select_watching(&uuid, &keys);
    let results = platform.database().batch(vec![select]).await?;
    let row = results.first().and_then(|rows| rows.first());
    let row = watch::read_watching(row.ok_or_else(access::no_video)?)?;
    let mut position = ping.position;
    if row.duration_secs > 0 {
        if position.at_secs > row.duration_secs.saturating_add(BEYOND_END_SECS) {
            return Err(AppError::invalid_field("currentTime", "is beyond the end"));
        }
        position.at_secs = position.at_secs.min(row.duration_secs);
    }
    note(platform, &row, &keys[0], position).await
}

async fn uuid_of<P: Platform>(platform: &P, video: &VideoRef) -> Result<String, AppError> {
    if let VideoRef::Uuid(uuid) = video {
        return Ok(uuid.clone());
    }
    let select = details::select_access(key(video));
    let results = platform.database().batch(vec![select]).await?;
    let row = details::read_access(results.first().map_or(&Vec::new(), |rows| rows))?;
    Ok(row.ok_or_else(access::no_video)?.uuid)
}

/// Notes where a viewer is, and a view if it counts now; of another server's video the origin is told.
async fn note<P: Platform>(
    platform: &P,
    row: &WatchingRow,
    new_key: &str,
    position: Position,
) -> Result<(), AppError> {
    let now = platform.now();
    let noted = row.noted.as_ref();
    let mut sections = noted.map(sections).transpose()?.unwrap_or_default();
    let counted_at = noted.and_then(|noted| noted.counted_at);
    let step = viewing::advance(&mut sections, position, row.duration_secs, counted_at, now);
    if step == Step::Nothing {
        return Ok(());
    }
    let counts = step == Step::Count;
    let sections = serde_json::to_string(&sections).map_err(AppError::bug)?;
    let note = Note {
        key: noted.map_or(new_key, |noted| &noted.key),
        now,
        counted_at: if counts { Some(now) } else { counted_at },
        sections: &sections,
    };
    let mut batch = vec![match noted {
        Some(noted) => watch::go_on(note, &noted.sections),
        None => watch::begin(row.video_id, note),
    }];
    if counts {
        batch.extend(view::count(row.video_id, now.0.div_euclid(DAY_MS)));
    }
    let tells = counts && row.is_remote;
    if tells {
        let rest_secs = row.duration_secs.saturating_sub(position.at_secs);
        let until = now.plus_ms(i64::from(rest_secs.min(MAX_WATCHING_SECS)) * 1_000);
        let nonce = crate::random::hex_token::<16, _>(platform);
        batch.push(outgoing::view::note_view(row.video_id, &nonce, until));
    }
    match platform.database().batch(batch).await {
        Ok(_) => {}
        // Another ping of the same viewer was faster; the next one says as much as this.
        Err(DatabaseError::DemandNotMet { statement: 0, .. }) => return Ok(()),
        Err(DatabaseError::DemandNotMet { .. }) => return Err(access::no_video()),
        Err(error) => return Err(error.into()),
    }
    if tells {
        federation::outgoing::wake(platform).await;
    }
    Ok(())
}

fn sections(noted: &NotedRow) -> Result<Vec<Section>, AppError> {
    serde_json::from_str(&noted.sections).map_err(AppError::bug)
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
