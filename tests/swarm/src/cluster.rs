//! The objects of one video, and the hosts that choose among them.

use torrent::{InfoHash, SwarmName};
use tracker::shard::{Continent, JoinMeter, ShardBounds, ShardLoad, ShardRecord};
use tracker::{
    AddressKey, Config, Outbox, Random as _, RateLimits, Received, SeededRandom, SocketId, Tracker,
};

use crate::cost::Usage;
use crate::viewer::INFO_HASH;

/// Hosts per continent, each with its own cache of the record.
const HOSTS: usize = 20;
/// Seconds between two alarms of an object that has a socket, each with a look at the number of viewers.
const ALARM_EVERY_SECS: u32 = 60;
/// Seconds after which an unchanged number is written again.
const COUNT_AGAIN_SECS: u32 = 100;
/// Seconds after which the instance is asked for the infohashes again.
const LIST_SECS: u32 = 600;
/// How long a host believes its cache.
const CACHE_SECS: u32 = 10;
/// Seconds between two reports of a shard that is not full.
const REPORT_EVERY_SECS: u32 = 10;
/// How often a host tries before it tells the client to come back later.
const ATTEMPTS: u32 = 3;
/// The simulation's start; any time will do.
const START_UNIX_MS: u64 = 1_800_000_000_000;

/// One Durable Object.
struct Object {
    tracker: Tracker,
    joins: JoinMeter,
    reported: ShardLoad,
    /// Events of this second, refused connections too.
    events: u32,
    peak_events: u32,
    peak_peers: u32,
    all_events: u64,
    /// The number of viewers that was written last, and when.
    counted: (u32, u32),
    listed_at_secs: Option<u32>,
}

/// A host's memory of the record.
#[derive(Clone, Default)]
struct Cache {
    record: ShardRecord,
    read_at_secs: Option<u32>,
}

/// All of them.
pub struct Cluster {
    objects: Vec<Object>,
    record: ShardRecord,
    /// When a record becomes readable everywhere, and which.
    store: Vec<(u32, ShardRecord)>,
    hosts: Vec<Cache>,
    bounds: ShardBounds,
    random: SeededRandom,
    outbox: Outbox,
    now_secs: u32,
    pub usage: Usage,
}

/// What one object did.
#[derive(Clone, Copy, Debug)]
pub struct ObjectFigures {
    pub peers: u32,
    pub peak_peers: u32,
    pub peak_events_per_sec: u32,
    pub all_events: u64,
}

impl Cluster {
    pub fn new(seed: u64) -> Self {
        Self {
            objects: vec![Object::new()],
            record: ShardRecord::default(),
            store: Vec::new(),
            hosts: vec![Cache::default(); HOSTS * 7],
            bounds: ShardBounds::default(),
            random: SeededRandom::new(seed),
            outbox: Outbox::new(),
            now_secs: 0,
            usage: Usage::default(),
        }
    }

    /// The next second begins: reports arrive, shard 0 decides.
    pub fn begin_second(&mut self, now_secs: u32) {
        self.now_secs = now_secs;
        let now_unix_ms = self.now_unix_ms();
        for (index, object) in (0_u32..).zip(&mut self.objects) {
            object.end_second();
            object.look_after(index, now_secs, &mut self.usage);
            if index == 0 || index % REPORT_EVERY_SECS == now_secs % REPORT_EVERY_SECS {
                object.reported = object.load(now_unix_ms);
                self.usage.object_requests += u64::from(index > 0);
            }
        }
        self.decide();
    }

    /// Somebody connects through a host of his continent; the shard that takes him.
    pub fn connect(&mut self, continent: Continent, socket: SocketId) -> Option<usize> {
        self.usage.upgrades += 1;
        let now_unix_ms = self.now_unix_ms();
        let host = self.host_of(continent);
        for _ in 0..ATTEMPTS {
            let shard = self.hosts[host]
                .record
                .choose(Some(continent), &mut self.random);
            while self.objects.len() <= shard {
                self.objects.push(Object::new());
            }
            self.usage.object_requests += 1;
            let object = &mut self.objects[shard];
            let load = object.load(now_unix_ms);
            object.events += 1;
            if object
                .joins
                .admit(&self.bounds, &load, Some(continent), now_unix_ms)
            {
                let (address, random) = (AddressKey(0), &mut self.random);
                let is_open = object.tracker.open(socket, address, now_unix_ms, random);
                return is_open.then_some(shard);
            }
            self.refused(host, shard);
        }
        None
    }

    /// A full shard reports, and the host asks shard 0 for the present record.
    fn refused(&mut self, host: usize, shard: usize) {
        let now_unix_ms = self.now_unix_ms();
        self.objects[shard].reported = self.objects[shard].load(now_unix_ms);
        self.decide();
        if shard != 0 {
            self.objects[0].events += 1;
            self.usage.object_requests += 1;
        }
        self.hosts[host].record = self.record.clone();
    }

    /// One message; what is sent is handed to `deliver`.
    pub fn receive(
        &mut self,
        shard: usize,
        socket: SocketId,
        text: &str,
        mut deliver: impl FnMut(SocketId, &str),
    ) -> bool {
        self.usage.messages += 1;
        let now_unix_ms = self.now_unix_ms();
        let object = &mut self.objects[shard];
        object.events += 1;
        let (random, outbox) = (&mut self.random, &mut self.outbox);
        let received = object
            .tracker
            .receive(socket, text, now_unix_ms, random, outbox);
        for (to, text) in outbox.iter() {
            deliver(to, text);
        }
        outbox.clear();
        matches!(received, Received::Done { .. })
    }

