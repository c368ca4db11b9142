//! The `moov` box: tracks, their codecs, and whether fragments follow.

use super::boxes::{Fields, FourCc, children};
use super::codec::{self, SampleEntry};
use super::{Fmp4Error, Track, TrackKind};
use crate::limits::MAX_TRACKS;

/// What `moov` (8.2.1) says.
#[derive(Debug, Default)]
pub(super) struct Movie {
    pub(super) tracks: Vec<Track>,
    pub(super) defaults: Vec<Defaults>,
    pub(super) is_fragmented: bool,
    pub(super) duration_us: u64,
}

/// Defaults that fragments inherit (`trex`, 8.8.3).
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Defaults {
    pub(super) track_id: u32,
    pub(super) sample_duration_ticks: u32,
    pub(super) sample_flags: u32,
}

impl Movie {
    /// Reads the content of `moov`.
    pub(super) fn read(content: &[u8]) -> Result<Self, Fmp4Error> {
        let mut movie = Self::default();
        let mut track_boxes = 0_usize;
        for child in children(content) {
            let (fourcc, content) = child?;
            match &fourcc.0 {
                b"mvhd" => movie.duration_us = mvhd(content).ok_or(fourcc.malformed())?,
                b"trak" => {
                    track_boxes += 1;
                    if track_boxes > MAX_TRACKS {
                        return Err(Fmp4Error::TooManyTracks);
                    }
                    movie.tracks.extend(trak(content)?);
                }
                b"mvex" => {
                    movie.is_fragmented = true;
                    movie.defaults = mvex(content)?;
                }
                _ => {}
            }
        }
        if movie.is_fragmented {
            movie.duration_us = 0;
        }
        if movie.tracks.is_empty() {
            return Err(Fmp4Error::NoTrack);
        }
        Ok(movie)
    }
}

/// Movie duration (8.2.2) in microseconds.
fn mvhd(content: &[u8]) -> Option<u64> {
    let (timescale, duration) = timescale_and_duration(content)?;
    // All ones means unknown.
    if duration == u64::MAX || duration == u64::from(u32::MAX) {
        return Some(0);
    }
    let micros = u128::from(duration) * 1_000_000 / u128::from(timescale.max(1));
    u64::try_from(micros).ok()
}

/// The common start of `mvhd` (8.2.2) and `mdhd` (8.4.2).
fn timescale_and_duration(content: &[u8]) -> Option<(u32, u64)> {
    let mut fields = Fields::new(content);
    let (version, _) = fields.version_and_flags()?;
    fields.sized(version)?;
    fields.sized(version)?;
    Some((fields.u32()?, fields.sized(version)?))
}

fn mvex(content: &[u8]) -> Result<Vec<Defaults>, Fmp4Error> {
    let mut defaults = Vec::new();
    for child in children(content) {
        let (fourcc, content) = child?;
        if fourcc.0 == *b"trex" && defaults.len() < MAX_TRACKS {
            defaults.push(trex(content).ok_or(fourcc.malformed())?);
        }
    }
    Ok(defaults)
}

fn trex(content: &[u8]) -> Option<Defaults> {
    let mut fields = Fields::new(content);
    fields.version_and_flags()?;
    let track_id = fields.u32()?;
    fields.skip(4)?;
    let sample_duration_ticks = fields.u32()?;
    fields.skip(4)?;
    Some(Defaults {
        track_id,
        sample_duration_ticks,
        sample_flags: fields.u32()?,
    })
}

/// A track (8.3.1), or `None` when it is neither audio nor video.
fn trak(content: &[u8]) -> Result<Option<Track>, Fmp4Error> {
    let (mut header, mut media) = (None, None);
    for child in children(content) {
        let (fourcc, content) = child?;
        match &fourcc.0 {
            b"tkhd" => header = Some(tkhd(content).ok_or(fourcc.malformed())?),
            b"mdia" => media = mdia(content)?,
            _ => {}
        }
    }
    let Some(media) = media else { return Ok(None) };
    let (id, is_turned) = header.ok_or(FourCc(*b"trak").malformed())?;
    let SampleEntry {
        codec,
        width,
        height,
    } = media.entry;
    let (width, height) = if is_turned {
        (height, width)
    } else {
        (width, height)
    };
    Ok(Some(Track {
        id,
        kind: media.kind,
        timescale: media.timescale,
        width,
        height,
        codec,
        sample_count: media.sample_count,
        sample_ticks: media.sample_ticks,
    }))
}

