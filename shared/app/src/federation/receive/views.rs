//! View: somebody elsewhere watched, or so many watch now.

use activitypub::AbsoluteUrl;
use domain::time::{DAY_MS, HOUR_MS};
use ports::Platform;
use store::federation::{incoming, remote_video};

use super::{Outcome, Received};
use crate::AppError;
use crate::federation::videos;

/// For how long a view is known by its id: a viewer counts once an hour.
const SAME_VIEW_MS: i64 = HOUR_MS;
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
