//! Box headers and big-endian fields (ISO 14496-12, 4.2).

use super::Fmp4Error;
use core::fmt;

/// A box type: four bytes, usually ASCII.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FourCc(pub [u8; 4]);

impl FourCc {
    /// The error for a box of this type whose content is wrong.
    pub(crate) const fn malformed(self) -> Fmp4Error {
        Fmp4Error::Malformed { fourcc: self }
    }
}

impl fmt::Display for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

impl fmt::Debug for FourCc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Header of a box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) fourcc: FourCc,
    /// 8 or 16.
    pub(crate) header_bytes: u64,
    /// Header and content; `None` when the box runs to the end of the file or of its parent.
    pub(crate) total_bytes: Option<u64>,
}

/// Bytes of the longest box header.
pub(crate) const MAX_HEADER_BYTES: u64 = 16;

impl Header {
    /// Reads a header from the front of `bytes`; `None` when they end before it does.
    pub(crate) fn read(bytes: &[u8]) -> Option<Result<Self, Fmp4Error>> {
        let mut fields = Fields::new(bytes);
        let size = fields.u32()?;
        let fourcc = FourCc(fields.array()?);
        let (header_bytes, total_bytes) = match size {
            0 => (8, None),
            1 => (16, Some(fields.u64()?)),
            size => (8, Some(u64::from(size))),
        };
        if total_bytes.is_some_and(|total| total < header_bytes) {
            return Some(Err(fourcc.malformed()));
        }
        Some(Ok(Self {
            fourcc,
            header_bytes,
            total_bytes,
        }))
    }
}

/// The child boxes in `content`, type and content each.
pub(crate) fn children(content: &[u8]) -> Children<'_> {
    Children { rest: content }
}

pub(crate) struct Children<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Children<'a> {
    type Item = Result<(FourCc, &'a [u8]), Fmp4Error>;

    fn next(&mut self) -> Option<Self::Item> {
        // Some writers pad a container with a few zero bytes.
        if self.rest.len() < 8 {
            return None;
        }
        let rest = core::mem::take(&mut self.rest);
        let header = match Header::read(rest)? {
            Ok(header) => header,
            Err(error) => return Some(Err(error)),
        };
        let index = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        let end = header.total_bytes.map_or(rest.len(), index);
        let Some(content) = rest.get(index(header.header_bytes)..end) else {
            return Some(Err(header.fourcc.malformed()));
        };
        self.rest = &rest[end..];
        Some(Ok((header.fourcc, content)))
    }
}

/// Reads big-endian fields one after the other; `None` past the end.
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(crate) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*taken)
    }

    pub(crate) fn skip(&mut self, count: usize) -> Option<()> {
        self.bytes(count).map(|_| ())
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// Version and flags of a full box (4.2): one and three bytes.
    pub(crate) fn version_and_flags(&mut self) -> Option<(u8, u32)> {
        let word = self.u32()?;
        Some((word.to_be_bytes()[0], word & 0x00ff_ffff))
    }

    /// 32 bits in version 0 of a full box, 64 in version 1.
    pub(crate) fn sized(&mut self, version: u8) -> Option<u64> {
        if version == 0 {
            self.u32().map(u64::from)
        } else {
            self.u64()
        }
    }
}
