//! View: somebody elsewhere watched, or so many watch now. WatchAction: what they have watched.

use activitypub::AbsoluteUrl;
use activitypub::incoming::{Members, RemoteWatchAction};
use domain::UnixMillis;
use domain::time::{DAY_MS, HOUR_MS};
use ports::{Database, Platform};
use serde_json::json;
use store::federation::{incoming, remote_video};
use store::video::details::{self, VideoKey};
use store::video::watch::{self, RemoteViewing};

use super::{Outcome, Received};
use crate::AppError;
use crate::federation::actors::refused;
use crate::federation::videos;
use crate::videos::{viewing, viewing_nonce};

/// For how long a view is known by its id: a viewer counts once an hour.
const SAME_VIEW_MS: i64 = HOUR_MS;
/// How long ago a viewing may have ended: a server that was down tells it for days.
const OLDEST_VIEWING_MS: i64 = 30 * DAY_MS;
/// How far ahead another server's clock may be.
const AHEAD_MS: i64 = HOUR_MS;
/// Longest viewing, the same as of ours.
const LONGEST_VIEWING_MS: i64 = DAY_MS;
/// More than anything on earth was watched at once.
const MAX_VIEWERS: u64 = 100_000_000;

/// A view counts once by its id, on a video of ours, and on one of the sender's own server. How many watch now
/// is taken of videos of the sender's own server alone; who watches ours, our tracker knows.
pub(super) async fn viewed<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    object: &AbsoluteUrl,
    viewers: Option<u64>,
    is_presence: bool,
) -> Result<Outcome, AppError> {
    let Some(video) = videos::stored(platform, object).await? else {
        return Ok(Outcome::default());
    };
    let is_senders = object.has_host_of(&received.activity.actor);
    if !video.is_open || (video.remote_url.is_some() && !is_senders) {
        return Ok(Outcome::default());
    }
    if is_presence || viewers.is_some() {
        let count = viewers.filter(|_| is_senders);
        let count = count.and_then(|count| i64::try_from(count.min(MAX_VIEWERS)).ok());
        let set = count.map(|count| remote_video::set_viewers(object.as_str(), count));
        return Ok(Outcome::of(set.into_iter().collect()));
    }
    let Some(id) = received.id() else {
        return Ok(Outcome::default());
    };
    let now = platform.now();
    let mut statements = vec![incoming::see_once(id, now.plus_ms(SAME_VIEW_MS))];
    statements.extend(store::video::view::count(
        video.id,
        now.0.div_euclid(DAY_MS),
    ));
    Ok(Outcome::of(statements))
}

/// A viewing of a video of ours goes into its statistics, once by its id. What lies beyond the video's end is cut off,
/// and its length is what its parts come to, whatever it says itself.
pub(super) async fn watched<P: Platform>(
    platform: &P,
    members: &Members,
) -> Result<Outcome, AppError> {
    let action =
        RemoteWatchAction::from_members(members).map_err(|error| refused(error.to_string()))?;
    let now = platform.now();
    let (started, ended) = (action.started_unix_ms, action.ended_unix_ms);
    let is_plausible = ended - started <= LONGEST_VIEWING_MS
        && (-OLDEST_VIEWING_MS..=AHEAD_MS).contains(&(ended - now.0));
    if !is_plausible {
        return Err(refused("a viewing is not of these days"));
    }
    let video = videos::stored(platform, &action.object).await?;
    let Some(video) = video.filter(|video| video.is_open && video.remote_url.is_none()) else {
        return Ok(Outcome::default());
    };
    let select = details::select_access(VideoKey::Id(video.id));
    let results = platform.database().batch(vec![select]).await?;
    let row = results.first().map(details::read_access).transpose()?;
    let Some(row) = row.flatten() else {
        return Ok(Outcome::default());
    };
    let cut = |secs: u32| secs.min(row.duration_secs);
    let sections: Vec<viewing::Section> = action
        .sections
        .iter()
        .map(|(start, end)| (cut(*start), cut(*end)))
        .collect();
    let watched_secs = viewing::watched_secs(&sections);
    if watched_secs == 0 {
        return Ok(Outcome::default());
    }
    let insert = watch::insert_remote(RemoteViewing {
        video_id: row.id,
        url: action.id.as_str(),
        started_at: UnixMillis(started.min(now.0)),
        ended_at: UnixMillis(ended.min(now.0)),
        nonce: viewing_nonce(platform),
        watched_secs,
        country: action.country.as_deref(),
        region: action.region.as_deref(),
    });
    let curve = json!(viewing::curve([&sections[..]], row.duration_secs)).to_string();
    let retain = watch::retain(row.id, row.duration_secs, 1, &curve);
    Ok(Outcome::of(vec![insert, retain]))
}
