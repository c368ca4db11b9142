//! What the deployer may choose.

use tracker::RateLimits;

/// Viewers that may share one address if nothing is said: a household, a small office.
const VIEWERS_PER_ADDRESS: u32 = 4;

/// Every name that [`Config::from_variables`] asks for.
pub const VARIABLE_NAMES: &[&str] = &["OPEN_TRACKER", "VIEWERS_PER_ADDRESS", "WEBSOCKET_TRACKER"];

/// The settings of this tracker.
#[derive(Debug, Clone)]
pub struct Config {
    /// For each address.
    pub rate_limits: RateLimits,
    /// Peers of one swarm behind one address, at most; `None` for no limit.
    pub peers_per_address: Option<usize>,
    /// Whether any infohash is served, as measurements need it.
    pub is_open: bool,
    /// `ws:` or `wss:` URL of the tracker that browsers are sent to, if there is one.
    pub socket_tracker: Option<String>,
}

/// A variable that cannot be what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// Which.
    pub name: &'static str,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} cannot be understood", self.name)
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the variables. An empty one is as good as none.
    ///
    /// # Errors
    /// [`ConfigError`], when a number is none.
    pub fn from_variables(env: &dyn Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = |name: &str| env(name).filter(|value| !value.is_empty());
        let viewers = match text("VIEWERS_PER_ADDRESS") {
            None => VIEWERS_PER_ADDRESS,
            Some(number) => number.parse().map_err(|_| ConfigError {
                name: "VIEWERS_PER_ADDRESS",
            })?,
        };
        let rate_limits = RateLimits::behind_one_address(viewers);
        // Whoever opens port after port would fill a swarm with itself: no more peers than announces.
        let ports = usize::try_from(rate_limits.http_announces_per_swarm.burst);
        Ok(Self {
            rate_limits,
            peers_per_address: ports.ok().filter(|_| viewers > 0),
            is_open: text("OPEN_TRACKER").as_deref() == Some("true"),
            socket_tracker: text("WEBSOCKET_TRACKER").filter(|url| url.starts_with("ws")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_follow_the_number_of_viewers() {
        let config = |viewers: &'static str| {
            Config::from_variables(&|name| {
                assert!(VARIABLE_NAMES.contains(&name), "{name}");
                (name == "VIEWERS_PER_ADDRESS").then(|| viewers.to_owned())
            })
        };
        assert_eq!(config("").unwrap().peers_per_address, Some(60));
        assert_eq!(config("10").unwrap().peers_per_address, Some(150));
        assert_eq!(config("0").unwrap().peers_per_address, None);
        assert_eq!(
            config("many").unwrap_err().to_string(),
            "VIEWERS_PER_ADDRESS cannot be understood"
        );
    }
}
