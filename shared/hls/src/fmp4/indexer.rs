//! Walks a file's top-level boxes without holding the file.

use super::boxes::{FourCc, Header, MAX_HEADER_BYTES};
use super::movie::Movie;
use super::{Fmp4Error, Fmp4Index, Fragment, fragment};
use crate::ByteRange;
use crate::limits::{MAX_FILE_BYTES, MAX_MOOF_BYTES, MAX_MOOV_BYTES, MAX_TOP_LEVEL_BOXES};

/// How far an [`Fmp4Indexer`] reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// To the end of `moov` and the first fragment: a handful of reads. Segments then come from
    /// the runner's playlist.
    Header,
    /// Every `moof`: one read a fragment.
    Fragments,
}

/// Bytes asked for at a time: takes in `ftyp`, `moov` and the first `moof` of a fragmented file,
/// and a whole later `moof` with its `sidx` boxes, in one read.
const READ_BYTES: u64 = 32 << 10;

/// Learns what an MP4 file is by asking for byte ranges of it.
///
/// ```
/// # fn example(read: impl Fn(hls::ByteRange) -> Vec<u8>, size_bytes: u64)
/// #     -> Result<hls::Fmp4Index, hls::Fmp4Error> {
/// let mut indexer = hls::Fmp4Indexer::new(size_bytes, hls::Depth::Header)?;
/// while let Some(range) = indexer.needs() {
///     indexer.feed(&read(range))?;
/// }
/// let index = indexer.finish()?;
/// # Ok(index) }
/// ```
#[derive(Debug)]
pub struct Fmp4Indexer {
    size_bytes: u64,
    depth: Depth,
    /// Where the next box starts.
    position: u64,
    /// Bytes wanted from `position` on; grows when a box is longer than a plain read.
    want_bytes: u64,
    boxes: usize,
    movie: Option<(Movie, ByteRange)>,
    /// Start of the boxes that belong to the next fragment.
    fragment_start: Option<u64>,
    /// A `moof` whose `mdat` has not come yet.
    open: Option<fragment::Times>,
    fragments: Vec<Fragment>,
    is_done: bool,
}

impl Fmp4Indexer {
    /// An indexer for a file of `size_bytes`.
    ///
    /// # Errors
    /// [`Fmp4Error::FileSize`] when the file is empty or larger than [`MAX_FILE_BYTES`].
    pub fn new(size_bytes: u64, depth: Depth) -> Result<Self, Fmp4Error> {
        if !(1..=MAX_FILE_BYTES).contains(&size_bytes) {
            return Err(Fmp4Error::FileSize { size_bytes });
        }
        Ok(Self {
            size_bytes,
            depth,
            position: 0,
            want_bytes: READ_BYTES,
            boxes: 0,
            movie: None,
            fragment_start: None,
            open: None,
            fragments: Vec::new(),
            is_done: false,
        })
    }

    /// The bytes to pass to [`Self::feed`] next; `None` when nothing more is needed.
    #[must_use]
    pub fn needs(&self) -> Option<ByteRange> {
        let left = self.size_bytes.saturating_sub(self.position);
        if self.is_done {
            return None;
        }
        // An empty range is the end of the file.
        ByteRange::from_length(self.position, self.want_bytes.min(left)).ok()
    }

