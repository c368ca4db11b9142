//! What the deployer may choose, from variables of `wrangler.tracker.toml`.

use tracker::{Config, IntervalRule, RateLimits};
use worker::Env;

/// Viewers that may share one address if nothing is said: a household, a small office.
const VIEWERS_PER_ADDRESS: u32 = 4;
/// Seconds between two reports of the number of viewers.
const REPORT_SECS: u64 = 60;

/// The settings of this script.
#[derive(Debug, Clone)]
pub struct Settings {
    /// For each object.
    pub config: Config,
    /// Whether objects refuse whom they have no room for.
    pub has_bounds: bool,
    /// Whether any infohash is served, as measurements need it.
    pub is_open: bool,
    /// Milliseconds between two reports.
    pub report_ms: u64,
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
        let rate_limits = match viewers {
            0 => RateLimits::UNLIMITED,
            viewers => RateLimits::default().for_viewers(viewers),
        };
        Self {
            config: Config {
                rate_limits,
                interval: number("ANNOUNCE_SECS").map_or_else(IntervalRule::default, constant),
                ..Config::default()
            },
            has_bounds: viewers > 0,
            is_open: text("OPEN_TRACKER").as_deref() == Some("true"),
            report_ms: number("REPORT_SECS").map_or(REPORT_SECS, u64::from) * 1000,
            address_header: text("CLIENT_ADDRESS_HEADER"),
        }
    }
}

/// The same interval for swarms of all sizes.
fn constant(secs: u32) -> IntervalRule {
    IntervalRule {
        shortest_secs: secs,
        young_secs_interval: secs,
        steady_secs: secs,
        longest_secs: secs,
        aimed_events_per_sec: u32::MAX,
        ..IntervalRule::default()
    }
}
