//! The viewers' lives.

use tracker::{Random as _, SeededRandom, SocketId};

use crate::cluster::Cluster;
use crate::report::{Phase, Report};
use crate::scenario::{SHARES, Scenario};
use crate::viewer::{Connection, Incoming, Viewer, read, write_announce, write_answer};

/// A minute: twice the shortest interval.
const SETTLED_SECS: u32 = 60;

/// What a viewer does in one second.
enum Event {
    Connect(u32),
    Announce(u32, Connection),
    Answer(u32, Connection, String),
    Leave(u32),
}

struct World {
    scenario: Scenario,
    cluster: Cluster,
    viewers: Vec<Viewer>,
    /// Events by second.
    agenda: Vec<Vec<Event>>,
    random: SeededRandom,
    offer_number: u64,
    now_secs: u32,
    refused_messages: u64,
    turned_away: u64,
}

/// Runs a scenario.
#[must_use]
pub fn simulate(scenario: Scenario) -> Report {
    let mut world = World::new(scenario);
    let mut phases = Vec::new();
    for now_secs in 0..scenario.end_secs {
        world.now_secs = now_secs;
        world.cluster.begin_second(now_secs);
        if now_secs == scenario.rush_secs {
            phases.push(world.end_phase("rush", now_secs));
        }
        if now_secs == scenario.storm_at_secs {
            phases.push(world.end_phase("steady", now_secs - scenario.rush_secs));
            world.storm();
        }
        if now_secs == scenario.leaving_from_secs {
            phases.push(world.end_phase("storm", now_secs - scenario.storm_at_secs));
            world.all_leave();
        }
        if now_secs % 60 == 59 {
            world.empty_shards();
        }
        let index = usize::try_from(now_secs).unwrap_or(usize::MAX);
        for event in std::mem::take(&mut world.agenda[index]) {
            world.follow(event);
        }
    }
    let last_secs = scenario.end_secs - scenario.leaving_from_secs;
    phases.push(world.end_phase("leaving", last_secs));
    Report {
        phases,
        record: world.cluster.record().encode(),
        usage: world.cluster.usage,
        refused_messages: world.refused_messages,
        turned_away: world.turned_away,
    }
}

impl World {
    fn new(scenario: Scenario) -> Self {
        let seconds = usize::try_from(scenario.end_secs).unwrap_or(0);
        let mut world = Self {
            scenario,
            cluster: Cluster::new(scenario.seed),
            viewers: Vec::new(),
            agenda: (0..seconds).map(|_| Vec::new()).collect(),
            random: SeededRandom::new(scenario.seed ^ 0x5eed),
            offer_number: 0,
            now_secs: 0,
            refused_messages: 0,
            turned_away: 0,
        };
        for _ in 0..scenario.viewers {
            let joins_at_secs = world.random.below(scenario.rush_secs);
            world.add_viewer(joins_at_secs);
        }
        world
    }

    /// Who leaves does so at an even rate, as if viewers had no memory.
    fn add_viewer(&mut self, joins_at_secs: u32) {
        let number = u32::try_from(self.viewers.len()).unwrap_or(u32::MAX);
        let mut place = self.random.below(100);
        let here = SHARES.iter().find(|(_, share)| {
            let is_here = place < *share;
            place = place.saturating_sub(*share);
            is_here
        });
        self.viewers.push(Viewer {
            continent: here.unwrap_or(&SHARES[0]).0,
            has_own_player: self.random.below(100) < self.scenario.own_players_percent,
            has_left: false,
            connection: None,
            connected_at_secs: 0,
            connections: 0,
            neighbours: Vec::new(),
        });
        self.plan(joins_at_secs, Event::Connect(number));
        let mut leaves_at_secs = joins_at_secs;
        while leaves_at_secs < self.scenario.leaving_from_secs {
            leaves_at_secs += 60;
            if self.random.below(1_000) < self.scenario.leave_per_mille_per_minute {
                let leaves_at_secs = leaves_at_secs - self.random.below(60);
                if leaves_at_secs < self.scenario.leaving_from_secs {
                    self.plan(leaves_at_secs, Event::Leave(number));
                }
                return;
            }
        }
    }

    /// What comes after the end does not come.
    fn plan(&mut self, at_secs: u32, event: Event) {
        let index = usize::try_from(at_secs.max(self.now_secs)).unwrap_or(usize::MAX);
        if let Some(second) = self.agenda.get_mut(index) {
            second.push(event);
        }
    }

    fn follow(&mut self, event: Event) {
        match event {
            Event::Connect(viewer) => self.connect(viewer),
            Event::Announce(viewer, connection) => self.announce(viewer, connection),
            Event::Answer(viewer, connection, text) => self.send(viewer, connection, &text),
            Event::Leave(viewer) => self.leave(viewer),
        }
    }

    fn connect(&mut self, number: u32) {
        let viewer = &mut self.viewers[index(number)];
        if viewer.has_left || viewer.connection.is_some() {
            return;
        }
        let Some(shard) = self.cluster.connect(viewer.continent, SocketId(number)) else {
            self.turned_away += 1;
            return self.connect_later(number);
        };
        viewer.connections += 1;
        viewer.connected_at_secs = self.now_secs;
        let connection = Connection {
            shard,
            number: viewer.connections,
        };
        viewer.connection = Some(connection);
        self.announce(number, connection);
    }

