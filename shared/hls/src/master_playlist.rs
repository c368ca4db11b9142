//! The master playlist (RFC 8216, 4.3.4) as PeerTube writes it.

use crate::FileName;
use crate::limits::MAX_VARIANTS;
use std::fmt::Write as _;

/// One rendition as the master playlist needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MasterVariant {
    /// Name of its media playlist, in the master playlist's own folder.
    pub playlist_file: FileName,
    /// Peak bit rate in bits a second.
    pub bandwidth_bps: u64,
    /// Average bit rate in bits a second.
    pub average_bandwidth_bps: u64,
    /// Displayed width in pixels, 0 without video.
    pub width: u32,
    /// Displayed height in pixels, 0 without video.
    pub height: u32,
    /// Frames a second, rounded; 0 without video.
    pub fps: u32,
    /// Codecs as in RFC 6381, comma separated.
    pub codecs: String,
    /// Whether it has a picture.
    pub has_video: bool,
    /// Whether it has sound.
    pub has_audio: bool,
}

/// Why no master playlist can be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MasterPlaylistError {
    /// Nothing to offer.
    #[error("master playlist needs at least one rendition")]
    NoVariant,
    /// More than [`MAX_VARIANTS`].
    #[error("master playlist has {count} renditions, at most {MAX_VARIANTS} are allowed")]
    TooMany {
        /// How many were given.
        count: usize,
    },
    /// A rendition with neither picture nor sound.
    #[error("rendition {playlist_file} has neither video nor audio")]
    Empty {
        /// Its playlist.
        playlist_file: FileName,
    },
    /// A codecs text that cannot stand in a quoted string.
    #[error("rendition {playlist_file} has unusable codecs {codecs:?}")]
    Codecs {
        /// Its playlist.
        playlist_file: FileName,
        /// The text.
        codecs: String,
    },
}

/// Writes the master playlist of `renditions`, smallest first, whatever their order here.
///
/// As in PeerTube: version 3, and a rendition without video is not a variant, because players
/// would fall back to it and lose the picture, unless it is all there is. When no video rendition
/// has sound (split audio), the audio rendition becomes the `audio` group of every variant.
///
/// # Errors
/// [`MasterPlaylistError`], see its variants.
pub fn write_master_playlist(renditions: &[MasterVariant]) -> Result<String, MasterPlaylistError> {
    check(renditions)?;
    let mut sorted: Vec<&MasterVariant> = renditions.iter().collect();
    sorted.sort_by_key(|v| (v.width.min(v.height), v.bandwidth_bps));
    let has_video = sorted.iter().any(|v| v.has_video);
    let audio = split_audio(&sorted);
    let mut text = String::from("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-INDEPENDENT-SEGMENTS\n");
    if let Some(audio) = audio {
        let media = writeln!(
            text,
            "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Audio\",AUTOSELECT=YES,DEFAULT=YES,\
             URI=\"{}\"",
            audio.playlist_file
        );
        debug_assert!(media.is_ok(), "writing to a String cannot fail");
    }
    for variant in sorted {
        if variant.has_video || !has_video {
            text.push_str(&stream_inf(variant, audio));
        }
    }
    Ok(text)
}

fn check(renditions: &[MasterVariant]) -> Result<(), MasterPlaylistError> {
    if renditions.is_empty() {
        return Err(MasterPlaylistError::NoVariant);
    }
    if renditions.len() > MAX_VARIANTS {
        return Err(MasterPlaylistError::TooMany {
            count: renditions.len(),
        });
    }
    for variant in renditions {
        let playlist_file = || variant.playlist_file.clone();
        if !variant.has_video && !variant.has_audio {
            return Err(MasterPlaylistError::Empty {
                playlist_file: playlist_file(),
            });
        }
        if !crate::report::is_codecs(&variant.codecs) {
            let codecs = variant.codecs.clone();
            return Err(MasterPlaylistError::Codecs {
                playlist_file: playlist_file(),
                codecs,
            });
        }
    }
    Ok(())
}

/// The audio rendition that silent video renditions need, if that is how they are split.
fn split_audio<'a>(sorted: &[&'a MasterVariant]) -> Option<&'a MasterVariant> {
    let mut videos = sorted.iter().filter(|v| v.has_video).peekable();
    videos.peek()?;
    if videos.any(|v| v.has_audio) {
        return None;
    }
    sorted.iter().copied().find(|v| !v.has_video)
}

