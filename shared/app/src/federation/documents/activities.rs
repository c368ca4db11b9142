//! Activities of ours around documents of ours. Pure.

use activitypub::object::{Activity, Addressing, Context, Ids, Verb, WatchAction};

use super::{Document, followers_of, raw};
use crate::AppError;

/// Ids below other ids need no origin.
const IDS: Ids<'static> = Ids { origin: "" };

fn around(verb: Verb, id: String, object: &Document) -> Result<Document, AppError> {
    let activity =
        Activity::new(verb, &id, &object.actor_url, &object.body).addressed(&object.addressing);
    Ok(Document {
        context: object.context,
        body: raw(&activity)?,
        addressing: object.addressing.clone(),
        actor_url: object.actor_url.clone(),
        channel_url: object.channel_url.clone(),
        id,
    })
}

/// That the object is new.
///
/// # Errors
/// None that a caller could provoke.
pub fn create(object: &Document) -> Result<Document, AppError> {
    around(Verb::Create, IDS.create(&object.id), object)
}

/// That the object has changed.
///
/// # Errors
/// None that a caller could provoke.
pub fn update(object: &Document, updated_unix_ms: i64) -> Result<Document, AppError> {
    around(
        Verb::Update,
        IDS.update(&object.id, updated_unix_ms),
        object,
    )
}

/// What somebody has watched, as the instance tells it.
///
/// # Errors
/// None that a caller could provoke.
pub fn viewing(instance_url: &str, action: &WatchAction<'_>) -> Result<Document, AppError> {
    Ok(Document {
        context: Context::WatchAction,
        body: raw(action)?,
        addressing: action.addressing.clone(),
        actor_url: instance_url.to_owned(),
        channel_url: None,
        id: action.id.to_owned(),
    })
}

/// That something is gone, which `actor_url` had made: only its id is left to tell.
///
/// # Errors
/// None that a caller could provoke.
pub fn delete(
    object_id: &str,
    actor_url: &str,
    addressing: Addressing,
) -> Result<Document, AppError> {
    let id = IDS.delete(object_id);
    let activity = Activity::new(Verb::Delete, &id, actor_url, object_id).addressed(&addressing);
    plain(raw(&activity)?, id, actor_url, addressing)
}

/// That an actor of ours shares a video. `actor_id` is its row id in `actor`; `account_url` is the
/// video's account, whose followers are told as well.
///
/// # Errors
/// None that a caller could provoke.
pub fn announce(
    video_url: &str,
    actor_url: &str,
    actor_id: i64,
    addressing: Addressing,
) -> Result<Document, AppError> {
    let id = IDS.announce(video_url, actor_id);
    let activity = Activity::new(Verb::Announce, &id, actor_url, video_url).addressed(&addressing);
    plain(raw(&activity)?, id, actor_url, addressing)
}

/// That an activity of ours does not hold any more.
///
/// # Errors
/// None that a caller could provoke.
pub fn undo(activity: &Document) -> Result<Document, AppError> {
    let followers = followers_of(&activity.actor_url);
    let addressing = match activity.addressing.to.is_empty() {
        true => Addressing::public(&[&followers]),
        false => activity.addressing.clone(),
    };
    let addressed = Document {
        addressing,
        ..activity.clone()
    };
    around(Verb::Undo, IDS.undo(&activity.id), &addressed)
}

/// That `actor_url`, one of ours, lets somebody follow. `follow_url` is the id of their Follow, `number`
/// the row id of the follow here.
///
/// # Errors
/// None that a caller could provoke.
pub fn accept(
    actor_url: &str,
    number: i64,
    follow_url: &str,
    follower_url: &str,
) -> Result<Document, AppError> {
    let id = IDS.accept(actor_url, number);
    answer(Verb::Accept, id, actor_url, follow_url, follower_url)
}

/// That `actor_url`, one of ours, does not let somebody follow, or not any more.
///
/// # Errors
/// None that a caller could provoke.
pub fn reject(
    actor_url: &str,
    now_unix_ms: i64,
    follow_url: &str,
    follower_url: &str,
) -> Result<Document, AppError> {
    let id = IDS.reject(actor_url, now_unix_ms);
    answer(Verb::Reject, id, actor_url, follow_url, follower_url)
}

fn answer(
    verb: Verb,
    id: String,
    actor_url: &str,
    follow_url: &str,
    follower_url: &str,
) -> Result<Document, AppError> {
    let follow = Activity::new(Verb::Follow, follow_url, follower_url, actor_url);
    let activity = Activity::new(verb, &id, actor_url, &follow);
    plain(raw(&activity)?, id, actor_url, Addressing::default())
}

pub(super) fn plain(
    body: Box<serde_json::value::RawValue>,
    id: String,
    actor_url: &str,
    addressing: Addressing,
) -> Result<Document, AppError> {
    Ok(Document {
        id,
        context: Context::Plain,
        body,
        addressing,
        actor_url: actor_url.to_owned(),
        channel_url: None,
    })
}
