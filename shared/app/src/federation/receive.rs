//! What others send: from a delivery to one transaction.
//!
//! Everything may come twice, in any order, and from anybody:
//! - A request that is repeated as it was is nothing new (`replay_key`).
//! - Rows are unique by what they mean: one rate of an account, one follow of a pair, one row of an id. The same
//!   activity in a hundred requests leaves one.
//! - Documents carry the time of their change, and an older one never replaces a newer one.
//! - What is deleted or undone before it came is remembered. An id is not burnt for ever: PeerTube likes, takes
//!   the like back and likes again with one id, and a video that was private comes back with its own. So what
//!   was deleted is believed from its origin alone, and what was undone is kept out once.
//! - What an actor embeds is believed if it is the actor's own. Everything else is fetched from its origin.

mod announce;
mod comments;
mod crawl;
mod flags;
mod follows;
mod mirrors;
mod objects;
pub(super) mod pass_on;
mod playlists;
mod rates;
mod undo;
mod views;

use activitypub::AbsoluteUrl;
use activitypub::inbox::{Trust, authorise};
use activitypub::incoming::{Activity, Inner, Verb};
use domain::time::HOUR_MS;
use ports::{Database, DatabaseError, FederationTask, Platform, Statement};
use store::federation::incoming;
use store::federation::received as received_rows;
use store::federation::remote_actor::ActorRow;

use super::fetch::{self, FetchError};
use super::{actors, outgoing, received};
use crate::AppError;

pub(super) use crawl::read_outbox;

/// For how long a repeated request is known: longer than its date may differ from our clock, twice.
const REPLAY_MS: i64 = 2 * HOUR_MS;

/// Where an activity comes from.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin<'a> {
    /// The request's own; empty when it did not come in one.
    pub replay_key: &'a str,
    /// Its row of `received_task`, which is removed when it is done.
    pub row: Option<i64>,
}

/// What follows from an activity: one transaction, and what is to be done besides.
#[derive(Debug, Default)]
struct Outcome {
    statements: Vec<Statement>,
    tasks: Vec<FederationTask>,
    /// Whether others have to be told soon.
    tells: bool,
}

impl Outcome {
    fn of(statements: Vec<Statement>) -> Self {
        Self {
            statements,
            ..Self::default()
        }
    }

    fn task(task: FederationTask) -> Self {
        Self {
            tasks: vec![task],
            ..Self::default()
        }
    }
}

/// Forgets that something was undone before it came: it has come. The next one with the same id counts.
fn has_come(id: Option<&str>) -> Option<Statement> {
    id.map(incoming::unsee)
}

/// An activity that its actor was free to do.
struct Received<'a> {
    actor: &'a ActorRow,
    activity: &'a Activity,
    trust: Trust,
}

impl Received<'_> {
    fn id(&self) -> Option<&str> {
        self.activity.id.as_ref().map(AbsoluteUrl::as_str)
    }
}

/// Acts on an activity whose signature and authority have been checked. `actor_url` signed it.
///
/// # Errors
/// [`AppError::Unavailable`] when it should be tried again later. What is wrong with the activity is logged and
/// no error: trying again would not help.
pub async fn act<P: Platform>(
    platform: &P,
    actor_url: &str,
    activity: &str,
    origin: Origin<'_>,
) -> Result<(), AppError> {
    let outcome = match Activity::parse(activity.as_bytes()) {
        Ok(activity) if activity.actor.as_str() == actor_url => decide(platform, &activity).await,
        Ok(_) => Err(actors::refused("an activity is not of who signed it")),
        Err(error) => Err(actors::refused(error.to_string())),
    };
    conclude(platform, outcome, origin).await
}

/// Fetches an activity or an object from its origin and acts on what it is now.
///
/// # Errors
/// As [`act`].
pub async fn fetch_and_act<P: Platform>(
    platform: &P,
    url: &str,
    origin: Origin<'_>,
) -> Result<(), AppError> {
    let url = AbsoluteUrl::parse(url).map_err(AppError::bug)?;
    if actors::is_ours(platform, &url) {
        return conclude(platform, Ok(Outcome::default()), origin).await;
    }
    let outcome = match fetch::get_document(platform, &url).await {
        Ok(document) if document.members.contains_key("actor") => {
            match Activity::from_members(document.members) {
                Ok(activity) => decide(platform, &activity).await,
                Err(error) => Err(actors::refused(error.to_string())),
            }
        }
        Ok(document) => objects::as_it_is(platform, document.members).await,
        Err(FetchError::Gone { .. }) => Ok(objects::gone(platform, url.as_str())),
        Err(error) => Err(error.into()),
    };
    conclude(platform, outcome, origin).await
}

