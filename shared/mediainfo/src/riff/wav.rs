//! WAVE, and RF64 for files above 4 GiB (EBU Tech 3306).

use super::Chunk;
use crate::{
    bits::{le16, le32, le64, to_ms},
    info::{AudioTrack, Container, MediaInfo},
    probe::ProbeError,
    window::{Stop, Window},
};

/// Size that says "unknown" (a stream) or "see ds64" (RF64).
const UNKNOWN_SIZE: u64 = 0xFFFF_FFFF;

pub(super) fn read(window: &mut Window) -> Result<MediaInfo, Stop> {
    let total = window.total();
    let (mut format, mut long_size) = (None, None);
    let mut at = 12;
    loop {
        let chunk = Chunk::read(window, at)?;
        match &chunk.kind {
            b"ds64" => long_size = Some(le64(&window.array::<16>(chunk.body)?, 8)),
            b"fmt " => format = Some(window.array::<16>(chunk.body)?),
            b"data" => {
                let format = format.ok_or(ProbeError::Damaged { at })?;
                let size = match chunk.end - chunk.body {
                    UNKNOWN_SIZE => long_size.unwrap_or(total - chunk.body),
                    size => size,
                };
                if chunk.body.saturating_add(size) > total {
                    return Err(ProbeError::Truncated { at: total }.into());
                }
                return Ok(MediaInfo {
                    container: Container::Wav,
                    duration_ms: to_ms(size, u64::from(le32(&format, 8))),
                    video: None,
                    audio: Some(AudioTrack {
                        codec: codec_of(le16(&format, 0)),
                    }),
                });
            }
            _ => {}
        }
        at = chunk.next();
    }
}

/// ffmpeg's name of a `WAVE_FORMAT` tag.
pub(super) const fn codec_of(tag: u16) -> Option<&'static str> {
    Some(match tag {
        0x0001 | 0x0003 | 0xFFFE => "pcm",
        0x0006 => "pcm_alaw",
        0x0007 => "pcm_mulaw",
        0x0050 => "mp2",
        0x0055 => "mp3",
        0x00FF => "aac",
        0x2000 => "ac3",
        0xF1AC => "flac",
        _ => return None,
    })
}
