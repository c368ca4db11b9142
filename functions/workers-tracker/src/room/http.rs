//! What a swarm object does with announces and scrapes by HTTP.

use std::net::IpAddr;

use torrent::InfoHash;
use tracker::{AddressKey, HttpReceived, http};

use super::Room;
use crate::js;

impl Room {
    /// Follows an announce by HTTP; `None` if its infohash has to be asked for first.
    pub fn http_announce(
        &mut self,
        query: &str,
        ip: IpAddr,
        address: AddressKey,
    ) -> Result<Vec<u8>, InfoHash> {
        let now = js::now_unix_ms();
        let store = self.state.storage().kv();
        let named = http::info_hashes(query).unwrap_or_default();
        if let Some(info_hash) = named.first() {
            let tracker = &mut self.tracker;
            self.stored.restore(&store, tracker, *info_hash, now);
        }
        let random = &mut self.random;
        let received = self
            .tracker
            .receive_http_announce(query, ip, address, now, random);
        self.expect_alarm(now);
        match received {
            HttpReceived::Reply(reply) => {
                if let Some(info_hash) = named.first() {
                    self.stored.keep(&store, &self.tracker, info_hash, now);
                }
                Ok(reply)
            }
            HttpReceived::UnknownInfoHash(info_hash) => Err(info_hash),
        }
    }

    /// What there is here for a scrape by HTTP, in words for the entry.
    ///
    /// # Errors
    /// The bencoded answer.
    pub fn http_scrape(&mut self, query: &str, address: AddressKey) -> Result<String, Vec<u8>> {
        let now = js::now_unix_ms();
        let store = self.state.storage().kv();
        let info_hashes = http::info_hashes(query).map_err(|error| http::write_failure(&error))?;
        for info_hash in &info_hashes {
            let tracker = &mut self.tracker;
            self.stored.restore(&store, tracker, *info_hash, now);
        }
        let random = &mut self.random;
        let counts = self
            .tracker
            .receive_http_scrape(&info_hashes, address, now, random)
            .map_err(|refusal| http::write_failure(&refusal))?;
        Ok(http::SwarmCounts::encode(&counts))
    }
}
