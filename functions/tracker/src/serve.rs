//! Requests in, answers out.

use std::cell::RefCell;
use std::collections::HashMap;
use std::net::IpAddr;

use http::request::Parts;
use http::{HeaderValue, Response, header};
use ports::{Body, ClientAddress, Database, DatabaseError, PortError, SlotStore};
use rest::Problem;
use torrent::InfoHash;
use tracker::http::{self as messages, HttpAnnounce, KeptSwarm, Slot};
use tracker::{Action, AddressKey, Limiter, Refusal, SeededRandom};

use crate::config::Config;
use crate::owners::{self, Owners};
use crate::route::Route;
use crate::swarms;

/// When a client may try again after a 503, in seconds.
const RETRY_AFTER_SECS: u32 = 5;

/// What an instance of the component remembers between requests; nothing depends on it.
#[derive(Debug)]
struct Memory {
    limiter: Limiter,
    random: SeededRandom,
    owners: Owners,
}

/// The tracker of one instance of the component.
#[derive(Debug)]
pub struct Tracker {
    config: Config,
    /// Keys of addresses and hashing of ids hang on it.
    seed: u64,
    memory: RefCell<Memory>,
}

/// The database or the store did not answer.
#[derive(Debug)]
enum Unavailable {
    Database(DatabaseError),
    Store(PortError),
}

impl std::fmt::Display for Unavailable {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Database(error) => error.fmt(formatter),
            Self::Store(error) => error.fmt(formatter),
        }
    }
}

impl From<DatabaseError> for Unavailable {
    fn from(error: DatabaseError) -> Self {
        Self::Database(error)
    }
}

impl From<PortError> for Unavailable {
    fn from(error: PortError) -> Self {
        Self::Store(error)
    }
}

/// What one request works with.
struct Request<'a, D, S> {
    database: &'a D,
    slots: &'a S,
    query: &'a str,
    address: Option<IpAddr>,
    now_unix_ms: u64,
}

impl Tracker {
    /// One that remembers nothing yet. `seed` must be random.
    #[must_use]
    pub fn new(config: Config, seed: u64) -> Self {
        let memory = Memory {
            limiter: Limiter::new(config.rate_limits, seed),
            random: SeededRandom::new(seed),
            owners: Owners::new(seed),
        };
        Self {
            config,
            seed,
            memory: RefCell::new(memory),
        }
    }

    /// Answers a request to a path below `/tracker`. The caller's address is an extension of `head`
    /// ([`ClientAddress`]). The second value is for the log.
    pub async fn answer<D: Database, S: SlotStore>(
        &self,
        database: &D,
        slots: &S,
        head: &Parts,
        now_unix_ms: u64,
    ) -> (Response<Body>, Option<String>) {
        let Some(route) = Route::parse(head.uri.path()) else {
            return (problem(404, "There is no such tracker."), None);
        };
        let address = head.extensions.get::<ClientAddress>();
        let request = Request {
            database,
            slots,
            query: head.uri.query().unwrap_or_default(),
            address: address.and_then(|address| address.0.parse().ok()),
            now_unix_ms,
        };
        let reply = match route {
            Route::Socket => return (self.no_sockets(head.uri.path()), None),
            Route::Announce => self.announce(&request).await,
            Route::Scrape => self.scrape(&request).await,
        };
        match reply {
            Ok(reply) => (bencoded(reply), None),
            Err(error) => {
                let mut response = problem(503, "The tracker is not available. Try again.");
                let seconds = HeaderValue::from(RETRY_AFTER_SECS);
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
                (response, Some(format!("tracker: {error}")))
            }
        }
    }

    fn no_sockets(&self, path: &str) -> Response<Body> {
        const HERE: &str = "This host keeps no WebSockets.";
        let detail = match &self.config.socket_tracker {
            None => format!("{HERE} Announces over HTTP go to /tracker/announce."),
            Some(url) => {
                let uuid = path.rsplit('/').next().unwrap_or_default();
                let url = url.replace("{uuid}", uuid);
                format!("{HERE} Viewers of this instance meet at {url}.")
            }
        };
        problem(501, detail)
    }

