//! An accepted job: what is to be made for it and how it stands.

use crate::limits::{MAX_PICTURE_SIDE, MAX_STORYBOARD_CELLS};
use crate::media::{Encoding, Storyboard};
use crate::protocol::{AcceptedJob, JobPayload, JobType, Sprites};
use crate::workbench::Task;
use hls::FileName;
use std::cell::Cell;

/// A job that is ours.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) accepted: AcceptedJob,
    pub(super) kind: JobType,
    pub(super) task: Task,
    percent: Cell<u8>,
    outcome: Cell<Outcome>,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Under way.
    Working,
    /// Its success call is being made: whether the server has it is not known yet.
    Finishing,
    /// The server has its result.
    Done,
    /// The server knows that it could not be done.
    Failed,
    /// Given back undone.
    HandedBack,
    /// No longer ours, by the server's word.
    Gone,
}

impl Job {
    /// Understands a job; the error is for the server.
    pub(super) fn new(accepted: &AcceptedJob) -> Result<Self, String> {
        let kind = JobType::from_name(&accepted.kind)
            .ok_or_else(|| format!("job type {:?} is not supported", accepted.kind))?;
        Ok(Self {
            accepted: accepted.clone(),
            kind,
            task: task(kind, &accepted.uuid, &accepted.payload)?,
            percent: Cell::new(0),
            outcome: Cell::new(Outcome::Working),
        })
    }

    pub(super) fn outcome(&self) -> Outcome {
        self.outcome.get()
    }

    pub(super) fn settle(&self, outcome: Outcome) {
        self.outcome.set(outcome);
    }

    pub(super) fn is_working(&self) -> bool {
        self.outcome.get() == Outcome::Working
    }

    /// Whether something is still to be done or awaited.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.outcome.get(), Outcome::Working | Outcome::Finishing)
    }

    pub(super) fn percent(&self) -> u8 {
        self.percent.get()
    }

    /// Progress only grows.
    pub(super) fn advance(&self, percent: u8) {
        self.percent.set(self.percent.get().max(percent.min(99)));
    }

    /// Its name for people: kind, resolution, start of its id.
    pub(super) fn name(&self) -> String {
        let id: String = self.accepted.uuid.chars().take(8).collect();
        match &self.task {
            Task::Video { resolution, .. } => format!("{} {resolution}p ({id})", self.kind.name()),
            Task::Storyboard(_) => format!("storyboard ({id})"),
            Task::Picture { width, height } => format!("picture {width}x{height} ({id})"),
        }
    }
}

fn task(kind: JobType, uuid: &str, payload: &JobPayload) -> Result<Task, String> {
    let output = &payload.output;
    let video = |encoding, suffix: &str, with_audio| {
        let id: String = uuid
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
            .collect();
        let name = format!("{id}-{}{suffix}", output.resolution);
        let published_name = FileName::parse(&name).map_err(|error| error.to_string())?;
        let fps = round(output.fps);
        Ok(Task::Video {
            encoding,
            resolution: output.resolution,
            fps,
            with_audio,
            published_name,
        })
    };
    match kind {
        JobType::Hls => {
            let with_audio = !output.separated_audio || output.resolution == 0;
            video(Encoding::Hls, "-fragmented.mp4", with_audio)
        }
        JobType::WebVideo | JobType::AudioMerge => video(Encoding::WebVideo, ".mp4", true),
        JobType::Storyboard => {
            let sprites = payload.sprites.ok_or("storyboard job without sprites")?;
            storyboard(sprites)
        }
    }
}

/// One cell is how a server asks for a picture; more are a storyboard.
fn storyboard(sprites: Sprites) -> Result<Task, String> {
    let Sprites {
        size,
        count,
        duration,
    } = sprites;
    let cells = u64::from(count.width) * u64::from(count.height);
    let side = |cell: u32, count: u32| {
        cell >= 2 && u64::from(cell) * u64::from(count) <= u64::from(MAX_PICTURE_SIDE)
    };
    let fits = side(size.width, count.width) && side(size.height, count.height);
    if cells == 0 || cells > u64::from(MAX_STORYBOARD_CELLS) || !fits {
        return Err(format!(
            "storyboard of {size:?} x {count:?} is empty or too large"
        ));
    }
    if cells == 1 {
        return Ok(Task::Picture {
            width: size.width,
            height: size.height,
        });
    }
    Ok(Task::Storyboard(Storyboard {
        cell_width: size.width,
        cell_height: size.height,
        columns: count.width,
        rows: count.height,
        interval_ms: round(duration * 1_000.0).max(1),
    }))
}

/// To the nearest whole number within 32 bits; what is no number is 0.
fn round(number: f64) -> u32 {
    let bounded = if number.is_finite() {
        number.clamp(0.0, 1e9)
    } else {
        0.0
    };
    format!("{bounded:.0}").parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::Extent;

    #[test]
    fn one_cell_is_a_picture() {
        let extent = |width, height| Extent { width, height };
        let sprites = |count, duration| Sprites {
            size: extent(192, 108),
            count,
            duration,
        };
        assert_eq!(
            storyboard(sprites(extent(1, 1), 1.0)),
            Ok(Task::Picture {
                width: 192,
                height: 108
            })
        );
        let Ok(Task::Storyboard(board)) = storyboard(sprites(extent(11, 10), 2.5)) else {
            panic!("no storyboard");
        };
        assert_eq!((board.columns, board.interval_ms), (11, 2_500));
        assert!(storyboard(sprites(extent(0, 1), 1.0)).is_err());
        assert!(storyboard(sprites(extent(1_000, 1_000), 1.0)).is_err());
        assert!(storyboard(sprites(extent(100, 1), 1.0)).is_err());
    }

    #[test]
    fn rounds_whatever_a_server_sends() {
        assert_eq!(
            [29.97, 0.4, -3.0, f64::NAN, 1e300].map(round),
            [30, 0, 0, 0, 1_000_000_000]
        );
    }
}
