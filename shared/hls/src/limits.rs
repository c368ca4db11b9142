//! Every bound of this crate, with its sum.

/// Segments of one rendition: at 4 s each this is 55 hours.
pub const MAX_SEGMENTS: usize = 50_000;

/// Bytes of one media playlist: [`MAX_SEGMENTS`] entries of about 120 bytes (EXTINF, BYTERANGE
/// and a 60-character name) are 6 MB.
pub const MAX_MEDIA_PLAYLIST_BYTES: usize = 8 << 20;

/// Bytes of one playlist line, its terminator included.
pub const MAX_PLAYLIST_LINE_BYTES: usize = 2_048;

/// Duration of one segment: PeerTube asks for 4 s; a source without key frames may give more when
/// it is copied.
pub const MAX_SEGMENT_DURATION_US: u64 = 600_000_000;

/// Bytes of a rendition report: [`MAX_SEGMENTS`] entries of about 140 bytes plus the pieces of a
/// 100 GB file (6,000 of 20 bytes, in base64) are under 8 MB.
pub const MAX_REPORT_BYTES: usize = 8 << 20;

/// Bytes of one rendition file: PeerTube's own upload bound is 50 GB.
pub const MAX_FILE_BYTES: u64 = 256 << 30;

/// Bytes of a `moov` box. Fragmented files have a few kilobytes; the sample tables of a
/// ten-hour progressive file at 60 frames a second take about 20 MB.
pub const MAX_MOOV_BYTES: u64 = 48 << 20;

/// Bytes of one `moof` box: 16 bytes a sample, 600 s at 60 frames a second and its audio.
pub const MAX_MOOF_BYTES: u64 = 4 << 20;

/// Top-level boxes that one file may have: four per segment (two `sidx`, `moof`, `mdat`).
pub const MAX_TOP_LEVEL_BOXES: usize = 4 * MAX_SEGMENTS + 64;

/// Tracks that one file may have.
pub const MAX_TRACKS: usize = 16;

/// Renditions of one master playlist.
pub const MAX_VARIANTS: usize = 32;

/// Width and height of a picture, the largest that H.264 level 6.2 allows in one direction.
pub const MAX_PICTURE_SIDE: u32 = 16_384;

/// Frames a second that a report may claim.
pub const MAX_FPS: u32 = 1_000;

/// Characters of a CODECS value.
pub const MAX_CODECS_CHARS: usize = 128;

/// Smallest and largest torrent piece that a report may use, both powers of two.
pub const PIECE_LENGTH_BYTES: (u32, u32) = (16 << 10, 64 << 20);
