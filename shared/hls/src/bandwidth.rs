//! Peak and average bit rates of a rendition (RFC 8216, 4.3.4.2).

/// Bytes of one segment and how long it plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedBytes {
    /// Size in bytes.
    pub length_bytes: u64,
    /// Duration in microseconds.
    pub duration_us: u64,
}

/// Bit rates of a rendition, in bits a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bandwidth {
    /// `BANDWIDTH`: the largest rate of any run of segments that lasts 0.5 to 1.5 times the target
    /// duration (RFC 8216, 4.3.4.2 and the definition of peak segment bit rate in 4.3.4.2).
    pub peak_bps: u64,
    /// `AVERAGE-BANDWIDTH`: all bytes over all time.
    pub average_bps: u64,
}

/// Measures `segments`, in the order in which they play. Without any duration both rates are 0.
///
/// The target duration is the longest segment, as `EXT-X-TARGETDURATION` is.
#[must_use]
pub fn measure_bandwidth(segments: &[TimedBytes]) -> Bandwidth {
    let target_us = segments.iter().map(|s| s.duration_us).max().unwrap_or(0);
    let total_us: u64 = segments.iter().map(|s| s.duration_us).sum();
    let total_bytes: u64 = segments.iter().map(|s| s.length_bytes).sum();
    let average_bps = rate_bps(total_bytes, total_us);
    let mut peak_bps = average_bps;
    for start in 0..segments.len() {
        let (mut bytes, mut duration_us) = (0_u64, 0_u64);
        for segment in &segments[start..] {
            bytes += segment.length_bytes;
            duration_us += segment.duration_us;
            if duration_us * 2 > target_us * 3 {
                break;
            }
            if duration_us * 2 >= target_us {
                peak_bps = peak_bps.max(rate_bps(bytes, duration_us));
            }
            // Segments of no duration would make this loop quadratic.
            if segment.duration_us == 0 {
                break;
            }
        }
    }
    Bandwidth {
        peak_bps,
        average_bps,
    }
}

/// Bits a second, rounded up, at most `u64::MAX`.
fn rate_bps(bytes: u64, duration_us: u64) -> u64 {
    if duration_us == 0 {
        return 0;
    }
    let rate = (u128::from(bytes) * 8_000_000).div_ceil(u128::from(duration_us));
    u64::try_from(rate).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(parts: &[(u64, u64)]) -> Vec<TimedBytes> {
        parts
            .iter()
            .map(|&(length_bytes, ms)| TimedBytes {
                length_bytes,
                duration_us: ms * 1_000,
            })
            .collect()
    }

    #[test]
    fn peak_is_the_worst_run_around_the_target() {
        // 4 s target: the single 1 s tail is too short to count alone, and joins the last 4 s.
        let measured = measure_bandwidth(&seconds(&[
            (1_000_000, 4_000),
            (2_000_000, 4_000),
            (900_000, 1_000),
        ]));
        assert_eq!(measured.peak_bps, 2_900_000 * 8 / 5);
        assert_eq!(measured.average_bps, (3_900_000_u64 * 8).div_ceil(9));
    }

    #[test]
    fn one_short_segment_is_its_own_peak() {
        let measured = measure_bandwidth(&seconds(&[(1_000, 500)]));
        assert_eq!(
            measured,
            Bandwidth {
                peak_bps: 16_000,
                average_bps: 16_000
            }
        );
    }

    #[test]
    fn no_time_has_no_rate() {
        let zero = Bandwidth {
            peak_bps: 0,
            average_bps: 0,
        };
        assert_eq!(measure_bandwidth(&[]), zero);
        assert_eq!(measure_bandwidth(&seconds(&[(5, 0), (5, 0)])), zero);
    }
}
