//! Audio Video Interleave, with `OpenDML`'s further RIFF chunks above 1 GiB.

use super::{Chunk, wav::codec_of as sound_codec};
use crate::{
    bits::{frame_rate, le16, le32, round, to_ms},
    info::{AudioTrack, Container, MediaInfo, VideoTrack},
    probe::ProbeError,
    window::{Stop, Window},
};

/// RIFF chunks of one file; each has 1 GiB.
const MAX_RIFFS: usize = 64;

pub(super) fn read(window: &mut Window) -> Result<MediaInfo, Stop> {
    check_length(window)?;
    let header = Chunk::read(window, 12)?;
    if &header.kind != b"LIST" || &header.list_type(window)? != b"hdrl" {
        return Err(ProbeError::Damaged { at: 12 }.into());
    }
    let mut media = MediaInfo {
        container: Container::Avi,
        duration_ms: None,
        video: None,
        audio: None,
    };
    let mut long_frames = 0;
    for chunk in header.children(window)? {
        if &chunk.kind != b"LIST" {
            continue;
        }
        match &chunk.list_type(window)? {
            b"strl" => read_stream(window, chunk, &mut media)?,
            b"odml" => {
                for extra in chunk.children(window)? {
                    if &extra.kind == b"dmlh" {
                        long_frames = le32(&window.array::<4>(extra.body)?, 0);
                    }
                }
            }
            _ => {}
        }
    }
    // The stream header counts only the frames of the first RIFF chunk in some files.
    if let Some(fps) = media.video.and_then(|video| video.fps) {
        let long_ms = round(f64::from(long_frames) / fps * 1_000.0);
        media.duration_ms = media.duration_ms.max(long_ms).filter(|ms| *ms > 0);
    }
    Ok(media)
}

/// Walks the RIFF chunks to the end of the file.
fn check_length(window: &mut Window) -> Result<(), Stop> {
    let total = window.total();
    let mut at = 0;
    for _ in 0..MAX_RIFFS {
        let riff = Chunk::read(window, at)?;
        if riff.end > total {
            return Err(ProbeError::Truncated { at: total }.into());
        }
        at = riff.next();
        // Tags of other programs may follow.
        if at + 12 > total || &window.array::<4>(at)? != b"RIFF" {
            return Ok(());
        }
    }
    Ok(())
}

fn read_stream(window: &mut Window, list: Chunk, media: &mut MediaInfo) -> Result<(), Stop> {
    let (mut header, mut format) = (None, None);
    for chunk in list.children(window)? {
        match &chunk.kind {
            b"strh" if chunk.end - chunk.body >= 36 => {
                header = Some(window.array::<36>(chunk.body)?);
            }
            b"strf" => format = Some(window.read_up_to(chunk.body, 20)?.to_vec()),
            _ => {}
        }
    }
    let (Some(header), Some(format)) = (header, format) else {
        return Ok(());
    };
    let (scale, rate) = (u64::from(le32(&header, 20)), u64::from(le32(&header, 24)));
    let length_ms = to_ms(u64::from(le32(&header, 32)) * scale, rate);
    match &header[..4] {
        b"vids" if media.video.is_none() => {
            // BITMAPINFOHEADER: a negative height is a picture from top to bottom.
            let height = le32(&format, 8);
            media.video = Some(VideoTrack {
                width: le32(&format, 4),
                height: height.min(height.wrapping_neg()),
                rotation: 0,
                fps: frame_rate(rate, scale),
                codec: picture_codec(format.get(16..20).unwrap_or_default()),
            });
            media.duration_ms = media.duration_ms.max(length_ms);
        }
        b"auds" if media.audio.is_none() => {
            media.audio = Some(AudioTrack {
                codec: sound_codec(le16(&format, 0)),
            });
            media.duration_ms = media.duration_ms.max(length_ms);
        }
        _ => {}
    }
    Ok(())
}

/// ffmpeg's name of a compression.
fn picture_codec(compression: &[u8]) -> Option<&'static str> {
    Some(match compression.to_ascii_uppercase().as_slice() {
        b"H264" | b"X264" | b"AVC1" => "h264",
        b"HEVC" | b"H265" | b"X265" => "hevc",
        b"XVID" | b"DIVX" | b"DX50" | b"FMP4" | b"MP4V" => "mpeg4",
        b"DIV3" | b"MP43" => "msmpeg4v3",
        b"MJPG" => "mjpeg",
        b"DVSD" | b"DVHD" => "dvvideo",
        b"\0\0\0\0" | b"DIB " => "rawvideo",
        b"VP80" => "vp8",
        b"VP90" => "vp9",
        b"AV01" => "av1",
        _ => return None,
    })
}
