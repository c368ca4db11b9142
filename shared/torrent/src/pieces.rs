//! Collects piece digests while somebody streams the file.

/// Says which bytes the next piece has and takes its digest.
///
/// ```
/// # fn sha1(_: u64, _: u64) -> [u8; 20] { [0; 20] }
/// let mut pieces = torrent::PieceBuilder::new(1_000_000, 262_144)?;
/// while let Some(piece) = pieces.next_piece() {
///     pieces.push(sha1(piece.offset, piece.length))?;
/// }
/// assert_eq!(pieces.finish()?.len(), 4 * 20);
/// # Ok::<(), torrent::PieceError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PieceBuilder {
    size_bytes: u64,
    piece_length_bytes: u32,
    digests: Vec<u8>,
}

/// The bytes of one piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it starts in the file.
    pub offset: u64,
    /// How many bytes: the piece length, or less for the last one; never 0.
    pub length: u64,
}

/// Why pieces and file do not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PieceError {
    /// BEP 3 knows no empty file of its own, and every known client wants a power of two.
    #[error("cannot cut {size_bytes} bytes into pieces of {piece_length_bytes}")]
    Impossible {
        /// Size of the file.
        size_bytes: u64,
        /// Piece length.
        piece_length_bytes: u32,
    },
    /// A digest after the last piece.
    #[error("more digests than the {pieces} pieces of the file")]
    TooMany {
        /// Pieces that the file has.
        pieces: u64,
    },
    /// The file has more pieces than digests came.
    #[error("{missing} pieces have no digest")]
    Missing {
        /// How many are missing.
        missing: u64,
    },
}

impl PieceBuilder {
    /// Pieces of `piece_length_bytes` for a file of `size_bytes`.
    ///
    /// # Errors
    /// [`PieceError::Impossible`] when the file is empty, the length is no power of two, or there
    /// would be more than [`crate::limits::MAX_PIECES`].
    pub fn new(size_bytes: u64, piece_length_bytes: u32) -> Result<Self, PieceError> {
        let impossible = PieceError::Impossible {
            size_bytes,
            piece_length_bytes,
        };
        if size_bytes == 0 || !piece_length_bytes.is_power_of_two() {
            return Err(impossible);
        }
        if size_bytes.div_ceil(u64::from(piece_length_bytes)) > crate::limits::MAX_PIECES {
            return Err(impossible);
        }
        Ok(Self {
            size_bytes,
            piece_length_bytes,
            digests: Vec::new(),
        })
    }

    /// The bytes whose SHA-1 is wanted next, `None` after the last piece.
    #[must_use]
    pub fn next_piece(&self) -> Option<Piece> {
        let length = u64::from(self.piece_length_bytes);
        let offset = self.pushed() * length;
        let left = self
            .size_bytes
            .checked_sub(offset)
            .filter(|&left| left > 0)?;
        Some(Piece {
            offset,
            length: left.min(length),
        })
    }

    /// Takes the SHA-1 of [`Self::next_piece`].
    ///
    /// # Errors
    /// [`PieceError::TooMany`] after the last piece.
    pub fn push(&mut self, sha1: [u8; 20]) -> Result<(), PieceError> {
        if self.next_piece().is_none() {
            return Err(PieceError::TooMany {
                pieces: self.pushed(),
            });
        }
        self.digests.extend(sha1);
        Ok(())
    }

    /// All digests one after the other, as `info.pieces` wants them.
    ///
    /// # Errors
    /// [`PieceError::Missing`] before the last piece.
    pub fn finish(self) -> Result<Vec<u8>, PieceError> {
        let pieces = self.size_bytes.div_ceil(u64::from(self.piece_length_bytes));
        match pieces - self.pushed() {
            0 => Ok(self.digests),
            missing => Err(PieceError::Missing { missing }),
        }
    }

    fn pushed(&self) -> u64 {
        u64::try_from(self.digests.len() / 20).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_digests() {
        let mut builder = PieceBuilder::new(600_000, 262_144).unwrap();
        builder.push([1; 20]).unwrap();
        assert_eq!(
            builder.clone().finish(),
            Err(PieceError::Missing { missing: 2 })
        );
        builder.push([2; 20]).unwrap();
        assert_eq!(
            builder.next_piece(),
            Some(Piece {
                offset: 524_288,
                length: 75_712
            })
        );
        builder.push([3; 20]).unwrap();
        assert_eq!(
            builder.push([4; 20]),
            Err(PieceError::TooMany { pieces: 3 })
        );
        assert_eq!(builder.finish().unwrap().len(), 60);
    }

    #[test]
    fn refuses_what_cannot_be_cut() {
        for (size_bytes, length) in [(0, 16_384), (1, 0), (1, 20_000), (1 << 40, 16_384)] {
            assert!(PieceBuilder::new(size_bytes, length).is_err());
        }
    }

    proptest! {
        #[test]
        fn pieces_cover_the_file_once(size_bytes in 1_u64..50_000_000, shift in 14_u32..24) {
            let mut builder = PieceBuilder::new(size_bytes, 1 << shift).unwrap();
            let mut next = 0;
            while let Some(piece) = builder.next_piece() {
                prop_assert_eq!(piece.offset, next);
                prop_assert!(piece.length > 0);
                next += piece.length;
                builder.push([0; 20]).unwrap();
            }
            prop_assert_eq!(next, size_bytes);
            prop_assert!(builder.finish().is_ok());
        }
    }
}
