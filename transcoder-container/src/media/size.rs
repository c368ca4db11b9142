//! Size and frame rate of a rendition: PeerTube's rules.

use super::source::{Rate, VideoStream};
use crate::limits::MAX_FPS;

/// Pixels of a rendition, both sides even.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutputSize {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl OutputSize {
    /// The smaller side, which names the resolution: 720 is 1280x720 and also 720x1280.
    #[must_use]
    pub fn resolution(self) -> u32 {
        self.width.min(self.height)
    }
}

/// The size of a `width` x `height` picture as a rendition whose smaller side is `resolution`.
///
/// Never above the source; the aspect ratio is kept; 4:2:0 sampling wants even sides, so a side
/// that equals the source's is rounded down and a scaled one to the nearest.
#[must_use]
pub fn output_size(width: u32, height: u32, resolution: u32) -> OutputSize {
    let (short, long) = (width.min(height), width.max(height));
    let (new_short, new_long) = if resolution >= even_below(short) {
        (even_below(short), even_below(long))
    } else {
        let new_short = even_below(resolution);
        let scaled = u64::from(long) * u64::from(new_short);
        // To the nearest even number: 2 * round(scaled / short / 2).
        let twice_short = 2 * u64::from(short.max(1));
        let half = (scaled + twice_short / 2) / twice_short;
        (
            new_short,
            u32::try_from(half * 2).unwrap_or(u32::MAX).max(2),
        )
    };
    if width <= height {
        OutputSize {
            width: new_short,
            height: new_long,
        }
    } else {
        OutputSize {
            width: new_long,
            height: new_short,
        }
    }
}

const fn even_below(side: u32) -> u32 {
    let even = side & !1;
    if even < 2 { 2 } else { even }
}

/// The constant frame rate of a rendition for which a job asks `fps`; 0 leaves it to the source.
///
/// Never above the source's average (a variable rate has no other) nor [`MAX_FPS`]. A source at
/// 29.97 or 59.94 keeps its exact rate when the job's whole number means it: a duplicated frame
/// every 33 s would be visible, and halving 59.94 stays a plain drop of every other frame.
#[must_use]
pub fn output_rate(video: &VideoStream, fps: u32) -> Rate {
    let asked = if fps == 0 { MAX_FPS } else { fps.min(MAX_FPS) };
    let wanted = asked.min(video.rate.rounded());
    match video.rate.ntsc() {
        Some(whole) if whole.is_multiple_of(wanted) => Rate {
            numerator: wanted * 1_000,
            denominator: 1_001,
        },
        _ => Rate::whole(wanted),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::source::Dynamic;

    #[test]
    fn keeps_the_aspect_and_never_grows() {
        let check = |source: (u32, u32), resolution, expected: (u32, u32)| {
            let size = output_size(source.0, source.1, resolution);
            assert_eq!(
                (size.width, size.height),
                expected,
                "{source:?} {resolution}"
            );
        };
        check((1920, 1080), 1080, (1920, 1080));
        check((1920, 1080), 720, (1280, 720));
        check((1920, 1080), 480, (854, 480));
        check((1920, 1080), 2160, (1920, 1080));
        check((1080, 1920), 720, (720, 1280));
        check((853, 479), 480, (852, 478));
        check((853, 479), 479, (852, 478));
        check((853, 479), 478, (852, 478));
        check((853, 479), 240, (428, 240));
        check((500, 500), 360, (360, 360));
        check((1, 1), 144, (2, 2));
        check((4000, 3), 2, (4000, 2));
        check((4000, 5), 2, (1600, 2));
    }

    fn video(numerator: u32, denominator: u32) -> VideoStream {
        VideoStream {
            index: 0,
            width: 1,
            height: 1,
            rate: Rate {
                numerator,
                denominator,
            },
            is_full_range: false,
            dynamic: Dynamic::Standard,
        }
    }

    #[test]
    fn frame_rate_is_constant_and_capped() {
        let check = |source: (u32, u32), fps, expected: &str| {
            assert_eq!(
                output_rate(&video(source.0, source.1), fps).to_string(),
                expected
            );
        };
        check((25, 1), 25, "25/1");
        check((25, 1), 60, "25/1");
        check((120, 1), 120, "60/1");
        check((30_000, 1_001), 30, "30000/1001");
        check((60_000, 1_001), 30, "30000/1001");
        check((60_000, 1_001), 60, "60000/1001");
        check((60_000, 1_001), 25, "25/1");
        check((2_345, 100), 23, "23/1");
        check((1, 2), 25, "1/1");
        check((24, 1), 0, "24/1");
    }
}
