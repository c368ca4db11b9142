//! The door for what other servers send: each delivery passes the pipeline of `activitypub::inbox`, and what
//! passes is stored (`received`). Whatever it leads to happens later (`receive`), so the answer is quick.
//!
//! A delivery of an actor whose key is known costs one written row, which shares its transaction with those that
//! come at the same moment, and one read of the key, unless it was read a moment ago.

use std::cell::RefCell;
use std::collections::HashMap;

use activitypub::AbsoluteUrl;
use activitypub::inbox::{Bounded, KnownActor, Rejected, Signed};
use activitypub::incoming::{Activity, Verb};
use activitypub::signature::{RequestView, Scheme};
use domain::time::SECOND_MS;
use ports::{Database, FederationTask, MAX_TASK_BYTES, OnTheWay, Platform};
use sha2::{Digest, Sha256};
use store::federation::remote_actor::KeyRow;
use store::federation::{host, incoming};

use self::sender_key::KeyMemory;
use super::{receive, received};
use crate::{AppError, Rejection};

mod sender_key;

/// Deliveries from one address in [`WINDOW_MS`]: PeerTube's bound.
const MAX_DELIVERIES: u32 = 500;
/// PeerTube's 10 seconds.
const WINDOW_MS: i64 = 10 * SECOND_MS;
/// Addresses that are remembered; then all are forgotten.
const MAX_REMEMBERED: usize = 2_000;
/// Bytes of the digest that tells requests apart.
const REPLAY_KEY_BYTES: usize = 16;

/// What one host of the site remembers between deliveries, without writing it anywhere.
#[derive(Debug, Default)]
pub struct InboxMemory {
    /// Per address: when its window began, and how many there were in it.
    deliveries: RefCell<HashMap<String, (i64, u32)>>,
    keys: KeyMemory,
}

impl InboxMemory {
    fn count(&self, address: &str, now_ms: i64) -> Result<(), AppError> {
        let mut deliveries = self.deliveries.borrow_mut();
        if deliveries.len() >= MAX_REMEMBERED && !deliveries.contains_key(address) {
            deliveries.retain(|_, (since, _)| now_ms.saturating_sub(*since) < WINDOW_MS);
            if deliveries.len() >= MAX_REMEMBERED {
                deliveries.clear();
            }
        }
        let (since, count) = deliveries.entry(address.to_owned()).or_insert((now_ms, 0));
        if now_ms.saturating_sub(*since) >= WINDOW_MS {
            (*since, *count) = (now_ms, 0);
        }
        *count = count.saturating_add(1);
        if *count <= MAX_DELIVERIES {
            return Ok(());
        }
        let detail = "Too many deliveries from this address";
        let retry_after_secs = u32::try_from((WINDOW_MS / SECOND_MS).max(1)).unwrap_or(u32::MAX);
        Err(AppError::rejected(
            Rejection::TooManyRequests { retry_after_secs },
            detail,
        ))
    }
}

/// A request to an inbox.
#[derive(Clone, Copy)]
pub struct Delivery<'a> {
    /// Path and query, as in the request line.
    pub path_and_query: &'a str,
    /// As sent.
    pub headers: &'a [(&'a str, &'a str)],
}

fn rejected(error: &Rejected) -> AppError {
    let rejection = match error.status() {
        413 => Rejection::PayloadTooLarge,
        415 => Rejection::UnsupportedMediaType,
        401 => Rejection::Unauthorized,
        403 => Rejection::Forbidden,
        _ => Rejection::BadRequest,
    };
    AppError::rejected(rejection, error.to_string())
}

/// Whether an address may deliver now; before anything is read of it. In the setting for tests and private
/// networks, where many servers share an address, always.
///
/// # Errors
/// 429.
pub fn admit<P: Platform>(
    platform: &P,
    memory: &InboxMemory,
    address: Option<&str>,
) -> Result<(), AppError> {
    let is_private = platform.settings().federation.allows_private_addresses;
    match address.filter(|_| !is_private) {
        Some(address) => memory.count(address, platform.now().0),
        None => Ok(()),
    }
}

