//! How many bits a rendition may use: PeerTube's table of bits per pixel.

use super::size::OutputSize;

/// Lowest resolution of each row, and hundredths of a bit per pixel: least, aimed at, most.
const BITS_PER_PIXEL: [(u32, u64, u64); 8] = [
    (2_160, 8, 14),
    (1_440, 9, 16),
    (1_080, 10, 17),
    (720, 11, 19),
    (480, 12, 22),
    (360, 15, 26),
    (240, 17, 29),
    (0, 19, 32),
];

/// Least hundredths of a bit per pixel, at every resolution.
const LEAST: u64 = 2;

/// The bit rate that a rendition is held to: PeerTube's average for its size, but not more than
/// the source's own and 30 % on top, and never less than a floor.
///
/// The encoder aims at constant quality below it; this is its `-maxrate`.
#[must_use]
pub fn video_bitrate_bps(size: OutputSize, fps: u32, source_bps: Option<u64>) -> u64 {
    let (aim, _) = row(size);
    let target_bps = bits_per_second(size, fps, aim);
    let capped_bps = source_bps.map_or(target_bps, |bps| target_bps.min(bps / 10 * 13));
    capped_bps
        .max(bits_per_second(size, fps, LEAST))
        .max(10_000)
}

/// The most that a video of this size may have to be kept as it is.
#[must_use]
pub fn max_video_bitrate_bps(size: OutputSize, fps: u32) -> u64 {
    let (_, most) = row(size);
    bits_per_second(size, fps, most)
}

fn row(size: OutputSize) -> (u64, u64) {
    let resolution = size.resolution();
    let found = BITS_PER_PIXEL
        .iter()
        .find(|&&(lowest, ..)| lowest <= resolution);
    found.map_or((19, 32), |&(_, aim, most)| (aim, most))
}

fn bits_per_second(size: OutputSize, fps: u32, hundredths: u64) -> u64 {
    u64::from(size.width) * u64::from(size.height) * u64::from(fps) * hundredths / 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_table_the_source_and_the_floor() {
        let hd = OutputSize {
            width: 1920,
            height: 1080,
        };
        assert_eq!(video_bitrate_bps(hd, 30, None), 6_220_800);
        assert_eq!(video_bitrate_bps(hd, 30, Some(2_000_000)), 2_600_000);
        assert_eq!(video_bitrate_bps(hd, 30, Some(1_000)), 1_244_160);
        assert_eq!(max_video_bitrate_bps(hd, 30), 10_575_360);
        let tiny = OutputSize {
            width: 2,
            height: 2,
        };
        assert_eq!(video_bitrate_bps(tiny, 1, None), 10_000);
        let upright = OutputSize {
            width: 720,
            height: 1280,
        };
        assert_eq!(video_bitrate_bps(upright, 30, None), 3_041_280);
    }
}
