//! Whose key a delivery names, and whether its signature verifies with it. Keys are read once in a while and
//! fetched where they are not known yet, or may be new ones.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use activitypub::AbsoluteUrl;
use activitypub::inbox::{Claimed, Signed};
use activitypub::incoming::{PublicKey, RemoteActor, find_key};
use activitypub::signature::Algorithm;
use domain::time::{MINUTE_MS, SECOND_MS};
use ports::{Crypto, Database, OnTheWay, Platform, RsaScheme};
use store::federation::remote_actor::{self, KeyRow};

use super::rejected;
use crate::federation::{actors, fetch};
use crate::{AppError, Rejection};

/// A key that does not verify is fetched again at most this often: it may be a new one.
pub(super) const REFETCH_AFTER_MS: i64 = MINUTE_MS;
/// A key that could not be fetched is not asked for again within this time.
pub(super) const UNREACHABLE_MS: i64 = MINUTE_MS;
/// Whoever fetches a key has done so after this time, or never will: an actor's document may follow the key's.
const FETCHING_MS: i64 = 20 * SECOND_MS;
/// How often those who need a key that another request fetches look whether it is there, in milliseconds.
const LOOK_AGAIN_MS: u32 = 50;
/// For how long a key is not read again. Who is blocked, or has another key, meanwhile, is found out when their
/// activities are acted upon, or when a signature does not verify.
pub(super) const KEY_KEPT_MS: i64 = 30 * SECOND_MS;
/// Keys that are kept; each takes about a kilobyte.
const MAX_KEPT_KEYS: usize = 500;
/// Keys that are remembered as being fetched, or as unreachable; of the latter all are forgotten then.
const MAX_REMEMBERED: usize = 2_000;

/// What one host of the site remembers of keys, without writing it anywhere.
#[derive(Debug, Default)]
pub(super) struct KeyMemory {
    /// Keys that could not be fetched, and when.
    unreachable: RefCell<HashMap<String, i64>>,
    /// Keys that were read a moment ago, by the ids that signatures name, and when.
    keys: RefCell<HashMap<String, (Rc<KeyRow>, i64)>>,
    /// Keys that a request is fetching, and since when.
    fetching: RefCell<HashMap<String, i64>>,
}

/// A key is being fetched as long as this lives.
struct Fetching<'a> {
    memory: &'a KeyMemory,
    key_id: &'a str,
}

impl Drop for Fetching<'_> {
    fn drop(&mut self) {
        self.memory.fetching.borrow_mut().remove(self.key_id);
    }
}

impl KeyMemory {
    fn kept(&self, key_id: &str, now_ms: i64) -> Option<Rc<KeyRow>> {
        let keys = self.keys.borrow();
        let (row, since) = keys.get(key_id)?;
        (0..KEY_KEPT_MS)
            .contains(&now_ms.saturating_sub(*since))
            .then(|| Rc::clone(row))
    }

    fn keep(&self, key_id: &str, row: &Rc<KeyRow>, now_ms: i64) {
        let mut keys = self.keys.borrow_mut();
        if keys.len() >= MAX_KEPT_KEYS && !keys.contains_key(key_id) {
            keys.retain(|_, (_, since)| now_ms.saturating_sub(*since) < KEY_KEPT_MS);
            if keys.len() >= MAX_KEPT_KEYS {
                keys.clear();
            }
        }
        keys.insert(key_id.to_owned(), (Rc::clone(row), now_ms));
    }

    pub(super) fn forget(&self, key_id: &str) {
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

/// Finds the key and has it verify; nothing when there is nothing to do: somebody who is blocked, or the end of
/// somebody who was never known. Who has to wait for a key is not `on_the_way` any more.
pub(super) async fn confirm<P: Platform>(
    platform: &P,
    memory: &KeyMemory,
    key_id: &str,
    claimed: Claimed,
    on_the_way: OnTheWay,
) -> Result<Option<(Signed, Rc<KeyRow>, OnTheWay)>, AppError> {
    let now = platform.now();
    let mut claimed = claimed;
    if let Some(row) = memory.kept(key_id, now.0) {
        match verify(platform, claimed, &row).await? {
            Ok(signed) => return Ok(Some((signed, row, on_the_way))),
            Err((_, again)) => claimed = again,
        }
        // It may have another one meanwhile.
        memory.forget(key_id);
    }
    drop(on_the_way);
    if let Some(row) = select_key(platform, key_id).await? {
        if row.is_blocked {
            return Ok(None);
        }
        match verify(platform, claimed, &row).await? {
            Ok(signed) => {
                memory.keep(key_id, &row, now.0);
                return Ok(Some((signed, row, OnTheWay::default())));
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
        Ok(signed) => Ok(Some((signed, row, OnTheWay::default()))),
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
    memory: &KeyMemory,
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
