//! An object's part in splitting a large swarm: how much it has to do, and what shard 0 decides.

use tracker::Tracker;
use tracker::shard::{Continent, JoinMeter, ShardBounds, ShardLoad, ShardRecord};

use crate::name::Scope;
use crate::settings::Settings;

/// Reports of a shard to shard 0 between two of its viewer counts: every ten seconds.
const REPORTS_PER_COUNT: u64 = 6;
/// Between two of shard 0's decisions, and at least between two reports.
const DECIDE_MS: u64 = 1_000;

/// What one object knows of its video's shards.
pub struct Shards {
    bounds: ShardBounds,
    joins: JoinMeter,
    /// On shard 0 the truth, elsewhere as shard 0 said last.
    pub record: ShardRecord,
    /// On shard 0: of the others, by number; its own place stays empty.
    loads: Vec<ShardLoad>,
    report_ms: u64,
    last_ms: u64,
}

impl Shards {
    /// With what was decided before, if anything was.
    pub fn new(stored_record: Option<String>, settings: &Settings) -> Self {
        let stored = stored_record.and_then(|text| ShardRecord::decode(&text).ok());
        let none = ShardBounds {
            max_peers: u32::MAX,
            max_events_per_sec: u32::MAX,
            ..ShardBounds::default()
        };
        Self {
            bounds: settings.shard_bounds.unwrap_or(none),
            joins: JoinMeter::default(),
            record: stored.unwrap_or_default(),
            loads: Vec::new(),
            report_ms: (settings.report_ms / REPORTS_PER_COUNT).max(DECIDE_MS),
            last_ms: 0,
        }
    }

    /// How much this object has to do.
    pub fn load(&mut self, tracker: &mut Tracker, now_unix_ms: u64) -> ShardLoad {
        ShardLoad {
            peers: u32::try_from(tracker.socket_count()).unwrap_or(u32::MAX),
            events_per_sec: tracker.events_per_sec(now_unix_ms),
            joins_per_sec: self.joins.per_sec(now_unix_ms),
        }
    }

    /// May somebody from there join? `false`: another shard is to be chosen.
    pub fn admit(
        &mut self,
        tracker: &mut Tracker,
        continent: Option<Continent>,
        now_unix_ms: u64,
    ) -> bool {
        let load = self.load(tracker, now_unix_ms);
        self.joins
            .admit(&self.bounds, &load, continent, now_unix_ms)
    }

    /// Shard 0 learns the load of another one.
    pub fn heard(&mut self, shard: usize, load: ShardLoad) {
        if shard >= self.record.shards().len() {
            return;
        }
        if self.loads.len() <= shard {
            self.loads.resize(shard + 1, ShardLoad::default());
        }
        self.loads[shard] = load;
    }

    /// Shard 0 decides, at most once a second; the new record if it changes.
    pub fn decide(&mut self, tracker: &mut Tracker, now_unix_ms: u64) -> Option<String> {
        if now_unix_ms.saturating_sub(self.last_ms) < DECIDE_MS {
            return None;
        }
        self.last_ms = now_unix_ms;
        let own = self.load(tracker, now_unix_ms);
        match self.loads.first_mut() {
            Some(first) => *first = own,
            None => self.loads.push(own),
        }
        let now_secs = u32::try_from(now_unix_ms / 1000).unwrap_or(u32::MAX);
        let decided = self.bounds.decide(&self.record, &self.loads, now_secs)?;
        self.record = decided;
        Some(self.record.encode())
    }

    /// Another shard than 0: its load if it is time to report it.
    pub fn report(
        &mut self,
        tracker: &mut Tracker,
        is_urgent: bool,
        now_unix_ms: u64,
    ) -> Option<ShardLoad> {
        let silent_ms = now_unix_ms.saturating_sub(self.last_ms);
        // An empty shard has no further alarm: it would count as full for ever.
        let is_last = tracker.socket_count() == 0;
        let is_due =
            is_last || silent_ms >= self.report_ms || (is_urgent && silent_ms >= DECIDE_MS);
        is_due.then(|| {
            self.last_ms = now_unix_ms;
            self.load(tracker, now_unix_ms)
        })
    }

    /// Is this shard to send its last viewers away?
    pub fn empties(&mut self, scope: &Scope, tracker: &mut Tracker, now_unix_ms: u64) -> bool {
        let load = self.load(tracker, now_unix_ms);
        match scope {
            Scope::Instance | Scope::Video { shard: 0, .. } => false,
            Scope::Video { shard, .. } => {
                let shard = usize::try_from(*shard).unwrap_or(usize::MAX);
                load.peers > 0 && self.bounds.empties(&self.record, shard, &load)
            }
        }
    }
}
