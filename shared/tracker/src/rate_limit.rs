//! How often one address may do what.

use core::hash::BuildHasher as _;
use torrent::InfoHash;

use crate::AddressKey;
use crate::hashing::{Hashing, IdMap};
use crate::limits::MAX_LIMITED_ADDRESSES;
use crate::random::Random;

/// A token bucket: `burst` at once, and one more every `period_ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Tokens of a full bucket; 0 refuses everything.
    pub burst: u32,
    /// Milliseconds for one more; 0 means no limit.
    pub period_ms: u32,
}

impl Rate {
    /// So many in five minutes, all of them at once if need be. At least 1.
    #[must_use]
    pub const fn per_5_minutes(count: u32) -> Self {
        Self {
            burst: count,
            period_ms: 300_000 / count,
        }
    }

    /// No limit.
    pub const UNLIMITED: Self = Self {
        burst: 1,
        period_ms: 0,
    };
}

/// What is counted, each for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A socket is opened.
    Connect,
    /// An announce or scrape by WebSocket.
    Announce,
    /// An answer to a relayed offer.
    Answer,
    /// A message that is refused.
    Mistake,
    /// An announce or scrape by HTTP.
    HttpAnnounce,
}

const ACTIONS: usize = 5;

/// The limits of one address. Many viewers may share one: a school, a mobile carrier.
///
/// PeerTube allows 30 announces per address and 15 per address and infohash in five minutes, counts
/// answers as announces, and asks for an announce every 120 s; a single viewer then stands exactly
/// at the limit. Here announces over HTTP have these numbers. Over WebSockets the interval may be
/// 30 s and a viewer has two or three infohashes when it switches quality, so both numbers are
/// multiplied by four; answers, ten per announce, have a bucket of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimits {
    /// Sockets opened.
    pub connects: Rate,
    /// Announces and scrapes by WebSocket.
    pub announces: Rate,
    /// Those to one infohash.
    pub announces_per_swarm: Rate,
    /// Answers.
    pub answers: Rate,
    /// Messages that are refused.
    pub mistakes: Rate,
    /// Announces and scrapes by HTTP.
    pub http_announces: Rate,
    /// Those to one infohash.
    pub http_announces_per_swarm: Rate,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            connects: Rate::per_5_minutes(60),
            announces: Rate::per_5_minutes(120),
            announces_per_swarm: Rate::per_5_minutes(60),
            answers: Rate::per_5_minutes(1_200),
            mistakes: Rate::per_5_minutes(30),
            http_announces: Rate::per_5_minutes(30),
            http_announces_per_swarm: Rate::per_5_minutes(15),
        }
    }
}

impl RateLimits {
    /// No limits, for measurements and tests behind one address.
    pub const UNLIMITED: Self = Self {
        connects: Rate::UNLIMITED,
        announces: Rate::UNLIMITED,
        announces_per_swarm: Rate::UNLIMITED,
        answers: Rate::UNLIMITED,
        mistakes: Rate::UNLIMITED,
        http_announces: Rate::UNLIMITED,
        http_announces_per_swarm: Rate::UNLIMITED,
    };

    /// For a place where so many viewers share one address; 0 means that there is no limit of any kind.
    #[must_use]
    pub fn behind_one_address(viewers: u32) -> Self {
        match viewers {
            0 => Self::UNLIMITED,
            viewers => Self::default().for_viewers(viewers),
        }
    }

    /// The same for a place where `viewers` share one address. Mistakes are not multiplied.
    #[must_use]
    pub const fn for_viewers(self, viewers: u32) -> Self {
        const fn times(rate: Rate, factor: u32) -> Rate {
            Rate {
                burst: rate.burst.saturating_mul(factor),
                period_ms: rate.period_ms / factor,
            }
        }
        let factor = if viewers == 0 { 1 } else { viewers };
        Self {
            connects: times(self.connects, factor),
            announces: times(self.announces, factor),
            announces_per_swarm: times(self.announces_per_swarm, factor),
            answers: times(self.answers, factor),
            http_announces: times(self.http_announces, factor),
            http_announces_per_swarm: times(self.http_announces_per_swarm, factor),
            ..self
        }
    }

    const fn of(&self, action: Action) -> Rate {
        match action {
            Action::Connect => self.connects,
            Action::Announce => self.announces,
            Action::Answer => self.answers,
            Action::Mistake => self.mistakes,
            Action::HttpAnnounce => self.http_announces,
        }
    }

    const fn of_swarm(&self, action: Action) -> Option<Rate> {
        match action {
            Action::Announce => Some(self.announces_per_swarm),
            Action::HttpAnnounce => Some(self.http_announces_per_swarm),
            Action::Connect | Action::Answer | Action::Mistake => None,
        }
    }
}

/// When each bucket of an address is full again, in milliseconds since the epoch.
type Buckets = [u64; ACTIONS];

/// Counts per address, in bounded memory.
#[derive(Debug)]
pub struct Limiter {
    limits: RateLimits,
    buckets: IdMap<u64, Buckets>,
    max_addresses: usize,
}

impl Limiter {
    /// With full buckets.
    #[must_use]
    pub fn new(limits: RateLimits, hash_seed: u64) -> Self {
        Self {
            limits,
            buckets: IdMap::with_hasher(Hashing::with_seed(hash_seed)),
            max_addresses: MAX_LIMITED_ADDRESSES,
        }
    }

