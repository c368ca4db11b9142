//! The door for what other servers send: each delivery passes the pipeline of `activitypub::inbox`, and what
//! passes is stored (`received`). Whatever it leads to happens later (`receive`), so the answer is quick.
//!
//! A delivery of an actor whose key is known costs one written row, which shares its transaction with those that
//! come at the same moment, and one read of the key, unless it was read a moment ago.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use activitypub::AbsoluteUrl;
use activitypub::inbox::{Bounded, Claimed, KnownActor, Rejected, Signed};
use activitypub::incoming::{Activity, PublicKey, RemoteActor, Verb, find_key};
use activitypub::signature::{Algorithm, RequestView, Scheme};
use domain::time::{MINUTE_MS, SECOND_MS};
use ports::{Crypto, Database, FederationTask, MAX_TASK_BYTES, Platform, RsaScheme};
use sha2::{Digest, Sha256};
use store::federation::remote_actor::{self, KeyRow};
use store::federation::{host, incoming};

use super::{actors, fetch, received};
use crate::{AppError, Rejection};

/// Deliveries from one address in [`WINDOW_MS`]: PeerTube's bound.
const MAX_DELIVERIES: u32 = 500;
/// PeerTube's 10 seconds.
const WINDOW_MS: i64 = 10 * SECOND_MS;
/// A key that does not verify is fetched again at most this often: it may be a new one.
const REFETCH_AFTER_MS: i64 = MINUTE_MS;
/// A key that could not be fetched is not asked for again within this time.
const UNREACHABLE_MS: i64 = MINUTE_MS;
/// Whoever fetches a key has done so after this time, or never will: an actor's document may follow the key's.
const FETCHING_MS: i64 = 20 * SECOND_MS;
/// How often those who need a key that another request fetches look whether it is there, in milliseconds.
const LOOK_AGAIN_MS: u32 = 50;
/// Addresses and keys that are remembered; then all are forgotten.
const MAX_REMEMBERED: usize = 2_000;
/// For how long a key is not read again. Who is blocked, or has another key, meanwhile, is found out when their
/// activities are acted upon, or when a signature does not verify.
const KEY_KEPT_MS: i64 = 30 * SECOND_MS;
/// Keys that are kept; each takes about a kilobyte.
const MAX_KEPT_KEYS: usize = 500;
/// Bytes of the digest that tells requests apart.
const REPLAY_KEY_BYTES: usize = 16;

/// What one host of the site remembers between deliveries, without writing it anywhere.
#[derive(Debug, Default)]
pub struct InboxMemory {
    /// Per address: when its window began, and how many there were in it.
    deliveries: RefCell<HashMap<String, (i64, u32)>>,
    /// Keys that could not be fetched, and when.
    unreachable: RefCell<HashMap<String, i64>>,
    /// Keys that were read a moment ago, by the ids that signatures name, and when.
    keys: RefCell<HashMap<String, (Rc<KeyRow>, i64)>>,
    /// Keys that a request is fetching, and since when.
    fetching: RefCell<HashMap<String, i64>>,
}

/// A key is being fetched as long as this lives.
struct Fetching<'a> {
    memory: &'a InboxMemory,
    key_id: &'a str,
}

