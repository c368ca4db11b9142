//! Ogg (RFC 3533) with Vorbis, Opus, FLAC or Theora.

use crate::{
    bits::{be16, be32, be64, frame_rate, le16, le32, le64, to_ms},
    info::{AudioTrack, Container, MediaInfo, VideoTrack},
    probe::ProbeError,
    window::{Stop, Window},
};

/// Largest page: header of 27, 255 lacing values, 255 segments of 255 (6).
const MAX_PAGE_BYTES: u64 = 27 + 255 + 255 * 255;
/// Logical streams that are looked at.
const MAX_STREAMS: usize = 8;
/// Pages at the end that are looked at for the last of each stream.
const MAX_TAIL_PAGES: usize = 256;
/// Opus counts samples at 48 kHz whatever the input had (RFC 7845, 4).
const OPUS_RATE: u64 = 48_000;
/// Longest identification header that is read; FLAC's is the longest.
const MAX_IDENTIFICATION_BYTES: u32 = 64;

/// A page header.
#[derive(Clone, Copy, Debug)]
struct Page {
    begins_stream: bool,
    granule: u64,
    serial: u32,
    body: u64,
    end: u64,
}

/// How a stream's granule positions count.
#[derive(Clone, Copy, Debug)]
enum Clock {
    /// Samples, of which the first so many are not played.
    Samples { rate: u64, skipped: u64 },
    /// Key frame number above these bits, frames since in them (Theora I, A.2.3).
    Frames {
        shift: u32,
        numerator: u64,
        denominator: u64,
    },
}

pub(crate) fn read(window: &mut Window) -> Result<MediaInfo, Stop> {
    let mut media = MediaInfo {
        container: Container::Ogg,
        duration_ms: None,
        video: None,
        audio: None,
    };
    let mut clocks = Vec::new();
    let mut at = 0;
    // Every stream's first page stands before any other page (RFC 3533, 4).
    while clocks.len() < MAX_STREAMS {
        let page = read_page(window, at)?;
        if !page.begins_stream {
            break;
        }
        if let Some(clock) = read_stream(window, page, &mut media)? {
            clocks.push((page.serial, clock));
        }
        at = page.end;
        if at == window.total() {
            break;
        }
    }
    for (serial, granule) in last_granules(window)? {
        if let Some((_, clock)) = clocks.iter().find(|(known, _)| *known == serial) {
            media.duration_ms = media
                .duration_ms
                .max(clock.ms(granule).filter(|ms| *ms > 0));
        }
    }
    Ok(media)
}

impl Clock {
    fn ms(self, granule: u64) -> Option<u64> {
        match self {
            Self::Samples { rate, skipped } => to_ms(granule.saturating_sub(skipped), rate),
            Self::Frames {
                shift,
                numerator,
                denominator,
            } => {
                let frames = (granule >> shift).saturating_add(granule & ((1 << shift) - 1));
                to_ms(frames.checked_mul(denominator)?, numerator)
            }
        }
    }
}

fn read_page(window: &mut Window, at: u64) -> Result<Page, Stop> {
    window.count_element()?;
    let header: [u8; 27] = window.array(at)?;
    if &header[..4] != b"OggS" || header[4] != 0 {
        return Err(ProbeError::Damaged { at }.into());
    }
    let lacing = window.read(at + 27, u32::from(header[26]))?;
    let body = at + 27 + u64::from(header[26]);
    let end = body + lacing.iter().map(|length| u64::from(*length)).sum::<u64>();
    if end > window.total() {
        return Err(ProbeError::Truncated { at: window.total() }.into());
    }
    Ok(Page {
        begins_stream: header[5] & 2 == 2,
        granule: le64(&header, 6),
        serial: le32(&header, 14),
        body,
        end,
    })
}

/// Reads the identification header that a stream begins with.
fn read_stream(window: &Window, page: Page, media: &mut MediaInfo) -> Result<Option<Clock>, Stop> {
    let size = (page.end - page.body).min(u64::from(MAX_IDENTIFICATION_BYTES));
    let packet = window.read(page.body, u32::try_from(size).unwrap_or(0))?;
    let samples = |rate, skipped| Some(Clock::Samples { rate, skipped });
    let (codec, clock) = if packet.starts_with(b"\x01vorbis") {
        ("vorbis", samples(u64::from(le32(packet, 12)), 0))
    } else if packet.starts_with(b"OpusHead") {
        ("opus", samples(OPUS_RATE, u64::from(le16(packet, 10))))
    } else if packet.starts_with(b"\x7FFLAC") {
        // STREAMINFO stands behind 13 bytes and its block header of 4; the rate 10 bytes inside.
        ("flac", samples(be64(packet, 27) >> 44, 0))
    } else if packet.starts_with(b"\x80theora") {
        return Ok(Some(read_theora(packet, media)));
    } else {
        return Ok(None);
    };
    media.audio = media.audio.or(Some(AudioTrack { codec: Some(codec) }));
    Ok(clock)
}

/// Theora I, 6.2: picture size, frame rate, and how granule positions are split.
fn read_theora(packet: &[u8], media: &mut MediaInfo) -> Clock {
    let (numerator, denominator) = (u64::from(be32(packet, 22)), u64::from(be32(packet, 26)));
    media.video = media.video.or(Some(VideoTrack {
        // 24 bits each.
        width: be32(packet, 13) & 0xFF_FFFF,
        height: be32(packet, 16) & 0xFF_FFFF,
        rotation: 0,
        fps: frame_rate(numerator, denominator),
        codec: Some("theora"),
    }));
    // 6 bits of quality, 5 of shift.
    let shift = u32::from(be16(packet, 40) >> 5 & 0x1F);
    Clock::Frames {
        shift,
        numerator,
        denominator,
    }
}

/// Last granule position of each stream. The file must end with a whole page.
fn last_granules(window: &mut Window) -> Result<Vec<(u32, u64)>, Stop> {
    let total = window.total();
    let mut at = find_page(window, total.saturating_sub(MAX_PAGE_BYTES))?;
    let mut last: Vec<(u32, u64)> = Vec::new();
    for _ in 0..MAX_TAIL_PAGES {
        let page = read_page(window, at)?;
        // All ones: no packet ends on this page.
        if page.granule != u64::MAX {
            last.retain(|(serial, _)| *serial != page.serial);
            last.push((page.serial, page.granule));
        }
        at = page.end;
        if at == total {
            break;
        }
    }
    Ok(last)
}

/// First page at or behind an offset.
fn find_page(window: &Window, from: u64) -> Result<u64, Stop> {
    /// Bytes that are searched at once.
    const STEP: u64 = 2_048;
    let total = window.total();
    let mut at = from;
    while at < total {
        // Overlap by a page header, so that no signature is split.
        let block = window.read_up_to(at, 2_048 + 32)?;
        if let Some(offset) = block.windows(5).position(|window| window == b"OggS\0") {
            return Ok(at + u64::try_from(offset).unwrap_or(0));
        }
        at += STEP;
    }
    Err(ProbeError::Truncated { at: total }.into())
}
