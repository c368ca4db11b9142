//! What an uploaded file is, by its bytes; its name and declared type count for nothing.

use mediainfo::{ByteRange, Container, MediaInfo, Probe, ProbeError, VideoTrack};
use ports::{Block, ObjectStore, Platform};

use super::blocks::len_of;
use super::parts::Stopped;
use crate::{AppError, Rejection};

/// First bytes of a file that tell its format: an EBML header with its document type is the longest.
pub(super) const SNIFF_BYTES: usize = 64;

/// Highest frame rate that is believed, in frames a second.
const MAX_FPS: f64 = 1_000.0;

/// Boxes that QuickTime files may begin with (QTFF, "Overview"); MP4 begins with `ftyp`.
const QUICK_TIME_BOXES: [&[u8]; 7] = [
    b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot",
];
/// Boxes that a piece of a segmented MP4 begins with.
const SEGMENT_BOXES: [&[u8]; 2] = [b"styp", b"moof"];

/// The format that a file with these first bytes has, if it is one that can be read at all. Whether it
/// really is one shows when all of it is here.
///
/// # Errors
/// 415.
pub(super) fn sniff(head: &[u8]) -> Result<Container, AppError> {
    let at_four = head.get(4..8).unwrap_or_default();
    let at_eight = head.get(8..12).unwrap_or_default();
    Ok(match head {
        [0x1A, 0x45, 0xDF, 0xA3, ..] if head.windows(4).any(|bytes| bytes == b"webm") => {
            Container::WebM
        }
        [0x1A, 0x45, 0xDF, 0xA3, ..] => Container::Matroska,
        [b'O', b'g', b'g', b'S', ..] => Container::Ogg,
        [b'R', b'I', b'F', b'F', ..] | [b'R', b'F', b'6', b'4', ..] => match at_eight {
            b"WAVE" => Container::Wav,
            _ => Container::Avi,
        },
        [b'f', b'L', b'a', b'C', ..] => Container::Flac,
        [b'I', b'D', b'3', ..] => Container::Mp3,
        _ if at_four == b"ftyp" && at_eight != b"qt  " => Container::Mp4,
        _ if SEGMENT_BOXES.contains(&at_four) => Container::Mp4,
        _ if QUICK_TIME_BOXES.contains(&at_four) => Container::QuickTime,
        [0xFF, second, ..] if second & 0xE0 == 0xE0 => Container::Mp3,
        _ => return Err(unreadable(ProbeError::NotMedia)),
    })
}

/// What a file of at most one part in memory is.
pub(super) fn probe_blocks(blocks: &[Box<dyn Block>]) -> Result<MediaInfo, Stopped> {
    let size_bytes: u64 = blocks.iter().map(|block| len_of(block.as_ref())).sum();
    let mut probe = Probe::new(size_bytes);
    while let Some(range) = probe.needs() {
        probe.feed(&bytes_of(blocks, range));
    }
    probe
        .finish()
        .map_err(|error| Stopped::Refused(unreadable(error)))
}

/// Bytes of a run of blocks; fewer where it ends.
fn bytes_of(blocks: &[Box<dyn Block>], range: ByteRange) -> Vec<u8> {
    let end = range.first + u64::from(range.len);
    let mut bytes = Vec::new();
    let mut start = 0;
    for block in blocks {
        let len_bytes = len_of(block.as_ref());
        let first = range.first.clamp(start, start + len_bytes) - start;
        let last = end.clamp(start, start + len_bytes) - start;
        // Both are at most the block's length, which is an index.
        if let (Ok(first), Ok(last)) = (usize::try_from(first), usize::try_from(last))
            && first < last
        {
            bytes.extend(block.to_vec(first..last));
        }
        start += len_bytes;
    }
    bytes
}

/// What a stored file is; reads a few ranges of it, at most `mediainfo::MAX_READS`.
pub(super) async fn probe_object<P: Platform>(
    platform: &P,
    object_key: &str,
    size_bytes: u64,
) -> Result<MediaInfo, Stopped> {
    let mut probe = Probe::new(size_bytes);
    while let Some(range) = probe.needs() {
        let wanted = ports::ByteRange {
            first: range.first,
            last: range.first + u64::from(range.len) - 1,
        };
        let object = platform.objects().get(object_key, Some(wanted)).await?;
        let Some(object) = object else {
            // Cron or a cancelling client took it.
            return Err(Stopped::Overtaken);
        };
        let limit = usize::try_from(range.len).map_err(AppError::bug)?;
        let bytes = object
            .body
            .into_bytes(limit)
            .await
            .map_err(AppError::from)?;
        if bytes.len() != limit {
            return Err(Stopped::Failed(AppError::Unavailable {
                cause: "storage sent a range cut short".to_owned(),
            }));
        }
        probe.feed(&bytes);
    }
    probe
        .finish()
        .map_err(|error| Stopped::Refused(unreadable(error)))
}

