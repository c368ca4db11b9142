//! Follow, and the answers to ours.

use activitypub::AbsoluteUrl;
use activitypub::incoming::{Inner, Verb};
use ports::{Database, FederationTask, Platform};
use store::federation::incoming::{self, FollowState};
use store::federation::remote_actor::ActorKind;

use super::{Outcome, Received, has_come};
use crate::AppError;
use crate::federation::actors::refused;
use crate::federation::keys::{self, LocalActor};
use crate::federation::local_ids::{self, LocalId};

/// Somebody wants to follow one of ours. Accounts and channels may always be followed, the instance as its
/// settings say.
pub(super) async fn asked<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    target: &AbsoluteUrl,
) -> Result<Outcome, AppError> {
    let settings = platform.settings();
    let Some(ours) = keys::local_actor_by_url(platform, target.as_str()).await? else {
        return Err(refused("nobody here is followed so"));
    };
    let which = keys::local_actor_of_url(&settings.public_origin, target.as_str());
    let is_instance = which == Some(LocalActor::Instance);
    let state = match &settings.federation {
        _ if !is_instance => FollowState::Accepted,
        federation if !federation.accepts_followers => FollowState::Rejected,
        federation if federation.approves_followers => FollowState::Pending,
        _ => FollowState::Accepted,
    };
    let now = platform.now();
    let them = received.actor;
    let mut statements = vec![incoming::follow(
        them.id,
        ours.id,
        state,
        received.id(),
        now,
    )];
    statements.extend(has_come(received.id()));
    let follows_back = is_instance
        && settings.federation.follows_back
        && state == FollowState::Accepted
        && them.kind == ActorKind::Instance;
    if follows_back {
        statements.push(incoming::follow_back(ours.id, them.id, now));
    }
    Ok(Outcome {
        statements,
        tasks: Vec::new(),
        tells: true,
    })
}

/// One whom we want to follow answers. Some name our Follow by its id, others embed it.
pub(super) async fn answered<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    inner: &Inner,
    is_accepted: bool,
) -> Result<Outcome, AppError> {
    let (follow_url, follower) = match inner {
        Inner::Id(id) => (Some(id), None),
        Inner::Activity(activity) => match &activity.verb {
            Verb::Follow(_) => (activity.id.as_ref(), Some(activity.actor.as_str())),
            _ => return Ok(Outcome::default()),
        },
    };
    let origin = &platform.settings().public_origin;
    let follow_id = follow_url.and_then(|url| match local_ids::parse(origin, url.as_str()) {
        Some(LocalId::Follow(id)) => Some(id),
        _ => None,
    });
    let select = incoming::select_our_follow(received.actor.id, follow_id, follower);
    let results = platform.database().batch(vec![select]).await?;
    let Some(row) = results.first().and_then(|rows| rows.first()) else {
        return Err(refused("an answer to a follow that there is not"));
    };
    let (follow_id, state) = (row.integer(0)?, row.text(1)?);
    let answer = if is_accepted {
        FollowState::Accepted
    } else {
        FollowState::Rejected
    };
    let is_new = is_accepted && state == FollowState::Pending.name();
    let crawl = FederationTask::CrawlOutbox {
        actor_url: received.actor.url.clone(),
        page_url: None,
        pages_read: 0,
    };
    Ok(Outcome {
        statements: vec![incoming::answer_our_follow(
            follow_id,
            answer,
            platform.now(),
        )],
        tasks: is_new.then_some(crawl).into_iter().collect(),
        tells: false,
    })
}
