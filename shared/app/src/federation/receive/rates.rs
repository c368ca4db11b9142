//! Like and Dislike of videos of ours. Those of other servers' videos are counted by their origin, whose
//! totals are read from time to time.

use activitypub::AbsoluteUrl;
use ports::Platform;
use store::federation::incoming;

use super::{Outcome, Received};
use crate::AppError;
use crate::federation::videos;

pub(super) async fn rated<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    object: &AbsoluteUrl,
    is_like: bool,
) -> Result<Outcome, AppError> {
    // A whole server has no opinion.
    let Some(account_id) = received.actor.account_id else {
        return Ok(Outcome::default());
    };
    let video = videos::stored(platform, object).await?;
    let Some(video) = video.filter(|video| video.is_open && video.remote_url.is_none()) else {
        return Ok(Outcome::default());
    };
    let rate = incoming::rate(video.id, account_id, is_like, received.id(), platform.now());
    Ok(Outcome::of(vec![rate]))
}
