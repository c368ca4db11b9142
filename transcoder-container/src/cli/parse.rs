//! From words to [`Command`].

use super::{BenchOptions, Command, CommonOptions, LocalOptions, Mode, RunOptions, Secret};
use crate::limits::{DEFAULT_MAX_DISK_BYTES, MAX_PICTURE_SIDE, MAX_VIDEO_SIDE};
use lexopt::prelude::{Long, Short, Value, ValueExt as _};
use std::ffi::OsString;
use std::path::PathBuf;
use url::Url;

/// Why the command line is not understood.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// An unknown option, or one without its value.
    #[error("{0}")]
    Syntax(#[from] lexopt::Error),
    /// A value that an option cannot have.
    #[error("{option} cannot be {value:?}: {rule}")]
    Value {
        /// The option or variable.
        option: &'static str,
        /// What was given.
        value: String,
        /// What it must be.
        rule: &'static str,
    },
    /// Something that must be given.
    #[error("{what} is missing; see --help")]
    Missing {
        /// What is missing.
        what: &'static str,
    },
}

/// Reads the words after the program's name; `variable` looks an environment variable up.
///
/// # Errors
/// [`CliError`], see its variants.
pub fn parse(
    words: impl IntoIterator<Item = OsString>,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Command, CliError> {
    let mut given = Given::from_environment(&variable)?;
    let mut parser = lexopt::Parser::from_args(words);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Long("server") => given.servers.push(server(&parser.value()?.string()?)?),
            Long("registration-token") => {
                given.registration_token = Some(Secret::new(parser.value()?.string()?));
            }
            Long("runner-token") => {
                given.runner_token = Some(Secret::new(parser.value()?.string()?));
            }
            Long("once") => given.mode = Mode::Once,
            Long("watch") => given.mode = Mode::Watch,
            Long("name") => given.name = Some(name(parser.value()?.string()?)?),
            Long("ephemeral") => given.is_ephemeral = true,
            Long("work-dir") => given.work_dir = Some(PathBuf::from(parser.value()?)),
            Long("out") => given.out_dir = Some(PathBuf::from(parser.value()?)),
            Long("source") => given.source = Some(PathBuf::from(parser.value()?)),
            Long("resolutions") => {
                given.resolutions = Some(resolutions(&parser.value()?.string()?)?);
            }
            Long("original") => given.keeps_original = true,
            Long("web-videos") => given.with_web_videos = true,
            Long("split-audio") => given.splits_audio = true,
            Long("storyboard") => given.with_storyboard = true,
            Long("picture") => given.pictures.push(picture(&parser.value()?.string()?)?),
            Long("rounds") => given.rounds = rounds(&parser.value()?.string()?)?,
            Long("threads") => given.common.threads = threads(&parser.value()?.string()?)?,
            Long("max-disk") => given.common.max_disk_bytes = size(&parser.value()?.string()?)?,
            Long("ffmpeg") => given.common.ffmpeg = PathBuf::from(parser.value()?),
            Long("ffprobe") => given.common.ffprobe = PathBuf::from(parser.value()?),
            Value(word) if given.command.is_none() => given.command = Some(word.string()?),
            Value(word)
                if given.command.as_deref() == Some("transcode") && given.source.is_none() =>
            {
                given.source = Some(PathBuf::from(word));
            }
            other => return Err(other.unexpected().into()),
        }
    }
    given.into_command()
}

struct Given {
    command: Option<String>,
    servers: Vec<Url>,
    registration_token: Option<Secret>,
    runner_token: Option<Secret>,
    mode: Mode,
    name: Option<String>,
    is_ephemeral: bool,
    work_dir: Option<PathBuf>,
    out_dir: Option<PathBuf>,
    source: Option<PathBuf>,
    resolutions: Option<Vec<u32>>,
    keeps_original: bool,
    with_web_videos: bool,
    splits_audio: bool,
    with_storyboard: bool,
    pictures: Vec<(u32, u32)>,
    rounds: u32,
    common: CommonOptions,
}

impl Given {
    fn from_environment(variable: &impl Fn(&str) -> Option<String>) -> Result<Self, CliError> {
        let set = |name: &str| variable(name).filter(|value| !value.is_empty());
        let path = |name: &str, default: &str| set(name).map_or(default.into(), PathBuf::from);
        let servers = set("EDGETUBE_SERVER");
        let servers = servers.iter().flat_map(|list| list.split(',')).map(server);
        Ok(Self {
            command: None,
            servers: servers.collect::<Result<_, _>>()?,
            registration_token: set("EDGETUBE_REGISTRATION_TOKEN").map(Secret::new),
            runner_token: set("EDGETUBE_RUNNER_TOKEN").map(Secret::new),
            mode: Mode::Watch,
            name: set("EDGETUBE_RUNNER_NAME").map(name).transpose()?,
            is_ephemeral: false,
            work_dir: set("EDGETUBE_WORK_DIR").map(PathBuf::from),
            out_dir: None,
            source: None,
            resolutions: None,
            keeps_original: false,
            with_web_videos: false,
            splits_audio: false,
            with_storyboard: false,
            pictures: Vec::new(),
            rounds: 1,
            common: CommonOptions {
                ffmpeg: path("EDGETUBE_FFMPEG", "ffmpeg"),
                ffprobe: path("EDGETUBE_FFPROBE", "ffprobe"),
                threads: set("EDGETUBE_THREADS").map_or(Ok(0), |text| threads(&text))?,
                max_disk_bytes: set("EDGETUBE_MAX_DISK")
                    .map_or(Ok(DEFAULT_MAX_DISK_BYTES), |text| size(&text))?,
            },
        })
    }