    /// May this address do this now? Takes a token if so. A refused attempt costs nothing.
    ///
    /// Announces name their swarm, which has a bucket too.
    pub fn allow(
        &mut self,
        address: AddressKey,
        action: Action,
        swarm: Option<&InfoHash>,
        now_unix_ms: u64,
        random: &mut impl Random,
    ) -> bool {
        let per_address = self.limits.of(action);
        let per_swarm = self.limits.of_swarm(action).zip(swarm);
        if let Some((rate, info_hash)) = per_swarm {
            let key = self.buckets.hasher().hash_one((address.0, info_hash.0));
            if !self.take(key, action, rate, now_unix_ms, random) {
                return false;
            }
        }
        self.take(address.0, action, per_address, now_unix_ms, random)
    }

    fn take(
        &mut self,
        key: u64,
        action: Action,
        rate: Rate,
        now_unix_ms: u64,
        random: &mut impl Random,
    ) -> bool {
        if rate.period_ms == 0 {
            return true;
        }
        if !self.buckets.contains_key(&key) && self.buckets.len() >= self.max_addresses {
            self.make_room(now_unix_ms, random);
        }
        let index = match action {
            Action::Connect => 0,
            Action::Announce => 1,
            Action::Answer => 2,
            Action::Mistake => 3,
            Action::HttpAnnounce => 4,
        };
        let full_at = &mut self.buckets.entry(key).or_default()[index];
        let after = (*full_at).max(now_unix_ms) + u64::from(rate.period_ms);
        let is_allowed = after - now_unix_ms <= u64::from(rate.burst) * u64::from(rate.period_ms);
        if is_allowed {
            *full_at = after;
        }
        is_allowed
    }

    /// Forgets addresses whose buckets are full; if all are in use, of eight by chance the one that
    /// would be full first.
    fn make_room(&mut self, now_unix_ms: u64, random: &mut impl Random) {
        let full_at = |buckets: &Buckets| buckets.iter().copied().max().unwrap_or(0);
        let sample = |random: &mut _| Random::index_below(random, self.buckets.len());
        let oldest = (0..8)
            .map(|_| sample(random))
            .min_by_key(|&index| self.buckets.get_index(index).map(|(_, b)| full_at(b)));
        let is_full = |index: usize| {
            let found = self.buckets.get_index(index);
            found.is_some_and(|(_, buckets)| full_at(buckets) <= now_unix_ms)
        };
        if let Some(oldest) = oldest {
            if is_full(oldest) {
                self.buckets
                    .retain(|_, buckets| full_at(buckets) > now_unix_ms);
            } else {
                self.buckets.swap_remove_index(oldest);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SeededRandom;

    const HASH: InfoHash = InfoHash([1; 20]);

    fn allowed(limiter: &mut Limiter, action: Action, times: u32, now_unix_ms: u64) -> usize {
        let mut random = SeededRandom::new(1);
        let address = AddressKey(7);
        (0..times)
            .filter(|_| limiter.allow(address, action, Some(&HASH), now_unix_ms, &mut random))
            .count()
    }

    #[test]
    fn a_bucket_refills_in_time_and_never_beyond_its_burst() {
        let mut limiter = Limiter::new(RateLimits::default(), 1);
        assert_eq!(allowed(&mut limiter, Action::HttpAnnounce, 100, 0), 15);
        assert_eq!(allowed(&mut limiter, Action::HttpAnnounce, 100, 19_999), 0);
        assert_eq!(allowed(&mut limiter, Action::HttpAnnounce, 100, 20_000), 1);
        assert_eq!(
            allowed(&mut limiter, Action::HttpAnnounce, 100, 10_000_000),
            15
        );
        // Another action has another bucket.
        assert_eq!(allowed(&mut limiter, Action::Announce, 100, 0), 60);
        assert_eq!(allowed(&mut limiter, Action::Answer, 2_000, 0), 1_200);
    }

    #[test]
    fn swarms_share_the_buckets_of_their_address() {
        let mut limiter = Limiter::new(RateLimits::default(), 1);
        let mut random = SeededRandom::new(1);
        let mut count = |address| {
            (0..=255)
                .filter(|&n| {
                    let swarm = InfoHash([n; 20]);
                    let action = Action::HttpAnnounce;
                    limiter.allow(AddressKey(address), action, Some(&swarm), 0, &mut random)
                })
                .count()
        };
        assert_eq!((count(1), count(2)), (30, 30));
    }

    #[test]
    fn a_shared_address_has_its_viewers_limits() {
        let mut limiter = Limiter::new(RateLimits::default().for_viewers(10), 1);
        assert_eq!(allowed(&mut limiter, Action::Connect, 1_000, 0), 600);
        assert_eq!(allowed(&mut limiter, Action::Mistake, 1_000, 0), 30);
        let mut none = Limiter::new(RateLimits::UNLIMITED, 1);
        assert_eq!(allowed(&mut none, Action::Connect, 1_000, 0), 1_000);
        assert!(none.buckets.is_empty());
    }

    #[test]
    fn a_flood_of_addresses_stays_bounded_and_does_not_free_those_in_use() {
        let mut limiter = Limiter::new(RateLimits::default(), 1);
        limiter.max_addresses = 100;
        let mut random = SeededRandom::new(2);
        allowed(&mut limiter, Action::Connect, 60, 1_000);
        for n in 100..5_000 {
            limiter.allow(AddressKey(n), Action::Connect, None, 1_000, &mut random);
            assert!(limiter.buckets.len() <= 100);
        }
        assert_eq!(allowed(&mut limiter, Action::Connect, 1, 1_000), 0);
        limiter.allow(
            AddressKey(1),
            Action::Connect,
            None,
            10_000_000,
            &mut random,
        );
        assert!(limiter.buckets.len() <= 100);
    }
}