/// Takes a delivery: verifies it and keeps what it says until it is acted upon. It was `on_the_way` to that from
/// when its body was awaited.
///
/// # Errors
/// A rejection that says what is wrong with it, never as our fault; [`AppError::Unavailable`] when database or
/// queue fail.
pub async fn accept<P: Platform>(
    platform: &P,
    memory: &InboxMemory,
    delivery: Delivery<'_>,
    body: Vec<u8>,
    on_the_way: OnTheWay,
) -> Result<(), AppError> {
    let view = RequestView {
        method: "POST",
        origin: &platform.settings().public_origin,
        path_and_query: delivery.path_and_query,
        headers: delivery.headers,
    };
    let now_secs = platform.now().0.div_euclid(SECOND_MS);
    let media_type = view.header("content-type").ok().flatten();
    let claimed = Bounded::new(media_type.as_deref().unwrap_or_default(), body)
        .and_then(|bounded| bounded.digest(&view))
        .and_then(|digested| digested.claim(&view, now_secs))
        .map_err(|error| rejected(&error))?;
    let scheme = claimed.claim().scheme();
    let replay_key = replay_key(claimed.claim().signature());
    let key_id = claimed.claim().key_id().to_owned();
    let confirmed =
        sender_key::confirm(platform, &memory.keys, &key_id, claimed, on_the_way).await?;
    let Some((signed, row, on_the_way)) = confirmed else {
        return Ok(());
    };
    if note_host(platform, &row, signed.owner(), scheme).await? {
        memory.keys.forget(&key_id);
    }
    let actor_url = signed.owner().clone();
    let origin = &platform.settings().public_origin;
    let task = match signed_activity(signed, &actor_url, &row) {
        // Between others. A report names whom it is about as its object, and may be for somebody else as well.
        Ok(activity)
            if !activity.audience.may_reach(origin, &actor_url)
                && !matches!(activity.verb, Verb::Flag { .. }) =>
        {
            None
        }
        Ok(activity) => task(activity, &actor_url, replay_key)?,
        Err(Rejected::Forwarded { origin, .. }) => {
            origin.map(|origin| FederationTask::FetchActivity {
                activity_url: origin.as_str().to_owned(),
            })
        }
        Err(error) => return Err(rejected(&error)),
    };
    match task {
        Some(task) => received::keep(platform, task, on_the_way).await,
        None => Ok(()),
    }
}

fn signed_activity(
    signed: Signed,
    actor_url: &AbsoluteUrl,
    row: &KeyRow,
) -> Result<Activity, Rejected> {
    let actor = KnownActor {
        id: actor_url,
        public_key_pem: &row.public_key_pem,
    };
    Ok(signed.by(&actor)?.authorise()?.into_activity())
}

/// What is queued; nothing for what is not acted on. What does not fit into a queue is read at its origin.
fn task(
    activity: Activity,
    actor_url: &AbsoluteUrl,
    replay_key: String,
) -> Result<Option<FederationTask>, AppError> {
    let origin = match &activity.verb {
        Verb::Other(_) => return Ok(None),
        Verb::Create(object) | Verb::Update(object) | Verb::Delete(object) => object.id().cloned(),
        _ => activity.id.clone(),
    };
    let is_kept_whole = receive::pass_on::is_possible(&activity);
    let mut members = activity.raw;
    if !is_kept_whole {
        // Long, and not needed any more.
        members.remove("@context");
        members.remove("signature");
    }
    let activity = serde_json::to_string(&members).map_err(AppError::bug)?;
    let task = FederationTask::Receive {
        actor_url: actor_url.as_str().to_owned(),
        activity,
        replay_key,
    };
    let bytes = serde_json::to_string(&task).map_err(AppError::bug)?.len();
    if bytes <= MAX_TASK_BYTES {
        return Ok(Some(task));
    }
    let origin = origin.filter(|origin| origin.has_host_of(actor_url));
    let origin = origin.ok_or_else(|| {
        AppError::rejected(
            Rejection::PayloadTooLarge,
            "An activity without id is this large",
        )
    })?;
    Ok(Some(FederationTask::FetchActivity {
        activity_url: origin.as_str().to_owned(),
    }))
}

fn replay_key(signature: &[u8]) -> String {
    let digest = Sha256::digest(signature);
    hex::encode(digest.get(..REPLAY_KEY_BYTES).unwrap_or(&digest))
}

/// A host that signs in another form than before is answered in that form, and one that was given up is alive.
/// Answers whether there was anything to note.
async fn note_host<P: Platform>(
    platform: &P,
    row: &KeyRow,
    owner: &AbsoluteUrl,
    scheme: Scheme,
) -> Result<bool, AppError> {
    let scheme = scheme.name();
    let name = owner.host();
    let mut batch = Vec::new();
    if row.scheme.as_deref().unwrap_or("cavage") != scheme {
        batch.push(incoming::set_scheme(&name, scheme));
    }
    if row.is_host_failing {
        batch.push(host::heard(&name));
    }
    if batch.is_empty() {
        return Ok(false);
    }
    platform.database().batch(batch).await?;
    Ok(true)
}

#[cfg(test)]
mod tests;
