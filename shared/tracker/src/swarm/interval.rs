//! When a peer is to announce again.

/// What the interval follows.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// WebSocket peers of the swarm.
    pub swarm_peers: u32,
    /// Seconds since the swarm's first peer came.
    pub swarm_age_secs: u32,
    /// Memberships of the whole object.
    pub object_peers: u32,
    /// Messages per second that the object receives.
    pub events_per_sec: u32,
}

/// Bounds of the interval, in seconds.
///
/// Small swarms get the shortest, so that peers that know nobody find each other soon; from
/// [`IntervalRule::few_peers`] to [`IntervalRule::many_peers`] it grows evenly to the steady one; a
/// swarm younger than [`IntervalRule::young_secs`] gets at most the young one. Load goes before all
/// that: a peer causes about [`IntervalRule::events_per_announce`] messages per interval, so the
/// interval never falls below peers × messages / aimed rate, and grows in proportion when more
/// messages come than aimed at. What comes out is rounded up to 5 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntervalRule {
    /// For at most `few_peers`.
    pub shortest_secs: u32,
    /// For young swarms of any size.
    pub young_secs_interval: u32,
    /// For `many_peers` and more.
    pub steady_secs: u32,
    /// Never more.
    pub longest_secs: u32,
    /// Up to here it is the shortest.
    pub few_peers: u32,
    /// From here on it is the steady one.
    pub many_peers: u32,
    /// How long a swarm is young.
    pub young_secs: u32,
    /// An announce with five offers and the five answers that a peer gives to others'.
    pub events_per_announce: u32,
    /// Messages per second that the object should at most receive.
    pub aimed_events_per_sec: u32,
    /// A peer may be silent for so long, however short its interval is. Browsers run the timers of pages
    /// that nobody looks at once a minute only.
    pub patience_secs: u32,
}

impl Default for IntervalRule {
    fn default() -> Self {
        Self {
            shortest_secs: 30,
            young_secs_interval: 60,
            steady_secs: 120,
            longest_secs: 600,
            few_peers: 20,
            many_peers: 500,
            young_secs: 300,
            events_per_announce: 6,
            aimed_events_per_sec: 400,
            patience_secs: 75,
        }
    }
}

impl IntervalRule {
    /// How long a peer that was told this interval may be silent: for two of them.
    #[must_use]
    pub fn silence_secs(&self, interval_secs: u32) -> u32 {
        interval_secs.saturating_mul(2).max(self.patience_secs)
    }

    /// The interval in seconds.
    #[must_use]
    pub fn interval_secs(&self, load: Load) -> u32 {
        let over = load
            .swarm_peers
            .saturating_sub(self.few_peers)
            .min(self.many_peers - self.few_peers);
        let span_secs = self.steady_secs - self.shortest_secs;
        let by_size = self.shortest_secs + span_secs * over / (self.many_peers - self.few_peers);
        let by_age = if load.swarm_age_secs < self.young_secs {
            by_size.min(self.young_secs_interval)
        } else {
            by_size
        };
        let aimed = self.aimed_events_per_sec.max(1);
        let by_peers = load.object_peers.saturating_mul(self.events_per_announce) / aimed;
        let unloaded = by_age.max(by_peers);
        let by_rate = if load.events_per_sec > aimed {
            unloaded.saturating_mul(load.events_per_sec) / aimed
        } else {
            unloaded
        };
        let rounded = by_rate.saturating_add(4) / 5 * 5;
        rounded.clamp(self.shortest_secs, self.longest_secs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(swarm_peers: u32, swarm_age_secs: u32, object_peers: u32, events: u32) -> u32 {
        IntervalRule::default().interval_secs(Load {
            swarm_peers,
            swarm_age_secs,
            object_peers,
            events_per_sec: events,
        })
    }

    #[test]
    fn small_and_young_swarms_meet_soon_and_large_ones_wait() {
        assert_eq!(interval(1, 0, 1, 0), 30);
        assert_eq!(interval(20, 10_000, 20, 10), 30);
        assert_eq!(interval(260, 10_000, 260, 10), 75);
        assert_eq!(interval(260, 299, 260, 10), 60);
        assert_eq!(interval(500, 10_000, 500, 30), 120);
        assert_eq!(interval(4_000, 10_000, 4_000, 200), 120);
    }

    #[test]
    fn load_goes_before_size_and_age() {
        // 20,000 peers × 6 messages / 400 per second.
        assert_eq!(interval(20_000, 10_000, 20_000, 400), 300);
        assert_eq!(interval(4_000, 10, 4_000, 100), 60);
        assert_eq!(interval(8_000, 10, 8_000, 100), 120);
        assert_eq!(interval(1, 0, 4_000, 800), 120);
        assert_eq!(interval(u32::MAX, 0, u32::MAX, u32::MAX), 600);
    }

    #[test]
    fn more_peers_never_shorten_it() {
        let mut last = 0;
        for peers in 0..30_000 {
            let now = interval(peers, 10_000, peers, 0);
            assert!(now >= last, "{peers}");
            last = now;
        }
    }
}