    fn connect_later(&mut self, number: u32) {
        let delay_secs = if self.viewers[index(number)].has_own_player {
            5 + self.random.below(55)
        } else {
            10 + self.random.below(300)
        };
        self.plan(self.now_secs + delay_secs, Event::Connect(number));
    }

    fn announce(&mut self, number: u32, connection: Connection) {
        let mut text = String::with_capacity(400);
        write_announce(number, &mut self.offer_number, &mut text);
        self.send(number, connection, &text);
    }

    /// Sends a message, if the connection is still there, and lets its receivers react.
    fn send(&mut self, number: u32, connection: Connection, text: &str) {
        if self.viewers[index(number)].connection != Some(connection) {
            return;
        }
        let mut planned = Vec::new();
        let mut links = Vec::new();
        let (viewers, random, now_secs) = (&self.viewers, &mut self.random, self.now_secs);
        let mut failed = 0;
        let deliver = |to: SocketId, text: &str| match (read(text), viewers[index(to.0)].connection)
        {
            (Incoming::Interval(interval_secs), Some(connection)) => {
                planned.push((now_secs + interval_secs, Event::Announce(to.0, connection)));
            }
            (Incoming::Offer { from, offer_id }, Some(connection)) => {
                // Gathering candidates takes a second or two.
                let answer = write_answer(to.0, from, offer_id);
                let at_secs = now_secs + 1 + random.below(2);
                planned.push((at_secs, Event::Answer(to.0, connection, answer)));
            }
            (Incoming::Answer { from }, _) => links.push((to.0, from)),
            _ => failed += 1,
        };
        let is_done = self
            .cluster
            .receive(connection.shard, SocketId(number), text, deliver);
        self.refused_messages += failed + u64::from(!is_done);
        for (at_secs, event) in planned {
            self.plan(at_secs, event);
        }
        for (one, other) in links {
            self.link(one, other);
        }
    }

    /// Clients drop a second link to the same peer.
    fn link(&mut self, one: u32, other: u32) {
        let has_left = |viewer: u32| self.viewers[index(viewer)].has_left;
        let is_linked = self.viewers[index(one)].neighbours.contains(&other);
        if is_linked || has_left(one) || has_left(other) {
            return;
        }
        self.viewers[index(one)].neighbours.push(other);
        self.viewers[index(other)].neighbours.push(one);
    }

    /// Somebody else comes instead, until everybody leaves.
    fn leave(&mut self, number: u32) {
        let viewer = &mut self.viewers[index(number)];
        viewer.has_left = true;
        let (connection, neighbours) = (
            viewer.connection.take(),
            std::mem::take(&mut viewer.neighbours),
        );
        if let Some(connection) = connection {
            self.cluster.close(connection.shard, SocketId(number));
        }
        for neighbour in neighbours {
            self.viewers[index(neighbour)]
                .neighbours
                .retain(|&other| other != number);
        }
        if self.now_secs < self.scenario.leaving_from_secs {
            self.add_viewer(self.now_secs + 1);
        }
    }

    fn all_leave(&mut self) {
        let there = (0_u32..).zip(&self.viewers);
        let mut leaving: Vec<u32> = there
            .filter(|(_, viewer)| !viewer.has_left)
            .map(|(number, _)| number)
            .collect();
        for _ in 0..self.scenario.staying {
            if !leaving.is_empty() {
                leaving.swap_remove(self.random.index_below(leaving.len()));
            }
        }
        for number in leaving {
            let after_secs = self.random.below(self.scenario.leaving_secs);
            self.plan(self.now_secs + after_secs, Event::Leave(number));
        }
    }

    fn storm(&mut self) {
        self.cluster.drop_everything();
        for number in (0_u32..).take(self.viewers.len()) {
            if self.viewers[index(number)].connection.take().is_some() {
                self.connect_later(number);
            }
        }
    }

    fn empty_shards(&mut self) {
        for shard in self.cluster.emptying() {
            for number in (0_u32..).take(self.viewers.len()) {
                let viewer = &mut self.viewers[index(number)];
                if viewer
                    .connection
                    .is_some_and(|connection| connection.shard == shard)
                {
                    viewer.connection = None;
                    self.cluster.close(shard, SocketId(number));
                    self.connect_later(number);
                }
            }
        }
    }

    fn end_phase(&mut self, name: &'static str, length_secs: u32) -> Phase {
        let figures = self.cluster.take_figures();
        // Who came within the last interval has only offered once.
        let is_settled = |viewer: &&Viewer| {
            viewer.connection.is_some() && self.now_secs - viewer.connected_at_secs >= SETTLED_SECS
        };
        let settled = self.viewers.iter().filter(is_settled);
        let mut neighbours: Vec<usize> = settled.map(|viewer| viewer.neighbours.len()).collect();
        neighbours.sort_unstable();
        Phase::new(
            name,
            length_secs,
            self.cluster.record(),
            &figures,
            &neighbours,
        )
    }
}

fn index(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}
