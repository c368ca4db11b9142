//! The command line.

use std::collections::BTreeMap;
use std::env;
use std::net::IpAddr;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

use crate::worker::Reuse;

/// How to call this program.
pub const USAGE: &str = "\
spin-host: serves the application of a spin.toml for tests

  --manifest FILE    default spin.toml
  --state DIR        databases and key-value stores; default .spin-host
  --cache DIR        compiled components; default target/spin-host
  --host ADDRESS     default 127.0.0.1
  --port N           0 takes a free one; default 3000
  --fresh            a fresh instance for every request; Spin uses one again
  --command FILE     only run this component's wasi:cli program
  --var NAME=VALUE   a variable; also from the environment, SPIN_VARIABLE_NAME";

const VARIABLE_PREFIX: &str = "SPIN_VARIABLE_";

/// What was asked for.
#[derive(Debug)]
pub struct Options {
    /// `spin.toml`.
    pub manifest: PathBuf,
    /// Where everything is remembered.
    pub state: PathBuf,
    /// Where machine code is kept.
    pub cache: PathBuf,
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on.
    pub port: u16,
    /// A program to run instead of the application.
    pub command: Option<PathBuf>,
    /// How often one instance is asked.
    pub reuse: Reuse,
    /// Variables of the application.
    pub variables: BTreeMap<String, String>,
}

/// Reads the command line and the environment; `None` when only help is wanted.
///
/// # Errors
/// If an option is unknown or malformed.
pub fn parse() -> Result<Option<Options>, lexopt::Error> {
    let mut options = Options {
        manifest: PathBuf::from("spin.toml"),
        state: PathBuf::from(".spin-host"),
        cache: PathBuf::from("target/spin-host"),
        host: IpAddr::from([127, 0, 0, 1]),
        port: 3000,
        command: None,
        reuse: Reuse::SPIN,
        variables: from_environment(),
    };
    let mut words = Parser::from_env();
    while let Some(word) = words.next()? {
        match word {
            Arg::Short('h') | Arg::Long("help") => return Ok(None),
            Arg::Long("manifest") => options.manifest = words.value()?.into(),
            Arg::Long("state") => options.state = words.value()?.into(),
            Arg::Long("cache") => options.cache = words.value()?.into(),
            Arg::Long("host") => options.host = words.value()?.parse()?,
            Arg::Long("port") => options.port = words.value()?.parse()?,
            Arg::Long("command") => options.command = Some(words.value()?.into()),
            Arg::Long("fresh") => options.reuse = Reuse::NEVER,
            Arg::Long("var") => {
                let pair = words.value()?.string()?;
                let (name, value) = pair.split_once('=').ok_or("--var wants NAME=VALUE")?;
                options.variables.insert(name.to_owned(), value.to_owned());
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(Some(options))
}

fn from_environment() -> BTreeMap<String, String> {
    env::vars()
        .filter_map(|(name, value)| {
            let name = name.strip_prefix(VARIABLE_PREFIX)?.to_ascii_lowercase();
            Some((name, value))
        })
        .collect()
}