    /// Takes the bytes of the range that [`Self::needs`] named.
    ///
    /// # Errors
    /// [`Fmp4Error::WrongFeed`] when their number differs, else what is wrong with the file.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), Fmp4Error> {
        let actual = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let expected = self.needs().map_or(0, ByteRange::length);
        if actual != expected {
            return Err(Fmp4Error::WrongFeed { expected, actual });
        }
        self.want_bytes = READ_BYTES;
        let mut rest = bytes;
        while !rest.is_empty() && !self.is_done {
            let Some(consumed) = self.read_box(rest)? else {
                break;
            };
            let skipped = usize::try_from(consumed)
                .unwrap_or(usize::MAX)
                .min(rest.len());
            rest = &rest[skipped..];
        }
        Ok(())
    }

    /// Everything that was learnt.
    ///
    /// # Errors
    /// [`Fmp4Error::Moov`] without a `moov`, [`Fmp4Error::NoFragment`] when fragments were
    /// announced and none came, [`Fmp4Error::Truncated`] when the boxes of the last one end before its `mdat`.
    pub fn finish(self) -> Result<Fmp4Index, Fmp4Error> {
        let (movie, init_range) = self.movie.ok_or(Fmp4Error::Moov { found: 0 })?;
        if let Some(offset) = self.fragment_start {
            return Err(Fmp4Error::Truncated {
                fourcc: FourCc(*b"moof"),
                offset,
            });
        }
        if movie.is_fragmented && self.fragments.is_empty() {
            return Err(Fmp4Error::NoFragment);
        }
        Ok(Fmp4Index {
            size_bytes: self.size_bytes,
            init_range,
            is_fragmented: movie.is_fragmented,
            tracks: movie.tracks,
            movie_duration_us: movie.duration_us,
            fragments: self.fragments,
        })
    }

    /// Reads the box at the front of `rest`, which starts at `position`. Answers the bytes to move
    /// on by, or `None` when more of the box is needed first.
    fn read_box(&mut self, rest: &[u8]) -> Result<Option<u64>, Fmp4Error> {
        let offset = self.position;
        let left = self.size_bytes - offset;
        let Some(header) = Header::read(rest) else {
            // Fewer bytes than a header: at the very end the file is cut off inside it.
            let held = u64::try_from(rest.len()).unwrap_or(u64::MAX);
            if held == left.min(MAX_HEADER_BYTES) || held == left {
                return Err(Fmp4Error::Truncated {
                    fourcc: FourCc(*b"????"),
                    offset,
                });
            }
            return Ok(None);
        };
        let header = header?;
        let total = header.total_bytes.unwrap_or(left);
        if total > left {
            return Err(Fmp4Error::Truncated {
                fourcc: header.fourcc,
                offset,
            });
        }
        let limit = match &header.fourcc.0 {
            b"moov" => Some(MAX_MOOV_BYTES),
            b"moof" => Some(MAX_MOOF_BYTES),
            _ => None,
        };
        let mut content: &[u8] = &[];
        if let Some(limit) = limit {
            if total > limit {
                return Err(Fmp4Error::BoxTooLarge {
                    fourcc: header.fourcc,
                    bytes: total,
                });
            }
            let bounds = (usize::try_from(header.header_bytes), usize::try_from(total));
            let (Ok(start), Ok(end)) = bounds else {
                return Err(Fmp4Error::BoxTooLarge {
                    fourcc: header.fourcc,
                    bytes: total,
                });
            };
            let Some(whole) = rest.get(start..end) else {
                self.want_bytes = total.max(READ_BYTES);
                return Ok(None);
            };
            content = whole;
        }
        self.boxes += 1;
        if self.boxes > MAX_TOP_LEVEL_BOXES {
            return Err(Fmp4Error::TooManyBoxes);
        }
        self.take_box(
            header.fourcc,
            ByteRange::from_length(offset, total)?,
            content,
        )?;
        self.position += total;
        Ok(Some(total))
    }

    fn take_box(
        &mut self,
        fourcc: FourCc,
        range: ByteRange,
        content: &[u8],
    ) -> Result<(), Fmp4Error> {
        match &fourcc.0 {
            b"moov" => self.take_moov(range, content)?,
            b"styp" | b"sidx" | b"prft" | b"emsg" if self.movie.is_some() => {
                self.fragment_start.get_or_insert(range.first());
            }
            b"moof" => {
                let (movie, _) = self.movie.as_mut().ok_or(Fmp4Error::Moov { found: 0 })?;
                if self.open.is_some() {
                    return Err(fourcc.malformed());
                }
                self.open = fragment::read(content, movie)?;
                self.fragment_start.get_or_insert(range.first());
            }
            b"mdat" => {
                if let Some(times) = self.open.take() {
                    let first = self.fragment_start.take().unwrap_or(range.first());
                    self.fragments.push(Fragment {
                        range: ByteRange::new(first, range.last())?,
                        decode_time_us: times.decode_time_us,
                        duration_us: times.duration_us,
                        starts_with_sync_sample: times.starts_with_sync_sample,
                    });
                    self.is_done = self.depth == Depth::Header;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn take_moov(&mut self, range: ByteRange, content: &[u8]) -> Result<(), Fmp4Error> {
        if self.movie.is_some() {
            return Err(Fmp4Error::Moov { found: 2 });
        }
        let movie = Movie::read(content)?;
        // A progressive file holds nothing else that matters here, and its `mdat` may come first.
        self.is_done = !movie.is_fragmented;
        let first = if movie.is_fragmented {
            0
        } else {
            range.first()
        };
        self.movie = Some((movie, ByteRange::new(first, range.last())?));
        Ok(())
    }
}
