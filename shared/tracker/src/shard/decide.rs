//! When shards are opened and closed.

use super::{Continent, Region, Shard, ShardLoad, ShardRecord};
use crate::limits::MAX_SHARDS;

/// When a swarm is split and merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShardBounds {
    /// Sockets of one shard.
    pub max_peers: u32,
    /// Messages and connections per second of one shard.
    pub max_events_per_sec: u32,
    /// Shards of a continent are closed while they have fewer sockets each than this. Far below
    /// `max_peers`, so that a shard that was opened is not closed at once.
    pub merge_below_peers: u32,
    /// Fewer are not worth a shard: they would find too few neighbours.
    pub min_peers: u32,
    /// How far ahead joins are counted as if they had happened. Hosts learn of new shards within
    /// this time, by their caches or from a full shard.
    pub look_ahead_secs: u32,
    /// Seconds between two closings.
    pub rest_secs: u32,
}

impl Default for ShardBounds {
    fn default() -> Self {
        Self {
            max_peers: 4_000,
            max_events_per_sec: 500,
            merge_below_peers: 1_000,
            min_peers: 50,
            look_ahead_secs: 20,
            rest_secs: 120,
        }
    }
}

/// A join is a connection, an announce and five answers to the offers of others.
const EVENTS_PER_JOIN: u32 = 7;

impl ShardBounds {
    /// May a shard with this load take one more? If not, the host is told to ask shard 0.
    #[must_use]
    pub const fn admits(&self, load: &ShardLoad) -> bool {
        load.peers < self.max_peers && load.events_per_sec < self.max_events_per_sec
    }

    /// Connections per second that one shard lets in: as many as fill it with messages.
    #[must_use]
    pub const fn max_joins_per_sec(&self) -> u32 {
        self.max_events_per_sec / EVENTS_PER_JOIN
    }

    /// Are the last sockets of this shard to be closed? It is closed for new ones, and those it has
    /// find too few neighbours. Clients come back spread over minutes.
    #[must_use]
    pub fn empties(&self, record: &ShardRecord, shard: usize, load: &ShardLoad) -> bool {
        let is_closed = record.shards.get(shard).is_none_or(|shard| !shard.is_open);
        is_closed && load.peers < self.min_peers
    }

    /// What shard 0 does with the loads of all shards, by number; missing ones have nothing to do.
    /// `None`: all stays as it is.
    ///
    /// Shards are opened when those of a continent, with what joins in the look-ahead, would be three
    /// quarters full, or when joins alone cause three fifths of the messages they may have; the
    /// first one of a continent when shard 0 is over a bound, and one more for everybody when those
    /// are full and somebody still has no other. One is closed at a time: the
    /// last of a continent whose shards have fewer than [`ShardBounds::merge_below_peers`] each, the
    /// continent's only one when those would have that few together with shard 0.
    #[must_use]
    pub fn decide(
        &self,
        record: &ShardRecord,
        loads: &[ShardLoad],
        now_secs: u32,
    ) -> Option<ShardRecord> {
        let mut decided = record.clone();
        for continent in Continent::ALL {
            self.grow(&mut decided, loads, continent);
        }
        self.grow_everywhere(&mut decided, loads);
        if decided == *record && now_secs >= record.decided_secs.saturating_add(self.rest_secs) {
            let continents = Continent::ALL.into_iter().map(Region::Continent);
            continents
                .chain([Region::Everywhere])
                .any(|region| self.shrink(&mut decided, loads, region));
            drop_empty(&mut decided, loads);
        }
        (decided != *record).then(|| {
            decided.decided_secs = now_secs;
            decided
        })
    }

