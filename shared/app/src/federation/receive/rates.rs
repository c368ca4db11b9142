//! Like and Dislike of a video, ours or another server's. Of the others the origin's totals are read from time
//! to time, and replace what was counted here.

use activitypub::AbsoluteUrl;
use ports::Platform;
use store::federation::incoming;

use super::{Outcome, Received, has_come};
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
    let Some(video) = video.filter(|video| video.is_open) else {
        return Ok(Outcome::default());
    };
    let rate = incoming::rate(video.id, account_id, is_like, received.id(), platform.now());
    let mut statements = vec![rate];
    statements.extend(has_come(received.id()));
    Ok(Outcome::of(statements))
}
