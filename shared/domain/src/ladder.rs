//! Which renditions a source gets. PeerTube's rules: nothing above the source, the source's own
//! resolution kept if asked, at most 60 frames a second, 0 means audio only.

/// Highest frame rate of any rendition (PeerTube's default bound).
pub const MAX_FPS: u32 = 60;
/// Highest frame rate of small renditions (PeerTube's average).
pub const SMALL_MAX_FPS: u32 = 30;
/// A rate above the bound is halved, so that every second frame stays (50 becomes 25, as in PeerTube),
/// unless that would fall below this.
pub const HALVED_MIN_FPS: u32 = 20;
/// From this resolution on, frame rates above [`SMALL_MAX_FPS`] are kept (PeerTube: 720p).
pub const HIGH_FPS_FROM_RESOLUTION: u32 = 720;

/// The instance's choice of renditions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LadderSettings {
    /// Enabled resolutions: the smaller side in pixels; 0 is an audio-only rendition.
    pub resolutions: Vec<u32>,
    /// Whether the source's own resolution is always made.
    pub keeps_original_resolution: bool,
}

/// What is known of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceVideo {
    /// The smaller side in pixels, after rotation.
    pub resolution: u32,
    /// Frames per second, rounded; 0 when unknown.
    pub fps: u32,
    /// Whether it has sound.
    pub has_audio: bool,
}

/// One rendition to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RenditionPlan {
    /// The smaller side in pixels; 0 is audio only.
    pub resolution: u32,
    /// Constant frame rate; 0 for audio only.
    pub fps: u32,
}

/// The renditions of `source`, highest first. Never empty: a source below every enabled resolution is
/// still made once in its own.
#[must_use]
pub fn plan(settings: &LadderSettings, source: SourceVideo) -> Vec<RenditionPlan> {
    let own = even(source.resolution);
    let mut resolutions: Vec<u32> = settings
        .resolutions
        .iter()
        .copied()
        .filter(|&wanted| {
            if wanted == 0 {
                source.has_audio
            } else {
                wanted <= source.resolution
            }
        })
        .collect();
    let has_video_rendition = resolutions.iter().any(|&resolution| resolution > 0);
    if settings.keeps_original_resolution || !has_video_rendition {
        resolutions.push(own);
    }
    resolutions.sort_unstable_by(|a, b| b.cmp(a));
    resolutions.dedup();
    resolutions
        .into_iter()
        .map(|resolution| RenditionPlan {
            resolution,
            fps: fps(resolution, source.fps),
        })
        .collect()
}

/// 4:2:0 sampling needs even sides.
fn even(resolution: u32) -> u32 {
    (resolution & !1).max(2)
}

fn fps(resolution: u32, source_fps: u32) -> u32 {
    if resolution == 0 {
        return 0;
    }
    let source_fps = if source_fps == 0 { 25 } else { source_fps };
    let bound = if resolution >= HIGH_FPS_FROM_RESOLUTION {
        MAX_FPS
    } else {
        SMALL_MAX_FPS
    };
    let mut fps = source_fps.max(1);
    while fps > bound {
        fps /= 2;
    }
    if fps < source_fps && fps < HALVED_MIN_FPS {
        return bound;
    }
    fps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        resolutions: &[u32],
        keeps_original: bool,
        source: (u32, u32, bool),
        expected: &[(u32, u32)],
    ) {
        let settings = LadderSettings {
            resolutions: resolutions.to_vec(),
            keeps_original_resolution: keeps_original,
        };
        let (resolution, fps, has_audio) = source;
        let made: Vec<(u32, u32)> = plan(
            &settings,
            SourceVideo {
                resolution,
                fps,
                has_audio,
            },
        )
        .into_iter()
        .map(|rendition| (rendition.resolution, rendition.fps))
        .collect();
        assert_eq!(made, expected);
    }

    #[test]
    fn nothing_above_the_source() {
        check(
            &[360, 720, 1080],
            false,
            (720, 25, true),
            &[(720, 25), (360, 25)],
        );
    }

    #[test]
    fn odd_original_is_kept_even() {
        check(&[240], true, (333, 30, false), &[(332, 30), (240, 30)]);
    }

    #[test]
    fn small_source_is_made_once_in_its_own_size() {
        check(&[360, 720], false, (120, 15, true), &[(120, 15)]);
    }

    #[test]
    fn high_frame_rates_are_capped_by_resolution() {
        check(
            &[480, 720],
            false,
            (720, 120, true),
            &[(720, 60), (480, 30)],
        );
    }

    #[test]
    fn a_high_frame_rate_is_halved_to_keep_its_rhythm() {
        check(&[480], false, (480, 50, true), &[(480, 25)]);
        check(&[480], false, (480, 120, true), &[(480, 30)]);
        check(&[480], false, (480, 144, true), &[(480, 30)]);
        check(&[720], false, (720, 100, true), &[(720, 50)]);
    }

    #[test]
    fn audio_only_rendition_needs_sound() {
        check(&[0, 240], false, (240, 25, false), &[(240, 25)]);
        check(&[0, 240], false, (240, 25, true), &[(240, 25), (0, 0)]);
    }

    #[test]
    fn unknown_frame_rate_becomes_25() {
        check(&[240], false, (240, 0, true), &[(240, 25)]);
    }
}
