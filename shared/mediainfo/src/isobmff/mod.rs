//! ISO base media files (ISO 14496-12) and `QuickTime`.

mod atom;
mod codec;
mod fragment;
#[cfg(test)]
mod tests;
mod track;

use self::{
    atom::{Atom, FourCc},
    fragment::Fragments,
    track::{Kind, Track},
};
use crate::{
    bits::{be32, be64, to_ms},
    info::{AudioTrack, Container, MediaInfo, VideoTrack},
    probe::ProbeError,
    window::{Stop, Window},
};

/// Tracks that are looked at. Cameras write up to a dozen, most of them not picture or sound.
const MAX_TRACKS: usize = 32;

/// Whether a box of this type can be a file's first. `QuickTime` files may begin with any of these.
pub(crate) fn can_begin_with(kind: &[u8]) -> bool {
    const FIRST: [&[u8]; 9] = [
        b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"styp", b"moof",
    ];
    FIRST.contains(&kind)
}

/// The boxes of the top level that matter.
#[derive(Debug, Default)]
struct Layout {
    brand: Option<FourCc>,
    movie: Option<Atom>,
    has_pictures_only: bool,
    has_media_data: bool,
    fragments: Fragments,
}

pub(crate) fn read(window: &mut Window) -> Result<MediaInfo, Stop> {
    let layout = read_layout(window)?;
    let Some(movie) = layout.movie else {
        return Err(if layout.has_pictures_only {
            ProbeError::NotMedia.into()
        } else {
            ProbeError::Truncated { at: window.total() }.into()
        });
    };
    if !layout.has_media_data {
        return Err(ProbeError::Truncated { at: window.total() }.into());
    }
    let (movie_ms, mut tracks) = read_movie(window, movie)?;
    let mut duration_ms = movie_ms;
    if layout.fragments.any() {
        let fragment_ms = layout.fragments.apply(window, &mut tracks)?;
        // The header counts the first part alone in files that became fragmented later.
        duration_ms = duration_ms.max(fragment_ms);
    }
    let track_ms = || tracks.iter().filter_map(|track| track.timing.ms()).max();
    let duration_ms = duration_ms.or_else(track_ms).filter(|ms| *ms > 0);
    let container = match layout.brand {
        Some(brand) if &brand != b"qt  " => Container::Mp4,
        _ => Container::QuickTime,
    };
    Ok(MediaInfo {
        container,
        duration_ms,
        video: picture_of(&tracks),
        audio: tracks
            .iter()
            .find(|track| track.kind == Kind::Sound)
            .map(|track| AudioTrack { codec: track.codec }),
    })
}

/// Walks the top level to the very end, as far as fragments allow.
fn read_layout(window: &mut Window) -> Result<Layout, Stop> {
    let mut layout = Layout::default();
    let mut at = 0;
    while at < window.total() {
        let atom = Atom::read(window, at, window.total())?;
        match &atom.kind {
            b"ftyp" => layout.brand = Some(window.array(atom.body)?),
            b"moov" => layout.movie = layout.movie.or(Some(atom)),
            b"mdat" => layout.has_media_data = true,
            b"meta" => layout.has_pictures_only = true,
            b"moof" => {
                layout.fragments.push(atom);
                if layout.fragments.is_full() && layout.movie.is_some() {
                    layout.fragments.jump_to_end(window)?;
                    break;
                }
            }
            _ => {}
        }
        at = atom.end;
    }
    Ok(layout)
}

/// Duration and tracks of a `moov`.
fn read_movie(window: &mut Window, movie: Atom) -> Result<(Option<u64>, Vec<Track>), Stop> {
    let (mut timing, mut extends) = (Timing::default(), None);
    let mut tracks = Vec::new();
    for atom in movie.children(window)? {
        match &atom.kind {
            b"mvhd" => timing = Timing::read(window, atom)?,
            b"trak" if tracks.len() < MAX_TRACKS => tracks.extend(Track::read(window, atom)?),
            b"mvex" => extends = Some(atom),
            _ => {}
        }
    }
    if let Some(extends) = extends {
        for atom in extends.children(window)? {
            match &atom.kind {
                b"mehd" => {
                    let total = fragment::read_total(window, atom)?;
                    timing.duration = timing.duration.max(total);
                }
                b"trex" => fragment::read_defaults(window, atom, &mut tracks)?,
                _ => {}
            }
        }
    }
    Ok((timing.ms(), tracks))
}

/// A duration in units of a timescale.
#[derive(Clone, Copy, Debug, Default)]
struct Timing {
    /// 0 when unknown.
    duration: u64,
    /// Units per second.
    timescale: u32,
}

impl Timing {
    /// From `mvhd` or `mdhd`, which begin alike (8.2.2, 8.4.2); all ones mean unknown.
    fn read(window: &Window, atom: Atom) -> Result<Self, Stop> {
        let [version, ..] = window.array::<4>(atom.body)?;
        let (duration, timescale) = if version == 1 {
            let body: [u8; 32] = window.array(atom.body)?;
            let duration = be64(&body, 24);
            (
                if duration == u64::MAX { 0 } else { duration },
                be32(&body, 20),
            )
        } else {
            let body: [u8; 20] = window.array(atom.body)?;
            let duration = be32(&body, 16);
            (
                if duration == u32::MAX {
                    0
                } else {
                    u64::from(duration)
                },
                be32(&body, 12),
            )
        };
        Ok(Self {
            duration,
            timescale,
        })
    }

    /// `None` when unknown.
    fn ms(self) -> Option<u64> {
        to_ms(self.duration, u64::from(self.timescale)).filter(|ms| *ms > 0)
    }
}

/// The picture track that a player shows: the first enabled one. Chapter images of sound files are
/// disabled tracks, so those do not count beside sound.
fn picture_of(tracks: &[Track]) -> Option<VideoTrack> {
    let mut pictures = tracks.iter().filter(|track| track.kind == Kind::Picture);
    let has_sound = tracks.iter().any(|track| track.kind == Kind::Sound);
    let first = pictures.clone().next();
    let shown = pictures.find(|track| track.is_enabled);
    let track = if has_sound { shown } else { shown.or(first) }?;
    let (width, height) = if track.rotation % 180 == 90 {
        (track.height, track.width)
    } else {
        (track.width, track.height)
    };
    Some(VideoTrack {
        width,
        height,
        rotation: track.rotation,
        fps: track.fps(),
        codec: track.codec,
    })
}
