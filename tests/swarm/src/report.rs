//! Figures, and how they are printed.

use std::fmt;

use tracker::shard::{Region, ShardRecord};

use crate::cluster::ObjectFigures;
use crate::cost::Usage;

/// One shard in one phase.
#[derive(Clone, Debug)]
pub struct ShardFigures {
    /// `*` or a continent's code; a minus if it is closed.
    pub region: String,
    /// Sockets at the end.
    pub peers: u32,
    /// The most it had.
    pub peak_peers: u32,
    /// Events, refused connections too, in its busiest second.
    pub peak_events_per_sec: u32,
    /// Events per second on average.
    pub mean_events_per_sec: u32,
}

/// One part of a scenario.
#[derive(Clone, Debug)]
pub struct Phase {
    /// What it was.
    pub name: &'static str,
    /// By number.
    pub shards: Vec<ShardFigures>,
    /// Viewers that have been connected for a minute.
    pub settled_viewers: usize,
    /// Neighbours of the one that has fewest.
    pub fewest_neighbours: usize,
    /// Of 100 viewers one has fewer.
    pub first_percentile_neighbours: usize,
    /// Half of them have fewer.
    pub median_neighbours: usize,
}

/// What came of a scenario.
#[derive(Clone, Debug)]
pub struct Report {
    /// Rush, steady viewing, storm, and the end.
    pub phases: Vec<Phase>,
    /// The shard record at the end.
    pub record: String,
    /// What is billed.
    pub usage: Usage,
    /// Messages that were not followed, most of them answers to offers of viewers who left.
    pub refused_messages: u64,
    /// Connections for which no shard was found in three attempts.
    pub turned_away: u64,
}

impl Phase {
    pub(crate) fn new(
        name: &'static str,
        length_secs: u32,
        record: &ShardRecord,
        figures: &[ObjectFigures],
        neighbours: &[usize],
    ) -> Self {
        let shards = figures.iter().enumerate().map(|(index, figures)| {
            let mean = figures.all_events / u64::from(length_secs.max(1));
            ShardFigures {
                region: region(record, index),
                peers: figures.peers,
                peak_peers: figures.peak_peers,
                peak_events_per_sec: figures.peak_events_per_sec,
                mean_events_per_sec: u32::try_from(mean).unwrap_or(u32::MAX),
            }
        });
        let at = |part: usize| neighbours.get(part).copied().unwrap_or(0);
        Self {
            name,
            shards: shards.collect(),
            settled_viewers: neighbours.len(),
            fewest_neighbours: at(0),
            first_percentile_neighbours: at(neighbours.len() / 100),
            median_neighbours: at(neighbours.len() / 2),
        }
    }

    /// The most sockets that one shard had.
    #[must_use]
    pub fn peak_peers(&self) -> u32 {
        self.shards
            .iter()
            .map(|shard| shard.peak_peers)
            .max()
            .unwrap_or(0)
    }

    /// The most events that one object had in a second.
    #[must_use]
    pub fn peak_events_per_sec(&self) -> u32 {
        let peaks = self.shards.iter().map(|shard| shard.peak_events_per_sec);
        peaks.max().unwrap_or(0)
    }
}

fn region(record: &ShardRecord, index: usize) -> String {
    let Some(shard) = record.shards().get(index) else {
        return "-".to_owned();
    };
    let code = match shard.region {
        Region::Everywhere => "*",
        Region::Continent(continent) => continent.code(),
    };
    format!("{}{code}", if shard.is_open { "" } else { "-" })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for phase in &self.phases {
            writeln!(f, "{}", phase.name)?;
            writeln!(f, "  shard region  peers  peak   events/s mean  peak")?;
            for (index, shard) in phase.shards.iter().enumerate() {
                writeln!(
                    f,
                    "  {index:>5} {:>6} {:>6} {:>5} {:>15} {:>5}",
                    shard.region,
                    shard.peers,
                    shard.peak_peers,
                    shard.mean_events_per_sec,
                    shard.peak_events_per_sec
                )?;
            }
            writeln!(
                f,
                "  {} settled viewers; neighbours: fewest {}, 1 % have under {}, half have under {}",
                phase.settled_viewers,
                phase.fewest_neighbours,
                phase.first_percentile_neighbours,
                phase.median_neighbours
            )?;
        }
        let (usage, cost) = (self.usage, self.usage.cost());
        writeln!(f, "record {}", self.record)?;
        writeln!(f, "{usage:?}")?;
        writeln!(
            f,
            "{} messages not followed, {} connections told to come back",
            self.refused_messages, self.turned_away
        )?;
        writeln!(
            f,
            "cost ${:.4}: upgrades {:.4}, object requests {:.4}, messages {:.4}, duration {:.4}, records {:.5}, \
             viewer counts {:.5}, alarms {:.5}; duration without hibernation {:.4}",
            cost.total(),
            cost.upgrades,
            cost.object_requests,
            cost.messages,
            cost.duration,
            cost.records,
            cost.viewer_counts,
            cost.alarms,
            cost.duration_without_hibernation
        )
    }
}
