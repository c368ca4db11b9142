//! Announces and scrapes by HTTP to one object.

use core::net::IpAddr;

use torrent::InfoHash;

use super::Refusal;
use super::Tracker;
use crate::AddressKey;
use crate::http::{HttpPeers, parse_announce, write_failure};
use crate::ids::secs;
use crate::limits::{MAX_SCRAPED, MAX_SWARMS};
use crate::random::Random;
use crate::rate_limit::Action;
use crate::swarm::Swarm;
use crate::websocket::Counts;

/// What became of an HTTP request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpReceived {
    /// The bencoded body of the answer, which has status 200 and type `text/plain`, errors too.
    Reply(Vec<u8>),
    /// It is about an infohash that is not known to be served, and nothing was done; see
    /// [`crate::Received::UnknownInfoHash`]. If it stays unknown, [`write_failure`] with
    /// [`Refusal::UnknownInfoHash`] is the answer.
    UnknownInfoHash(InfoHash),
}

impl Tracker {
    /// Answers an announce. `query` is what stands behind the `?`, `ip` the connection's address and
    /// `address` its key for rate limits.
    pub fn receive_http_announce(
        &mut self,
        query: &str,
        ip: IpAddr,
        address: AddressKey,
        now_unix_ms: u64,
        random: &mut impl Random,
    ) -> HttpReceived {
        self.load.count(secs(now_unix_ms));
        let announce = match parse_announce(query) {
            Ok(announce) => announce,
            Err(error) => return HttpReceived::Reply(write_failure(&error)),
        };
        let info_hash = announce.info_hash;
        if self.served.swarm_of(&info_hash).is_none() {
            return HttpReceived::UnknownInfoHash(info_hash);
        }
        let (action, hash) = (Action::HttpAnnounce, Some(&info_hash));
        if !self
            .limiter
            .allow(address, action, hash, now_unix_ms, random)
        {
            let refusal = Refusal::TooMany { what: "announces" };
            return HttpReceived::Reply(write_failure(&refusal));
        }
        if self.http.len() >= MAX_SWARMS && !self.http.contains_key(&info_hash) {
            return HttpReceived::Reply(write_failure(&Refusal::SwarmFull));
        }
        let others = self
            .swarm(&info_hash)
            .map_or_else(Counts::default, Swarm::counts);
        let hash_seed = self.hash_seed;
        let peers = self
            .http
            .entry(info_hash)
            .or_insert_with(|| HttpPeers::new(hash_seed));
        HttpReceived::Reply(peers.announce(&announce, ip, others, now_unix_ms, random))
    }

    /// The HTTP peers of a swarm, for a host that keeps them over the end of this state.
    #[must_use]
    pub fn http_swarm(&self, info_hash: &InfoHash) -> Option<&HttpPeers> {
        self.http.get(info_hash)
    }

    /// Takes back what [`Self::http_swarm`] gave, unless there is no room for it.
    pub fn restore_http(&mut self, info_hash: InfoHash, peers: HttpPeers) {
        let has_room = self.http.len() < MAX_SWARMS;
        if has_room && !peers.is_empty() && !self.http.contains_key(&info_hash) {
            self.http.insert(info_hash, peers);
        }
    }

    /// What this object has for a scrape by HTTP: the counts of these swarms, in their order. Swarms that
    /// do not exist have nobody. A video's peers may be in several objects, so the host adds up what they
    /// say and writes the reply.
    ///
    /// # Errors
    /// [`Refusal::TooMany`] if the address asks too often.
    pub fn receive_http_scrape(
        &mut self,
        info_hashes: &[InfoHash],
        address: AddressKey,
        now_unix_ms: u64,
        random: &mut impl Random,
    ) -> Result<Vec<Counts>, Refusal> {
        self.load.count(secs(now_unix_ms));
        let action = Action::HttpAnnounce;
        if !self
            .limiter
            .allow(address, action, None, now_unix_ms, random)
        {
            return Err(Refusal::TooMany { what: "scrapes" });
        }
        Ok(info_hashes.iter().map(|hash| self.counts(hash)).collect())
    }

    /// Peers of all kinds in the swarm of this infohash.
    #[must_use]
    pub fn counts(&self, info_hash: &InfoHash) -> Counts {
        let mut counts = self
            .swarm(info_hash)
            .map_or_else(Counts::default, Swarm::counts);
        if !self.http.is_empty() {
            let http = self
                .http
                .get(info_hash)
                .map(HttpPeers::counts)
                .unwrap_or_default();
            counts.complete += http.complete;
            counts.incomplete += http.incomplete;
        }
        counts
    }

    /// Infohashes of which somebody is there, at most [`MAX_SCRAPED`].
    pub(super) fn some_info_hashes(&self) -> Vec<InfoHash> {
        let only_http = self
            .http
            .keys()
            .filter(|hash| !self.swarms.contains_key(*hash));
        let all = self.swarms.keys().chain(only_http);
        all.take(MAX_SCRAPED).copied().collect()
    }

    /// Forgets HTTP peers that were silent for two intervals.
    pub(super) fn sweep_http(&mut self, now_unix_ms: u64) {
        self.http.retain(|_, peers| {
            peers.sweep(now_unix_ms);
            !peers.is_empty()
        });
    }
}
