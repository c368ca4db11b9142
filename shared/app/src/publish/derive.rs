//! What a stock runner does not send, from the stored objects: one pass over the file.

use hls::limits::MAX_MEDIA_PLAYLIST_BYTES;
use hls::{
    ByteRange, Depth, Fmp4Index, Fmp4Indexer, MediaPlaylist, RenditionDraft, RenditionReport,
    Sha256,
};
use ports::{Block, DigestAlgorithm, Digests, ObjectStore, Platform};
use rest::runner::RunnerJobType;
use torrent::{PieceBuilder, piece_length_bytes};

use crate::runners::{Output, ReadJob};
use crate::{AppError, Rejection};

/// Largest segment, in bytes: it is in memory while it is hashed. Four seconds at 64 Mbit/s.
const MAX_SEGMENT_BYTES: u64 = 32 << 20;

/// Outputs that no viewer could play.
fn unusable(why: impl std::fmt::Display) -> AppError {
    AppError::rejected(Rejection::Unprocessable, why.to_string())
}

/// The report on a job's media file, and for HLS the runner's own media playlist.
///
/// # Errors
/// 422 when the outputs are missing or no viewer could play them; [`AppError::Unavailable`] when storage
/// fails.
pub(super) async fn derive<P: Platform>(
    platform: &P,
    job: &ReadJob,
) -> Result<(RenditionReport, Option<MediaPlaylist>), AppError> {
    let object_key = job.object_key(Output::VideoFile)?;
    let info = platform.objects().head(object_key).await?;
    let size_bytes = info
        .ok_or_else(|| unusable("videoFile is missing"))?
        .size_bytes;
    let media_playlist = match job.kind {
        RunnerJobType::VodHlsTranscoding => Some(runners_playlist(platform, job).await?),
        _ => None,
    };
    let index = index(platform, object_key, size_bytes).await?;
    let draft = RenditionDraft::new(&index, media_playlist.as_ref()).map_err(unusable)?;
    let ranges: Vec<ByteRange> = draft
        .segments()
        .iter()
        .map(|segment| segment.range)
        .collect();
    let hashes = hash_object(platform, object_key, size_bytes, &ranges).await?;
    let report = draft
        .into_report(&hashes.segments, hashes.piece_length_bytes, hashes.pieces)
        .map_err(unusable)?;
    Ok((report, media_playlist))
}

async fn runners_playlist<P: Platform>(
    platform: &P,
    job: &ReadJob,
) -> Result<MediaPlaylist, AppError> {
    let object_key = job.object_key(Output::ResolutionPlaylistFile)?;
    let object = platform.objects().get(object_key, None).await?;
    let object = object.ok_or_else(|| unusable("resolutionPlaylistFile is missing"))?;
    if object.info.size_bytes > u64::try_from(MAX_MEDIA_PLAYLIST_BYTES).unwrap_or(u64::MAX) {
        return Err(unusable("resolutionPlaylistFile is too large"));
    }
    let bytes = object.body.into_bytes(MAX_MEDIA_PLAYLIST_BYTES).await?;
    let text = String::from_utf8(bytes).map_err(unusable)?;
    MediaPlaylist::parse(&text).map_err(unusable)
}

async fn index<P: Platform>(
    platform: &P,
    object_key: &str,
    size_bytes: u64,
) -> Result<Fmp4Index, AppError> {
    let mut indexer = Fmp4Indexer::new(size_bytes, Depth::Header).map_err(unusable)?;
    while let Some(range) = indexer.needs() {
        let asked = ports::ByteRange {
            first: range.first(),
            last: range.last(),
        };
        let object = platform.objects().get(object_key, Some(asked)).await?;
        let object = object.ok_or_else(|| unusable("videoFile is missing"))?;
        let limit = usize::try_from(range.length()).map_err(AppError::bug)?;
        let bytes = object.body.into_bytes(limit).await?;
        indexer.feed(&bytes).map_err(unusable)?;
    }
    indexer.finish().map_err(unusable)
}

