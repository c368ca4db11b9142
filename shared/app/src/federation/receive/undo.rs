//! Undo: of a follow, a rate, a share, a copy of a video.

use activitypub::incoming::{Activity, Inner, Object, Verb};
use ports::{Database, Platform, Statement};
use store::federation::incoming;

use super::{Outcome, Received, inner_id, mirrors};
use crate::AppError;
use crate::federation::{actors, outgoing, videos};

/// Takes back what there is, and remembers what there is not: it may still be on its way.
pub(super) async fn undone<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    inner: &Inner,
) -> Result<Outcome, AppError> {
    if let Inner::Activity(activity) = inner
        && let Verb::Create(object) = &activity.verb
    {
        let mut statements = Vec::new();
        if let Object::Embedded(file) = object {
            statements.extend(mirrors::pass_on(platform, received, &file.raw));
        }
        let undone = object.id();
        let undone = undone.map(|id| mirrors::undone(platform, received.actor, id));
        statements.extend(undone.into_iter().flatten());
        return Ok(Outcome::of(statements));
    }
    let mut statements = match inner {
        Inner::Id(_) => by_id(received, inner_id(inner)),
        Inner::Activity(activity) => by_meaning(platform, received, activity).await?,
    };
    if statements.is_empty() {
        return Ok(Outcome::default());
    }
    let was_there = is_there(platform, received, inner).await?;
    if let Some(id) = inner_id(inner).filter(|_| !was_there) {
        let until = platform.now().plus_ms(outgoing::TRIED_FOR_MS);
        statements.push(incoming::see(id, until));
    }
    Ok(Outcome {
        statements,
        tasks: Vec::new(),
        tells: true,
    })
}

/// Some servers name what they undo by its id alone.
fn by_id(received: &Received<'_>, id: Option<&str>) -> Vec<Statement> {
    let actor = received.actor;
    let mut statements = vec![
        incoming::unfollow(actor.id, None, id),
        incoming::unshare(actor.id, None, id),
    ];
    statements.extend(
        actor
            .account_id
            .map(|account| incoming::unrate(account, None, id)),
    );
    statements.extend(id.map(|id| store::mirror::drop_by_url(actor.id, id)));
    statements
}

async fn by_meaning<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    undone: &Activity,
) -> Result<Vec<Statement>, AppError> {
    let actor = received.actor;
    let id = undone.id.as_ref().map(activitypub::AbsoluteUrl::as_str);
    Ok(match &undone.verb {
        Verb::Follow(target) => {
            let target = actors::stored(platform, target.as_str()).await?;
            let target_id = target
                .filter(|target| target.host.is_empty())
                .map(|row| row.id);
            vec![incoming::unfollow(actor.id, target_id, id)]
        }
        Verb::Like(object) | Verb::Dislike(object) => {
            let Some(account_id) = actor.account_id else {
                return Ok(Vec::new());
            };
            let is_like = matches!(undone.verb, Verb::Like(_));
            let video = videos::stored(platform, object).await?;
            let video = video.map(|video| (video.id, is_like));
            vec![incoming::unrate(account_id, video, id)]
        }
        Verb::Announce(Object::Id(object)) => {
            let video = videos::stored(platform, object).await?;
            vec![incoming::unshare(actor.id, video.map(|video| video.id), id)]
        }
        Verb::Announce(_) => vec![incoming::unshare(actor.id, None, id)],
        _ => Vec::new(),
    })
}

/// Whether there is something to take back.
async fn is_there<P: Platform>(
    platform: &P,
    received: &Received<'_>,
    inner: &Inner,
) -> Result<bool, AppError> {
    let actor = received.actor;
    let (target, video) = match inner {
        Inner::Activity(activity) => match &activity.verb {
            Verb::Follow(target) => (actors::stored(platform, target.as_str()).await?, None),
            Verb::Like(object) | Verb::Dislike(object) | Verb::Announce(Object::Id(object)) => {
                (None, videos::stored(platform, object).await?)
            }
            _ => (None, None),
        },
        Inner::Id(_) => (None, None),
    };
    let select = incoming::select_done(
        actor.id,
        actor.account_id,
        target.map(|row| row.id),
        video.map(|row| row.id),
        inner_id(inner),
    );
    let results = platform.database().batch(vec![select]).await?;
    let row = results.first().and_then(|rows| rows.first());
    Ok(row.map(|row| row.boolean(0)).transpose()?.unwrap_or(false))
}
