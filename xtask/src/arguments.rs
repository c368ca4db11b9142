//! The command line.

use std::env;
use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;

use lexopt::{Arg, Parser, ValueExt};

use crate::failure::{Failure, Outcome};

/// What `cargo xtask help` prints.
pub const USAGE: &str = "\
cargo xtask <command>

  setup    install what building and testing need
  dev      build everything and run an instance with local state
             --port N              default 8787
             --host ADDRESS        default 127.0.0.1
             --state DIR           default .edgetube
             --origin URL          scheme and host that viewers use; default http://localhost:PORT
             --admin-password P    default: generated once and kept in the state folder
             --no-transcoder       do not start a transcoder
             --edges N             answer and take the queues' messages in N processes of their own, apart
                                   from the database, as on the platform; default 0
             --var NAME=VALUE      set a variable or secret of the Worker; may be repeated
  test     build everything and run every test
             --fast                only the checks and tests that need no running instance
  build    build what is deployed
             workers               only what `wrangler deploy` uploads
             spin                  only what `spin.toml` names
  bench    print sizes, times, rates and costs beside their bounds; names choose some
  wrangler run the pinned wrangler with a Node that it accepts: `cargo xtask wrangler deploy`
  tidy     check dependency directions, file lengths and test vectors";

/// Port of `cargo xtask dev`.
const DEFAULT_PORT: u16 = 8787;

/// Each has a workerd of its own.
pub const MAX_EDGES: u8 = 8;

/// One command with its options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Print the usage.
    Help,
    /// Install tools.
    Setup,
    /// Build what is deployed.
    Build(For),
    /// Build and run an instance.
    Dev(DevOptions),
    /// Run a built instance for a test; not in the usage.
    Serve(ServeOptions),
    /// Run all tests.
    Test(TestOptions),
    /// Measure.
    Bench(BenchOptions),
    /// Check the rules of the house.
    Tidy,
    /// Run wrangler with these words.
    Wrangler(Vec<OsString>),
}

/// Host that something is built for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum For {
    /// Each.
    All,
    /// Cloudflare Workers.
    Workers,
    /// Spin.
    Spin,
}

/// Options of one running instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceOptions {
    /// Address to listen on.
    pub host: IpAddr,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Folder that holds everything the instance remembers.
    pub state: PathBuf,
    /// Scheme and host that viewers use; `None` means this machine and port.
    pub origin: Option<String>,
    /// Password of the first administrator; `None` generates one and keeps it in the state folder.
    pub admin_password: Option<String>,
    /// Variables and secrets of the Worker that override those of `wrangler.toml`.
    pub vars: Vec<(String, String)>,
    /// Processes that answer and take the queues' messages, apart from the one that holds the objects, as on the
    /// platform; with 0 that one does. At most [`MAX_EDGES`]; on workerd alone.
    pub edges: u8,
}

impl InstanceOptions {
    /// An instance on a free loopback port with its own state folder.
    #[must_use]
    pub fn on_free_port(state: PathBuf) -> Self {
        Self {
            host: IpAddr::from([127, 0, 0, 1]),
            port: 0,
            state,
            origin: None,
            admin_password: None,
            vars: Vec::new(),
            edges: 0,
        }
    }
}

/// What runs an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum On {
    /// The Workers, in workerd.
    #[default]
    Workerd,
    /// The component, on the test host for Spin.
    Spin,
}

/// Options of `serve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServeOptions {
    /// What runs it.
    pub on: On,
    /// Whether somebody has the queue of the host for Spin worked through once in a while. Workers get no cron here
    /// but by the control server.
    pub has_cron: bool,
    /// The instance to run.
    pub instance: InstanceOptions,
}

/// Options of `dev`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DevOptions {
    /// The instance to run.
    pub instance: InstanceOptions,
    /// Whether to start a transcoder beside it.
    pub transcoder: bool,
}

/// Options of `test`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TestOptions {
    /// Leave out everything that needs a running instance.
    pub fast: bool,
}

/// Options of `bench`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BenchOptions {
    /// Only benchmarks whose name contains one of these; empty means all.
    pub only: Vec<String>,
}

/// Parses the whole command line, program name included.
///
/// # Errors
/// If the command or an option is unknown, or a value is malformed.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Outcome<Command> {
    parse_words(Parser::from_iter(arguments)).map_err(|error| {
        Failure::with_remedy(error.to_string(), "`cargo xtask help` lists the commands")
    })
}

