//! The `moof` box: what a fragment adds to its tracks.

use super::boxes::{Fields, children};
use super::movie::{Defaults, Movie};
use super::{Fmp4Error, TrackKind};
use crate::limits::MAX_TRACKS;

/// Times of one fragment, from its video track, else from its first audio track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) decode_time_us: u64,
    pub(super) duration_us: u64,
    pub(super) starts_with_sync_sample: bool,
}

/// `sample_is_non_sync_sample` (8.8.3.1).
const NON_SYNC: u32 = 0x0001_0000;

/// Reads the content of `moof` (8.8.4), adds its samples to the tracks of `movie`.
pub(super) fn read(content: &[u8], movie: &mut Movie) -> Result<Option<Times>, Fmp4Error> {
    let (mut video, mut audio) = (None, None);
    let mut track_fragments = 0_usize;
    for child in children(content) {
        let (fourcc, content) = child?;
        if fourcc.0 != *b"traf" {
            continue;
        }
        track_fragments += 1;
        if track_fragments > MAX_TRACKS {
            return Err(Fmp4Error::TooManyTracks);
        }
        let samples = traf(content, &movie.defaults)?;
        let Some(track) = movie.tracks.iter_mut().find(|t| t.id == samples.track_id) else {
            continue;
        };
        track.sample_count = track.sample_count.saturating_add(samples.count);
        track.sample_ticks = track.sample_ticks.saturating_add(samples.ticks);
        let is_video = track.kind == TrackKind::Video;
        let times = Times {
            decode_time_us: track.micros(samples.decode_time),
            duration_us: track.micros(samples.ticks),
            starts_with_sync_sample: !is_video || samples.first_flags & NON_SYNC == 0,
        };
        let slot = if is_video { &mut video } else { &mut audio };
        slot.get_or_insert(times);
    }
    Ok(video.or(audio))
}

struct Samples {
    track_id: u32,
    decode_time: u64,
    count: u64,
    ticks: u64,
    first_flags: u32,
}

/// A track fragment (8.8.6).
fn traf(content: &[u8], defaults: &[Defaults]) -> Result<Samples, Fmp4Error> {
    let mut inherited = Defaults::default();
    let mut samples = Samples {
        track_id: 0,
        decode_time: 0,
        count: 0,
        ticks: 0,
        first_flags: 0,
    };
    for child in children(content) {
        let (fourcc, content) = child?;
        let done = match &fourcc.0 {
            b"tfhd" => tfhd(content, defaults).map(|found| {
                inherited = found;
                samples.track_id = found.track_id;
            }),
            b"tfdt" => tfdt(content).map(|time| samples.decode_time = time),
            b"trun" => trun(content, inherited, &mut samples),
            _ => Some(()),
        };
        done.ok_or(fourcc.malformed())?;
    }
    Ok(samples)
}

/// Track fragment header (8.8.7): the movie's defaults with its own on top.
fn tfhd(content: &[u8], defaults: &[Defaults]) -> Option<Defaults> {
    let mut fields = Fields::new(content);
    let (_, flags) = fields.version_and_flags()?;
    let track_id = fields.u32()?;
    let known = defaults.iter().find(|d| d.track_id == track_id).copied();
    let mut found = Defaults {
        track_id,
        ..known.unwrap_or_default()
    };
    if flags & 0x01 != 0 {
        fields.skip(8)?;
    }
    if flags & 0x02 != 0 {
        fields.skip(4)?;
    }
    if flags & 0x08 != 0 {
        found.sample_duration_ticks = fields.u32()?;
    }
    if flags & 0x10 != 0 {
        fields.skip(4)?;
    }
    if flags & 0x20 != 0 {
        found.sample_flags = fields.u32()?;
    }
    Some(found)
}

/// Decode time of the first sample (8.8.12).
fn tfdt(content: &[u8]) -> Option<u64> {
    let mut fields = Fields::new(content);
    let (version, _) = fields.version_and_flags()?;
    fields.sized(version)
}

/// A run of samples (8.8.8).
fn trun(content: &[u8], inherited: Defaults, samples: &mut Samples) -> Option<()> {
    let mut fields = Fields::new(content);
    let (_, flags) = fields.version_and_flags()?;
    let count = fields.u32()?;
    if flags & 0x01 != 0 {
        fields.skip(4)?;
    }
    let first_flags = if flags & 0x04 != 0 {
        Some(fields.u32()?)
    } else {
        None
    };
    let per_sample = [0x100, 0x200, 0x400, 0x800]
        .iter()
        .filter(|&&f| flags & f != 0)
        .count()
        * 4;
    if per_sample == 0 {
        // Nothing is stored per sample, so a huge count costs nothing and is only a number.
        let ticks = u64::from(count) * u64::from(inherited.sample_duration_ticks);
        note_first(
            samples,
            count,
            first_flags.unwrap_or(inherited.sample_flags),
        );
        return add(samples, u64::from(count), ticks);
    }
    let mut ticks = 0_u64;
    for index in 0..count {
        let mut sample = Fields::new(fields.bytes(per_sample)?);
        let duration = if flags & 0x100 != 0 {
            sample.u32()?
        } else {
            inherited.sample_duration_ticks
        };
        if flags & 0x200 != 0 {
            sample.skip(4)?;
        }
        let own_flags = if flags & 0x400 != 0 {
            sample.u32()?
        } else {
            inherited.sample_flags
        };
        if index == 0 {
            note_first(samples, count, first_flags.unwrap_or(own_flags));
        }
        ticks = ticks.checked_add(u64::from(duration))?;
    }
    add(samples, u64::from(count), ticks)
}

fn note_first(samples: &mut Samples, count: u32, flags: u32) {
    if samples.count == 0 && count > 0 {
        samples.first_flags = flags;
    }
}

fn add(samples: &mut Samples, count: u64, ticks: u64) -> Option<()> {
    samples.count = samples.count.checked_add(count)?;
    samples.ticks = samples.ticks.checked_add(ticks)?;
    Some(())
}
