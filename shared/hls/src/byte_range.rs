//! Inclusive byte ranges, as in `Range: bytes=first-last` and in PeerTube's hash document.

use core::fmt;
use serde::{Deserialize, Serialize};

/// A non-empty range of bytes; both ends are inclusive (RFC 9110, 14.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "WireRange", into = "WireRange")]
pub struct ByteRange {
    first: u64,
    last: u64,
}

/// Why two numbers are no [`ByteRange`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ByteRangeError {
    /// The last byte comes before the first.
    #[error("byte range ends at {last}, before its first byte {first}")]
    Reversed {
        /// First byte as given.
        first: u64,
        /// Last byte as given.
        last: u64,
    },
    /// A length of zero has no inclusive form.
    #[error("byte range at {offset} is empty")]
    Empty {
        /// Offset as given.
        offset: u64,
    },
    /// Offset and length do not fit 64 bits together.
    #[error("byte range of {length} bytes at {offset} overflows")]
    Overflow {
        /// Offset as given.
        offset: u64,
        /// Length as given.
        length: u64,
    },
}

#[derive(Serialize, Deserialize)]
struct WireRange {
    first: u64,
    last: u64,
}

impl ByteRange {
    /// The bytes `first..=last`.
    ///
    /// # Errors
    /// [`ByteRangeError::Reversed`] when `last < first`; [`ByteRangeError::Overflow`] when the
    /// length would not fit 64 bits.
    pub fn new(first: u64, last: u64) -> Result<Self, ByteRangeError> {
        if last < first {
            return Err(ByteRangeError::Reversed { first, last });
        }
        if last == u64::MAX {
            return Err(ByteRangeError::Overflow {
                offset: first,
                length: last,
            });
        }
        Ok(Self { first, last })
    }

    /// `length` bytes from `offset` on, the form of `EXT-X-BYTERANGE` (RFC 8216, 4.3.2.2).
    ///
    /// # Errors
    /// [`ByteRangeError::Empty`] for a length of zero, [`ByteRangeError::Overflow`] past 64 bits.
    pub fn from_length(offset: u64, length: u64) -> Result<Self, ByteRangeError> {
        if length == 0 {
            return Err(ByteRangeError::Empty { offset });
        }
        let end = offset
            .checked_add(length)
            .ok_or(ByteRangeError::Overflow { offset, length })?;
        Self::new(offset, end - 1)
    }

    /// First byte.
    #[must_use]
    pub const fn first(self) -> u64 {
        self.first
    }

    /// Last byte, inclusive.
    #[must_use]
    pub const fn last(self) -> u64 {
        self.last
    }

    /// First byte after the range.
    #[must_use]
    pub const fn end(self) -> u64 {
        self.last + 1
    }

    /// Number of bytes, at least 1.
    #[must_use]
    pub const fn length(self) -> u64 {
        self.last - self.first + 1
    }
}

impl fmt::Display for ByteRange {
    /// `first-last`, the key of PeerTube's hash document.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}

impl TryFrom<WireRange> for ByteRange {
    type Error = ByteRangeError;

    fn try_from(wire: WireRange) -> Result<Self, ByteRangeError> {
        Self::new(wire.first, wire.last)
    }
}

impl From<ByteRange> for WireRange {
    fn from(range: ByteRange) -> Self {
        Self {
            first: range.first,
            last: range.last,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_both_ends() {
        let range = ByteRange::from_length(1_353, 819_157).unwrap();
        assert_eq!(
            (range.first(), range.last(), range.end()),
            (1_353, 820_509, 820_510)
        );
        assert_eq!(range.length(), 819_157);
        assert_eq!(range.to_string(), "1353-820509");
    }

    #[test]
    fn refuses_what_has_no_inclusive_form() {
        assert_eq!(
            ByteRange::from_length(7, 0),
            Err(ByteRangeError::Empty { offset: 7 })
        );
        assert_eq!(
            ByteRange::new(5, 4),
            Err(ByteRangeError::Reversed { first: 5, last: 4 })
        );
        assert!(ByteRange::from_length(u64::MAX, 2).is_err());
        assert!(ByteRange::new(0, u64::MAX).is_err());
        assert!(serde_json::from_str::<ByteRange>(r#"{"first":2,"last":1}"#).is_err());
    }
}
