//! Which infohashes an object serves.

use indexmap::IndexSet;
use torrent::InfoHash;

use super::Tracker;
use crate::SocketId;
use crate::hashing::Hashing;

/// The infohashes that may have a swarm.
#[derive(Debug)]
pub(super) struct Served {
    info_hashes: IndexSet<InfoHash, Hashing>,
    is_everything: bool,
}

impl Served {
    pub(super) fn nothing(hashing: Hashing) -> Self {
        Self {
            info_hashes: IndexSet::with_hasher(hashing),
            is_everything: false,
        }
    }

    pub(super) fn includes(&self, info_hash: &InfoHash) -> bool {
        self.is_everything || self.info_hashes.contains(info_hash)
    }
}

impl Tracker {
    /// Serves these infohashes from now on and no others. Swarms of others end; the sockets that
    /// were in one are told, for the host to close them.
    pub fn serve(&mut self, info_hashes: impl IntoIterator<Item = InfoHash>) -> Vec<SocketId> {
        self.served.is_everything = false;
        self.served.info_hashes.clear();
        self.served.info_hashes.extend(info_hashes);
        self.http
            .retain(|info_hash, _| self.served.includes(info_hash));
        let unserved: Vec<InfoHash> = self
            .swarms
            .keys()
            .filter(|info_hash| !self.served.includes(info_hash))
            .copied()
            .collect();
        self.end_swarms(unserved)
    }

    /// Serves no longer what nobody is in, and answers what is left: for a host that asks about infohashes one by one
    /// and has to ask again, as what was anybody's may be nobody's now.
    pub fn keep_serving_live(&mut self) -> Vec<InfoHash> {
        let only_http = self
            .http
            .keys()
            .filter(|info_hash| !self.swarms.contains_key(*info_hash));
        let live: Vec<InfoHash> = self.swarms.keys().chain(only_http).copied().collect();
        self.served.info_hashes.clear();
        self.served.info_hashes.extend(live.iter().copied());
        live
    }

    /// Serves these infohashes no longer. Their swarms end; the sockets that were in one are told, for the host to
    /// close them.
    pub fn stop_serving(
        &mut self,
        info_hashes: impl IntoIterator<Item = InfoHash>,
    ) -> Vec<SocketId> {
        let gone: Vec<InfoHash> = info_hashes.into_iter().collect();
        for info_hash in &gone {
            self.served.info_hashes.swap_remove(info_hash);
            self.http.swap_remove(info_hash);
        }
        self.end_swarms(gone)
    }

    fn end_swarms(&mut self, info_hashes: Vec<InfoHash>) -> Vec<SocketId> {
        let mut sockets = Vec::new();
        for info_hash in info_hashes {
            let Some(swarm) = self.swarms.swap_remove(&info_hash) else {
                continue;
            };
            self.memberships -= swarm.len();
            for (_, peer) in swarm.iter() {
                if let Some(socket) = self.sockets.get_mut(&peer.socket) {
                    socket
                        .memberships
                        .retain(|joined| joined.info_hash != info_hash);
                }
                sockets.push(peer.socket);
            }
        }
        sockets.sort_unstable();
        sockets.dedup();
        sockets
    }

    /// Serves one more infohash.
    pub fn serve_also(&mut self, info_hash: InfoHash) {
        self.served.info_hashes.insert(info_hash);
    }

    /// Serves whatever is announced, for measurements against trackers that do.
    pub fn serve_everything(&mut self) {
        self.served.is_everything = true;
    }
}
