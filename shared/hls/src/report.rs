//! What is known of a finished rendition: the facts from which a server publishes it.

use crate::limits::{
    MAX_CODECS_CHARS, MAX_FILE_BYTES, MAX_FPS, MAX_PICTURE_SIDE, MAX_REPORT_BYTES,
    MAX_SEGMENT_DURATION_US, MAX_SEGMENTS, PIECE_LENGTH_BYTES,
};
use crate::{ByteRange, MediaPlaylist, MediaSegment};
use base64::engine::general_purpose::STANDARD;
use core::fmt;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// One finished rendition in one MP4 file: what the transcoder sends along with success, and what
/// a server derives itself when a stock PeerTube runner did the job.
///
/// In a fragmented file `init_range` is `ftyp` and `moov` and `segments` are the HLS segments; in
/// a progressive web video `init_range` ends with `moov` and `segments` is empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenditionReport {
    /// Size of the file.
    pub size_bytes: u64,
    /// Displayed width in pixels, 0 without video.
    pub width: u32,
    /// Displayed height in pixels, 0 without video.
    pub height: u32,
    /// Frames a second, rounded; 0 without video.
    pub fps: u32,
    /// Whether it has a picture.
    pub has_video: bool,
    /// Whether it has sound.
    pub has_audio: bool,
    /// RFC 6381 codecs, video first, as in `avc1.64001f,mp4a.40.2`.
    pub codecs: String,
    /// Duration of the whole file in milliseconds.
    pub duration_ms: u64,
    /// Peak bit rate in bits a second, for `BANDWIDTH`.
    pub bandwidth_bps: u64,
    /// Average bit rate in bits a second, for `AVERAGE-BANDWIDTH`.
    pub average_bandwidth_bps: u64,
    /// From the file's first byte to the last byte of `moov`.
    pub init_range: ByteRange,
    /// HLS segments in playing order.
    pub segments: Vec<ReportSegment>,
    /// Torrent piece length, a power of two within [`PIECE_LENGTH_BYTES`].
    pub piece_length_bytes: u32,
    /// SHA-1 of every piece, 20 bytes each, in order; base64 on the wire.
    #[serde(with = "base64_bytes")]
    pub pieces: Vec<u8>,
}

/// One HLS segment of a [`RenditionReport`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportSegment {
    /// Its bytes: `first` and `last` on the wire, inclusive.
    #[serde(flatten)]
    pub range: ByteRange,
    /// How long it plays, in milliseconds, rounded.
    pub duration_ms: u64,
    /// Hash of those bytes.
    pub sha256: Sha256,
}

/// A SHA-256 digest, lower-case hex on the wire.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sha256(pub [u8; 32]);

/// Why a report is not believed.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// More than [`MAX_REPORT_BYTES`].
    #[error("rendition report has {bytes} bytes, at most {MAX_REPORT_BYTES} are allowed")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// Not the JSON of a report.
    #[error("rendition report is not readable: {0}")]
    Json(#[from] serde_json::Error),
    /// A field outside its bound.
    #[error("rendition report has an impossible {field}")]
    Field {
        /// Its wire name.
        field: &'static str,
    },
    /// Ranges that overlap, are out of order, or leave the file.
    #[error("segment {index} of the rendition report overlaps or leaves the file")]
    Segment {
        /// Which segment, from 0.
        index: usize,
    },
    /// The number of pieces does not follow from size and piece length.
    #[error("rendition report has {actual} bytes of piece hashes, {expected} are needed")]
    Pieces {
        /// `20 * ceil(size / piece length)`.
        expected: u64,
        /// What came.
        actual: u64,
    },
}

impl RenditionReport {
    /// Reads and checks a report as a runner sends it.
    ///
    /// # Errors
    /// [`ReportError`]: too large, not JSON, or [`Self::validate`] refuses it.
    pub fn from_json(json: &[u8]) -> Result<Self, ReportError> {
        if json.len() > MAX_REPORT_BYTES {
            return Err(ReportError::TooLarge { bytes: json.len() });
        }
        let report: Self = serde_json::from_slice(json)?;
        report.validate()?;
        Ok(report)
    }

