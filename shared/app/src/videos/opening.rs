//! How a video begins: what its player may ask for before it has read a playlist.

use hls::Sha256;
use store::video::row::OpeningRow;

use crate::publish::RenditionSummary;

/// The first bytes of a rendition, and what a player chooses by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Name of the media file, beside the master playlist.
    pub media_file: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Whether it has sound.
    pub has_audio: bool,
    /// RFC 6381.
    pub codecs: String,
    /// Peak, bits a second.
    pub bandwidth_bps: u64,
    /// Length of the init segment, from the file's first byte.
    pub init_bytes: u64,
    /// Length of the first media segment, which follows it.
    pub segment_bytes: u64,
    /// Of the first media segment.
    pub sha256: Sha256,
}

impl Opening {
    /// `None` for a rendition that does not begin as a player wants it, or whose row does not say: it is then
    /// played from its playlist.
    pub(super) fn of(row: OpeningRow) -> Option<Self> {
        let summary: RenditionSummary = serde_json::from_str(&row.report).ok()?;
        let bytes = summary.opening?;
        Some(Self {
            media_file: row.filename,
            width: row.width,
            height: row.height,
            has_audio: row.has_audio,
            codecs: summary.codecs,
            bandwidth_bps: summary.bandwidth_bps,
            init_bytes: bytes.init_bytes,
            segment_bytes: bytes.segment_bytes,
            sha256: bytes.sha256,
        })
    }
}
