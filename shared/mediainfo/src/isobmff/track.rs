//! One `trak` (ISO 14496-12, 8.3).

use super::{
    Timing,
    atom::Atom,
    codec::{self, picture_codec, sound_codec},
};
use crate::{
    bits::{be16, be32, frame_rate},
    probe::ProbeError,
    window::{Stop, Window},
};

/// What a track carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Picture,
    Sound,
}

/// A picture or sound track.
#[derive(Clone, Debug)]
pub(super) struct Track {
    pub(super) id: u32,
    pub(super) kind: Kind,
    pub(super) is_enabled: bool,
    /// Clockwise: 0, 90, 180 or 270.
    pub(super) rotation: u16,
    /// Coded size, before rotation.
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) codec: Option<&'static str>,
    /// Duration 0 when fragments say it.
    pub(super) timing: Timing,
    pub(super) samples: u32,
    /// Samples in the fragments that were looked at, and how long they take.
    pub(super) fragment_samples: u64,
    pub(super) fragment_units: u64,
    /// Duration of a sample in fragments that do not say it, in units of the timescale.
    pub(super) default_sample_duration: u32,
}

/// What `tkhd` says.
struct Header {
    id: u32,
    is_enabled: bool,
    rotation: u16,
    width: u32,
    height: u32,
}

impl Track {
    /// `None` for tracks of other kinds and for tracks without what every track has.
    pub(super) fn read(window: &mut Window, trak: Atom) -> Result<Option<Self>, Stop> {
        let (mut header, mut media) = (None, None);
        for atom in trak.children(window)? {
            match &atom.kind {
                b"tkhd" => header = Some(read_header(window, atom)?),
                b"mdia" => media = Some(atom),
                _ => {}
            }
        }
        let (Some(header), Some(media)) = (header, media) else {
            return Ok(None);
        };
        let (mut kind, mut timing, mut table) = (None, None, None);
        for atom in media.children(window)? {
            match &atom.kind {
                // Handler type is behind version, flags and a reserved word (8.4.3).
                b"hdlr" => kind = kind_of(&window.array::<12>(atom.body)?[8..]),
                b"mdhd" => timing = Some(Timing::read(window, atom)?),
                b"minf" => table = atom.child(window, b"stbl")?,
                _ => {}
            }
        }
        let (Some(kind), Some(timing), Some(table)) = (kind, timing, table) else {
            return Ok(None);
        };
        let mut track = Self {
            id: header.id,
            kind,
            is_enabled: header.is_enabled,
            rotation: header.rotation,
            width: header.width,
            height: header.height,
            codec: None,
            timing,
            samples: 0,
            fragment_samples: 0,
            fragment_units: 0,
            default_sample_duration: 0,
        };
        track.read_table(window, table)?;
        Ok(Some(track))
    }

    fn read_table(&mut self, window: &mut Window, table: Atom) -> Result<(), Stop> {
        if let Some(stsd) = table.child(window, b"stsd")? {
            self.read_description(window, stsd)?;
        }
        for kind in [b"stsz", b"stz2"] {
            if let Some(sizes) = table.child(window, kind)? {
                // Both count the samples behind version, flags and a size (8.7.3).
                self.samples = be32(&window.array::<12>(sizes.body)?, 8);
                break;
            }
        }
        Ok(())
    }

    /// The first entry of `stsd` (8.5.2) says codec and size.
    fn read_description(&mut self, window: &mut Window, stsd: Atom) -> Result<(), Stop> {
        if be32(&window.array::<8>(stsd.body)?, 4) == 0 {
            return Ok(());
        }
        let entry = Atom::read(window, stsd.body + 8, stsd.end)?;
        if matches!(&entry.kind, b"encv" | b"enca") {
            return Err(ProbeError::Encrypted.into());
        }
        let entry_bytes = u32::try_from((entry.end - entry.body).min(codec::MAX_ENTRY_BYTES));
        let body = window.read(entry.body, entry_bytes.unwrap_or(0))?;
        match self.kind {
            Kind::Picture => {
                self.codec = picture_codec(entry.kind);
                // Width and height of a VisualSampleEntry (12.1.3), 24 bytes behind the header.
                let (width, height) = (be16(body, 24), be16(body, 26));
                if width > 0 && height > 0 {
                    (self.width, self.height) = (u32::from(width), u32::from(height));
                }
            }
            Kind::Sound => self.codec = sound_codec(entry.kind, body),
        }
        Ok(())
    }

    /// Frames per second on average.
    pub(super) fn fps(&self) -> Option<f64> {
        let samples = u64::from(self.samples) + self.fragment_samples;
        // Without samples of its own the header's duration may be that of the whole.
        let own_units = if self.samples == 0 {
            0
        } else {
            self.timing.duration
        };
        let units = own_units.saturating_add(self.fragment_units);
        let timescale = u64::from(self.timing.timescale);
        frame_rate(samples.checked_mul(timescale)?, units)
    }
}

fn kind_of(handler: &[u8]) -> Option<Kind> {
    match handler {
        b"vide" => Some(Kind::Picture),
        b"soun" => Some(Kind::Sound),
        _ => None,
    }
}

/// `tkhd` (8.3.2): flags, id, matrix, size.
fn read_header(window: &Window, tkhd: Atom) -> Result<Header, Stop> {
    let [version, _, _, flags] = window.array::<4>(tkhd.body)?;
    // Version 1 has three times of 8 bytes where version 0 has 4.
    let (id_at, matrix_at) = if version == 1 { (20, 52) } else { (12, 40) };
    let id = be32(&window.array::<4>(tkhd.body + id_at)?, 0);
    let matrix: [u8; 44] = window.array(tkhd.body + matrix_at)?;
    Ok(Header {
        id,
        is_enabled: flags & 1 == 1,
        rotation: rotation_of(&matrix),
        // 16.16 fixed point.
        width: be32(&matrix, 36) >> 16,
        height: be32(&matrix, 40) >> 16,
    })
}

/// Rotation in the matrix `a b u c d v x y w` (8.2.2), where 1 is `0x0001_0000`.
fn rotation_of(matrix: &[u8]) -> u16 {
    let is_positive = |at| matches!(be32(matrix, at), 1..=0x7FFF_FFFF);
    let is_negative = |at| be32(matrix, at) > 0x7FFF_FFFF;
    let (a, b, c, d) = (0, 4, 12, 16);
    if is_positive(b) && is_negative(c) {
        90
    } else if is_negative(a) && is_negative(d) {
        180
    } else if is_negative(b) && is_positive(c) {
        270
    } else {
        0
    }
}
