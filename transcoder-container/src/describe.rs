//! Reads a finished rendition back: what it is, and the hash of every part.

use crate::limits::READ_BYTES;
use hls::{
    Depth, DraftError, FileName, Fmp4Error, Fmp4Indexer, MediaPlaylist, MediaPlaylistError,
    RenditionDraft, RenditionReport, Sha256,
};
use sha1::{Digest as _, Sha1};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use torrent::{PieceBuilder, PieceError, piece_length_bytes};

/// Why a file that ffmpeg made cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum DescribeError {
    /// It could not be read.
    #[error("cannot read a finished rendition: {0}")]
    Read(#[from] std::io::Error),
    /// It is not the MP4 file that was ordered.
    #[error("ffmpeg made an unusable file: {0}")]
    File(#[from] Fmp4Error),
    /// Its playlist is not the one that was ordered.
    #[error("ffmpeg made an unusable playlist: {0}")]
    Playlist(#[from] MediaPlaylistError),
    /// File and playlist do not fit together.
    #[error("ffmpeg made a playlist that does not fit its file: {0}")]
    Draft(#[from] DraftError),
    /// It cannot be cut into pieces.
    #[error(transparent)]
    Pieces(#[from] PieceError),
}

/// Describes the fragmented file at `media`, whose playlist ffmpeg left at `playlist`, and writes
/// that playlist again with `name` as the name of the media file.
///
/// # Errors
/// [`DescribeError`], see its variants.
pub fn describe_hls(
    media: &Path,
    playlist: &Path,
    name: &FileName,
) -> Result<RenditionReport, DescribeError> {
    let parsed = MediaPlaylist::parse(&std::fs::read_to_string(playlist)?)?;
    let report = describe(media, Some(&parsed), Depth::Fragments)?;
    std::fs::write(playlist, parsed.write(name))?;
    Ok(report)
}

/// Describes the progressive file at `media`.
///
/// # Errors
/// [`DescribeError`], see its variants.
pub fn describe_web_video(media: &Path) -> Result<RenditionReport, DescribeError> {
    describe(media, None, Depth::Header)
}

fn describe(
    media: &Path,
    playlist: Option<&MediaPlaylist>,
    depth: Depth,
) -> Result<RenditionReport, DescribeError> {
    let mut file = File::open(media)?;
    let mut indexer = Fmp4Indexer::new(file.metadata()?.len(), depth)?;
    while let Some(range) = indexer.needs() {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(range.first()))?;
        (&mut file).take(range.length()).read_to_end(&mut bytes)?;
        indexer.feed(&bytes)?;
    }
    let draft = RenditionDraft::new(&indexer.finish()?, playlist)?;
    file.seek(SeekFrom::Start(0))?;
    let piece_length = piece_length_bytes(draft.size_bytes());
    let (segments, pieces) = hash(file, &draft, piece_length)?;
    Ok(draft.into_report(&segments, piece_length, pieces)?)
}

/// SHA-256 of every segment and SHA-1 of every piece, in one pass over the file.
fn hash(
    mut file: File,
    draft: &RenditionDraft,
    piece_length: u32,
) -> Result<(Vec<Sha256>, Vec<u8>), DescribeError> {
    let mut pieces = PieceBuilder::new(draft.size_bytes(), piece_length)?;
    let mut segments = draft
        .segments()
        .iter()
        .map(|segment| segment.range)
        .peekable();
    let mut hashes = Vec::with_capacity(draft.segments().len());
    let (mut sha1, mut sha256) = (Sha1::new(), sha2::Sha256::new());
    let mut buffer = vec![0; READ_BYTES];
    let mut position = 0_u64;
    while let Some(piece) = pieces.next_piece() {
        let piece_end = piece.offset + piece.length;
        // A run of bytes ends where the buffer, the piece, or the segment does.
        let mut end = (position + widen(READ_BYTES)).min(piece_end);
        let segment = segments.peek().copied();
        if let Some(segment) = segment {
            let edge = if position < segment.first() {
                segment.first()
            } else {
                segment.end()
            };
            end = end.min(edge);
        }
        let run = &mut buffer[..usize::try_from(end - position).unwrap_or(READ_BYTES)];
        file.read_exact(run)?;
        sha1.update(&*run);
        if let Some(segment) = segment.filter(|segment| position >= segment.first()) {
            sha256.update(&*run);
            if end == segment.end() {
                hashes.push(Sha256(sha256.finalize_reset().into()));
                segments.next();
            }
        }
        if end == piece_end {
            pieces.push(sha1.finalize_reset().into())?;
        }
        position = end;
    }
    Ok((hashes, pieces.finish()?))
}

fn widen(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
