//! Boxes, which `QuickTime` calls atoms (ISO 14496-12, 4.2).

use crate::{
    bits::{be32, be64},
    probe::ProbeError,
    window::{Stop, Window},
};

/// Type of a box.
pub(super) type FourCc = [u8; 4];

/// Where a box is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Atom {
    pub(super) kind: FourCc,
    /// First byte of its header.
    pub(super) start: u64,
    /// First byte of its content.
    pub(super) body: u64,
    /// First byte after it.
    pub(super) end: u64,
}

impl Atom {
    /// Reads the header at `at` of a box that must end by `parent_end`.
    ///
    /// A box beyond the end of the file means that the file is cut off; beyond the end of its parent,
    /// or smaller than its own header, that it is damaged.
    pub(super) fn read(window: &mut Window, at: u64, parent_end: u64) -> Result<Self, Stop> {
        window.count_element()?;
        let header: [u8; 8] = window.array(at)?;
        if at + 8 > parent_end {
            return Err(ProbeError::Damaged { at }.into());
        }
        let kind = [header[4], header[5], header[6], header[7]];
        let (body, size) = match be32(&header, 0) {
            0 => (at + 8, parent_end - at),
            1 => (at + 16, be64(&window.array::<8>(at + 8)?, 0)),
            size => (at + 8, u64::from(size)),
        };
        let end = at.checked_add(size).ok_or(ProbeError::Damaged { at })?;
        if end > window.total() {
            return Err(ProbeError::Truncated { at: window.total() }.into());
        }
        if end < body || end > parent_end {
            return Err(ProbeError::Damaged { at }.into());
        }
        Ok(Self {
            kind,
            start: at,
            body,
            end,
        })
    }

    /// The boxes inside.
    ///
    /// `QuickTime` ends some lists with four zero bytes, so fewer than a header's bytes at the end
    /// are left alone.
    pub(super) fn children(self, window: &mut Window) -> Result<Vec<Self>, Stop> {
        let mut children = Vec::new();
        let mut at = self.body;
        while at + 8 <= self.end {
            let child = Self::read(window, at, self.end)?;
            at = child.end;
            children.push(child);
        }
        Ok(children)
    }

    /// The first box inside of that type.
    pub(super) fn child(self, window: &mut Window, kind: &FourCc) -> Result<Option<Self>, Stop> {
        let mut at = self.body;
        while at + 8 <= self.end {
            let child = Self::read(window, at, self.end)?;
            if child.kind == *kind {
                return Ok(Some(child));
            }
            at = child.end;
        }
        Ok(None)
    }
}
