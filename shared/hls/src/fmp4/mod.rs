//! The parts of ISO 14496-12 that tell what a rendition is and where its fragments lie.

mod boxes;
mod codec;
mod fragment;
mod indexer;
mod movie;

#[cfg(test)]
mod tests;

pub use boxes::FourCc;
pub use indexer::{Depth, Fmp4Indexer};

use crate::{ByteRange, ByteRangeError};

/// What kind of media a [`Track`] carries (`hdlr`, 8.4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackKind {
    /// `vide`.
    Video,
    /// `soun`.
    Audio,
}

/// One audio or video track; others (text, hints, metadata) are not listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// `track_ID` (8.3.2), not 0.
    pub id: u32,
    /// Video or audio.
    pub kind: TrackKind,
    /// Ticks a second of this track's times (8.4.2), not 0.
    pub timescale: u32,
    /// Displayed width in pixels, a quarter turn of the track matrix taken into account; 0 for
    /// audio.
    pub width: u32,
    /// Displayed height in pixels; 0 for audio.
    pub height: u32,
    /// RFC 6381 codec, as in `avc1.64001f`.
    pub codec: String,
    /// Samples seen: those of `stts` and those of every fragment that was read.
    pub sample_count: u64,
    /// How long those samples last, in ticks.
    pub sample_ticks: u64,
}

impl Track {
    /// Samples a second, rounded: the frame rate of a video track. 0 when no sample was seen.
    #[must_use]
    pub fn rate(&self) -> u32 {
        if self.sample_ticks == 0 {
            return 0;
        }
        let ticks = u128::from(self.sample_ticks);
        let per_second = u128::from(self.sample_count) * u128::from(self.timescale);
        u32::try_from((per_second + ticks / 2) / ticks).unwrap_or(u32::MAX)
    }

    /// `ticks` of this track in microseconds.
    fn micros(&self, ticks: u64) -> u64 {
        let micros = u128::from(ticks) * 1_000_000 / u128::from(self.timescale);
        u64::try_from(micros).unwrap_or(u64::MAX)
    }
}

/// One movie fragment with the boxes before it that belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// From its `styp`, `sidx` or `moof` to the end of its `mdat`.
    pub range: ByteRange,
    /// Decode time of its first video (else audio) sample, in microseconds (`tfdt`, 8.8.12).
    pub decode_time_us: u64,
    /// How long its video (else audio) samples last, in microseconds.
    pub duration_us: u64,
    /// Whether its first video sample is a sync sample; true for audio.
    pub starts_with_sync_sample: bool,
}

/// What [`Fmp4Indexer`] learnt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fmp4Index {
    /// Size of the file.
    pub size_bytes: u64,
    /// From the first byte of the file (fragmented) or of `moov` (progressive) to the last byte of
    /// `moov`.
    pub init_range: ByteRange,
    /// Whether `moov` announces fragments (`mvex`, 8.8.1).
    pub is_fragmented: bool,
    /// Audio and video tracks, at least one.
    pub tracks: Vec<Track>,
    /// Duration that a progressive file's `moov` claims, in microseconds; 0 when fragmented.
    pub movie_duration_us: u64,
    /// Every fragment with [`Depth::Fragments`], the first one with [`Depth::Header`].
    pub fragments: Vec<Fragment>,
}

impl Fmp4Index {
    /// The first track of `kind`.
    #[must_use]
    pub fn track(&self, kind: TrackKind) -> Option<&Track> {
        self.tracks.iter().find(|track| track.kind == kind)
    }

    /// CODECS of the file: its first video, then its first audio codec.
    #[must_use]
    pub fn codecs(&self) -> String {
        let kinds = [TrackKind::Video, TrackKind::Audio];
        let codecs: Vec<&str> = kinds
            .iter()
            .filter_map(|&k| self.track(k))
            .map(|t| t.codec.as_str())
            .collect();
        codecs.join(",")
    }
}

/// Why bytes are no MP4 file that can be published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fmp4Error {
    /// Larger than [`crate::limits::MAX_FILE_BYTES`], or empty.
    #[error("MP4 file of {size_bytes} bytes is empty or too large")]
    FileSize {
        /// Its size.
        size_bytes: u64,
    },
    /// A box that reaches past the end of the file.
    #[error("box {fourcc} at {offset} reaches past the end of the file")]
    Truncated {
        /// Its type.
        fourcc: FourCc,
        /// Where it starts.
        offset: u64,
    },
    /// A box whose content does not have the form that its clause gives it.
    #[error("malformed box {fourcc}")]
    Malformed {
        /// Its type.
        fourcc: FourCc,
    },
    /// A `moov` or `moof` beyond its bound.
    #[error("box {fourcc} has {bytes} bytes")]
    BoxTooLarge {
        /// Its type.
        fourcc: FourCc,
        /// Its size.
        bytes: u64,
    },
    /// More than [`crate::limits::MAX_TOP_LEVEL_BOXES`].
    #[error("file has too many boxes")]
    TooManyBoxes,
    /// More than [`crate::limits::MAX_TRACKS`].
    #[error("file has too many tracks")]
    TooManyTracks,
    /// No `moov`, or a second one.
    #[error("file needs exactly one moov box, {found} found")]
    Moov {
        /// How many there are.
        found: usize,
    },
    /// Neither audio nor video.
    #[error("file has no audio or video track")]
    NoTrack,
    /// A codec whose RFC 6381 name this crate cannot tell.
    #[error("codec {fourcc} is not supported")]
    UnsupportedCodec {
        /// Its sample entry.
        fourcc: FourCc,
    },
    /// `moov` announces fragments and the file has none.
    #[error("fragmented file has no fragment")]
    NoFragment,
    /// [`Fmp4Indexer::feed`] was given another number of bytes than it asked for.
    #[error("{expected} bytes were asked for, {actual} came")]
    WrongFeed {
        /// Bytes asked for.
        expected: u64,
        /// Bytes given.
        actual: u64,
    },
    /// Offsets that do not fit together.
    #[error(transparent)]
    Range(#[from] ByteRangeError),
}
