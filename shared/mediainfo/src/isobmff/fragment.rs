//! Movie fragments (ISO 14496-12, 8.8).

use super::{atom::Atom, track::Track};
use crate::{
    bits::{be32, be64, to_ms},
    probe::ProbeError,
    window::{Stop, Window},
};

/// Fragments whose headers are looked at one by one. A file with more is trusted to reach its end
/// unless its own index says where the last one is.
const MAX_FRAGMENTS: usize = 16;
/// Samples of one run whose durations are added up.
const MAX_RUN_SAMPLES: u32 = 10_000;

/// The fragments of a file.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    list: Vec<Atom>,
    /// Whether the last of the list is the last of the file.
    is_cut: bool,
}

impl Fragments {
    pub(super) const fn any(&self) -> bool {
        !self.list.is_empty()
    }

    pub(super) fn push(&mut self, moof: Atom) {
        self.list.push(moof);
    }

    pub(super) const fn is_full(&self) -> bool {
        self.list.len() >= MAX_FRAGMENTS
    }

    /// Goes on at the last fragment, as the index at the file's end (`mfra`, 8.8.9) names it, and
    /// walks from there to the end.
    pub(super) fn jump_to_end(&mut self, window: &mut Window) -> Result<(), Stop> {
        self.is_cut = true;
        let total = window.total();
        let tail: [u8; 16] = window.array(total - 16)?;
        let index_bytes = u64::from(be32(&tail, 12));
        if &tail[4..8] != b"mfro" || index_bytes > total {
            return Ok(());
        }
        let index = Atom::read(window, total - index_bytes, total)?;
        if &index.kind != b"mfra" {
            return Ok(());
        }
        let mut last = None;
        for table in index.children(window)? {
            if &table.kind == b"tfra" {
                last = last.max(read_last_offset(window, table)?);
            }
        }
        let Some(mut at) = last.filter(|at| *at < index.start) else {
            return Ok(());
        };
        while at < index.start {
            let atom = Atom::read(window, at, index.start)?;
            if &atom.kind == b"moof" {
                self.list.push(atom);
            }
            at = atom.end;
        }
        self.is_cut = false;
        Ok(())
    }

    /// Completes the tracks by what the fragments say, and tells the length of the whole.
    pub(super) fn apply(
        &self,
        window: &mut Window,
        tracks: &mut [Track],
    ) -> Result<Option<u64>, Stop> {
        let mut end_ms = None;
        for moof in &self.list {
            for traf in moof.children(window)? {
                if &traf.kind != b"traf" {
                    continue;
                }
                let Some((track, run)) = read_run(window, traf, tracks)? else {
                    continue;
                };
                track.fragment_samples += u64::from(run.samples);
                track.fragment_units = track.fragment_units.saturating_add(run.duration);
                let end = run.start.saturating_add(run.duration);
                end_ms = end_ms.max(to_ms(end, u64::from(track.timing.timescale)));
            }
        }
        Ok(if self.is_cut { None } else { end_ms })
    }
}

/// The samples of one track in one fragment, in units of the track's timescale.
#[derive(Debug, Default)]
struct Run {
    start: u64,
    duration: u64,
    samples: u32,
}

