//! Who is in a swarm.

use core::num::NonZeroU32;

use super::expected::{ExpectedAnswers, digest};
use super::pick::{Picked, pick};
use crate::hashing::{Hashing, IdMap};
use crate::random::Random;
use crate::websocket::Counts;
use crate::{PeerId, SocketId};
use torrent::InfoHash;

/// One membership: a peer id of one socket in one swarm.
#[derive(Clone, Debug)]
pub struct Peer {
    pub socket: SocketId,
    /// The info hash under which it announces: the only one that it understands.
    pub under: InfoHash,
    /// Two intervals after its last announce; sooner while it has to prove that it is there.
    pub expires_secs: u32,
    pub is_complete: bool,
    /// While it has to prove that it is there: when it would have expired otherwise.
    doubted: Option<NonZeroU32>,
    /// Until then nobody can make it prove that again.
    believed_until_secs: u32,
    /// Offers that it was sent.
    offered: u32,
    /// Some of its own were relayed.
    has_offered: bool,
    expected: ExpectedAnswers,
}

impl Peer {
    /// It has not offered to anybody yet, as far as is known.
    pub fn is_new(&self) -> bool {
        !self.has_offered
    }
}

/// The peers of one stream that are reached by WebSocket, whatever they call it.
#[derive(Debug)]
pub struct Swarm {
    peers: IdMap<PeerId, Peer>,
    complete: u32,
    pub since_secs: u32,
    /// When silent peers are looked for again.
    pub sweep_at_secs: u32,
}

impl Swarm {
    pub fn new(hashing: Hashing, now_secs: u32) -> Self {
        Self {
            peers: IdMap::with_hasher(hashing),
            complete: 0,
            since_secs: now_secs,
            sweep_at_secs: now_secs,
        }
    }

    pub fn counts(&self) -> Counts {
        Counts {
            complete: self.complete,
            incomplete: self.len() - self.complete,
        }
    }

    /// How many peers; bounded by [`crate::limits::MAX_PEERS_PER_SWARM`].
    pub fn len(&self) -> u32 {
        u32::try_from(self.peers.len()).unwrap_or(u32::MAX)
    }

    pub fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    pub fn peer(&self, peer_id: &PeerId) -> Option<&Peer> {
        self.peers.get(peer_id)
    }

    /// Adds a peer or hears from one again, which is gone after two more intervals. A peer that was
    /// complete stays so.
    pub fn hear(
        &mut self,
        peer_id: PeerId,
        (socket, under): (SocketId, InfoHash),
        is_complete: bool,
        now_secs: u32,
        expires_secs: u32,
    ) {
        let peer = self.peers.entry(peer_id).or_insert_with(|| Peer {
            socket,
            under,
            expires_secs,
            is_complete: false,
            doubted: None,
            believed_until_secs: 0,
            offered: 0,
            has_offered: false,
            expected: ExpectedAnswers::default(),
        });
        peer.expires_secs = expires_secs;
        peer.doubted = None;
        peer.expected.forget_old(now_secs);
        if is_complete && !peer.is_complete {
            peer.is_complete = true;
            self.complete += 1;
        }
    }

    /// Removes a peer if it is this socket's and announces under this info hash.
    pub fn remove(&mut self, peer_id: &PeerId, socket: SocketId, under: &InfoHash) -> bool {
        if self
            .peers
            .get(peer_id)
            .is_none_or(|peer| peer.socket != socket || peer.under != *under)
        {
            return false;
        }
        let removed = self.peers.swap_remove(peer_id);
        self.complete -= u32::from(removed.is_some_and(|peer| peer.is_complete));
        true
    }

    /// The peer is gone after `within_secs` unless it is heard from; no more often than every
    /// `rest_secs`. `false`: nothing has changed.
    pub fn doubt(
        &mut self,
        peer_id: &PeerId,
        now_secs: u32,
        within_secs: u32,
        rest_secs: u32,
    ) -> bool {
        let until_secs = now_secs.saturating_add(within_secs);
        let doubted = self
            .peers
            .get_mut(peer_id)
            .filter(|peer| peer.expires_secs > until_secs && peer.believed_until_secs <= now_secs);
        let Some(peer) = doubted else { return false };
        peer.doubted = NonZeroU32::new(peer.expires_secs);
        peer.expires_secs = until_secs;
        peer.believed_until_secs = now_secs.saturating_add(rest_secs);
        true
    }

    /// The peer has proved that it is there, and expires when it would have. `false`: nothing has changed.
    pub fn believe(&mut self, peer_id: &PeerId) -> bool {
        let peer = self.peers.get_mut(peer_id);
        let Some((peer, expires)) = peer.and_then(|peer| {
            let expires = peer.doubted.take()?;
            Some((peer, expires))
        }) else {
            return false;
        };
        peer.expires_secs = expires.get();
        true
    }

    /// Nobody expires before this.
    pub fn expire_at_least(&mut self, until_secs: u32) {
        for peer in self.peers.values_mut() {
            peer.expires_secs = peer.expires_secs.max(until_secs);
        }
    }

    /// Removes all but those who may stay; says whom.
    pub fn keep(&mut self, may_stay: impl Fn(&Peer) -> bool, mut gone: impl FnMut(PeerId, &Peer)) {
        let mut complete = 0;
        self.peers.retain(|peer_id, peer| {
            let stays = may_stay(peer);
            if stays {
                complete += u32::from(peer.is_complete);
            } else {
                gone(*peer_id, peer);
            }
            stays
        });
        self.complete = complete;
    }

    /// Chooses receivers for offers: never a peer of the offering socket, never one that went silent.
    pub fn pick(
        &self,
        from: SocketId,
        wanted: usize,
        now_secs: u32,
        random: &mut impl Random,
    ) -> Picked {
        let peer = |index| self.peers.get_index(index).map(|(_, peer)| peer);
        let is_eligible = |index| {
            peer(index).is_some_and(|peer| peer.socket != from && peer.expires_secs > now_secs)
        };
        let offered = |index| peer(index).map_or(u32::MAX, |peer| peer.offered);
        pick(self.peers.len(), wanted, random, is_eligible, offered)
    }

    /// Offers of this peer are relayed.
    pub fn has_offered(&mut self, peer_id: &PeerId) {
        if let Some(peer) = self.peers.get_mut(peer_id) {
            peer.has_offered = true;
        }
    }

    /// Notes that the picked peer is sent this offer; the socket to send it to, and the info hash that it knows.
    pub fn expect_answer(
        &mut self,
        index: usize,
        from: &PeerId,
        offer_id: Option<&str>,
        now_secs: u32,
    ) -> Option<(SocketId, InfoHash)> {
        let digest = digest(self.peers.hasher(), from, offer_id);
        let (_, peer) = self.peers.get_index_mut(index)?;
        peer.expected.expect(digest, now_secs);
        peer.offered = peer.offered.saturating_add(1);
        Some((peer.socket, peer.under))
    }

    /// Was `answerer` sent the offer `offer_id` of `offerer`, and has not answered? Then it has now.
    pub fn take_expected(
        &mut self,
        answerer: &PeerId,
        offerer: &PeerId,
        offer_id: Option<&str>,
        now_secs: u32,
    ) -> bool {
        let digest = digest(self.peers.hasher(), offerer, offer_id);
        self.peers
            .get_mut(answerer)
            .is_some_and(|peer| peer.expected.take(digest, now_secs))
    }
}