    /// A socket is closed.
    pub fn close(&mut self, shard: usize, socket: SocketId) {
        self.objects[shard].tracker.close(socket);
    }

    /// A deployment: every socket and all memory is gone; shard 0 reads its record from the store.
    pub fn drop_everything(&mut self) {
        for object in &mut self.objects {
            object.tracker = new_tracker();
            object.joins = JoinMeter::default();
            object.reported = ShardLoad::default();
        }
    }

    /// Closed shards that have so few viewers left that these are to move.
    pub fn emptying(&self) -> Vec<usize> {
        let loads = self.objects.iter().enumerate();
        loads
            .filter(|(shard, object)| {
                object.reported.peers > 0
                    && self.bounds.empties(&self.record, *shard, &object.reported)
            })
            .map(|(shard, _)| shard)
            .collect()
    }

    pub fn record(&self) -> &ShardRecord {
        &self.record
    }

    /// Figures of every object since the last call.
    pub fn take_figures(&mut self) -> Vec<ObjectFigures> {
        self.objects.iter_mut().map(Object::take_figures).collect()
    }

    fn now_unix_ms(&self) -> u64 {
        START_UNIX_MS + u64::from(self.now_secs) * 1_000
    }

    fn decide(&mut self) {
        let loads: Vec<ShardLoad> = self.objects.iter().map(|object| object.reported).collect();
        let now_secs = u32::try_from(self.now_unix_ms() / 1_000).unwrap_or(u32::MAX);
        if let Some(record) = self.bounds.decide(&self.record, &loads, now_secs) {
            // The text is what is stored and handed around.
            self.record = ShardRecord::decode(&record.encode()).unwrap_or(record);
            let readable_at_secs = self.now_secs + 10 + self.random.below(50);
            self.store.push((readable_at_secs, self.record.clone()));
            self.usage.record_writes += 1;
        }
    }

    /// A host by chance, its cache renewed if it is old. Older records never replace newer ones.
    fn host_of(&mut self, continent: Continent) -> usize {
        let place = Continent::ALL.iter().position(|other| *other == continent);
        let host = place.unwrap_or(0) * HOSTS + self.random.index_below(HOSTS);
        let cache = &mut self.hosts[host];
        let is_old = |read_at: u32| self.now_secs >= read_at + CACHE_SECS;
        if cache.read_at_secs.is_none_or(is_old) {
            cache.read_at_secs = Some(self.now_secs);
            self.usage.record_reads += 1;
            let readable = self.store.iter().rev().find(|(at, _)| *at <= self.now_secs);
            if let Some((_, record)) = readable
                && record.decided_secs > cache.record.decided_secs
            {
                cache.record = record.clone();
            }
        }
        host
    }
}

impl Object {
    fn new() -> Self {
        Self {
            tracker: new_tracker(),
            joins: JoinMeter::default(),
            reported: ShardLoad::default(),
            events: 0,
            peak_events: 0,
            peak_peers: 0,
            all_events: 0,
            counted: (0, 0),
            listed_at_secs: None,
        }
    }

    /// What its alarm does, and what it costs to be there.
    fn look_after(&mut self, index: u32, now_secs: u32, usage: &mut Usage) {
        let viewers = u32::try_from(self.tracker.socket_count()).unwrap_or(u32::MAX);
        usage.held_secs += u64::from(viewers > 0);
        let (counted, counted_at_secs) = self.counted;
        // The alarm after the last socket is the last.
        let has_alarm = viewers > 0 || counted > 0;
        if !has_alarm || index % ALARM_EVERY_SECS != now_secs % ALARM_EVERY_SECS {
            return;
        }
        usage.alarms += 1;
        usage.object_requests += 1;
        if viewers != counted || now_secs - counted_at_secs >= COUNT_AGAIN_SECS {
            self.counted = (viewers, now_secs);
            usage.viewer_count_writes += 1;
        }
        if self
            .listed_at_secs
            .is_none_or(|at| now_secs - at >= LIST_SECS)
        {
            self.listed_at_secs = Some(now_secs);
            usage.object_requests += 1;
        }
    }

    fn load(&mut self, now_unix_ms: u64) -> ShardLoad {
        ShardLoad {
            peers: u32::try_from(self.tracker.socket_count()).unwrap_or(u32::MAX),
            events_per_sec: self.tracker.events_per_sec(now_unix_ms),
            joins_per_sec: self.joins.per_sec(now_unix_ms),
        }
    }

    fn end_second(&mut self) {
        let peers = u32::try_from(self.tracker.socket_count()).unwrap_or(u32::MAX);
        self.peak_peers = self.peak_peers.max(peers);
        self.peak_events = self.peak_events.max(self.events);
        self.all_events += u64::from(self.events);
        self.events = 0;
    }

    fn take_figures(&mut self) -> ObjectFigures {
        let figures = ObjectFigures {
            peers: u32::try_from(self.tracker.socket_count()).unwrap_or(u32::MAX),
            peak_peers: self.peak_peers,
            peak_events_per_sec: self.peak_events,
            all_events: self.all_events,
        };
        (self.peak_peers, self.peak_events, self.all_events) = (figures.peers, 0, 0);
        figures
    }
}

/// Without rate limits: every viewer has an address of his own, and all share one here.
fn new_tracker() -> Tracker {
    let config = Config {
        rate_limits: RateLimits::UNLIMITED,
        ..Config::default()
    };
    let mut tracker = Tracker::new(config, 1);
    let info_hash = INFO_HASH.as_bytes().try_into().unwrap_or([0; 20]);
    tracker.serve([SwarmName::alone(InfoHash(info_hash))]);
    tracker
}