fn parse_words(mut words: Parser) -> Result<Command, lexopt::Error> {
    let Some(first) = words.next()? else {
        return Ok(Command::Help);
    };
    let command = match first {
        Arg::Value(name) => name.string()?,
        Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
        other => return Err(other.unexpected()),
    };
    match command.as_str() {
        "help" => Ok(Command::Help),
        "setup" => finish(words, Command::Setup),
        "build" => parse_build(words),
        "tidy" => finish(words, Command::Tidy),
        "dev" => parse_dev(words),
        "serve" => parse_serve(words),
        "test" => parse_test(words),
        "bench" => parse_bench(words),
        "wrangler" => Ok(Command::Wrangler(words.raw_args()?.collect())),
        _ => Err(format!("there is no command {command:?}").into()),
    }
}

fn finish(mut words: Parser, command: Command) -> Result<Command, lexopt::Error> {
    match words.next()? {
        None => Ok(command),
        Some(extra) => Err(extra.unexpected()),
    }
}

fn parse_build(mut words: Parser) -> Result<Command, lexopt::Error> {
    let host = match words.next()? {
        None => For::All,
        Some(Arg::Value(name)) if name == "workers" => For::Workers,
        Some(Arg::Value(name)) if name == "spin" => For::Spin,
        Some(other) => return Err(other.unexpected()),
    };
    finish(words, Command::Build(host))
}

fn parse_dev(mut words: Parser) -> Result<Command, lexopt::Error> {
    let mut instance = InstanceOptions {
        port: DEFAULT_PORT,
        ..InstanceOptions::on_free_port(PathBuf::from(".edgetube"))
    };
    let mut transcoder = true;
    while let Some(word) = words.next()? {
        match word {
            Arg::Long("no-transcoder") => transcoder = false,
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
            Arg::Long(name) => {
                let name = name.to_owned();
                instance_option(&mut instance, &name, &mut words)?;
            }
            other => return Err(other.unexpected()),
        }
    }
    if instance.origin.is_none() && instance.port != 0 {
        instance.origin = Some(format!("http://localhost:{}", instance.port));
    }
    Ok(Command::Dev(DevOptions {
        instance: absolute(instance),
        transcoder,
    }))
}

fn parse_serve(mut words: Parser) -> Result<Command, lexopt::Error> {
    let mut instance = InstanceOptions::on_free_port(PathBuf::from(".edgetube"));
    let mut on = On::default();
    let mut has_cron = true;
    while let Some(word) = words.next()? {
        match word {
            Arg::Long("no-cron") => has_cron = false,
            Arg::Long("on") => {
                on = match words.value()?.string()?.as_str() {
                    "workerd" => On::Workerd,
                    "spin" => On::Spin,
                    _ => return Err("--on wants workerd or spin".into()),
                };
            }
            Arg::Long(name) => {
                let name = name.to_owned();
                instance_option(&mut instance, &name, &mut words)?;
            }
            other => return Err(other.unexpected()),
        }
    }
    if on == On::Spin && instance.edges > 0 {
        return Err("--edges is for workerd: on Spin every process is the same".into());
    }
    Ok(Command::Serve(ServeOptions {
        on,
        has_cron,
        instance: absolute(instance),
    }))
}

fn instance_option(
    instance: &mut InstanceOptions,
    name: &str,
    words: &mut Parser,
) -> Result<(), lexopt::Error> {
    match name {
        "port" => instance.port = words.value()?.parse()?,
        "host" => instance.host = words.value()?.parse()?,
        "state" => instance.state = PathBuf::from(words.value()?),
        "origin" => instance.origin = Some(origin(words.value()?.string()?)?),
        "admin-password" => instance.admin_password = Some(words.value()?.string()?),
        "edges" => {
            instance.edges = words.value()?.parse()?;
            if instance.edges > MAX_EDGES {
                return Err(format!("--edges wants at most {MAX_EDGES}").into());
            }
        }
        "var" => {
            let pair = words.value()?.string()?;
            match pair.split_once('=') {
                Some((name, value)) => {
                    instance.vars.push((name.to_owned(), value.to_owned()));
                }
                None => return Err("--var wants NAME=VALUE".into()),
            }
        }
        _ => return Err(format!("there is no option --{name}").into()),
    }
    Ok(())
}

