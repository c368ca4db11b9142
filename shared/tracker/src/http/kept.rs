//! A swarm in a store that only has values under keys, and counters.
//!
//! Such a store overwrites: of two who read a value, change it and write it back at the same time, one is
//! lost. So every peer has a value of its own, which nobody else writes, in a slot whose number a counter
//! gave to it alone. Counters and slots are those of an epoch of two intervals. Whoever announces again in
//! the next one gets a new slot there, so that the slots in use follow each other without gaps, as many as
//! there are peers, and need no list: the first page of them is read, and the next as long as one is full.
//! Two epochs together hold everybody who was heard in the last two intervals, and older ones may be
//! removed by anybody at any time.

use core::net::{IpAddr, SocketAddr};
use std::collections::HashMap;

use torrent::InfoHash;

use super::peers::HttpPeers;
use super::query::HttpAnnounce;
use super::stored::decode_entries;
use crate::hashing::{Hashing, IdMap};
use crate::limits::{HTTP_INTERVAL_SECS, MAX_KEPT_PEERS};
use crate::random::Random;
use crate::websocket::Counts;

/// Slots that are read first, and how many times as many after each further page.
const FIRST_PAGE: u32 = 32;
const PAGE_FACTOR: u32 = 4;

/// Where a peer is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Under this key already.
    Kept(String),
    /// In a slot that it has yet to get: the counter under [`counter_key`] gives a number, and
    /// [`slot_of_number`] the key.
    New,
}

/// A swarm while it is read: [`Self::wanted`] and [`Self::take`] take turns until nothing is wanted.
#[derive(Clone, Debug)]
pub struct KeptSwarm {
    info_hash: InfoHash,
    epochs: [Epoch; 2],
    peers: HttpPeers,
    /// Slots of this epoch.
    slots: IdMap<SocketAddr, u32>,
    now_unix_ms: u64,
}

/// One epoch, and the slots of it that are wanted next.
#[derive(Clone, Debug)]
struct Epoch {
    number: u64,
    next: core::ops::Range<u32>,
}

/// As long as a peer stays without being heard.
fn epoch_at(unix_ms: u64) -> u64 {
    unix_ms / (2_000 * u64::from(HTTP_INTERVAL_SECS))
}

/// Announces of a known peer are written again after half an interval: it must not expire between two.
fn refresh_ms() -> u64 {
    500 * u64::from(HTTP_INTERVAL_SECS)
}

fn slot_key(info_hash: &InfoHash, epoch: u64, slot: u32) -> String {
    format!("{info_hash}.{epoch}.{slot}")
}

/// Key of the counter that gives newcomers their numbers, from 1.
#[must_use]
pub fn counter_key(info_hash: &InfoHash, now_unix_ms: u64) -> String {
    format!("{info_hash}.{}", epoch_at(now_unix_ms))
}

/// Key of the slot of a number. After [`MAX_KEPT_PEERS`] the first are taken over: those who have them were
/// silent longest, or come back and get another.
#[must_use]
pub fn slot_of_number(info_hash: &InfoHash, number: u64, now_unix_ms: u64) -> String {
    let slot = number.saturating_sub(1) % u64::from(MAX_KEPT_PEERS);
    let slot = u32::try_from(slot).unwrap_or(0);
    slot_key(info_hash, epoch_at(now_unix_ms), slot)
}

/// Whether a key is of an epoch in which nobody is looked for any more.
#[must_use]
pub fn is_stale_key(key: &str, now_unix_ms: u64) -> bool {
    let epoch = key.split('.').nth(1).and_then(|epoch| epoch.parse().ok());
    epoch.is_some_and(|epoch: u64| epoch + 1 < epoch_at(now_unix_ms))
}

impl KeptSwarm {
    /// Of which nothing is read yet. `hash_seed` should be random.
    #[must_use]
    pub fn new(info_hash: InfoHash, hash_seed: u64, now_unix_ms: u64) -> Self {
        let epoch = epoch_at(now_unix_ms);
        let first = |number| Epoch {
            number,
            next: 0..FIRST_PAGE,
        };
        Self {
            info_hash,
            epochs: [first(epoch), first(epoch.saturating_sub(1))],
            peers: HttpPeers::new(hash_seed),
            slots: IdMap::with_hasher(Hashing::with_seed(hash_seed)),
            now_unix_ms,
        }
    }