    async fn announce<D: Database, S: SlotStore>(
        &self,
        request: &Request<'_, D, S>,
    ) -> Result<Vec<u8>, Unavailable> {
        let announce = match messages::parse_announce(request.query) {
            Ok(announce) => announce,
            Err(error) => return Ok(messages::write_failure(&error)),
        };
        let Some(address) = request.address else {
            return Ok(messages::write_failure(&"your address is not known"));
        };
        let info_hash = announce.info_hash;
        if !self.allows(request, Some(&info_hash)) {
            let refusal = Refusal::TooMany { what: "announces" };
            return Ok(messages::write_failure(&refusal));
        }
        let owners = self.owners(request, &[info_hash]).await?;
        if !self.is_served(&owners, &info_hash) {
            let refusal = Refusal::UnknownInfoHash(info_hash);
            return Ok(messages::write_failure(&refusal));
        }
        let mut swarm = KeptSwarm::new(info_hash, self.seed, request.now_unix_ms);
        swarms::read(request.slots, std::slice::from_mut(&mut swarm)).await?;
        if !self.has_room(&swarm, &announce, address) {
            let refusal = Refusal::TooMany {
                what: "peers of one address",
            };
            return Ok(messages::write_failure(&refusal));
        }
        let (reply, written) = {
            let random = &mut self.memory.borrow_mut().random;
            swarm.announce(&announce, address, random)
        };
        if let Some((slot, bytes)) = written {
            let now = request.now_unix_ms;
            let key = match slot {
                Slot::Kept(key) => key,
                Slot::New => {
                    let counter = messages::counter_key(&info_hash, now);
                    let number = request.slots.next_number(&counter).await?;
                    messages::slot_of_number(&info_hash, number, now)
                }
            };
            request.slots.write(&key, bytes).await?;
        }
        Ok(reply)
    }

    async fn scrape<D: Database, S: SlotStore>(
        &self,
        request: &Request<'_, D, S>,
    ) -> Result<Vec<u8>, Unavailable> {
        let hashes = match messages::info_hashes(request.query) {
            Ok(hashes) => hashes,
            Err(error) => return Ok(messages::write_failure(&error)),
        };
        if hashes.is_empty() {
            return Ok(messages::write_failure(&"a scrape must name its swarms"));
        }
        if !self.allows(request, None) {
            let refusal = Refusal::TooMany { what: "scrapes" };
            return Ok(messages::write_failure(&refusal));
        }
        let owners = self.owners(request, &hashes).await?;
        // Whoever is not served has nobody.
        let mut kept: Vec<KeptSwarm> = hashes
            .iter()
            .filter(|hash| self.is_served(&owners, hash))
            .map(|hash| KeptSwarm::new(*hash, self.seed, request.now_unix_ms))
            .collect();
        swarms::read(request.slots, &mut kept).await?;
        let counts: HashMap<InfoHash, _> = kept
            .iter()
            .map(|swarm| (*swarm.info_hash(), swarm.counts()))
            .collect();
        let files = hashes
            .iter()
            .map(|hash| (*hash, counts.get(hash).copied().unwrap_or_default()));
        Ok(messages::write_scrape_reply(files))
    }

    fn is_served(&self, owners: &HashMap<InfoHash, Option<String>>, hash: &InfoHash) -> bool {
        self.config.is_open || matches!(owners.get(hash), Some(Some(_)))
    }

    /// Whether one more may come from an address, so that nobody fills a swarm with itself.
    fn has_room(&self, swarm: &KeptSwarm, announce: &HttpAnnounce, address: IpAddr) -> bool {
        let network = AddressKey::of(address, self.seed);
        let is_same = |ip| AddressKey::of(ip, self.seed) == network;
        self.config
            .peers_per_address
            .is_none_or(|most| swarm.peers_at(is_same) < most || swarm.knows(announce, address))
    }

    fn allows<D, S>(&self, request: &Request<'_, D, S>, info_hash: Option<&InfoHash>) -> bool {
        // Those whose address is not known share one limit.
        let key = request
            .address
            .map_or(AddressKey(0), |address| AddressKey::of(address, self.seed));
        let memory = &mut *self.memory.borrow_mut();
        let (action, random) = (Action::HttpAnnounce, &mut memory.random);
        memory
            .limiter
            .allow(key, action, info_hash, request.now_unix_ms, random)
    }

    /// The videos of infohashes, as remembered or from the database.
    async fn owners<D: Database, S>(
        &self,
        request: &Request<'_, D, S>,
        info_hashes: &[InfoHash],
    ) -> Result<HashMap<InfoHash, Option<String>>, DatabaseError> {
        if self.config.is_open {
            return Ok(HashMap::new());
        }
        let now = request.now_unix_ms;
        let (mut found, unknown) = self.memory.borrow().owners.recall(info_hashes, now);
        if !unknown.is_empty() {
            let told = owners::videos_of(request.database, &unknown).await?;
            let told: Vec<_> = unknown.into_iter().zip(told).collect();
            self.memory.borrow_mut().owners.remember(&told, now);
            found.extend(told);
        }
        Ok(found)
    }
}

/// Every answer of the protocol has status 200, errors too.
fn bencoded(body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::Bytes(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn problem(status: u16, detail: impl Into<String>) -> Response<Body> {
    Problem::new(status, detail.into())
        .to_response()
        .map(Body::Bytes)
}

#[cfg(test)]
mod tests;