    fn grow(&self, record: &mut ShardRecord, loads: &[ShardLoad], continent: Continent) {
        let joins_per_sec = joins(loads, Some(continent));
        let joining = joins_per_sec.saturating_mul(self.look_ahead_secs);
        let region = Region::Continent(continent);
        let open = open_of(record, region);
        let root = load_of(loads, 0);
        if open.is_empty() {
            let root_joining = root
                .all_joins_per_sec()
                .saturating_mul(self.look_ahead_secs);
            let is_over = root.peers.saturating_add(root_joining) >= self.max_peers
                || root.events_per_sec >= self.max_events_per_sec;
            if !is_over || joining < self.min_peers {
                return;
            }
        }
        let peers = peers_of(loads, &open).saturating_add(joining);
        let by_peers = peers.div_ceil((self.max_peers / 4 * 3).max(1));
        let join_events = joins_per_sec.saturating_mul(EVENTS_PER_JOIN);
        let by_events = join_events.div_ceil((self.max_events_per_sec / 5 * 3).max(1));
        let needed = usize::try_from(by_peers.max(by_events)).unwrap_or(MAX_SHARDS);
        for _ in open.len()..needed {
            open_one(record, loads, region);
        }
    }

    /// Continents from which few come have no shards of their own, but must find room.
    fn grow_everywhere(&self, record: &mut ShardRecord, loads: &[ShardLoad]) {
        let homeless = Continent::ALL
            .into_iter()
            .filter(|continent| open_of(record, Region::Continent(*continent)).is_empty())
            .map(|continent| joins(loads, Some(continent)))
            .fold(joins(loads, None), u32::saturating_add);
        let open = open_of(record, Region::Everywhere);
        let is_full = |&shard: &usize| !self.admits(&load_of(loads, shard));
        if homeless > 0 && open.iter().all(is_full) {
            open_one(record, loads, Region::Everywhere);
        }
    }

    fn shrink(&self, record: &mut ShardRecord, loads: &[ShardLoad], region: Region) -> bool {
        let open = open_of(record, region);
        // Shard 0 is never closed.
        let Some(&last) = open.last().filter(|&&shard| shard > 0) else {
            return false;
        };
        let joining = match region {
            Region::Everywhere => 0,
            Region::Continent(continent) => {
                joins(loads, Some(continent)).saturating_mul(self.look_ahead_secs)
            }
        };
        let mut peers = peers_of(loads, &open).saturating_add(joining);
        if open.len() == 1 {
            peers = peers.saturating_add(load_of(loads, 0).peers);
        }
        let count = u32::try_from(open.len()).unwrap_or(u32::MAX);
        let is_few = peers < self.merge_below_peers.saturating_mul(count);
        if is_few {
            record.shards[last].is_open = false;
        }
        is_few
    }
}

fn load_of(loads: &[ShardLoad], shard: usize) -> ShardLoad {
    loads.get(shard).copied().unwrap_or_default()
}

fn joins(loads: &[ShardLoad], continent: Option<Continent>) -> u32 {
    let joins = loads.iter().map(|load| load.joins_from(continent));
    joins.fold(0, u32::saturating_add)
}

fn open_of(record: &ShardRecord, region: Region) -> Vec<usize> {
    let shards = record.shards.iter().enumerate();
    shards
        .filter(|(_, shard)| shard.is_open && shard.region == region)
        .map(|(index, _)| index)
        .collect()
}

fn peers_of(loads: &[ShardLoad], shards: &[usize]) -> u32 {
    let peers = shards.iter().map(|&shard| load_of(loads, shard).peers);
    peers.fold(0, u32::saturating_add)
}

/// A closed shard of the region opens again; else an empty closed one changes its region; else
/// there is one more. At [`MAX_SHARDS`] nothing happens.
fn open_one(record: &mut ShardRecord, loads: &[ShardLoad], region: Region) {
    let opened = Shard {
        region,
        is_open: true,
    };
    let closed = |shard: &Shard| !shard.is_open;
    let own = record
        .shards
        .iter()
        .position(|shard| closed(shard) && shard.region == region);
    let reused = own.or_else(|| {
        let mut shards = record.shards.iter().enumerate();
        shards
            .find(|(index, shard)| closed(shard) && load_of(loads, *index).peers == 0)
            .map(|(index, _)| index)
    });
    match reused {
        Some(index) => record.shards[index] = opened,
        None if record.shards.len() < MAX_SHARDS => record.shards.push(opened),
        None => {}
    }
}

/// Closed shards at the end that have nobody are forgotten.
fn drop_empty(record: &mut ShardRecord, loads: &[ShardLoad]) {
    while let Some(last) = record.shards.last()
        && !last.is_open
        && load_of(loads, record.shards.len() - 1).peers == 0
    {
        record.shards.pop();
    }
}
