//! RIFF files: AVI and WAVE.

mod avi;
mod wav;

use crate::{
    bits::le32,
    info::MediaInfo,
    probe::ProbeError,
    window::{Stop, Window},
};

/// Where a chunk is.
#[derive(Clone, Copy, Debug)]
struct Chunk {
    kind: [u8; 4],
    /// First byte of its content; of a list, of the list's type.
    body: u64,
    /// First byte after its content, without the padding byte of an odd length.
    end: u64,
}

impl Chunk {
    fn read(window: &mut Window, at: u64) -> Result<Self, Stop> {
        window.count_element()?;
        let header: [u8; 8] = window.array(at)?;
        let kind = [header[0], header[1], header[2], header[3]];
        let body = at + 8;
        Ok(Self {
            kind,
            body,
            end: body + u64::from(le32(&header, 4)),
        })
    }

    /// First byte of the chunk behind it.
    const fn next(self) -> u64 {
        self.end + (self.end - self.body) % 2
    }

    /// Type of a list.
    fn list_type(self, window: &Window) -> Result<[u8; 4], Stop> {
        window.array(self.body)
    }

    /// The chunks of a list.
    fn children(self, window: &mut Window) -> Result<Vec<Self>, Stop> {
        let mut children = Vec::new();
        let mut at = self.body + 4;
        while at + 8 <= self.end {
            let child = Self::read(window, at)?;
            if child.end > self.end {
                return Err(ProbeError::Damaged { at }.into());
            }
            at = child.next();
            children.push(child);
        }
        Ok(children)
    }
}

pub(crate) fn read(window: &mut Window) -> Result<MediaInfo, Stop> {
    let kind: [u8; 12] = window.array(0)?;
    match &kind[8..] {
        b"WAVE" => wav::read(window),
        b"AVI " => avi::read(window),
        _ => Err(ProbeError::NotMedia.into()),
    }
}
