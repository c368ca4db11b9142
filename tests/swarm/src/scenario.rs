//! What happens when.

use tracker::shard::Continent;

/// A simulated event. Times are seconds from its start.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Who joins during the rush.
    pub viewers: u32,
    /// How long the rush takes; joins are spread evenly over it.
    pub rush_secs: u32,
    /// When a deployment drops every socket.
    pub storm_at_secs: u32,
    /// From when on everybody leaves but a few, and nobody comes.
    pub leaving_from_secs: u32,
    /// How long that takes; they leave evenly.
    pub leaving_secs: u32,
    /// Who stays.
    pub staying: u32,
    /// When it ends.
    pub end_secs: u32,
    /// Of 1,000 viewers, how many leave each minute; somebody else comes for each of them.
    pub leave_per_mille_per_minute: u32,
    /// Of 100 viewers, how many have our player, which returns after 5 to 60 s. The others are
    /// `bittorrent-tracker`'s client, which returns after 10 to 310 s.
    pub own_players_percent: u32,
    /// Decides all chances.
    pub seed: u64,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            viewers: 100_000,
            rush_secs: 300,
            storm_at_secs: 420,
            leaving_from_secs: 765,
            leaving_secs: 600,
            staying: 100,
            // A shard is closed every two minutes.
            end_secs: 765 + 6_000,
            leave_per_mille_per_minute: 20,
            own_players_percent: 80,
            seed: 1,
        }
    }
}

/// Continents, and how many of 100 viewers are there.
pub const SHARES: [(Continent, u32); 3] = [
    (Continent::Europe, 45),
    (Continent::NorthAmerica, 35),
    (Continent::Asia, 20),
];
