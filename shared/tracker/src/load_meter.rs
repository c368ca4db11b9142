//! How many events come per second.

/// Seconds that are looked back on. Short, as a rush of joins must show at once.
const WINDOW_SECS: u32 = 8;
const SLOTS: usize = 8;

/// Counts events of the last eight seconds.
#[derive(Clone, Debug, Default)]
pub struct LoadMeter {
    slots: [u32; SLOTS],
    last_secs: u32,
}

impl LoadMeter {
    /// One event.
    pub fn count(&mut self, now_secs: u32) {
        self.forget(now_secs);
        let slot = usize::try_from(now_secs).unwrap_or(0) % SLOTS;
        self.slots[slot] = self.slots[slot].saturating_add(1);
    }

    /// Events per second, rounded up: one event is never none.
    pub fn per_sec(&mut self, now_secs: u32) -> u32 {
        self.forget(now_secs);
        let sum: u32 = self
            .slots
            .iter()
            .fold(0, |sum, &count| sum.saturating_add(count));
        sum.div_ceil(WINDOW_SECS)
    }

    /// The same, or if more the count of this second or the last: a rush shows at once.
    pub fn peak_per_sec(&mut self, now_secs: u32) -> u32 {
        let mean = self.per_sec(now_secs);
        let count_of = |secs: u32| self.slots[usize::try_from(secs).unwrap_or(0) % SLOTS];
        mean.max(count_of(now_secs))
            .max(count_of(now_secs.saturating_sub(1)))
    }

    /// Clears the seconds between the last event and now. A clock that goes back changes nothing.
    fn forget(&mut self, now_secs: u32) {
        let passed = now_secs.saturating_sub(self.last_secs).min(WINDOW_SECS);
        for step in 0..passed {
            let slot = usize::try_from(now_secs - step).unwrap_or(0) % SLOTS;
            self.slots[slot] = 0;
        }
        self.last_secs = self.last_secs.max(now_secs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_seconds_count() {
        let mut meter = LoadMeter::default();
        for _ in 0..80 {
            meter.count(100);
        }
        assert_eq!(meter.per_sec(100), 10);
        assert_eq!(meter.peak_per_sec(101), 80);
        assert_eq!(meter.peak_per_sec(102), 10);
        assert_eq!(meter.per_sec(107), 10);
        assert_eq!(meter.per_sec(108), 0);
        meter.count(110);
        assert_eq!(meter.per_sec(110), 1);
        assert_eq!(meter.per_sec(u32::MAX), 0);
        meter.count(5);
        assert_eq!(meter.per_sec(5), 1);
    }
}
