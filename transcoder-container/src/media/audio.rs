//! What happens to sound.

use super::source::AudioStream;

/// How a source's sound gets into every rendition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudioPlan {
    /// Ordinary stereo AAC already: taken over as it is.
    Copy {
        /// Stream in its input.
        index: u32,
    },
    /// Encoded to stereo AAC.
    Encode {
        /// Stream in its input.
        index: u32,
        /// Bits a second.
        bitrate_bps: u64,
        /// Samples a second.
        sample_rate: u32,
    },
}

/// Most that a stereo sound is given, and what an unknown one gets.
const MOST_BPS: u64 = 192_000;
const USUAL_BPS: u64 = 160_000;
const LEAST_BPS: u64 = 64_000;

/// Above this even AAC is encoded anew (PeerTube's bound).
const MAX_COPY_BPS: u64 = 384_000;

impl AudioPlan {
    /// Decides for `audio`. Chrome plays HLS with odd channel layouts badly, so everything else
    /// becomes stereo.
    #[must_use]
    pub fn for_stream(audio: &AudioStream) -> Self {
        let is_plain = audio.codec == "aac"
            && audio.profile == "LC"
            && audio.channels == 2
            && matches!(audio.sample_rate, 44_100 | 48_000)
            && audio.bit_rate_bps.is_some_and(|bps| bps <= MAX_COPY_BPS);
        if is_plain {
            return Self::Copy { index: audio.index };
        }
        Self::Encode {
            index: audio.index,
            bitrate_bps: audio
                .bit_rate_bps
                .map_or(USUAL_BPS, |b| b.clamp(LEAST_BPS, MOST_BPS)),
            // 44.1 and 48 kHz play everywhere; lower rates would gain nothing.
            sample_rate: if audio.sample_rate == 44_100 {
                44_100
            } else {
                48_000
            },
        }
    }

    /// Stream in its input.
    #[must_use]
    pub const fn index(self) -> u32 {
        match self {
            Self::Copy { index } | Self::Encode { index, .. } => index,
        }
    }

    /// The most that the result uses.
    #[must_use]
    pub const fn bitrate_bps(self) -> u64 {
        match self {
            Self::Copy { .. } => MAX_COPY_BPS,
            Self::Encode { bitrate_bps, .. } => bitrate_bps,
        }
    }

    /// Encoder arguments.
    #[must_use]
    pub fn codec_args(self) -> Vec<String> {
        let args = match self {
            Self::Copy { .. } => "-c:a copy".to_owned(),
            Self::Encode {
                bitrate_bps,
                sample_rate,
                ..
            } => {
                // Sound that starts late, or has holes, is filled with silence: every rendition
                // then starts at 0 together with its picture.
                format!(
                    "-c:a aac -b:a {bitrate_bps} -ac 2 -ar {sample_rate} \
                     -af aresample=async=1:first_pts=0"
                )
            }
        };
        args.split_whitespace().map(str::to_owned).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_stereo_aac_is_taken_over() {
        let plain = AudioStream {
            index: 3,
            codec: "aac".to_owned(),
            profile: "LC".to_owned(),
            channels: 2,
            sample_rate: 48_000,
            bit_rate_bps: Some(128_000),
        };
        assert_eq!(AudioPlan::for_stream(&plain), AudioPlan::Copy { index: 3 });
        let check = |change: &dyn Fn(&mut AudioStream), bitrate_bps, sample_rate| {
            let mut audio = plain.clone();
            change(&mut audio);
            let expected = AudioPlan::Encode {
                index: 3,
                bitrate_bps,
                sample_rate,
            };
            assert_eq!(AudioPlan::for_stream(&audio), expected);
        };
        check(&|a| a.channels = 6, 128_000, 48_000);
        check(&|a| a.channels = 1, 128_000, 48_000);
        check(&|a| a.codec = "mp3".to_owned(), 128_000, 48_000);
        check(&|a| a.profile = "HE-AAC".to_owned(), 128_000, 48_000);
        check(&|a| a.bit_rate_bps = None, 160_000, 48_000);
        check(&|a| a.bit_rate_bps = Some(900_000), 192_000, 48_000);
        check(&|a| a.sample_rate = 96_000, 128_000, 48_000);
        check(
            &|a| {
                a.sample_rate = 44_100;
                a.codec = "flac".to_owned();
            },
            128_000,
            44_100,
        );
    }
}