/// Track id and whether its matrix is a quarter turn (8.3.2).
fn tkhd(content: &[u8]) -> Option<(u32, bool)> {
    let mut fields = Fields::new(content);
    let (version, _) = fields.version_and_flags()?;
    fields.sized(version)?;
    fields.sized(version)?;
    let id = fields.u32()?;
    fields.skip(4)?;
    fields.sized(version)?;
    fields.skip(16)?;
    let (a, b) = (fields.u32()?, fields.u32()?);
    fields.skip(4)?;
    let (c, d) = (fields.u32()?, fields.u32()?);
    let is_turned = a == 0 && d == 0 && b != 0 && c != 0;
    (id != 0).then_some((id, is_turned))
}

struct Media {
    kind: TrackKind,
    timescale: u32,
    entry: SampleEntry,
    sample_count: u64,
    sample_ticks: u64,
}

/// `mdia` (8.4.1), or `None` when its handler is neither audio nor video.
fn mdia(content: &[u8]) -> Result<Option<Media>, Fmp4Error> {
    let (mut timescale, mut kind, mut minf) = (None, None, None);
    for child in children(content) {
        let (fourcc, content) = child?;
        match &fourcc.0 {
            b"mdhd" => {
                let (ticks, _) = timescale_and_duration(content).ok_or(fourcc.malformed())?;
                timescale = Some(ticks);
            }
            b"hdlr" => kind = hdlr(content).ok_or(fourcc.malformed())?,
            b"minf" => minf = Some(content),
            _ => {}
        }
    }
    let Some(kind) = kind else { return Ok(None) };
    let timescale = timescale
        .filter(|&t| t > 0)
        .ok_or(FourCc(*b"mdhd").malformed())?;
    let table = find(minf.ok_or(FourCc(*b"minf").malformed())?, *b"stbl")?;
    let entry = stsd(find(table, *b"stsd")?, kind)?;
    let times = find(table, *b"stts")?;
    let (sample_count, sample_ticks) = stts(times).ok_or(FourCc(*b"stts").malformed())?;
    Ok(Some(Media {
        kind,
        timescale,
        entry,
        sample_count,
        sample_ticks,
    }))
}

fn find(content: &[u8], wanted: [u8; 4]) -> Result<&[u8], Fmp4Error> {
    for child in children(content) {
        let (fourcc, content) = child?;
        if fourcc.0 == wanted {
            return Ok(content);
        }
    }
    Err(FourCc(wanted).malformed())
}

/// Handler (8.4.3): the inner `None` is a kind that is not listed.
fn hdlr(content: &[u8]) -> Option<Option<TrackKind>> {
    let mut fields = Fields::new(content);
    fields.version_and_flags()?;
    fields.skip(4)?;
    Some(match &fields.array::<4>()? {
        b"vide" => Some(TrackKind::Video),
        b"soun" => Some(TrackKind::Audio),
        _ => None,
    })
}

/// The first sample entry (8.5.2).
fn stsd(content: &[u8], kind: TrackKind) -> Result<SampleEntry, Fmp4Error> {
    let malformed = FourCc(*b"stsd").malformed();
    let mut fields = Fields::new(content);
    fields.skip(8).ok_or(malformed.clone())?;
    let (fourcc, entry) = children(fields.rest()).next().ok_or(malformed)??;
    match kind {
        TrackKind::Video => codec::visual(fourcc, entry),
        TrackKind::Audio => codec::audio(fourcc, entry),
    }
}

/// Sample count and ticks (8.6.1.2).
fn stts(content: &[u8]) -> Option<(u64, u64)> {
    let mut fields = Fields::new(content);
    fields.version_and_flags()?;
    let entries = fields.u32()?;
    let (mut samples, mut ticks) = (0_u64, 0_u64);
    for _ in 0..entries {
        let (count, delta) = (u64::from(fields.u32()?), u64::from(fields.u32()?));
        samples = samples.checked_add(count)?;
        ticks = ticks.checked_add(count.checked_mul(delta)?)?;
    }
    Some((samples, ticks))
}
