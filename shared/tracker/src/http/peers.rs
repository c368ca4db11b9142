//! The peers of one infohash that are reached by TCP or uTP.

use core::net::{IpAddr, SocketAddr};

use super::query::HttpAnnounce;
use super::reply::write_announce_reply;
use crate::PeerId;
use crate::hashing::{Hashing, IdMap};
use crate::limits::{HTTP_INTERVAL_SECS, MAX_HTTP_PEERS};
use crate::random::Random;
use crate::websocket::{Counts, Event};

/// How far a peer is. The order decides between two entries of the same millisecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Progress {
    /// It has something or nothing.
    Incomplete,
    /// It has everything.
    Complete,
    /// It left. Kept as long as a peer would be, so that no older entry brings it back.
    Stopped,
}

/// What was last heard from one address and port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub heard_unix_ms: u64,
    pub progress: Progress,
    pub peer_id: PeerId,
}

impl Entry {
    /// After two intervals.
    fn has_expired(&self, now_unix_ms: u64) -> bool {
        let stays_ms = 2_000 * u64::from(HTTP_INTERVAL_SECS);
        self.heard_unix_ms.saturating_add(stays_ms) <= now_unix_ms
    }
}

/// Peers of one swarm by address and port, at most [`MAX_HTTP_PEERS`].
///
/// Each entry is replaced by later ones only, so states that several writers had may be merged in
/// any order, as often as one likes.
#[derive(Clone, Debug)]
pub struct HttpPeers {
    pub(super) entries: IdMap<SocketAddr, Entry>,
    counts: Counts,
}

impl PartialEq for HttpPeers {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl HttpPeers {
    /// Nobody. `hash_seed` should be random.
    #[must_use]
    pub fn new(hash_seed: u64) -> Self {
        Self {
            entries: IdMap::with_hasher(Hashing::with_seed(hash_seed)),
            counts: Counts::default(),
        }
    }

    /// Nobody, and nobody who left lately?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many there were at the last change or sweep.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Follows an announce from `ip` and writes the reply. `others` are peers reached by other
    /// means, who count but are not told of: browsers cannot be reached by TCP.
    ///
    /// An announcer never gets its own address and port.
    pub fn announce(
        &mut self,
        announce: &HttpAnnounce,
        ip: IpAddr,
        others: Counts,
        now_unix_ms: u64,
        random: &mut impl Random,
    ) -> Vec<u8> {
        let own = SocketAddr::new(ip.to_canonical(), announce.port.get());
        let progress = self.progress_of(&own, announce);
        // Somebody unknown who leaves changes nothing.
        if progress != Progress::Stopped || self.entries.contains_key(&own) {
            self.put(
                own,
                Entry {
                    // Two announces in one millisecond, or a clock that went back.
                    heard_unix_ms: self.entries.get(&own).map_or(now_unix_ms, |entry| {
                        now_unix_ms.max(entry.heard_unix_ms + 1)
                    }),
                    progress,
                    peer_id: announce.peer_id,
                },
                random,
            );
        }
        self.sweep(now_unix_ms);
        let counts = Counts {
            complete: self.counts.complete + others.complete,
            incomplete: self.counts.incomplete + others.incomplete,
        };
        let told = self.choose(announce, &own, random);
        write_announce_reply(counts, &told, announce.is_compact)
    }

    /// Forgets who was silent for two intervals, and counts the others.
    pub fn sweep(&mut self, now_unix_ms: u64) {
        self.entries
            .retain(|_, entry| !entry.has_expired(now_unix_ms));
        let count = |progress| {
            let found = self
                .entries
                .values()
                .filter(|entry| entry.progress == progress);
            u32::try_from(found.count()).unwrap_or(u32::MAX)
        };
        self.counts = Counts {
            complete: count(Progress::Complete),
            incomplete: count(Progress::Incomplete),
        };
    }

    /// Takes over what another state knows later. Of more than [`MAX_HTTP_PEERS`] those stay that
    /// were heard last.
    pub fn merge(&mut self, other: &Self, now_unix_ms: u64) {
        for (&address, entry) in &other.entries {
            let own = self.entries.entry(address).or_insert(*entry);
            *own = (*own).max(*entry);
        }
        if self.entries.len() > MAX_HTTP_PEERS {
            self.entries
                .sort_unstable_by(|address, entry, other_address, other| {
                    (other, other_address).cmp(&(entry, address))
                });
            self.entries.truncate(MAX_HTTP_PEERS);
        }
        self.sweep(now_unix_ms);
    }

    /// Once complete, always complete, until it leaves.
    fn progress_of(&self, own: &SocketAddr, announce: &HttpAnnounce) -> Progress {
        let was = self.entries.get(own).map(|entry| entry.progress);
        match announce.event {
            Event::Stopped => Progress::Stopped,
            Event::Completed => Progress::Complete,
            Event::Started | Event::Update => {
                if announce.has_all || was == Some(Progress::Complete) {
                    Progress::Complete
                } else {
                    Progress::Incomplete
                }
            }
        }
    }

    /// When it is full, of eight by chance the one that was silent longest makes room.
    fn put(&mut self, address: SocketAddr, entry: Entry, random: &mut impl Random) {
        if self.entries.len() >= MAX_HTTP_PEERS && !self.entries.contains_key(&address) {
            let oldest = (0..8)
                .map(|_| random.index_below(self.entries.len()))
                .min_by_key(|&index| self.entries.get_index(index).map(|(_, entry)| *entry));
            if let Some(oldest) = oldest {
                self.entries.swap_remove_index(oldest);
            }
        }
        self.entries.insert(address, entry);
    }

    fn choose(
        &self,
        announce: &HttpAnnounce,
        own: &SocketAddr,
        random: &mut impl Random,
    ) -> Vec<(SocketAddr, PeerId)> {
        let mut told: Vec<(SocketAddr, PeerId)> = self
            .entries
            .iter()
            .filter(|(address, entry)| *address != own && entry.progress != Progress::Stopped)
            .map(|(address, entry)| (*address, entry.peer_id))
            .collect();
        let wanted = usize::try_from(announce.numwant)
            .unwrap_or(0)
            .min(told.len());
        for place in 0..wanted {
            let other = place + random.index_below(told.len() - place);
            told.swap(place, other);
        }
        told.truncate(wanted);
        told
    }
}
