//! MPEG audio layer III, and the ID3v2 tags before it.

use crate::{
    bits::{be32, to_ms},
    flac,
    info::{AudioTrack, Container, MediaInfo},
    probe::ProbeError,
    window::{Stop, Window},
};

/// Zero bytes between a tag and the first frame that are skipped.
const MAX_PADDING_BYTES: u32 = 4 * 1024;
/// Frames that must follow each other for the bytes to be MPEG audio.
const FRAMES_CHECKED: usize = 3;
/// Samples of one frame: layer III has 1,152 in MPEG-1, else 576.
const SAMPLES_MPEG1: u32 = 1_152;

/// Behind an ID3v2 tag: 10 bytes whose last four carry its length in 7 bits each.
pub(crate) fn read_tagged(window: &Window) -> Result<MediaInfo, Stop> {
    let tag: [u8; 10] = window.array(0)?;
    let size = tag[6..]
        .iter()
        .fold(0, |size, byte| size << 7 | u64::from(byte & 0x7F));
    let footer = if tag[5] & 0x10 == 0 { 0 } else { 10 };
    let first = 10 + size + footer;
    if &window.array::<4>(first)? == b"fLaC" {
        return flac::read(window, first);
    }
    read(window, first)
}

/// From an offset on.
pub(crate) fn read(window: &Window, first: u64) -> Result<MediaInfo, Stop> {
    let padding = window.read_up_to(first, MAX_PADDING_BYTES)?;
    let zeros = padding.iter().take_while(|byte| **byte == 0).count();
    let first = first + u64::try_from(zeros).unwrap_or(0);
    let frame = Frame::read(window, first)?.ok_or(ProbeError::NotMedia)?;
    let mut at = first;
    for _ in 0..FRAMES_CHECKED {
        if at + 4 > window.total() {
            break;
        }
        let next = Frame::read(window, at)?.ok_or(ProbeError::NotMedia)?;
        at += u64::from(next.bytes);
    }
    let duration_ms = match counted_frames(window, first, frame)? {
        Some(frames) => to_ms(
            u64::from(frames) * u64::from(frame.samples),
            u64::from(frame.sample_rate),
        ),
        // Without a count every frame is taken to be like the first.
        None => to_ms((window.total() - first) * 8, u64::from(frame.bits_per_sec)),
    };
    Ok(MediaInfo {
        container: Container::Mp3,
        duration_ms: duration_ms.filter(|ms| *ms > 0),
        video: None,
        audio: Some(AudioTrack { codec: Some("mp3") }),
    })
}

/// A frame header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Frame {
    bytes: u32,
    samples: u32,
    sample_rate: u32,
    bits_per_sec: u32,
    /// Bytes between the header and an encoder's count of frames.
    side_info_bytes: u64,
}

impl Frame {
    /// `None` when it is no layer III header.
    fn read(window: &Window, at: u64) -> Result<Option<Self>, Stop> {
        Ok(Self::parse(window.array(at)?))
    }

    fn parse([sync, kind, rates, mode]: [u8; 4]) -> Option<Self> {
        const MPEG1_KBPS: [u32; 16] = [
            0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0,
        ];
        const MPEG2_KBPS: [u32; 16] = [
            0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0,
        ];
        const SAMPLE_RATES: [u32; 4] = [44_100, 48_000, 32_000, 0];

        let (version, layer) = (kind >> 3 & 3, kind >> 1 & 3);
        if sync != 0xFF || kind & 0xE0 != 0xE0 || version == 1 || layer != 1 {
            return None;
        }
        let is_mpeg1 = version == 3;
        let kbps_table = if is_mpeg1 { &MPEG1_KBPS } else { &MPEG2_KBPS };
        let bits_per_sec = kbps_table[usize::from(rates >> 4)] * 1_000;
        // MPEG-2 has half, MPEG-2.5 a quarter of MPEG-1's rates.
        let divisor = [4, 1, 2, 1][usize::from(version)];
        let sample_rate = SAMPLE_RATES[usize::from(rates >> 2 & 3)] / divisor;
        if bits_per_sec == 0 || sample_rate == 0 {
            return None;
        }
        let samples = if is_mpeg1 {
            SAMPLES_MPEG1
        } else {
            SAMPLES_MPEG1 / 2
        };
        let padding = u32::from(rates >> 1 & 1);
        let is_mono = mode >> 6 == 3;
        let side_info_bytes = match (is_mpeg1, is_mono) {
            (true, false) => 32,
            (true, true) | (false, false) => 17,
            (false, true) => 9,
        };
        Some(Self {
            bytes: samples / 8 * bits_per_sec / sample_rate + padding,
            samples,
            sample_rate,
            bits_per_sec,
            side_info_bytes,
        })
    }
}

/// Frames as the encoder counted them in a `Xing`, `Info` or `VBRI` header.
fn counted_frames(window: &Window, first: u64, frame: Frame) -> Result<Option<u32>, Stop> {
    let xing_at = first + 4 + frame.side_info_bytes;
    let xing = window.read_up_to(xing_at.min(window.total()), 12)?;
    if (xing.starts_with(b"Xing") || xing.starts_with(b"Info")) && be32(xing, 4) & 1 == 1 {
        return Ok(Some(be32(xing, 8)));
    }
    let vbri = window.read_up_to((first + 36).min(window.total()), 18)?;
    Ok(vbri.starts_with(b"VBRI").then(|| be32(vbri, 14)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_headers() {
        // MPEG-1, 128 kbit/s, 44.1 kHz, joint stereo.
        let frame = Frame::parse([0xFF, 0xFB, 0x90, 0x44]).unwrap();
        assert_eq!(
            (frame.bytes, frame.samples, frame.side_info_bytes),
            (417, 1_152, 32)
        );
        // The same with padding; MPEG-2, 64 kbit/s, 22.05 kHz, mono.
        assert_eq!(Frame::parse([0xFF, 0xFB, 0x92, 0x44]).unwrap().bytes, 418);
        let frame = Frame::parse([0xFF, 0xF3, 0x80, 0xC4]).unwrap();
        assert_eq!(
            (frame.bytes, frame.sample_rate, frame.side_info_bytes),
            (208, 22_050, 9)
        );
        for header in [
            [0xFF, 0xFB, 0xF0, 0x44],
            [0xFF, 0xFB, 0x00, 0x44],
            [0xFF, 0xFB, 0x9C, 0x44],
            [0xFF, 0xEB, 0x90, 0x44],
            [0xFF, 0xFD, 0x90, 0x44],
            [0xFE, 0xFB, 0x90, 0x44],
        ] {
            assert_eq!(Frame::parse(header), None, "{header:02X?}");
        }
    }
}