/// What has to be read elsewhere is kept as the activity itself was.
async fn conclude<P: Platform>(
    platform: &P,
    outcome: Result<Outcome, AppError>,
    origin: Origin<'_>,
) -> Result<(), AppError> {
    let outcome = match outcome {
        Ok(outcome) => outcome,
        Err(AppError::Rejected { detail, .. }) => {
            platform.log(&format!("an activity was not taken: {detail}"));
            return discard(platform, origin).await;
        }
        Err(error) => return Err(error),
    };
    let tasks = outcome.tasks;
    if outcome.statements.is_empty() && tasks.is_empty() {
        return discard(platform, origin).await;
    }
    let mut batch: Vec<Statement> = origin.row.map(received_rows::finish).into_iter().collect();
    if !origin.replay_key.is_empty() {
        let until = platform.now().plus_ms(REPLAY_MS);
        let request = format!("request:{}", origin.replay_key);
        batch.push(incoming::see_once(&request, until));
    }
    batch.extend(outcome.statements);
    let has_tasks = !tasks.is_empty();
    if has_tasks {
        batch.push(received::keep_with(platform, tasks)?);
    }
    match platform.database().batch(batch).await {
        Ok(results) => {
            if let Some(rows) = results.last().filter(|_| has_tasks) {
                received::wake_kept(platform, rows).await?;
            }
        }
        // It was done before, or what it was about is gone.
        Err(DatabaseError::DemandNotMet { .. }) => return discard(platform, origin).await,
        Err(DatabaseError::Constraint { .. }) => {
            platform.log("an activity was about something that has just gone");
            return discard(platform, origin).await;
        }
        Err(error) => return Err(error.into()),
    }
    if outcome.tells {
        outgoing::wake(platform).await;
    }
    Ok(())
}

/// Nothing follows from it.
async fn discard<P: Platform>(platform: &P, origin: Origin<'_>) -> Result<(), AppError> {
    if let Some(row) = origin.row {
        let batch = vec![received_rows::discard(row)];
        platform.database().batch(batch).await?;
    }
    Ok(())
}

async fn decide<P: Platform>(platform: &P, activity: &Activity) -> Result<Outcome, AppError> {
    let trust = authorise(activity).map_err(|error| actors::refused(error.to_string()))?;
    if let Verb::Delete(object) = &activity.verb
        && object.id() == Some(&activity.actor)
        && actors::stored(platform, activity.actor.as_str())
            .await?
            .is_none()
    {
        return Ok(Outcome::default());
    }
    let actor = actors::by_url(platform, &activity.actor).await?;
    let actor = actor.ok_or_else(|| actors::refused("its actor cannot be found"))?;
    if actor.is_blocked || actor.host.is_empty() {
        return Ok(Outcome::default());
    }
    let received = Received {
        actor: &actor,
        activity,
        trust,
    };
    let mut outcome = decide_verb(platform, &received).await?;
    if platform.now().since_ms(actor.fetched_at) > actors::STALE_AFTER_MS {
        outcome.tasks.push(FederationTask::RefreshActor {
            actor_url: actor.url.clone(),
        });
    }
    Ok(outcome)
}

async fn decide_verb<P: Platform>(
    platform: &P,
    received: &Received<'_>,
) -> Result<Outcome, AppError> {
    match &received.activity.verb {
        Verb::Create(object) | Verb::Update(object) => {
            objects::stated(platform, received, object).await
        }
        Verb::Delete(object) => objects::deleted(platform, received, object.id()).await,
        Verb::Announce(object) => announce::announced(platform, received, object).await,
        Verb::Follow(target) => follows::asked(platform, received, target).await,
        Verb::Accept(inner) => follows::answered(platform, received, inner, true).await,
        Verb::Reject(inner) => follows::answered(platform, received, inner, false).await,
        Verb::Undo(inner) => undo::undone(platform, received, inner).await,
        Verb::Like(object) => rates::rated(platform, received, object, true).await,
        Verb::Dislike(object) => rates::rated(platform, received, object, false).await,
        Verb::View {
            object,
            viewers,
            expires_unix_ms,
        } => {
            let is_presence = expires_unix_ms.is_some();
            views::viewed(platform, received, object, *viewers, is_presence).await
        }
        Verb::Flag { objects, content } => {
            flags::flagged(platform, received, objects, content).await
        }
        Verb::ApproveReply { object, .. } => {
            comments::approved(platform, received, object, true).await
        }
        Verb::RejectReply { object, .. } => {
            comments::approved(platform, received, object, false).await
        }
        Verb::Other(_) => Ok(Outcome::default()),
    }
}

/// Id of what an activity answers or takes back.
fn inner_id(inner: &Inner) -> Option<&str> {
    inner.id().map(AbsoluteUrl::as_str)
}

/// Whether an id is remembered as deleted or undone.
async fn is_seen<P: Platform>(platform: &P, url: &str) -> Result<bool, AppError> {
    let select = incoming::select_seen(url, platform.now());
    let results = platform.database().batch(vec![select]).await?;
    let row = results.first().and_then(|rows| rows.first());
    Ok(row.map(|row| row.boolean(0)).transpose()?.unwrap_or(false))
}

#[cfg(test)]
mod tests;