/// 415 for what is no media file, 422 for one that is broken.
fn unreadable(error: ProbeError) -> AppError {
    let rejection = match error {
        ProbeError::NotMedia => Rejection::UnsupportedMediaType,
        _ => Rejection::Unprocessable,
    };
    AppError::rejected(rejection, format!("Video file unreadable: {error}."))
}

/// Whole seconds, rounded; 0 when unknown.
pub(super) fn duration_secs(info: &MediaInfo) -> u32 {
    let rounded = info.duration_ms.unwrap_or(0).saturating_add(500) / 1_000;
    u32::try_from(rounded).unwrap_or(u32::MAX)
}

/// Whole frames a second, rounded; 0 when unknown.
pub(super) fn fps(info: &MediaInfo) -> u32 {
    let fps = info.video.and_then(|video| video.fps).unwrap_or(0.0);
    #[expect(
        clippy::as_conversions,
        reason = "rounded and clamped: it fits, and NaN becomes 0"
    )]
    let whole = fps.round().clamp(0.0, MAX_FPS) as u32;
    whole
}

/// Width by height; `None` without a picture.
pub(super) fn aspect_ratio(info: &MediaInfo) -> Option<f64> {
    let VideoTrack { width, height, .. } = info.video?;
    (height > 0).then(|| f64::from(width) / f64::from(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_by_their_first_bytes() {
        for (head, expected) in [
            (&b"\0\0\0\x20ftypisom"[..], Some(Container::Mp4)),
            (b"\0\0\0\x14ftypqt  ", Some(Container::QuickTime)),
            (b"\0\0\0\x08wide\0\0\0\0mdat", Some(Container::QuickTime)),
            (
                b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x23\x42\x82\x84webm",
                Some(Container::WebM),
            ),
            (
                b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x23\x42\x82\x88matroska",
                Some(Container::Matroska),
            ),
            (b"RIFF\0\0\0\0AVI LIST", Some(Container::Avi)),
            (b"RIFF\0\0\0\0WAVEfmt ", Some(Container::Wav)),
            (b"OggS\0\x02", Some(Container::Ogg)),
            (b"fLaC\0\0", Some(Container::Flac)),
            (b"ID3\x04\0", Some(Container::Mp3)),
            (b"\xff\xfb\x90\x64", Some(Container::Mp3)),
            (b"#EXTM3U\n/etc/passwd", None),
            (b"<html>", None),
            (b"\x89PNG\r\n\x1a\n", None),
            (b"", None),
        ] {
            assert_eq!(sniff(head).ok(), expected, "{head:?}");
        }
    }

    #[test]
    fn ranges_across_blocks() {
        let blocks: Vec<Box<dyn Block>> = vec![
            Box::new(vec![0, 1, 2]),
            Box::new(vec![3]),
            Box::new(vec![4, 5, 6]),
        ];
        let range = |first, len| bytes_of(&blocks, ByteRange { first, len });
        assert_eq!(range(0, 7), [0, 1, 2, 3, 4, 5, 6]);
        assert_eq!(range(2, 3), [2, 3, 4]);
        assert_eq!(range(6, 9), [6]);
        assert!(range(7, 1).is_empty());
    }

    #[test]
    fn rounding() {
        let info = MediaInfo {
            container: Container::Mp4,
            duration_ms: Some(1_500),
            video: Some(VideoTrack {
                width: 1_920,
                height: 1_080,
                rotation: 0,
                fps: Some(29.97),
                codec: None,
            }),
            audio: None,
        };
        assert_eq!((duration_secs(&info), fps(&info)), (2, 30));
        assert_eq!(aspect_ratio(&info), Some(16.0 / 9.0));
        let unknown = MediaInfo {
            duration_ms: None,
            video: None,
            ..info
        };
        assert_eq!(
            (
                duration_secs(&unknown),
                fps(&unknown),
                aspect_ratio(&unknown)
            ),
            (0, 0, None)
        );
    }
}
