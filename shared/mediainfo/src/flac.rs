//! FLAC (RFC 9639).

use crate::{
    bits::{be16, be64, to_ms},
    info::{AudioTrack, Container, MediaInfo},
    probe::ProbeError,
    window::{Stop, Window},
};

/// `first` is where `fLaC` stands: 0, or behind an ID3 tag.
pub(crate) fn read(window: &Window, first: u64) -> Result<MediaInfo, Stop> {
    // Signature, header of the first metadata block, STREAMINFO (8.2).
    let head: [u8; 42] = window.array(first)?;
    if head[4] & 0x7F != 0 || be16(&head, 6) != 34 {
        return Err(ProbeError::Damaged { at: first + 4 }.into());
    }
    let packed = be64(&head, 18);
    // 20 bits of sample rate, 3 of channels, 5 of depth, 36 of samples.
    let (rate, samples) = (packed >> 44, packed & 0xF_FFFF_FFFF);
    Ok(MediaInfo {
        container: Container::Flac,
        duration_ms: to_ms(samples, rate).filter(|ms| *ms > 0),
        video: None,
        audio: Some(AudioTrack {
            codec: Some("flac"),
        }),
    })
}
