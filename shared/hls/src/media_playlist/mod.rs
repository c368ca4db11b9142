//! The media playlist of one single-file rendition (RFC 8216, 4.3.2 and 4.3.3).

mod parse;
mod write;

#[cfg(test)]
mod tests;

use crate::{ByteRange, ByteRangeError};

/// A media playlist whose segments are all byte ranges of one fragmented MP4 file.
///
/// This is the only shape that PeerTube makes for videos on demand: `EXT-X-MAP` names the init
/// segment, every segment has an `EXT-X-BYTERANGE`, and `EXT-X-ENDLIST` closes the list. Tags that
/// this shape does not need are dropped by a parse and write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaPlaylist {
    /// The URI of every segment and of the map, as the playlist spelled it for the segments: a
    /// runner's own name until [`MediaPlaylist::write`] is given ours.
    pub uri: String,
    /// Byte range of the init segment (`ftyp` and `moov`).
    pub init_range: ByteRange,
    /// Segments in the order in which they play: 1 to [`crate::limits::MAX_SEGMENTS`], with
    /// increasing ranges that do not overlap.
    pub segments: Vec<MediaSegment>,
}

/// One segment of a [`MediaPlaylist`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MediaSegment {
    /// Its bytes in the file.
    pub range: ByteRange,
    /// `EXTINF` in microseconds, 1 to [`crate::limits::MAX_SEGMENT_DURATION_US`].
    pub duration_us: u64,
}

impl MediaPlaylist {
    /// Duration of the whole rendition in microseconds.
    #[must_use]
    pub fn duration_us(&self) -> u64 {
        self.segments.iter().map(|s| s.duration_us).sum()
    }

    /// `EXT-X-TARGETDURATION`: every EXTINF, rounded to whole seconds, is at most this (RFC 8216,
    /// 4.3.3.1). At least 1.
    #[must_use]
    pub fn target_duration_secs(&self) -> u64 {
        let longest_us = self
            .segments
            .iter()
            .map(|s| s.duration_us)
            .max()
            .unwrap_or(0);
        ((longest_us + 500_000) / 1_000_000).max(1)
    }
}

/// The rule of a single-file playlist that a text breaks. Lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaPlaylistError {
    /// Longer than [`crate::limits::MAX_MEDIA_PLAYLIST_BYTES`].
    #[error("media playlist has {bytes} bytes")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// Longer than [`crate::limits::MAX_PLAYLIST_LINE_BYTES`].
    #[error("line {line} of the media playlist is too long")]
    LineTooLong {
        /// Which line.
        line: usize,
    },
    /// The first line is not `#EXTM3U` (RFC 8216, 4.3.1.1).
    #[error("media playlist does not start with #EXTM3U")]
    NoHeader,
    /// A tag whose value does not have the form that the RFC gives it.
    #[error("line {line} of the media playlist: malformed {tag}")]
    Malformed {
        /// Which line.
        line: usize,
        /// The tag.
        tag: &'static str,
    },
    /// A tag that would change what the ranges mean: encryption, discontinuities, gaps, parts.
    #[error("line {line} of the media playlist: {tag} is not allowed in a single-file rendition")]
    Unsupported {
        /// Which line.
        line: usize,
        /// The tag.
        tag: &'static str,
    },
    /// A byte range that is empty, overflows, or starts nowhere.
    #[error("line {line} of the media playlist: {cause}")]
    Range {
        /// Which line.
        line: usize,
        /// What is wrong with it.
        cause: ByteRangeError,
    },
    /// A segment that begins before the init segment or the segment before it ends.
    #[error("line {line} of the media playlist: byte range overlaps what comes before it")]
    Overlap {
        /// Which line.
        line: usize,
    },
    /// A segment without `EXTINF` or `EXT-X-BYTERANGE`, or before `EXT-X-MAP`.
    #[error("line {line} of the media playlist: segment without {tag}")]
    MissingTag {
        /// Which line.
        line: usize,
        /// The tag that is missing.
        tag: &'static str,
    },
    /// Segments, or map and segments, name different files.
    #[error("line {line} of the media playlist names a second media file")]
    SecondFile {
        /// Which line.
        line: usize,
    },
    /// More than [`crate::limits::MAX_SEGMENTS`].
    #[error("media playlist has too many segments")]
    TooManySegments,
    /// Nothing to play.
    #[error("media playlist has no segment")]
    NoSegment,
    /// Without `EXT-X-ENDLIST` the list may still grow (RFC 8216, 4.3.3.4): the writer was cut off.
    #[error("media playlist has no #EXT-X-ENDLIST")]
    NotEnded,
}