    /// Which one it is.
    #[must_use]
    pub const fn info_hash(&self) -> &InfoHash {
        &self.info_hash
    }

    /// Keys to be read next; none when everything is there.
    #[must_use]
    pub fn wanted(&self) -> Vec<String> {
        let keys = self.epochs.iter().flat_map(|epoch| {
            let slots = epoch.next.clone();
            slots.map(|slot| slot_key(&self.info_hash, epoch.number, slot))
        });
        keys.collect()
    }

    /// Takes what the store has under the wanted keys; further ones in `found` do no harm. What is damaged
    /// counts as absent.
    pub fn take(&mut self, found: &HashMap<String, Vec<u8>>) {
        let is_now = epoch_at(self.now_unix_ms);
        for epoch in &mut self.epochs {
            let page = epoch.next.clone();
            // Numbers that were given a moment ago have nothing in their slots yet, so one that is empty
            // does not mean that it is the last.
            let middle = page.start + (page.end - page.start) / 2;
            let mut is_full = false;
            for slot in page.clone() {
                let bytes = found.get(&slot_key(&self.info_hash, epoch.number, slot));
                let entries = bytes.and_then(|bytes| decode_entries(bytes).ok());
                for (address, entry) in entries.into_iter().flatten().flatten() {
                    is_full |= slot >= middle;
                    if epoch.number == is_now {
                        self.slots.insert(address, slot);
                    }
                    let known = self.peers.entries.entry(address).or_insert(entry);
                    *known = (*known).max(entry);
                }
            }
            let end = page.end.saturating_mul(PAGE_FACTOR).min(MAX_KEPT_PEERS);
            epoch.next = if is_full { page.end..end } else { 0..0 };
        }
        self.peers.sweep(self.now_unix_ms);
    }

    /// How many are there.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.peers.counts()
    }

    /// Peers whose address `is_same`; for limits.
    #[must_use]
    pub fn peers_at(&self, is_same: impl Fn(IpAddr) -> bool) -> usize {
        let addresses = self.peers.entries.keys();
        addresses.filter(|address| is_same(address.ip())).count()
    }

    /// Whether it knows whoever announces.
    #[must_use]
    pub fn knows(&self, announce: &HttpAnnounce, ip: IpAddr) -> bool {
        self.peers.entries.contains_key(&own(announce, ip))
    }

    /// Follows an announce as [`HttpPeers::announce`]: the reply, and what has to be written where, unless
    /// the store has it already.
    pub fn announce(
        &mut self,
        announce: &HttpAnnounce,
        ip: IpAddr,
        random: &mut impl Random,
    ) -> (Vec<u8>, Option<(Slot, Vec<u8>)>) {
        let own = own(announce, ip);
        let before = self.peers.entries.get(&own).copied();
        let now = self.now_unix_ms;
        let reply = self
            .peers
            .announce(announce, ip, Counts::default(), now, random);
        let slot = self.slots.get(&own).map(|slot| {
            let epoch = epoch_at(now);
            slot_key(&self.info_hash, epoch, *slot)
        });
        let is_news = match (before, self.peers.entries.get(&own)) {
            (Some(before), Some(after)) => {
                before.progress != after.progress
                    || before.peer_id != after.peer_id
                    || before.heard_unix_ms.saturating_add(refresh_ms()) <= now
            }
            (before, after) => before.is_some() != after.is_some(),
        };
        let written = if is_news || slot.is_none() {
            self.peers.encode_one(&own)
        } else {
            None
        };
        let slot = slot.map_or(Slot::New, Slot::Kept);
        (reply, written.map(|bytes| (slot, bytes)))
    }
}

fn own(announce: &HttpAnnounce, ip: IpAddr) -> SocketAddr {
    SocketAddr::new(ip.to_canonical(), announce.port.get())
}

#[cfg(test)]
mod tests;
