//! The state machine that asks for ranges.

use crate::{
    info::MediaInfo,
    sniff,
    window::{ByteRange, MAX_READS, Stop, Window},
};

/// Why a file is not accepted. The texts are fit for the person who uploaded it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// The file has no bytes.
    #[error("the file is empty")]
    Empty,
    /// No format that is read.
    #[error("the file is not a video or audio file that can be read")]
    NotMedia,
    /// A structure goes beyond the file's end, or the index that belongs at its end is missing.
    #[error("the file is cut off at byte {at}")]
    Truncated {
        /// The file's size: where more should have been.
        at: u64,
    },
    /// A structure contradicts itself.
    #[error("the file is damaged at byte {at}")]
    Damaged {
        /// Where the structure begins.
        at: u64,
    },
    /// Neither a picture nor a sound track.
    #[error("the file has neither a video nor an audio track")]
    NoTracks,
    /// Protected by a DRM system.
    #[error("the file is encrypted")]
    Encrypted,
    /// More structure than [`MAX_READS`] ranges hold.
    #[error("the file's structure is too complex to be read")]
    TooComplex,
    /// The caller fed another number of bytes than was asked for.
    #[error("a block of {fed} bytes was fed where {wanted} were asked for")]
    WrongBlock {
        /// Bytes of the block.
        fed: u64,
        /// Bytes asked for.
        wanted: u32,
    },
}

/// Largest file that is looked at: a pebibyte, so that offsets never overflow.
const MAX_FILE_BYTES: u64 = 1 << 50;

/// Finds out what a file is from a few of its ranges.
///
/// Call [`Probe::needs`]; while it names a range, fetch it and [`Probe::feed`] it; then
/// [`Probe::finish`]. It asks for at most [`MAX_READS`] ranges.
#[derive(Clone, Debug)]
pub struct Probe {
    window: Window,
    outcome: Result<MediaInfo, Stop>,
}

impl Probe {
    /// A probe of a file of that many bytes.
    #[must_use]
    pub fn new(total_size: u64) -> Self {
        let mut window = Window::new(total_size);
        let outcome = match total_size {
            0 => Err(ProbeError::Empty.into()),
            1..=MAX_FILE_BYTES => sniff::identify(&mut window),
            _ => Err(ProbeError::TooComplex.into()),
        };
        Self { window, outcome }
    }

    /// The next range to feed; `None` when the outcome is known.
    #[must_use]
    pub const fn needs(&self) -> Option<ByteRange> {
        match &self.outcome {
            Err(Stop::Needs(range)) => Some(*range),
            _ => None,
        }
    }

    /// Takes the bytes of the range that [`Probe::needs`] named; does nothing when it named none.
    pub fn feed(&mut self, block: &[u8]) {
        let Some(range) = self.needs() else { return };
        let fed = crate::window::length(block);
        self.outcome = if fed != u64::from(range.len) {
            Err(ProbeError::WrongBlock {
                fed,
                wanted: range.len,
            }
            .into())
        } else if self.window.reads() == MAX_READS {
            Err(ProbeError::TooComplex.into())
        } else {
            self.window.insert(range.first, block.to_vec());
            self.window.restart();
            sniff::identify(&mut self.window)
        };
    }

    /// The outcome.
    ///
    /// # Errors
    /// Why the file is not accepted; [`ProbeError::TooComplex`] when called too early.
    pub fn finish(self) -> Result<MediaInfo, ProbeError> {
        self.outcome.map_err(|stop| match stop {
            Stop::Failed(error) => error,
            Stop::Needs(_) => ProbeError::TooComplex,
        })
    }
}

#[cfg(test)]
mod tests;