impl Drop for Fetching<'_> {
    fn drop(&mut self) {
        self.memory.fetching.borrow_mut().remove(self.key_id);
    }
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

    fn kept_key(&self, key_id: &str, now_ms: i64) -> Option<Rc<KeyRow>> {
        let keys = self.keys.borrow();
        let (row, since) = keys.get(key_id)?;
        (0..KEY_KEPT_MS)
            .contains(&now_ms.saturating_sub(*since))
            .then(|| Rc::clone(row))
    }

    fn keep_key(&self, key_id: &str, row: &Rc<KeyRow>, now_ms: i64) {
        let mut keys = self.keys.borrow_mut();
        if keys.len() >= MAX_KEPT_KEYS && !keys.contains_key(key_id) {
            keys.retain(|_, (_, since)| now_ms.saturating_sub(*since) < KEY_KEPT_MS);
            if keys.len() >= MAX_KEPT_KEYS {
                keys.clear();
            }
        }
        keys.insert(key_id.to_owned(), (Rc::clone(row), now_ms));
    }

    fn forget_key(&self, key_id: &str) {
        self.keys.borrow_mut().remove(key_id);
    }

    fn is_fetching(&self, key_id: &str, now_ms: i64) -> bool {
        let fetching = self.fetching.borrow();
        fetching
            .get(key_id)
            .is_some_and(|since| now_ms.saturating_sub(*since) < FETCHING_MS)
    }

    /// Nothing if another request fetches it already. Where too much is remembered, everybody fetches.
    fn begin_fetching<'a>(&'a self, key_id: &'a str, now_ms: i64) -> Option<Fetching<'a>> {
        if self.is_fetching(key_id, now_ms) {
            return None;
        }
        let mut fetching = self.fetching.borrow_mut();
        if fetching.len() < MAX_REMEMBERED {
            fetching.insert(key_id.to_owned(), now_ms);
        }
        Some(Fetching {
            memory: self,
            key_id,
        })
    }

    fn is_unreachable(&self, key_id: &str, now_ms: i64) -> bool {
        let unreachable = self.unreachable.borrow();
        unreachable
            .get(key_id)
            .is_some_and(|at| now_ms.saturating_sub(*at) < UNREACHABLE_MS)
    }

    fn note_unreachable(&self, key_id: &str, now_ms: i64) {
        let mut unreachable = self.unreachable.borrow_mut();
        if unreachable.len() >= MAX_REMEMBERED {
            unreachable.clear();
        }
        unreachable.insert(key_id.to_owned(), now_ms);
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

/// Takes a delivery: verifies it and keeps what it says until it is acted upon.
///
/// # Errors
/// A rejection that says what is wrong with it, never as our fault; [`AppError::Unavailable`] when database or
/// queue fail.
pub async fn accept<P: Platform>(
    platform: &P,
    memory: &InboxMemory,
    delivery: Delivery<'_>,
    body: Vec<u8>,
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
    let Some((signed, row)) = confirm(platform, memory, &key_id, claimed).await? else {
        return Ok(());
    };
    if note_host(platform, &row, signed.owner(), scheme).await? {
        memory.forget_key(&key_id);
    }
    let actor_url = signed.owner().clone();
    let task = match signed_activity(signed, &actor_url, &row) {
        Ok(activity) => task(activity, &actor_url, replay_key)?,
        Err(Rejected::Forwarded { origin, .. }) => {
            origin.map(|origin| FederationTask::FetchActivity {
                activity_url: origin.as_str().to_owned(),
            })
        }
        Err(error) => return Err(rejected(&error)),
    };
    match task {
        Some(task) => received::keep(platform, task).await,
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
    let mut members = activity.raw;
    // Long, and not needed any more.
    members.remove("@context");
    members.remove("signature");
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

/// Finds the key and has it verify; nothing when there is nothing to do: somebody who is blocked, or the end of
/// somebody who was never known.
async fn confirm<P: Platform>(
    platform: &P,
    memory: &InboxMemory,
    key_id: &str,
    claimed: Claimed,
) -> Result<Option<(Signed, Rc<KeyRow>)>, AppError> {
    let now = platform.now();
    let mut claimed = claimed;
    if let Some(row) = memory.kept_key(key_id, now.0) {
        match verify(platform, claimed, &row).await? {
            Ok(signed) => return Ok(Some((signed, row))),
            Err((_, again)) => claimed = again,
        }
        // It may have another one meanwhile.
        memory.forget_key(key_id);
    }
    if let Some(row) = select_key(platform, key_id).await? {
        if row.is_blocked {
            return Ok(None);
        }
        match verify(platform, claimed, &row).await? {
            Ok(signed) => {
                memory.keep_key(key_id, &row, now.0);
                return Ok(Some((signed, row)));
            }
            Err((error, _)) if now.since_ms(row.fetched_at) < REFETCH_AFTER_MS => {
                return Err(error);
            }
            Err((_, again)) => claimed = again,
        }
    } else if claimed.is_deletion_of_self() {
        return Ok(None);
    }
    let unknown = || {
        AppError::rejected(
            Rejection::Unauthorized,
            "The key of the signature cannot be fetched",
        )
    };
    if memory.is_unreachable(key_id, now.0) {
        return Err(unknown());
    }
    fetch_key_once(platform, memory, key_id, &claimed).await?;
    // Even if it could not be fetched: somebody else may have been luckier at the same time.
    let Some(row) = select_key(platform, key_id).await? else {
        memory.note_unreachable(key_id, now.0);
        return Err(unknown());
    };
    if row.is_blocked {
        return Ok(None);
    }
    match verify(platform, claimed, &row).await? {
        Ok(signed) => Ok(Some((signed, row))),
        Err((error, _)) => Err(error),
    }
}

async fn select_key<P: Platform>(
    platform: &P,
    key_id: &str,
) -> Result<Option<Rc<KeyRow>>, AppError> {
    let select = remote_actor::select_key(key_id);
    let results = platform.database().batch(vec![select]).await?;
    let row = results.first().and_then(|rows| rows.first());
    Ok(row.map(remote_actor::read_key).transpose()?.map(Rc::new))
}

/// The outer error is ours, the inner one the sender's, with the claim for another try.
async fn verify<P: Platform>(
    platform: &P,
    claimed: Claimed,
    row: &KeyRow,
) -> Result<Result<Signed, (AppError, Claimed)>, AppError> {
    let key = PublicKey {
        id: AbsoluteUrl::parse(&row.key_id).map_err(AppError::bug)?,
        owner: AbsoluteUrl::parse(&row.actor_url).map_err(AppError::bug)?,
        pem: row.public_key_pem.clone(),
    };
    let claim = claimed.claim();
    let scheme = match claim.algorithm() {
        Algorithm::RsaV15Sha256 => RsaScheme::V15Sha256,
        Algorithm::RsaPssSha512 => RsaScheme::PssSha512,
    };
    let is_valid = platform
        .crypto()
        .verify_rsa(scheme, &key.pem, claim.message(), claim.signature())
        .await?;
    Ok(claimed
        .confirm(&key, is_valid)
        .map_err(|unconfirmed| (rejected(&unconfirmed.rejected), unconfirmed.claimed)))
}

/// Fetches a key, or waits for the request that does: an author whose activity comes a hundred times is asked once.
async fn fetch_key_once<P: Platform>(
    platform: &P,
    memory: &InboxMemory,
    key_id: &str,
    claimed: &Claimed,
) -> Result<(), AppError> {
    let Some(fetching) = memory.begin_fetching(key_id, platform.now().0) else {
        while memory.is_fetching(key_id, platform.now().0) {
            platform.wait(LOOK_AGAIN_MS).await;
        }
        return Ok(());
    };
    let fetched = fetch_key(platform, claimed).await;
    drop(fetching);
    match fetched {
        Err(AppError::Bug { cause }) => Err(AppError::Bug { cause }),
        _ => Ok(()),
    }
}

/// Fetches what a key id names, and stores the actor whose key it is: it may be the actor itself, or a document
/// of the key alone (GoToSocial), and then the actor's own document has to hold it too.
async fn fetch_key<P: Platform>(platform: &P, claimed: &Claimed) -> Result<(), AppError> {
    let no_url = || actors::refused("the key id is no URL");
    let url = claimed.claim().key_url().ok_or_else(no_url)?;
    if actors::is_ours(platform, &url) {
        return Err(actors::refused("the key is one of ours"));
    }
    let document = fetch::get_document(platform, &url).await?;
    let key_id = AbsoluteUrl::parse(claimed.claim().key_id()).map_err(|_| no_url())?;
    let key = find_key(&document.members, &key_id);
    match RemoteActor::from_members(document.members) {
        Ok(actor) => actors::store(platform, &actor).await.map(|_| ()),
        Err(_) => {
            let key = key.ok_or_else(|| actors::refused("there is no such key"))?;
            actors::fetch(platform, &key.owner).await.map(|_| ())
        }
    }
}

/// A host that signs in another form than before is answered in that form, and one that was given up is alive.
/// Answers whether there was anything to note.
async fn note_host<P: Platform>(
    platform: &P,
    row: &KeyRow,
    owner: &AbsoluteUrl,
    scheme: Scheme,
) -> Result<bool, AppError> {
    let scheme = match scheme {
        Scheme::Cavage => "cavage",
        Scheme::Rfc9421 => "rfc9421",
    };
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