/// `EXT-X-STREAM-INF` and its URI line.
fn stream_inf(variant: &MasterVariant, audio: Option<&MasterVariant>) -> String {
    let (audio_peak_bps, audio_average_bps) =
        audio.map_or((0, 0), |a| (a.bandwidth_bps, a.average_bandwidth_bps));
    let mut line = format!(
        "#EXT-X-STREAM-INF:BANDWIDTH={},AVERAGE-BANDWIDTH={}",
        variant.bandwidth_bps.saturating_add(audio_peak_bps),
        variant
            .average_bandwidth_bps
            .saturating_add(audio_average_bps),
    );
    if variant.has_video {
        line.push_str(&format!(",RESOLUTION={}x{}", variant.width, variant.height));
        if variant.fps > 0 {
            line.push_str(&format!(",FRAME-RATE={}", variant.fps));
        }
    }
    match audio {
        Some(audio) => line.push_str(&format!(
            ",CODECS=\"{},{}\",AUDIO=\"audio\"",
            variant.codecs, audio.codecs
        )),
        None => line.push_str(&format!(",CODECS=\"{}\"", variant.codecs)),
    }
    format!("{line}\n{}\n", variant.playlist_file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn video(side: u32, bandwidth_bps: u64, has_audio: bool) -> MasterVariant {
        MasterVariant {
            playlist_file: FileName::parse(&format!("a-{side}-fragmented.m3u8")).unwrap(),
            bandwidth_bps,
            average_bandwidth_bps: bandwidth_bps / 2,
            width: side * 16 / 9,
            height: side,
            fps: 30,
            codecs: if has_audio {
                "avc1.64001f,mp4a.40.2"
            } else {
                "avc1.64001f"
            }
            .to_owned(),
            has_video: true,
            has_audio,
        }
    }

    fn audio() -> MasterVariant {
        MasterVariant {
            playlist_file: FileName::parse("a-0-fragmented.m3u8").unwrap(),
            bandwidth_bps: 130_000,
            average_bandwidth_bps: 128_000,
            width: 0,
            height: 0,
            fps: 0,
            codecs: "mp4a.40.2".to_owned(),
            has_video: false,
            has_audio: true,
        }
    }

    #[test]
    fn lists_video_smallest_first_and_leaves_the_audio_rendition_out() {
        let text = write_master_playlist(&[
            video(720, 3_000_000, true),
            audio(),
            video(360, 900_000, true),
        ])
        .unwrap();
        assert_eq!(
            text,
            "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-INDEPENDENT-SEGMENTS\n\
             #EXT-X-STREAM-INF:BANDWIDTH=900000,AVERAGE-BANDWIDTH=450000,RESOLUTION=640x360,\
             FRAME-RATE=30,CODECS=\"avc1.64001f,mp4a.40.2\"\na-360-fragmented.m3u8\n\
             #EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=1500000,RESOLUTION=1280x720,\
             FRAME-RATE=30,CODECS=\"avc1.64001f,mp4a.40.2\"\na-720-fragmented.m3u8\n"
        );
    }

    #[test]
    fn audio_alone_is_a_variant() {
        assert_eq!(
            write_master_playlist(&[audio()]).unwrap(),
            "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-INDEPENDENT-SEGMENTS\n\
             #EXT-X-STREAM-INF:BANDWIDTH=130000,AVERAGE-BANDWIDTH=128000,CODECS=\"mp4a.40.2\"\n\
             a-0-fragmented.m3u8\n"
        );
    }

    #[test]
    fn split_audio_becomes_a_group() {
        let text = write_master_playlist(&[video(360, 900_000, false), audio()]).unwrap();
        assert_eq!(
            text,
            "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-INDEPENDENT-SEGMENTS\n\
             #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Audio\",AUTOSELECT=YES,DEFAULT=YES,\
             URI=\"a-0-fragmented.m3u8\"\n\
             #EXT-X-STREAM-INF:BANDWIDTH=1030000,AVERAGE-BANDWIDTH=578000,RESOLUTION=640x360,\
             FRAME-RATE=30,CODECS=\"avc1.64001f,mp4a.40.2\",AUDIO=\"audio\"\n\
             a-360-fragmented.m3u8\n"
        );
    }

    #[test]
    fn refuses_what_no_player_could_read() {
        assert_eq!(
            write_master_playlist(&[]),
            Err(MasterPlaylistError::NoVariant)
        );
        let mut quoted = video(360, 1, true);
        quoted.codecs = "avc1\"".to_owned();
        assert!(matches!(
            write_master_playlist(&[quoted]),
            Err(MasterPlaylistError::Codecs { .. })
        ));
        let mut empty = audio();
        empty.has_audio = false;
        assert!(matches!(
            write_master_playlist(&[empty]),
            Err(MasterPlaylistError::Empty { .. })
        ));
        let many = vec![audio(); MAX_VARIANTS + 1];
        assert!(matches!(
            write_master_playlist(&many),
            Err(MasterPlaylistError::TooMany { count: 33 })
        ));
    }
}
