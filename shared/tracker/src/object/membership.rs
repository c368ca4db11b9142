//! Who belongs to which swarm, under which name.

use torrent::InfoHash;

use super::{Joined, Refusal, Socket, Tracker};
use crate::limits::MAX_SWARMS;
use crate::outbox::Outbox;
use crate::swarm::Swarm;
use crate::websocket::{Announce, Event, write_announce_reply};
use crate::{PeerId, SocketId};

/// Above this an object is never idle for the ten seconds after which it hibernates: attachments
/// then need no times, and no writing with every announce.
pub(super) const FEW_MEMBERSHIPS: u32 = 64;
/// A socket that is to prove that it is there is told to announce after a fifth of the time that it has:
/// browsers delay the timers of pages that nobody looks at.
const PARTS_TO_PROVE_LIFE: u32 = 5;

impl Tracker {
    /// A peer that is not there may leave as well.
    pub(super) fn leave(&mut self, socket: SocketId, joined: &Joined) -> Result<bool, Refusal> {
        let swarm = self.swarm(&joined.info_hash);
        let owner = swarm.and_then(|swarm| swarm.peer(&joined.peer_id));
        match owner.map(|peer| (peer.socket, peer.under)) {
            None => Ok(false),
            Some((owner, _)) if owner != socket => Err(Refusal::PeerIdTaken { asked: None }),
            Some((_, under)) if under != joined.info_hash => Ok(false),
            Some(_) => {
                self.remove_from_swarm(socket, joined);
                if let Some(socket) = self.sockets.get_mut(&socket) {
                    socket.forget(joined);
                }
                Ok(true)
            }
        }
    }

    pub(super) fn join_or_hear(
        &mut self,
        socket: SocketId,
        joined: Joined,
        swarm: &InfoHash,
        announce: &Announce<'_>,
        now_secs: u32,
        expires_secs: u32,
    ) -> Result<bool, Refusal> {
        let known = self
            .swarms
            .get(swarm)
            .and_then(|swarm| swarm.peer(&joined.peer_id))
            .map(|peer| (peer.socket, peer.under, peer));
        let is_complete = announce.has_all || announce.event == Event::Completed;
        let changed = match known {
            Some((owner, under, peer)) if owner == socket && under == joined.info_hash => {
                (is_complete && !peer.is_complete) || self.memberships < FEW_MEMBERSHIPS
            }
            Some((owner, _, peer)) if owner != socket && peer.expires_secs > now_secs => {
                let is_asked = self.doubt(swarm, &joined.peer_id, now_secs);
                return Err(Refusal::PeerIdTaken {
                    asked: is_asked.then_some(owner),
                });
            }
            // It is gone, or calls the swarm otherwise from now on.
            Some((owner, info_hash, _)) => {
                let peer_id = joined.peer_id;
                self.leave(owner, &Joined { info_hash, peer_id })?;
                self.join(socket, joined, swarm)?;
                true
            }
            None => {
                self.join(socket, joined, swarm)?;
                true
            }
        };
        let hashing = &self.hashing;
        let called = (socket, joined.info_hash);
        self.swarms
            .entry(*swarm)
            .or_insert_with(|| Swarm::new(hashing.clone(), now_secs))
            .hear(joined.peer_id, called, is_complete, now_secs, expires_secs);
        Ok(changed)
    }

    /// Notes the membership at the socket, if there is room.
    fn join(&mut self, socket: SocketId, joined: Joined, swarm: &InfoHash) -> Result<(), Refusal> {
        let swarm = self.swarms.get(swarm);
        let has_room = match swarm {
            Some(swarm) => swarm.len() < self.config.max_peers_per_swarm,
            None => self.swarms.len() < MAX_SWARMS,
        };
        if !has_room || self.memberships >= self.config.max_memberships {
            return Err(Refusal::SwarmFull);
        }
        let Some(Socket { memberships, .. }) = self.sockets.get_mut(&socket) else {
            return Err(Refusal::UnknownSocket);
        };
        if memberships.len() >= self.config.max_memberships_per_socket {
            return Err(Refusal::TooManyMemberships);
        }
        if memberships.len() == memberships.capacity() {
            // Most sockets have one or two.
            memberships.reserve_exact(1 + memberships.len() / 2);
        }
        memberships.push(joined);
        self.memberships += 1;
        Ok(())
    }

    /// Somebody else comes with this peer's name: most often its own client, whose connection broke
    /// without the tracker hearing of it. So the peer has to prove that it is there, by an announce or by
    /// answering somebody's offer, or it is gone. It has the time that any live page needs for that, so
    /// that nobody takes its name. Once in an interval is enough, whoever asks.
    fn doubt(&mut self, swarm: &InfoHash, peer_id: &PeerId, now_secs: u32) -> bool {
        let within_secs = self.config.interval.patience_secs;
        let rest_secs = self.config.interval.steady_secs;
        let swarm = self.swarms.get_mut(swarm);
        swarm.is_some_and(|swarm| swarm.doubt(peer_id, now_secs, within_secs, rest_secs))
    }

    /// A reply that its receiver did not ask for: all clients announce again after the interval that it tells.
    pub(super) fn ask_for_life(&self, swarm: &InfoHash, owner: &PeerId, outbox: &mut Outbox) {
        let owner = self.swarms.get(swarm).and_then(|swarm| swarm.peer(owner));
        let Some(owner) = owner else { return };
        let counts = self.counts(&owner.under);
        let within_secs = self.config.interval.patience_secs;
        outbox.send(owner.socket, |out| {
            let soon_secs = (within_secs / PARTS_TO_PROVE_LIFE).max(1);
            write_announce_reply(&owner.under, counts, soon_secs, out);
        });
    }
}
