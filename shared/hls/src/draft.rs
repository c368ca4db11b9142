//! From what the bytes say to a [`RenditionReport`], short of the hashes.

use crate::bandwidth::{TimedBytes, measure_bandwidth};
use crate::limits::MAX_SEGMENTS;
use crate::{
    ByteRange, Fmp4Index, MediaPlaylist, RenditionReport, ReportError, ReportSegment, Sha256,
    TrackKind,
};

/// A report without hashes: says which ranges to hash, then takes the digests.
///
/// A server that derives a report streams the object once, hashing [`Self::segments`] with SHA-256
/// and the torrent's pieces with SHA-1 on the way, and ends with [`Self::into_report`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenditionDraft {
    /// The report, its segment hashes zero and its pieces missing.
    report: RenditionReport,
    segments: Vec<DraftSegment>,
}

/// A segment whose hash is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DraftSegment {
    /// Its bytes.
    pub range: ByteRange,
    /// How long it plays, in microseconds.
    pub duration_us: u64,
}

/// Why file and playlist do not belong together.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The playlist's `EXT-X-MAP` does not end where `moov` does.
    #[error("init segment is {playlist} in the playlist and {file} in the file")]
    InitRange {
        /// Range of `EXT-X-MAP`.
        playlist: ByteRange,
        /// Range of `ftyp` and `moov`.
        file: ByteRange,
    },
    /// A segment that leaves the file.
    #[error("segment {index} ends after the {size_bytes} bytes of the file")]
    OutsideFile {
        /// Which segment, from 0.
        index: usize,
        /// Size of the file.
        size_bytes: u64,
    },
    /// A segment that begins or ends inside a fragment.
    #[error("segment {index} does not begin and end with a fragment")]
    CutsFragment {
        /// Which segment, from 0.
        index: usize,
    },
    /// A segment that does not begin with a key frame.
    #[error("segment {index} does not begin with a key frame")]
    NoKeyFrame {
        /// Which segment, from 0.
        index: usize,
    },
    /// The file is fragmented and no playlist says where its segments are, or the reverse.
    #[error("a fragmented file needs a playlist and a progressive file has none")]
    Playlist,
    /// Another number of hashes than segments.
    #[error("{expected} segments need as many hashes, {actual} came")]
    HashCount {
        /// Segments.
        expected: usize,
        /// Hashes.
        actual: usize,
    },
    /// What results is no valid report.
    #[error(transparent)]
    Report(#[from] ReportError),
}

impl RenditionDraft {
    /// Joins what the file and its media playlist say; `playlist` is `None` for a progressive web
    /// video. Fragments that the index knows (all, or the first) must agree with the playlist.
    ///
    /// # Errors
    /// [`DraftError`], see its variants.
    pub fn new(index: &Fmp4Index, playlist: Option<&MediaPlaylist>) -> Result<Self, DraftError> {
        let segments = match playlist {
            Some(playlist) if index.is_fragmented => checked_segments(index, playlist)?,
            None if !index.is_fragmented => Vec::new(),
            _ => return Err(DraftError::Playlist),
        };
        let duration_us = playlist.map_or(index.movie_duration_us, MediaPlaylist::duration_us);
        let whole = TimedBytes {
            length_bytes: index.size_bytes,
            duration_us,
        };
        let timed: Vec<TimedBytes> = segments.iter().map(DraftSegment::timed_bytes).collect();
        let bandwidth = if timed.is_empty() {
            measure_bandwidth(&[whole])
        } else {
            measure_bandwidth(&timed)
        };
        let video = index.track(TrackKind::Video);
        let report = RenditionReport {
            size_bytes: index.size_bytes,
            width: video.map_or(0, |track| track.width),
            height: video.map_or(0, |track| track.height),
            fps: video.map_or(0, crate::Track::rate),
            has_video: video.is_some(),
            has_audio: index.track(TrackKind::Audio).is_some(),
            codecs: index.codecs(),
            duration_ms: round_ms(duration_us).max(1),
            bandwidth_bps: bandwidth.peak_bps,
            average_bandwidth_bps: bandwidth.average_bps,
            init_range: index.init_range,
            segments: segments.iter().map(DraftSegment::unhashed).collect(),
            piece_length_bytes: 0,
            pieces: Vec::new(),
        };
        Ok(Self { report, segments })
    }

