//! What one object (one video, one shard of a video, or the whole instance) knows.

mod attachment;
mod http;
mod membership;
mod receive;
mod served;

#[cfg(test)]
mod tests;

use torrent::InfoHash;

use crate::hashing::{Hashing, IdMap};
use crate::http::HttpPeers;
use crate::ids::secs;
use crate::limits::{MAX_MEMBERSHIPS, MAX_MEMBERSHIPS_PER_SOCKET, MAX_PEERS_PER_SWARM};
use crate::load_meter::LoadMeter;
use crate::random::Random;
use crate::rate_limit::{Action, Limiter, RateLimits};
use crate::swarm::{IntervalRule, Load, Peer, Swarm};
use crate::websocket::Counts;
use crate::{AddressKey, PeerId, SocketId};

pub use attachment::{Attachment, AttachmentError, Membership};
pub use http::HttpReceived;
pub use receive::{Received, Refusal};
use served::Served;

/// What a host may choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// When peers announce again.
    pub interval: IntervalRule,
    /// How often an address may do what.
    pub rate_limits: RateLimits,
    /// WebSocket peers of one swarm.
    pub max_peers_per_swarm: u32,
    /// Memberships of the object.
    pub max_memberships: u32,
    /// Memberships of one socket.
    pub max_memberships_per_socket: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            interval: IntervalRule::default(),
            rate_limits: RateLimits::default(),
            max_peers_per_swarm: MAX_PEERS_PER_SWARM,
            max_memberships: MAX_MEMBERSHIPS,
            max_memberships_per_socket: MAX_MEMBERSHIPS_PER_SOCKET,
        }
    }
}

/// One open socket.
#[derive(Debug)]
struct Socket {
    address: AddressKey,
    memberships: Vec<Joined>,
}

/// An infohash under which a socket has joined a swarm, and its name there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Joined {
    info_hash: InfoHash,
    peer_id: PeerId,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Open sockets.
    pub sockets: u32,
    /// Sockets in at least one swarm: a viewer in several renditions counts once.
    pub viewers: u32,
    /// Peers in all swarms.
    pub memberships: u32,
    /// Peers reached by HTTP, in all swarms: those that have everything and the others.
    pub http_peers: Counts,
    /// Swarms.
    pub swarms: u32,
    /// Messages and connections per second, over the last eight seconds.
    pub events_per_sec: u32,
}

/// The swarms of one object, and their sockets. Everything can be rebuilt from the sockets'
/// attachments, but for offers that wait for an answer, rates and load.
#[derive(Debug)]
pub struct Tracker {
    config: Config,
    hashing: Hashing,
    sockets: IdMap<SocketId, Socket>,
    /// By the infohash that stands for the swarm ([`torrent::SwarmName`]). Whoever is in one has announced under an
    /// infohash whose swarm this is, as far as `served` says.
    swarms: IdMap<InfoHash, Swarm>,
    http: IdMap<InfoHash, HttpPeers>,
    hash_seed: u64,
    memberships: u32,
    served: Served,
    load: LoadMeter,
    limiter: Limiter,
}

impl Tracker {
    /// An empty object. `hash_seed` should be random, so that clients cannot choose ids that collide.
    ///
    /// It serves nothing until [`Tracker::serve`] or [`Tracker::serve_everything`] was called.
    #[must_use]
    pub fn new(config: Config, hash_seed: u64) -> Self {
        let hashing = Hashing::with_seed(hash_seed);
        Self {
            config,
            hashing: hashing.clone(),
            sockets: IdMap::with_hasher(hashing.clone()),
            swarms: IdMap::with_hasher(hashing.clone()),
            http: IdMap::with_hasher(hashing.clone()),
            hash_seed,
            memberships: 0,
            served: Served::nothing(hashing),
            load: LoadMeter::default(),
            limiter: Limiter::new(config.rate_limits, hash_seed),
        }
    }

    /// A socket was opened from this address. `false`: too often; close it.
    pub fn open(
        &mut self,
        socket: SocketId,
        address: AddressKey,
        now_unix_ms: u64,
        random: &mut impl Random,
    ) -> bool {
        self.load.count(secs(now_unix_ms));
        let limiter = &mut self.limiter;
        if !limiter.allow(address, Action::Connect, None, now_unix_ms, random) {
            return false;
        }
        self.sockets.insert(
            socket,
            Socket {
                address,
                memberships: Vec::new(),
            },
        );
        true
    }