fn read_run<'a>(
    window: &mut Window,
    traf: Atom,
    tracks: &'a mut [Track],
) -> Result<Option<(&'a mut Track, Run)>, Stop> {
    let atoms = traf.children(window)?;
    let Some(header) = atoms.iter().find(|atom| &atom.kind == b"tfhd") else {
        return Ok(None);
    };
    let head: [u8; 8] = window.array(header.body)?;
    let Some(track) = tracks.iter_mut().find(|track| track.id == be32(&head, 4)) else {
        return Ok(None);
    };
    let flags = be32(&head, 0);
    let mut default_duration = track.default_sample_duration;
    if flags & 0x08 != 0 {
        // Behind the base data offset and the description index, where they are (8.8.7).
        let skipped = u64::from(flags & 0x01 != 0) * 8 + u64::from(flags & 0x02 != 0) * 4;
        default_duration = be32(&window.array::<4>(header.body + 8 + skipped)?, 0);
    }
    let mut run = Run::default();
    for atom in &atoms {
        match &atom.kind {
            b"tfdt" => {
                let [version, ..] = window.array::<4>(atom.body)?;
                run.start = if version == 1 {
                    be64(&window.array::<8>(atom.body + 4)?, 0)
                } else {
                    u64::from(be32(&window.array::<4>(atom.body + 4)?, 0))
                };
            }
            b"trun" => add_samples(window, *atom, default_duration, &mut run)?,
            _ => {}
        }
    }
    Ok(Some((track, run)))
}

/// Adds up one `trun` (8.8.8).
fn add_samples(
    window: &Window,
    trun: Atom,
    default_duration: u32,
    run: &mut Run,
) -> Result<(), Stop> {
    let head: [u8; 8] = window.array(trun.body)?;
    let (flags, samples) = (be32(&head, 0), be32(&head, 4));
    run.samples = run.samples.saturating_add(samples);
    if flags & 0x100 == 0 {
        let added = u64::from(samples) * u64::from(default_duration);
        run.duration = run.duration.saturating_add(added);
        return Ok(());
    }
    // Sample fields: duration, size, flags, composition offset, each where its flag is set.
    let fields = u64::from((flags & 0xF00).count_ones());
    let first = trun.body + 8 + u64::from((flags & 0x05).count_ones()) * 4;
    let counted = samples.min(MAX_RUN_SAMPLES);
    if first + u64::from(counted) * fields * 4 > trun.end {
        return Err(ProbeError::Damaged { at: trun.start }.into());
    }
    for index in 0..u64::from(counted) {
        let duration = be32(&window.array::<4>(first + index * fields * 4)?, 0);
        run.duration = run.duration.saturating_add(u64::from(duration));
    }
    Ok(())
}

/// Offset of the last fragment that a `tfra` (8.8.10) names.
fn read_last_offset(window: &Window, tfra: Atom) -> Result<Option<u64>, Stop> {
    let head: [u8; 16] = window.array(tfra.body)?;
    let entries = u64::from(be32(&head, 12));
    let lengths = be32(&head, 8);
    // Three numbers of 1 to 4 bytes follow time and offset of each entry.
    let numbers = (lengths & 3) + (lengths >> 2 & 3) + (lengths >> 4 & 3) + 3;
    let times = if head[0] == 1 { 16 } else { 8 };
    let entry_bytes = times + u64::from(numbers);
    let last = tfra.body + 16 + entries.saturating_sub(1) * entry_bytes;
    if entries == 0 || last + entry_bytes > tfra.end {
        return Ok(None);
    }
    Ok(Some(if head[0] == 1 {
        be64(&window.array::<8>(last + 8)?, 0)
    } else {
        u64::from(be32(&window.array::<4>(last + 4)?, 0))
    }))
}

/// `mehd` (8.8.2): the length of the whole in the movie's units.
pub(super) fn read_total(window: &Window, mehd: Atom) -> Result<u64, Stop> {
    let [version, ..] = window.array::<4>(mehd.body)?;
    Ok(if version == 1 {
        be64(&window.array::<8>(mehd.body + 4)?, 0)
    } else {
        u64::from(be32(&window.array::<4>(mehd.body + 4)?, 0))
    })
}

/// `trex` (8.8.3): the duration of samples that fragments do not name.
pub(super) fn read_defaults(window: &Window, trex: Atom, tracks: &mut [Track]) -> Result<(), Stop> {
    let body: [u8; 20] = window.array(trex.body)?;
    if let Some(track) = tracks.iter_mut().find(|track| track.id == be32(&body, 4)) {
        track.default_sample_duration = be32(&body, 12);
    }
    Ok(())
}
