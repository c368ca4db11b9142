//! Which infohashes an object serves, and who meets whom.

use torrent::{InfoHash, SwarmName};

use super::{Joined, Tracker};
use crate::SocketId;
use crate::hashing::{Hashing, IdMap};
use crate::swarm::Swarm;

/// The infohashes that may be announced, each with the one that stands for its swarm.
#[derive(Debug)]
pub(super) struct Served {
    names: IdMap<InfoHash, InfoHash>,
    is_everything: bool,
}

impl Served {
    pub(super) fn nothing(hashing: Hashing) -> Self {
        Self {
            names: IdMap::with_hasher(hashing),
            is_everything: false,
        }
    }

    /// The swarm of those who announce under this infohash; `None` if it is not served.
    pub(super) fn swarm_of(&self, info_hash: &InfoHash) -> Option<InfoHash> {
        let named = self.names.get(info_hash).copied();
        named.or_else(|| self.is_everything.then_some(*info_hash))
    }

    /// As an attachment says, if nobody has said otherwise; the swarm.
    pub(super) fn restore(&mut self, name: SwarmName) -> InfoHash {
        *self.names.entry(name.info_hash).or_insert(name.swarm)
    }
}

impl Tracker {
    /// Serves these infohashes from now on and no others; those of one swarm meet each other. The swarms of others
    /// end, and of those that belong to another swarm now; the sockets that were in one are told, for the host to
    /// close them.
    pub fn serve(&mut self, names: impl IntoIterator<Item = SwarmName>) -> Vec<SocketId> {
        self.served.is_everything = false;
        self.served.names.clear();
        let pairs = names.into_iter().map(|name| (name.info_hash, name.swarm));
        self.served.names.extend(pairs);
        let served = &self.served;
        self.http
            .retain(|info_hash, _| served.names.contains_key(info_hash));
        self.end_unserved()
    }

    /// Serves no longer what nobody is in, and answers what is left: for a host that asks about infohashes one by one
    /// and has to ask again, as what was anybody's may be nobody's now.
    pub fn keep_serving_live(&mut self) -> Vec<InfoHash> {
        let (swarms, http) = (&self.swarms, &self.http);
        self.served
            .names
            .retain(|info_hash, swarm| swarms.contains_key(swarm) || http.contains_key(info_hash));
        self.served.names.keys().copied().collect()
    }

    /// Serves these infohashes no longer. Whoever announces under them is in no swarm any more; those sockets are
    /// told, for the host to close them.
    pub fn stop_serving(
        &mut self,
        info_hashes: impl IntoIterator<Item = InfoHash>,
    ) -> Vec<SocketId> {
        for info_hash in info_hashes {
            self.served.names.swap_remove(&info_hash);
            self.http.swap_remove(&info_hash);
        }
        self.end_unserved()
    }

    /// Ends the memberships in swarms that are not, or no longer, those of the members' infohashes.
    fn end_unserved(&mut self) -> Vec<SocketId> {
        let (served, sockets, memberships) =
            (&self.served, &mut self.sockets, &mut self.memberships);
        let mut ended = Vec::new();
        self.swarms.retain(|name, swarm: &mut Swarm| {
            swarm.keep(
                |peer| served.swarm_of(&peer.under).as_ref() == Some(name),
                |peer_id, peer| {
                    *memberships -= 1;
                    if let Some(socket) = sockets.get_mut(&peer.socket) {
                        let info_hash = peer.under;
                        socket.forget(&Joined { info_hash, peer_id });
                    }
                    ended.push(peer.socket);
                },
            );
            !swarm.is_empty()
        });
        ended.sort_unstable();
        ended.dedup();
        ended
    }

    /// Serves one more infohash.
    pub fn serve_also(&mut self, name: SwarmName) {
        self.served.names.insert(name.info_hash, name.swarm);
    }

    /// Serves whatever is announced, for measurements against trackers that do.
    pub fn serve_everything(&mut self) {
        self.served.is_everything = true;
    }
}