    /// Size of the file.
    #[must_use]
    pub const fn size_bytes(&self) -> u64 {
        self.report.size_bytes
    }

    /// The ranges whose SHA-256 [`Self::into_report`] needs, in order.
    #[must_use]
    pub fn segments(&self) -> &[DraftSegment] {
        &self.segments
    }

    /// The finished report. `pieces` is 20 bytes of SHA-1 for each `piece_length_bytes` of the
    /// file.
    ///
    /// # Errors
    /// [`DraftError::HashCount`], or [`DraftError::Report`] when the result is not valid.
    pub fn into_report(
        mut self,
        segment_sha256: &[Sha256],
        piece_length_bytes: u32,
        pieces: Vec<u8>,
    ) -> Result<RenditionReport, DraftError> {
        if segment_sha256.len() != self.report.segments.len() {
            return Err(DraftError::HashCount {
                expected: self.report.segments.len(),
                actual: segment_sha256.len(),
            });
        }
        for (segment, sha256) in self.report.segments.iter_mut().zip(segment_sha256) {
            segment.sha256 = *sha256;
        }
        self.report.piece_length_bytes = piece_length_bytes;
        self.report.pieces = pieces;
        self.report.validate()?;
        Ok(self.report)
    }
}

impl DraftSegment {
    const fn timed_bytes(&self) -> TimedBytes {
        TimedBytes {
            length_bytes: self.range.length(),
            duration_us: self.duration_us,
        }
    }

    const fn unhashed(&self) -> ReportSegment {
        ReportSegment {
            range: self.range,
            duration_ms: round_ms(self.duration_us),
            sha256: Sha256([0; 32]),
        }
    }
}

const fn round_ms(duration_us: u64) -> u64 {
    (duration_us + 500) / 1_000
}

fn checked_segments(
    index: &Fmp4Index,
    playlist: &MediaPlaylist,
) -> Result<Vec<DraftSegment>, DraftError> {
    if playlist.init_range != index.init_range {
        return Err(DraftError::InitRange {
            playlist: playlist.init_range,
            file: index.init_range,
        });
    }
    debug_assert!(
        playlist.segments.len() <= MAX_SEGMENTS,
        "the parser bounds them"
    );
    let mut fragments = index.fragments.iter().peekable();
    let mut segments = Vec::with_capacity(playlist.segments.len());
    for (index_in_list, segment) in playlist.segments.iter().enumerate() {
        if segment.range.end() > index.size_bytes {
            let size_bytes = index.size_bytes;
            return Err(DraftError::OutsideFile {
                index: index_in_list,
                size_bytes,
            });
        }
        // Segments past the fragments that were read cannot be compared.
        if let Some(first) = fragments.peek() {
            if first.range.first() != segment.range.first() {
                return Err(DraftError::CutsFragment {
                    index: index_in_list,
                });
            }
            if !first.starts_with_sync_sample {
                return Err(DraftError::NoKeyFrame {
                    index: index_in_list,
                });
            }
            while fragments
                .next_if(|f| f.range.last() <= segment.range.last())
                .is_some()
            {}
            if fragments
                .peek()
                .is_some_and(|f| f.range.first() <= segment.range.last())
            {
                return Err(DraftError::CutsFragment {
                    index: index_in_list,
                });
            }
        }
        segments.push(DraftSegment {
            range: segment.range,
            duration_us: segment.duration_us,
        });
    }
    Ok(segments)
}