    /// The report as JSON text.
    ///
    /// # Panics
    /// Never: every field is a number, a string or a list of them.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a report always serialises")
    }

    /// Checks every field against its bound and the ranges against each other. What only the
    /// file's bytes can show (that hashes are right) is not checked.
    ///
    /// # Errors
    /// [`ReportError`] names the first rule broken.
    pub fn validate(&self) -> Result<(), ReportError> {
        let field = |ok: bool, field| {
            if ok {
                Ok(())
            } else {
                Err(ReportError::Field { field })
            }
        };
        field((1..=MAX_FILE_BYTES).contains(&self.size_bytes), "sizeBytes")?;
        field(self.has_video || self.has_audio, "hasVideo")?;
        let side = if self.has_video {
            1..=MAX_PICTURE_SIDE
        } else {
            0..=0
        };
        field(side.contains(&self.width), "width")?;
        field(side.contains(&self.height), "height")?;
        field(
            if self.has_video {
                self.fps <= MAX_FPS
            } else {
                self.fps == 0
            },
            "fps",
        )?;
        field(is_codecs(&self.codecs), "codecs")?;
        let longest_ms = u64::try_from(MAX_SEGMENTS).unwrap_or(u64::MAX) * 60_000;
        field((1..=longest_ms).contains(&self.duration_ms), "durationMs")?;
        field(
            self.average_bandwidth_bps <= self.bandwidth_bps,
            "averageBandwidthBps",
        )?;
        field(self.init_range.end() <= self.size_bytes, "initRange")?;
        field(
            self.segments.is_empty() || self.init_range.first() == 0,
            "initRange",
        )?;
        field(self.segments.len() <= MAX_SEGMENTS, "segments")?;
        self.validate_segments()?;
        self.validate_pieces()
    }

    fn validate_segments(&self) -> Result<(), ReportError> {
        let mut free = self.init_range.end();
        for (index, segment) in self.segments.iter().enumerate() {
            let longest_ms = MAX_SEGMENT_DURATION_US / 1_000;
            let in_order = segment.range.first() >= free && segment.range.end() <= self.size_bytes;
            if !in_order || segment.duration_ms > longest_ms {
                return Err(ReportError::Segment { index });
            }
            free = segment.range.end();
        }
        Ok(())
    }

    fn validate_pieces(&self) -> Result<(), ReportError> {
        let length = self.piece_length_bytes;
        let (smallest, largest) = PIECE_LENGTH_BYTES;
        if !length.is_power_of_two() || !(smallest..=largest).contains(&length) {
            return Err(ReportError::Field {
                field: "pieceLengthBytes",
            });
        }
        let expected = self.size_bytes.div_ceil(u64::from(length)) * 20;
        let actual = u64::try_from(self.pieces.len()).unwrap_or(u64::MAX);
        if actual != expected {
            return Err(ReportError::Pieces { expected, actual });
        }
        Ok(())
    }

    /// The media playlist that these segments make, for a server that lost the runner's own or
    /// never asked for it. Durations are whole milliseconds here; the runner's playlist has
    /// microseconds. `None` for a progressive file.
    #[must_use]
    pub fn media_playlist(&self, uri: &str) -> Option<MediaPlaylist> {
        if self.segments.is_empty() {
            return None;
        }
        let segments = self.segments.iter().map(|segment| MediaSegment {
            range: segment.range,
            duration_us: (segment.duration_ms * 1_000).max(1),
        });
        Some(MediaPlaylist {
            uri: uri.to_owned(),
            init_range: self.init_range,
            segments: segments.collect(),
        })
    }
}

/// Whether `codecs` may stand in a `CODECS` attribute: 1 to [`MAX_CODECS_CHARS`] characters of
/// RFC 6381's unencoded form.
pub(crate) fn is_codecs(codecs: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b',' | b'-');
    (1..=MAX_CODECS_CHARS).contains(&codecs.len()) && codecs.bytes().all(plain)
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut digest = [0; 32];
        hex::decode_to_slice(&text, &mut digest)
            .map_err(|_| de::Error::custom("SHA-256 must be 64 hex digits"))?;
        Ok(Self(digest))
    }
}

mod base64_bytes {
    use super::{Deserialize, Deserializer, STANDARD, Serializer, de};
    use base64::Engine as _;

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&STANDARD.encode(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(d)?;
        STANDARD
            .decode(&text)
            .map_err(|_| de::Error::custom("pieces must be base64"))
    }
}

#[cfg(test)]
pub(crate) mod tests;