/// Hashes of a stored file.
pub(super) struct ObjectHashes {
    /// SHA-256 of each asked range.
    pub segments: Vec<Sha256>,
    /// Torrent piece length.
    pub piece_length_bytes: u32,
    /// SHA-1 of each piece, 20 bytes each.
    pub pieces: Vec<u8>,
}

/// Streams an object once and hashes its torrent pieces and `ranges`, which are in order and do not
/// overlap. At most one piece and one range are in memory.
///
/// # Errors
/// 422 when a range is larger than memory allows or the object is shorter than `size_bytes`;
/// [`AppError::Unavailable`] when storage fails.
pub(super) async fn hash_object<P: Platform>(
    platform: &P,
    object_key: &str,
    size_bytes: u64,
    ranges: &[ByteRange],
) -> Result<ObjectHashes, AppError> {
    if let Some(large) = ranges
        .iter()
        .find(|range| range.length() > MAX_SEGMENT_BYTES)
    {
        return Err(unusable(format!(
            "a segment has {} bytes, at most {MAX_SEGMENT_BYTES} are allowed",
            large.length()
        )));
    }
    let piece_length_bytes = piece_length_bytes(size_bytes);
    let mut pieces = PieceBuilder::new(size_bytes, piece_length_bytes).map_err(unusable)?;
    let mut hasher = RangeHasher {
        platform,
        ranges,
        digests: Vec::with_capacity(ranges.len()),
        begun: Vec::new(),
    };
    let object = platform.objects().get(object_key, None).await?;
    let object = object.ok_or_else(|| unusable("the file is missing"))?;
    let mut stream = object.body.into_stream();
    while let Some(piece) = pieces.next_piece() {
        let wanted = usize::try_from(piece.length).map_err(AppError::bug)?;
        let block = stream
            .read(wanted)
            .await?
            .filter(|block| block.len() == wanted)
            .ok_or_else(|| AppError::Unavailable {
                cause: format!("{object_key} broke off"),
            })?;
        let sha1 = platform
            .digests()
            .digest(DigestAlgorithm::Sha1, block.as_ref())
            .await?;
        let sha1 = <[u8; 20]>::try_from(sha1).map_err(|_| AppError::bug("SHA-1 has 20 bytes"))?;
        pieces.push(sha1).map_err(AppError::bug)?;
        hasher.take(piece.offset, block.as_ref()).await?;
    }
    Ok(ObjectHashes {
        segments: hasher.digests,
        piece_length_bytes,
        pieces: pieces.finish().map_err(AppError::bug)?,
    })
}

/// Hashes ranges of a file that comes in consecutive blocks.
struct RangeHasher<'a, P: Platform> {
    platform: &'a P,
    ranges: &'a [ByteRange],
    digests: Vec<Sha256>,
    /// The first bytes of the range whose end has not come yet.
    begun: Vec<u8>,
}

impl<P: Platform> RangeHasher<'_, P> {
    async fn take(&mut self, offset: u64, block: &dyn Block) -> Result<(), AppError> {
        let end = offset + u64::try_from(block.len()).map_err(AppError::bug)?;
        while let Some(range) = self.ranges.get(self.digests.len()) {
            let (first, last) = (range.first().max(offset), range.end().min(end));
            if first >= last {
                return Ok(());
            }
            let start = usize::try_from(first - offset).map_err(AppError::bug)?;
            let stop = usize::try_from(last - offset).map_err(AppError::bug)?;
            if first == range.first() && last == range.end() {
                // Whole within the block: hashed where it is.
                self.digest(block.slice(start..stop).as_ref()).await?;
                continue;
            }
            self.begun.extend(block.to_vec(start..stop));
            if last < range.end() {
                return Ok(());
            }
            let whole = std::mem::take(&mut self.begun);
            self.digest(&whole).await?;
        }
        Ok(())
    }

    async fn digest(&mut self, block: &dyn Block) -> Result<(), AppError> {
        let digest = self
            .platform
            .digests()
            .digest(DigestAlgorithm::Sha256, block)
            .await?;
        let digest =
            <[u8; 32]>::try_from(digest).map_err(|_| AppError::bug("SHA-256 has 32 bytes"))?;
        self.digests.push(Sha256(digest));
        Ok(())
    }
}