/// An origin is scheme and host, without a path: ids are built by appending a path.
fn origin(text: String) -> Result<String, lexopt::Error> {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains('/') => Ok(text),
        _ => {
            Err("--origin wants a scheme and a host without a path, as https://tube.example".into())
        }
    }
}

fn absolute(instance: InstanceOptions) -> InstanceOptions {
    let here = env::current_dir().unwrap_or_default();
    InstanceOptions {
        state: here.join(&instance.state),
        ..instance
    }
}

fn parse_test(mut words: Parser) -> Result<Command, lexopt::Error> {
    let mut options = TestOptions::default();
    while let Some(word) = words.next()? {
        match word {
            Arg::Long("fast") => options.fast = true,
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Test(options))
}

fn parse_bench(mut words: Parser) -> Result<Command, lexopt::Error> {
    let mut options = BenchOptions::default();
    while let Some(word) = words.next()? {
        match word {
            Arg::Value(name) => options.only.push(name.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(Command::Bench(options))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(line: &str) -> Outcome<Command> {
        parse(
            std::iter::once("xtask")
                .chain(line.split_whitespace())
                .map(OsString::from),
        )
    }

    #[test]
    fn dev_has_defaults() {
        let Command::Dev(options) = parse_text("dev").unwrap() else {
            panic!("not dev")
        };
        assert_eq!(options.instance.port, 8787);
        assert_eq!(options.instance.host, IpAddr::from([127, 0, 0, 1]));
        assert!(options.instance.state.is_absolute());
        assert_eq!(
            options.instance.origin.as_deref(),
            Some("http://localhost:8787")
        );
        assert!(options.transcoder);
    }

    #[test]
    fn dev_takes_every_option() {
        let line = "dev --port 1 --host 0.0.0.0 --state /s --origin https://tube.example \
                    --admin-password p --no-transcoder --var A=b=c --edges 2";
        let Command::Dev(options) = parse_text(line).unwrap() else {
            panic!("not dev")
        };
        assert_eq!(
            options.instance,
            InstanceOptions {
                host: IpAddr::from([0, 0, 0, 0]),
                port: 1,
                state: PathBuf::from("/s"),
                origin: Some("https://tube.example".to_owned()),
                admin_password: Some("p".to_owned()),
                vars: vec![("A".to_owned(), "b=c".to_owned())],
                edges: 2,
            }
        );
        assert!(!options.transcoder);
    }

    #[test]
    fn a_build_is_for_each_host_or_for_one() {
        assert_eq!(parse_text("build").unwrap(), Command::Build(For::All));
        assert_eq!(
            parse_text("build workers").unwrap(),
            Command::Build(For::Workers)
        );
        assert_eq!(parse_text("build spin").unwrap(), Command::Build(For::Spin));
        assert!(parse_text("build spin workers").is_err());
    }

    #[test]
    fn serve_runs_on_either_host() {
        let on = |line: &str| match parse_text(line).unwrap() {
            Command::Serve(options) => options.on,
            other => panic!("{other:?}"),
        };
        assert_eq!(on("serve --port 1"), On::Workerd);
        assert_eq!(on("serve --on spin --port 1"), On::Spin);
        assert!(parse_text("serve --on nginx").is_err());
    }

    #[test]
    fn serve_has_cron_unless_told_otherwise() {
        let has_cron = |line: &str| match parse_text(line).unwrap() {
            Command::Serve(options) => options.has_cron,
            other => panic!("{other:?}"),
        };
        assert!(has_cron("serve --on spin"));
        assert!(!has_cron("serve --on spin --no-cron"));
    }

    #[test]
    fn wrangler_gets_its_words_unread() {
        let Command::Wrangler(words) = parse_text("wrangler deploy --dry-run").unwrap() else {
            panic!("not wrangler")
        };
        assert_eq!(words, ["deploy", "--dry-run"]);
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for line in [
            "develop",
            "dev --prot 1",
            "dev --port 70000",
            "dev --origin https://tube.example/",
            "dev --origin tube.example",
            "dev --var A",
            "dev --edges 9",
            "serve --on spin --edges 1",
            "build nginx",
            "tidy --fast",
        ] {
            assert!(parse_text(line).is_err(), "{line}");
        }
    }
}