    fn into_command(self) -> Result<Command, CliError> {
        let missing = |what| CliError::Missing { what };
        match self.command.as_deref() {
            Some("transcode") => Ok(Command::Transcode(LocalOptions {
                source: self.source.ok_or(missing("the file to transcode"))?,
                out_dir: self.out_dir.ok_or(missing("--out"))?,
                keeps_original: self.keeps_original || self.resolutions.is_none(),
                resolutions: self.resolutions.unwrap_or_default(),
                with_web_videos: self.with_web_videos,
                splits_audio: self.splits_audio,
                with_storyboard: self.with_storyboard,
                pictures: self.pictures,
                common: self.common,
            })),
            Some("bench") => Ok(Command::Bench(BenchOptions {
                source: self.source.ok_or(missing("--source"))?,
                resolutions: self
                    .resolutions
                    .unwrap_or_else(|| vec![1_080, 720, 480, 360]),
                rounds: self.rounds,
                common: self.common,
            })),
            Some(word) => Err(CliError::Value {
                option: "the command",
                value: word.to_owned(),
                rule: "it is transcode, bench, or left out",
            }),
            None => self.into_run(),
        }
    }

    fn into_run(self) -> Result<Command, CliError> {
        if self.servers.is_empty() {
            return Err(CliError::Missing { what: "--server" });
        }
        if self.registration_token.is_none() && self.runner_token.is_none() {
            return Err(CliError::Missing {
                what: "--registration-token or --runner-token",
            });
        }
        if self.runner_token.is_some() && self.servers.len() > 1 {
            let what = "--registration-token (a runner token belongs to one server)";
            return Err(CliError::Missing { what });
        }
        let temporary = || std::env::temp_dir().join("edgetube-transcoder");
        Ok(Command::Run(RunOptions {
            servers: self.servers,
            registration_token: self.registration_token,
            runner_token: self.runner_token,
            mode: self.mode,
            name: self.name.unwrap_or_else(default_name),
            work_dir: self.work_dir.unwrap_or_else(temporary),
            is_ephemeral: self.is_ephemeral,
            common: self.common,
        }))
    }
}

/// Names are unique on a server, so a container that starts anew needs a new one.
fn default_name() -> String {
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let since_epoch = std::time::UNIX_EPOCH
        .elapsed()
        .map_or(0, |elapsed| elapsed.as_millis());
    let host = host.trim();
    let host = if host.is_empty() { "host" } else { host };
    let host: String = host.chars().take(40).collect();
    format!(
        "edgetube-{host}-{:x}-{:x}",
        since_epoch & 0xffff_ffff,
        std::process::id()
    )
}

fn value(option: &'static str, value: &str, rule: &'static str) -> CliError {
    CliError::Value {
        option,
        value: value.to_owned(),
        rule,
    }
}

/// An origin; a path below which a server lies is kept.
fn server(text: &str) -> Result<Url, CliError> {
    let wrong = || value("--server", text, "it must be like https://video.example");
    let mut url = Url::parse(text.trim()).map_err(|_| wrong())?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong());
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(wrong());
    }
    let path = format!("{}/", url.path().trim_end_matches('/'));
    url.set_path(&path);
    Ok(url)
}

/// PeerTube takes 1 to 100 characters.
fn name(text: String) -> Result<String, CliError> {
    let length = text.chars().count();
    if (1..=100).contains(&length) && !text.chars().any(char::is_control) {
        return Ok(text);
    }
    Err(value("--name", &text, "it must have 1 to 100 characters"))
}

fn threads(text: &str) -> Result<u32, CliError> {
    let parsed = text.parse().ok().filter(|&threads: &u32| threads <= 128);
    parsed.ok_or_else(|| value("--threads", text, "it must be 0 to 128"))
}

fn rounds(text: &str) -> Result<u32, CliError> {
    let parsed = text.parse().ok().filter(|rounds| (1..=20).contains(rounds));
    parsed.ok_or_else(|| value("--rounds", text, "it must be 1 to 20"))
}

fn resolutions(text: &str) -> Result<Vec<u32>, CliError> {
    let parse = |part: &str| {
        part.trim()
            .parse()
            .ok()
            .filter(|&r: &u32| r <= MAX_VIDEO_SIDE)
    };
    let parsed: Option<Vec<u32>> = text.split(',').map(parse).collect();
    let wrong = || value("--resolutions", text, "it must be like 1080,720,0");
    parsed.filter(|list| list.len() <= 16).ok_or_else(wrong)
}

fn picture(text: &str) -> Result<(u32, u32), CliError> {
    let side = |part: &str| {
        part.parse()
            .ok()
            .filter(|side: &u32| (2..=MAX_PICTURE_SIDE).contains(side))
    };
    let parsed = text
        .split_once('x')
        .and_then(|(w, h)| Some((side(w)?, side(h)?)));
    parsed.ok_or_else(|| value("--picture", text, "it must be like 850x480"))
}

/// A number with an optional K, M, G or T, powers of 1,024.
fn size(text: &str) -> Result<u64, CliError> {
    let wrong = || {
        value(
            "--max-disk",
            text,
            "it must be like 500M or 50G, and at least 16M",
        )
    };
    let (number, shift) = match text.char_indices().last() {
        Some((at, 'K' | 'k')) => (&text[..at], 10),
        Some((at, 'M' | 'm')) => (&text[..at], 20),
        Some((at, 'G' | 'g')) => (&text[..at], 30),
        Some((at, 'T' | 't')) => (&text[..at], 40),
        _ => (text, 0),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let bytes = number.checked_mul(1 << shift).ok_or_else(wrong)?;
    if bytes < 16 << 20 {
        Err(wrong())
    } else {
        Ok(bytes)
    }
}
