//! Which format the first bytes say.

use crate::{
    flac,
    info::MediaInfo,
    isobmff, matroska, mp3, ogg,
    probe::ProbeError,
    riff,
    window::{Stop, Window},
};

/// Bytes that tell the formats apart.
const MAGIC_BYTES: u32 = 16;

pub(crate) fn identify(window: &mut Window) -> Result<MediaInfo, Stop> {
    let magic = window.read_up_to(0, MAGIC_BYTES)?.to_vec();
    let at_four = magic.get(4..8).unwrap_or_default();
    let info = match magic.as_slice() {
        [0x1A, 0x45, 0xDF, 0xA3, ..] => matroska::read(window),
        [b'O', b'g', b'g', b'S', ..] => ogg::read(window),
        [b'R', b'I', b'F', b'F', ..] | [b'R', b'F', b'6', b'4', ..] => riff::read(window),
        [b'f', b'L', b'a', b'C', ..] => flac::read(window, 0),
        [b'I', b'D', b'3', ..] => mp3::read_tagged(window),
        _ if isobmff::can_begin_with(at_four) => isobmff::read(window),
        [0xFF, second, ..] if second & 0xE0 == 0xE0 => mp3::read(window, 0),
        _ => Err(ProbeError::NotMedia.into()),
    }?;
    if info.video.is_none() && info.audio.is_none() {
        return Err(ProbeError::NoTracks.into());
    }
    Ok(info)
}