    /// A socket is gone, and with it all its peers.
    pub fn close(&mut self, socket: SocketId) {
        let Some(closed) = self.sockets.swap_remove(&socket) else {
            return;
        };
        for joined in closed.memberships {
            self.remove_from_swarm(socket, &joined);
        }
    }

    /// Removes peers that were silent for two intervals, in all swarms. Announces do so in their
    /// own swarm every ten seconds; hosts call this at their alarm. The sockets whose memberships
    /// changed need a new attachment.
    pub fn sweep(&mut self, now_unix_ms: u64) -> Vec<SocketId> {
        self.sweep_http(now_unix_ms);
        let now_secs = secs(now_unix_ms);
        let mut changed = Vec::new();
        for index in (0..self.swarms.len()).rev() {
            self.sweep_swarm(index, now_secs, &mut changed);
        }
        changed.sort_unstable();
        changed.dedup();
        changed
    }

    /// What there is. Walks over all sockets: for alarms, not for every message.
    pub fn totals(&mut self, now_unix_ms: u64) -> Totals {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let viewers = self
            .sockets
            .values()
            .filter(|socket| !socket.memberships.is_empty());
        Totals {
            sockets: count(self.sockets.len()),
            viewers: count(viewers.count()),
            memberships: self.memberships,
            http_peers: self.http.values().map(HttpPeers::counts).fold(
                Counts::default(),
                |sum, counts| Counts {
                    complete: sum.complete + counts.complete,
                    incomplete: sum.incomplete + counts.incomplete,
                },
            ),
            swarms: count(self.swarms.len()),
            events_per_sec: self.load.per_sec(secs(now_unix_ms)),
        }
    }

    /// Open sockets.
    #[must_use]
    pub fn socket_count(&self) -> usize {
        self.sockets.len()
    }

    /// Messages and connections per second, over the last eight seconds.
    pub fn events_per_sec(&mut self, now_unix_ms: u64) -> u32 {
        self.load.per_sec(secs(now_unix_ms))
    }

    /// The swarm of those who announce under this infohash, if there is one.
    fn swarm(&self, info_hash: &InfoHash) -> Option<&Swarm> {
        self.swarms.get(&self.served.swarm_of(info_hash)?)
    }

    fn swarm_mut(&mut self, info_hash: &InfoHash) -> Option<&mut Swarm> {
        self.swarms.get_mut(&self.served.swarm_of(info_hash)?)
    }

    /// When the next announce to this swarm is due.
    fn interval_secs(&mut self, info_hash: &InfoHash, now_secs: u32) -> u32 {
        let swarm = self.swarm(info_hash);
        let (swarm_peers, since_secs) =
            swarm.map_or((0, now_secs), |swarm| (swarm.len(), swarm.since_secs));
        self.config.interval.interval_secs(Load {
            swarm_peers,
            swarm_age_secs: now_secs.saturating_sub(since_secs),
            object_peers: self.memberships,
            events_per_sec: self.load.per_sec(now_secs),
        })
    }

    fn sweep_swarm(&mut self, index: usize, now_secs: u32, changed: &mut Vec<SocketId>) {
        let Some((_, swarm)) = self.swarms.get_index_mut(index) else {
            return;
        };
        let (sockets, memberships) = (&mut self.sockets, &mut self.memberships);
        let may_stay = |peer: &Peer| peer.expires_secs > now_secs;
        swarm.keep(may_stay, |peer_id, peer| {
            *memberships -= 1;
            if let Some(socket) = sockets.get_mut(&peer.socket) {
                let info_hash = peer.under;
                socket.forget(&Joined { info_hash, peer_id });
            }
            changed.push(peer.socket);
        });
        if swarm.is_empty() {
            self.swarms.swap_remove_index(index);
        }
    }

    fn remove_from_swarm(&mut self, socket: SocketId, joined: &Joined) {
        let Some(name) = self.served.swarm_of(&joined.info_hash) else {
            return;
        };
        let Some(swarm) = self.swarms.get_mut(&name) else {
            return;
        };
        if swarm.remove(&joined.peer_id, socket, &joined.info_hash) {
            self.memberships -= 1;
        }
        if swarm.is_empty() {
            self.swarms.swap_remove(&name);
        }
    }
}

impl Socket {
    fn forget(&mut self, joined: &Joined) {
        self.memberships.retain(|other| other != joined);
    }
}
