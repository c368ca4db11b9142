//! What `ffmpeg -progress` says.

/// Reads the `key=value` lines of `-progress pipe:1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How much of the timeline is written, in microseconds.
    pub out_time_us: u64,
    /// Whether ffmpeg said that it is done.
    pub is_end: bool,
}

impl Progress {
    /// Takes one line; answers whether it closed a report.
    pub(super) fn read_line(&mut self, line: &str) -> bool {
        match line.trim().split_once('=') {
            // Negative and unknown ("N/A") times happen before the first frame.
            Some(("out_time_us", value)) => {
                self.out_time_us = value.parse().unwrap_or(self.out_time_us);
                false
            }
            Some(("progress", value)) => {
                self.is_end = value == "end";
                true
            }
            _ => false,
        }
    }

    /// Percent of `duration_us`, at most 99 before the end; 0 when the duration is unknown.
    #[must_use]
    pub fn percent(self, duration_us: Option<u64>) -> u8 {
        if self.is_end {
            return 100;
        }
        let Some(duration_us) = duration_us.filter(|&d| d > 0) else {
            return 0;
        };
        let percent = self.out_time_us.saturating_mul(100) / duration_us;
        u8::try_from(percent.min(99)).unwrap_or(99)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_ffmpegs_reports() {
        let mut progress = Progress::default();
        for line in [
            "frame=1",
            "out_time_us=-5",
            "out_time_us=N/A",
            "progress=continue",
        ] {
            progress.read_line(line);
        }
        assert_eq!(progress.percent(Some(1_000)), 0);
        assert!(!progress.read_line("out_time_us=500"));
        assert!(progress.read_line("progress=continue"));
        assert_eq!(
            (progress.percent(Some(1_000)), progress.percent(None)),
            (50, 0)
        );
        progress.read_line("out_time_us=5000");
        assert_eq!(progress.percent(Some(1_000)), 99);
        progress.read_line("progress=end");
        assert_eq!(progress.percent(None), 100);
    }
}
