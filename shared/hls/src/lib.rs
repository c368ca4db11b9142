//! HTTP Live Streaming as PeerTube lays it out: one fragmented MP4 file per rendition, addressed
//! by byte ranges (RFC 8216, `EXT-X-MAP` and `EXT-X-BYTERANGE`), with a document of SHA-256
//! hashes per range.
//!
//! Everything here is a pure function of its input. The crate knows no I/O, no clock and no hash
//! function: whoever reads the file (a queue job that streams an object, or the transcoder that
//! reads its disk) hands digests in.
//!
//! Where to start: [`RenditionReport`] is what a finished rendition is known by. It is made from
//! [`Fmp4Indexer`] (asks for byte ranges, understands ISO 14496-12 boxes) and [`MediaPlaylist`]
//! by [`RenditionDraft`]. [`write_master_playlist`] and [`SegmentHashes`] are what a publisher
//! writes from several reports.

mod bandwidth;
mod byte_range;
mod draft;
mod file_name;
mod fmp4;
pub mod limits;
mod master_playlist;
mod media_playlist;
mod report;
mod segment_hashes;

pub use bandwidth::{Bandwidth, TimedBytes, measure_bandwidth};
pub use byte_range::{ByteRange, ByteRangeError};
pub use draft::{DraftError, DraftSegment, RenditionDraft};
pub use file_name::{FileName, FileNameError};
pub use fmp4::{Depth, Fmp4Error, Fmp4Index, Fmp4Indexer, FourCc, Fragment, Track, TrackKind};
pub use master_playlist::{MasterPlaylistError, MasterVariant, write_master_playlist};
pub use media_playlist::{MediaPlaylist, MediaPlaylistError, MediaSegment};
pub use report::{RenditionReport, ReportError, ReportSegment, Sha256};
pub use segment_hashes::SegmentHashes;
