//! EBML (RFC 8794): ids, sizes and values of elements.

use crate::{
    bits::be64,
    probe::ProbeError,
    window::{Stop, Window},
};

/// Where an element is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element {
    /// With its length marker, as the specifications write ids.
    pub(crate) id: u32,
    /// First byte of its content.
    pub(crate) body: u64,
    /// First byte after it; the end of its parent when its size is unknown.
    pub(crate) end: u64,
}

/// Longest id and longest size together, 4 and 8 bytes.
const MAX_HEADER_BYTES: u32 = 12;

impl Element {
    /// Reads the header at `at` of an element that must end by `parent_end`.
    pub(crate) fn read(window: &mut Window, at: u64, parent_end: u64) -> Result<Self, Stop> {
        window.count_element()?;
        let header = window.read_up_to(at, MAX_HEADER_BYTES)?;
        let cut = || Stop::Failed(ProbeError::Truncated { at: window.total() });
        let damaged = || Stop::Failed(ProbeError::Damaged { at });
        let (&first, _) = header.split_first().ok_or_else(cut)?;
        let id_bytes = usize::try_from(first.leading_zeros() + 1).map_err(|_| damaged())?;
        if id_bytes > 4 {
            return Err(damaged());
        }
        let id = big_endian(header.get(..id_bytes).ok_or_else(cut)?);
        let size_first = *header.get(id_bytes).ok_or_else(cut)?;
        let size_bytes = usize::try_from(size_first.leading_zeros() + 1).map_err(|_| damaged())?;
        if size_bytes > 8 {
            return Err(damaged());
        }
        let marked = big_endian(
            header
                .get(id_bytes..id_bytes + size_bytes)
                .ok_or_else(cut)?,
        );
        let value_bits = 7 * u32::try_from(size_bytes).map_err(|_| damaged())?;
        let all_ones = (1_u64 << value_bits) - 1;
        let size = marked & all_ones;
        let body = at + crate::window::length(&header[..id_bytes + size_bytes]);
        let end = if size == all_ones {
            parent_end
        } else {
            body.saturating_add(size)
        };
        if end > window.total() {
            return Err(cut());
        }
        if end > parent_end || body > parent_end {
            return Err(damaged());
        }
        Ok(Self {
            id: u32::try_from(id).map_err(|_| damaged())?,
            body,
            end,
        })
    }

    /// The elements inside.
    pub(crate) fn children(self, window: &mut Window) -> Result<Vec<Self>, Stop> {
        let mut children = Vec::new();
        let mut at = self.body;
        while at < self.end {
            let child = Self::read(window, at, self.end)?;
            at = child.end;
            children.push(child);
        }
        Ok(children)
    }

    /// The first element inside with that id.
    pub(crate) fn child(self, window: &mut Window, id: u32) -> Result<Option<Self>, Stop> {
        Ok(self
            .children(window)?
            .into_iter()
            .find(|child| child.id == id))
    }

    /// The content, at most `max` bytes of it.
    pub(crate) fn content(self, window: &Window, max: u32) -> Result<&[u8], Stop> {
        let size = (self.end - self.body).min(u64::from(max));
        window.read(self.body, u32::try_from(size).unwrap_or(max))
    }

    /// An unsigned integer of up to 8 bytes.
    pub(crate) fn unsigned(self, window: &Window) -> Result<u64, Stop> {
        Ok(big_endian(self.content(window, 8)?))
    }

    /// A float of 4 or 8 bytes; 0 for any other length.
    pub(crate) fn float(self, window: &Window) -> Result<f64, Stop> {
        let bytes = self.content(window, 8)?;
        Ok(match bytes.len() {
            4 => f64::from(f32::from_bits(crate::bits::be32(bytes, 0))),
            8 => f64::from_bits(be64(bytes, 0)),
            _ => 0.0,
        })
    }
}

fn big_endian(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |value, byte| value << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(bytes: &[u8]) -> Window {
        let mut window = Window::new(crate::window::length(bytes));
        window.insert(0, bytes.to_vec());
        window
    }

    #[test]
    fn headers_of_every_length() {
        // A void of 2 bytes, its size in 1, 2 and 8 bytes, and of unknown size.
        for (bytes, body, end) in [
            (vec![0xEC, 0x82, 0, 0], 2, 4),
            (vec![0xEC, 0x40, 0x02, 0, 0], 3, 5),
            (vec![0xEC, 0x01, 0, 0, 0, 0, 0, 0, 2, 0, 0], 9, 11),
            (vec![0xEC, 0xFF, 0, 0, 0], 2, 5),
        ] {
            let mut window = window(&bytes);
            let total = window.total();
            let element = Element::read(&mut window, 0, total);
            assert_eq!(
                element,
                Ok(Element {
                    id: 0xEC,
                    body,
                    end
                })
            );
        }
    }

    #[test]
    fn broken_headers() {
        for bytes in [
            vec![0xEC],
            vec![0x1A, 0x45],
            vec![0xEC, 0x83, 0, 0],
            vec![0xEC, 0x40],
        ] {
            let mut window = window(&bytes);
            let total = window.total();
            let cut = ProbeError::Truncated { at: total };
            assert_eq!(Element::read(&mut window, 0, total), Err(cut.into()));
        }
        for bytes in [[0x00, 0x81, 0], [0x0F, 0x81, 0], [0xEC, 0x00, 0]] {
            let mut window = window(&bytes);
            let damaged = ProbeError::Damaged { at: 0 };
            assert_eq!(Element::read(&mut window, 0, 3), Err(damaged.into()));
        }
    }

    #[test]
    fn values() {
        let element = |size| Element {
            id: 0,
            body: 0,
            end: size,
        };
        let long = window(&1.5_f64.to_be_bytes());
        assert_eq!(element(8).float(&long), Ok(1.5));
        let short = window(&1.5_f32.to_be_bytes());
        assert_eq!(element(4).float(&short), Ok(1.5));
        assert_eq!(element(3).float(&short), Ok(0.0));
        assert_eq!(element(2).unsigned(&window(&[1, 2])), Ok(258));
        assert_eq!(element(0).unsigned(&window(&[1])), Ok(0));
    }
}
