//! The parts of the file that were read so far.

use crate::probe::ProbeError;

/// Ranges that one probe asks for at most. Two or three in practice.
pub const MAX_READS: usize = 64;
/// Bytes that are asked for at once, where the file has them.
pub const READ_AHEAD_BYTES: u32 = 64 * 1024;
/// Bytes that one probe asks for at most: [`MAX_READS`] x [`READ_AHEAD_BYTES`].
pub const MAX_READ_BYTES: u64 = 4 * 1024 * 1024;
/// Longest structure that is looked at in one piece.
const MAX_PIECE_BYTES: u32 = 4 * 1024;
/// Boxes, elements and chunks that are looked at in one pass over what was read.
const MAX_ELEMENTS: u32 = 20_000;

/// A range of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByteRange {
    /// Offset of the first byte.
    pub first: u64,
    /// Number of bytes, 1..=[`READ_AHEAD_BYTES`], all within the file.
    pub len: u32,
}

/// Why a pass over the file ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// This range is needed to go on.
    Needs(ByteRange),
    /// The file is not good.
    Failed(ProbeError),
}

impl From<ProbeError> for Stop {
    fn from(error: ProbeError) -> Self {
        Self::Failed(error)
    }
}

/// What a parser reads from: the file's size and the ranges that are here.
///
/// Parsers are written as if the whole file were here. When a piece is missing they stop, the piece
/// is fetched, and they start over; a pass costs microseconds, and no parser has to keep a state.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    total: u64,
    chunks: Vec<(u64, Vec<u8>)>,
    elements: u32,
}

impl Window {
    pub(crate) const fn new(total: u64) -> Self {
        Self {
            total,
            chunks: Vec::new(),
            elements: 0,
        }
    }

    /// Size of the file in bytes.
    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn insert(&mut self, first: u64, bytes: Vec<u8>) {
        self.chunks.push((first, bytes));
    }

    pub(crate) const fn reads(&self) -> usize {
        self.chunks.len()
    }

    /// Starts a pass.
    pub(crate) const fn restart(&mut self) {
        self.elements = 0;
    }

    /// Counts one box, element or chunk, so that no file keeps a pass busy for long.
    pub(crate) const fn count_element(&mut self) -> Result<(), Stop> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS {
            return Err(Stop::Failed(ProbeError::TooComplex));
        }
        Ok(())
    }

    /// `len` bytes from `first`.
    ///
    /// Fails with [`ProbeError::Truncated`] when the file ends before.
    pub(crate) fn read(&self, first: u64, len: u32) -> Result<&[u8], Stop> {
        let end = first
            .checked_add(u64::from(len))
            .filter(|end| *end <= self.total);
        let Some(end) = end else {
            return Err(Stop::Failed(ProbeError::Truncated { at: self.total }));
        };
        if len > MAX_PIECE_BYTES {
            return Err(Stop::Failed(ProbeError::TooComplex));
        }
        for (chunk_first, bytes) in &self.chunks {
            let chunk_end = chunk_first + length(bytes);
            if *chunk_first <= first && end <= chunk_end {
                let skipped = usize::try_from(first - chunk_first);
                let wanted = usize::try_from(len);
                let (Ok(skipped), Ok(wanted)) = (skipped, wanted) else {
                    break;
                };
                return Ok(&bytes[skipped..skipped + wanted]);
            }
        }
        let ahead = u64::from(READ_AHEAD_BYTES).min(self.total - first);
        let len = u32::try_from(ahead).unwrap_or(READ_AHEAD_BYTES);
        Err(Stop::Needs(ByteRange { first, len }))
    }

    /// `N` bytes from `first`.
    pub(crate) fn array<const N: usize>(&self, first: u64) -> Result<[u8; N], Stop> {
        let len = u32::try_from(N).map_err(|_| ProbeError::TooComplex)?;
        let bytes = self.read(first, len)?;
        // `read` gives exactly as many bytes as were asked for.
        Ok(bytes.try_into().unwrap_or([0; N]))
    }

    /// Up to `len` bytes from `first`, fewer where the file ends.
    pub(crate) fn read_up_to(&self, first: u64, len: u32) -> Result<&[u8], Stop> {
        let here = self.total.saturating_sub(first).min(u64::from(len));
        self.read(first, u32::try_from(here).unwrap_or(len))
    }
}

/// Length of a slice as a file offset.
pub(crate) fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_ahead_within_the_file_and_reads_what_is_here() {
        let mut window = Window::new(100_000);
        let first = ByteRange {
            first: 0,
            len: READ_AHEAD_BYTES,
        };
        assert_eq!(window.read(0, 8), Err(Stop::Needs(first)));
        window.insert(0, vec![7; 65_536]);
        assert_eq!(window.read(65_528, 8), Ok([7; 8].as_slice()));
        let second = ByteRange {
            first: 65_530,
            len: 100_000 - 65_530,
        };
        assert_eq!(window.read(65_530, 8), Err(Stop::Needs(second)));
        let truncated = Stop::Failed(ProbeError::Truncated { at: 100_000 });
        assert_eq!(window.read(99_999, 2), Err(truncated));
        assert!(matches!(window.read(u64::MAX, 2), Err(Stop::Failed(_))));
        assert_eq!(
            window.read(0, MAX_PIECE_BYTES + 1),
            Err(ProbeError::TooComplex.into())
        );
    }

    #[test]
    fn a_pass_is_bounded() {
        let mut window = Window::new(1);
        for _ in 0..MAX_ELEMENTS {
            assert!(window.count_element().is_ok());
        }
        assert_eq!(window.count_element(), Err(ProbeError::TooComplex.into()));
        window.restart();
        assert!(window.count_element().is_ok());
    }
}
