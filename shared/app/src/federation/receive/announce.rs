//! Announce: a share of a video, or what a group passes on (FEP-1b12).

use activitypub::AbsoluteUrl;
use activitypub::inbox::Trust;
use activitypub::incoming::{Activity, Object, Verb};
use ports::{Database, FederationTask, Platform};
use store::federation::{incoming, remote_video};

use super::{Outcome, Received, has_come, objects};
use crate::AppError;
use crate::federation::actors::{is_ours, refused};
use crate::federation::videos;

pub(super) async fn announced<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    object: &Object,
) -> Result<Outcome, AppError> {
    if let Object::Embedded(embedded) = object {
        let activity = embedded
            .activity()
            .map_err(|error| refused(error.to_string()))?;
        if let Some(activity) = activity {
            return Ok(passed_on(platform, received, &activity));
        }
    }
    let Some(id) = object.id() else {
        return Ok(Outcome::default());
    };
    shared(platform, received, id).await
}

/// What the members of a group do is read at its origin: the group's word for it is not enough, and members
/// are on other servers. What it is about is as good as the activity, and can always be read.
fn passed_on<P: Platform>(platform: &P, received: &Received<'_>, activity: &Activity) -> Outcome {
    let about = match &activity.verb {
        Verb::Create(object) | Verb::Update(object) | Verb::Delete(object) => object.id(),
        Verb::Announce(_) if received.trust == Trust::Embedded => activity.id.as_ref(),
        _ => None,
    };
    match about {
        Some(id) if id.has_host_of(&activity.actor) && !is_ours(platform, id) => {
            Outcome::task(FederationTask::FetchActivity {
                activity_url: id.as_str().to_owned(),
            })
        }
        _ => Outcome::default(),
    }
}

/// A video that is not known is fetched if somebody here follows who shares it.
async fn shared<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    id: &AbsoluteUrl,
) -> Result<Outcome, AppError> {
    let video = match videos::stored(platform, id).await? {
        Some(video) => Some(video),
        None if is_ours(platform, id) => None,
        None if is_followed(platform, received).await? => objects::video_of(platform, id).await?,
        None => None,
    };
    let Some(video) = video.filter(|video| video.is_open) else {
        return Ok(Outcome::default());
    };
    let share = incoming::share(video.id, received.actor.id, received.id(), platform.now());
    let mut statements = vec![share];
    statements.extend(has_come(received.id()));
    Ok(Outcome::of(statements))
}

async fn is_followed<P: Platform>(platform: &P, received: &Received<'_>) -> Result<bool, AppError> {
    let sender = [received.actor.url.clone()];
    let select = remote_video::select_interest(&sender, &received.actor.host);
    let results = platform.database().batch(vec![select]).await?;
    let row = results.first().and_then(|rows| rows.first());
    Ok(row.map(|row| row.boolean(0)).transpose()?.unwrap_or(false))
}
