//! Command line and environment.

mod help;
mod parse;

#[cfg(test)]
mod tests;

pub use help::HELP;
pub use parse::{CliError, parse};

use std::fmt;
use std::path::PathBuf;
use url::Url;

/// What the program was asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Work for servers.
    Run(RunOptions),
    /// Transcode one local file.
    Transcode(LocalOptions),
    /// Compare with plain ffmpeg.
    Bench(BenchOptions),
    /// Print [`HELP`].
    Help,
    /// Print the version.
    Version,
}

/// Options of every command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommonOptions {
    /// ffmpeg to use.
    pub ffmpeg: PathBuf,
    /// ffprobe to use.
    pub ffprobe: PathBuf,
    /// Threads for each decoder and encoder, 0 to let ffmpeg choose.
    pub threads: u32,
    /// Bytes of disk to use at most.
    pub max_disk_bytes: u64,
}

/// Options of working for servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// Public origins of the servers, at least one.
    pub servers: Vec<Url>,
    /// Token with which to register.
    pub registration_token: Option<Secret>,
    /// Token of a registered runner.
    pub runner_token: Option<Secret>,
    /// When to stop.
    pub mode: Mode,
    /// Name to register under.
    pub name: String,
    /// Where sources and outputs lie while a job is done, and runner tokens are remembered.
    pub work_dir: PathBuf,
    /// Whether to forget the registration at the end.
    pub is_ephemeral: bool,
    /// Options of every command.
    pub common: CommonOptions,
}

/// When to stop asking for jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// When there are none left.
    Once,
    /// When told to.
    Watch,
}

/// Options of transcoding a local file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalOptions {
    /// The source.
    pub source: PathBuf,
    /// Where the outputs go.
    pub out_dir: PathBuf,
    /// Resolutions wanted; those above the source are left out.
    pub resolutions: Vec<u32>,
    /// Whether the source's own resolution is made, too.
    pub keeps_original: bool,
    /// Whether progressive files are made beside the HLS ones.
    pub with_web_videos: bool,
    /// Whether picture and sound go into files of their own.
    pub splits_audio: bool,
    /// Whether a storyboard is made.
    pub with_storyboard: bool,
    /// Sizes of single pictures.
    pub pictures: Vec<(u32, u32)>,
    /// Options of every command.
    pub common: CommonOptions,
}

/// Options of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BenchOptions {
    /// The source.
    pub source: PathBuf,
    /// Resolutions of the ladder.
    pub resolutions: Vec<u32>,
    /// How often the first two ways are measured, 1 to 20; the best counts.
    pub rounds: u32,
    /// Options of every command.
    pub common: CommonOptions,
}

/// A token. Its text is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from being printed.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for a request body or the state file.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
