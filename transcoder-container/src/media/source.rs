//! What is known of a source file.

use std::fmt;

/// A source file as ffprobe describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Duration in microseconds; `None` when nobody knows (some streams), never 0.
    pub duration_us: Option<u64>,
    /// Bit rate of the whole file.
    pub bit_rate_bps: Option<u64>,
    /// The first video stream that is not a cover picture.
    pub video: Option<VideoStream>,
    /// The default, else the first, audio stream.
    pub audio: Option<AudioStream>,
    /// Stream index of a cover picture, for audio files.
    pub cover: Option<u32>,
}

/// A video stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VideoStream {
    /// Its index in the file.
    pub index: u32,
    /// Displayed width: square pixels, rotation applied. At least 1.
    pub width: u32,
    /// Displayed height. At least 1.
    pub height: u32,
    /// Average frame rate.
    pub rate: Rate,
    /// Whether brightness uses all 256 values, as JPEG does, instead of 16 to 235.
    pub is_full_range: bool,
    /// Brightness curve.
    pub dynamic: Dynamic,
}

/// How brightness is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dynamic {
    /// Ordinary video.
    Standard,
    /// HDR10 and Dolby Vision: SMPTE ST 2084.
    Pq,
    /// Hybrid log-gamma: ARIB STD-B67.
    Hlg,
}

/// An audio stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AudioStream {
    /// Its index in the file.
    pub index: u32,
    /// ffmpeg's name of the codec.
    pub codec: String,
    /// ffmpeg's name of the profile, `LC` for ordinary AAC.
    pub profile: String,
    /// Channels, 0 when unknown.
    pub channels: u32,
    /// Samples a second, 0 when unknown.
    pub sample_rate: u32,
    /// Bit rate, if the file says it.
    pub bit_rate_bps: Option<u64>,
}

/// Frames a second as a fraction, both parts at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Frames.
    pub numerator: u32,
    /// In so many seconds.
    pub denominator: u32,
}

impl Rate {
    /// A whole number of frames a second, at least 1.
    #[must_use]
    pub const fn whole(fps: u32) -> Self {
        Self {
            numerator: if fps == 0 { 1 } else { fps },
            denominator: 1,
        }
    }

    /// Frames a second, rounded, at least 1.
    #[must_use]
    pub fn rounded(self) -> u32 {
        let (frames, seconds) = (u64::from(self.numerator), u64::from(self.denominator));
        u32::try_from((frames * 2 + seconds) / (seconds * 2))
            .unwrap_or(u32::MAX)
            .max(1)
    }

    /// The whole rate `n` when this is `n * 1000 / 1001` (23.976, 29.97, 59.94) within 0.01 %.
    #[must_use]
    pub fn ntsc(self) -> Option<u32> {
        let whole = self.rounded();
        // numerator/denominator * 1001 == whole * 1000
        let left = u128::from(self.numerator) * 1_001;
        let right = u128::from(whole) * 1_000 * u128::from(self.denominator);
        (left.abs_diff(right) * 10_000 <= right).then_some(whole)
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

impl Source {
    /// Whether there is anything to see or hear.
    #[must_use]
    pub const fn has_media(&self) -> bool {
        self.video.is_some() || self.audio.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_ntsc_rates_from_whole_ones() {
        let rate = |numerator, denominator| Rate {
            numerator,
            denominator,
        };
        assert_eq!(rate(30_000, 1_001).ntsc(), Some(30));
        assert_eq!(rate(24_000, 1_001).ntsc(), Some(24));
        // As a phone's average: 59.94 within rounding.
        assert_eq!(rate(59_940, 1_000).ntsc(), Some(60));
        assert_eq!(Rate::whole(30).ntsc(), None);
        assert_eq!(rate(2_950, 100).ntsc(), None);
        assert_eq!(rate(30_000, 1_001).rounded(), 30);
        assert_eq!(rate(1, 3).rounded(), 1);
    }
}
