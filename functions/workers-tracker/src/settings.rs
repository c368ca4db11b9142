//! What the deployer may choose, from variables of `wrangler.tracker.toml`.

use tracker::shard::ShardBounds;
use tracker::{Config, IntervalRule, RateLimits};
use worker::Env;

/// Viewers that may share one address if nothing is said: a household, a small office.
const VIEWERS_PER_ADDRESS: u32 = 4;
/// Seconds between two reports of the number of viewers.
const REPORT_SECS: u64 = 60;

/// Seconds for which is believed what was said of infohashes while somebody is in their swarms: a video that becomes
/// private loses them after this and one report at the latest.
const LIST_SECS: u64 = 600;

/// The settings of this script.
#[derive(Debug, Clone)]
pub struct Settings {
    /// For each object.
    pub config: Config,
    /// When objects refuse whom they have no room for; `None`: never.
    pub shard_bounds: Option<ShardBounds>,
    /// Whether any infohash is served, as measurements need it.
    pub is_open: bool,
    /// Milliseconds between two reports.
    pub report_ms: u64,
    /// Milliseconds after which the instance is asked again which infohashes are served.
    pub list_ms: u64,
    /// Header in which the platform says who is calling; `None` where it does not.
    pub address_header: Option<String>,
}

impl Settings {
    /// Reads them; what is not a number counts as not said.
    pub fn read(env: &Env) -> Self {
        let text = |name: &str| {
            let value = env.var(name).ok().map(|value| value.to_string());
            value.filter(|value| !value.is_empty())
        };
        let number = |name: &str| text(name).and_then(|value| value.parse::<u32>().ok());
        let viewers = number("VIEWERS_PER_ADDRESS").unwrap_or(VIEWERS_PER_ADDRESS);
        let rate_limits = RateLimits::behind_one_address(viewers);
        let report_secs = number("REPORT_SECS").map_or(REPORT_SECS, u64::from);
        let shard_bounds = match number("SHARD_PEERS") {
            Some(peers) => Some(small_shards(peers, report_secs)),
            None => (viewers > 0).then(ShardBounds::default),
        };
        Self {
            config: Config {
                rate_limits,
                interval: match number("ANNOUNCE_SECS") {
                    Some(secs) => constant(secs, number("PATIENCE_SECS")),
                    None => IntervalRule::default(),
                },
                ..Config::default()
            },
            shard_bounds,
            list_ms: number("LIST_SECS").map_or(LIST_SECS, u64::from) * 1_000,
            is_open: text("OPEN_TRACKER").as_deref() == Some("true"),
            report_ms: report_secs * 1000,
            address_header: text("CLIENT_ADDRESS_HEADER"),
        }
    }
}

/// Shards of so many peers, which are merged as soon as a report says that they are few.
fn small_shards(max_peers: u32, report_secs: u64) -> ShardBounds {
    ShardBounds {
        max_peers,
        merge_below_peers: max_peers / 4,
        min_peers: max_peers / 4,
        rest_secs: u32::try_from(report_secs).unwrap_or(u32::MAX),
        ..ShardBounds::default()
    }
}

/// The same interval for swarms of all sizes.
fn constant(secs: u32, patience_secs: Option<u32>) -> IntervalRule {
    IntervalRule {
        shortest_secs: secs,
        young_secs_interval: secs,
        steady_secs: secs,
        longest_secs: secs,
        aimed_events_per_sec: u32::MAX,
        patience_secs: patience_secs.unwrap_or(secs.saturating_mul(2)),
        ..IntervalRule::default()
    }
}
