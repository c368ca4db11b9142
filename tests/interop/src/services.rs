//! What PeerTube keeps its state in.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use e2e::instance::free_port;
use e2e::programs;
use e2e::scratch::Scratch;
use e2e::wait;

use crate::lifeline::Lifeline;

const START_PATIENCE: Duration = Duration::from_secs(60);
/// Extensions that PeerTube's tables need, and only a superuser may create.
const EXTENSIONS: [&str; 2] = ["pg_trgm", "unaccent"];

/// A PostgreSQL cluster and a Redis of our own, both empty.
#[derive(Debug)]
pub struct Services {
    /// Port of PostgreSQL.
    pub postgres_port: u16,
    /// Port of Redis.
    pub redis_port: u16,
    _postgres: Lifeline,
    _redis: Lifeline,
    _folder: Scratch,
}

impl Services {
    /// Starts both, and creates a database with PeerTube's extensions.
    #[must_use]
    pub fn start(database: &str) -> Self {
        let folder = Scratch::new("services");
        let redis_port = free_port();
        let redis = start_redis(&folder, redis_port);
        let postgres_port = free_port();
        let postgres = start_postgres(&folder, postgres_port);
        let create = format!("CREATE DATABASE {database}");
        wait::until("PostgreSQL answers", START_PATIENCE, || {
            let output = psql(postgres_port, "postgres", &create);
            output.status.success().then_some(())
        });
        for extension in EXTENSIONS {
            let sql = format!("CREATE EXTENSION {extension}");
            let output = psql(postgres_port, database, &sql);
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{sql}: {error}");
        }
        Self {
            postgres_port,
            redis_port,
            _postgres: postgres,
            _redis: redis,
            _folder: folder,
        }
    }
}

fn start_redis(folder: &Scratch, port: u16) -> Lifeline {
    let mut command = Command::new(programs::tool("redis-server"));
    command
        .args(["--port", &port.to_string()])
        .args(["--bind", "127.0.0.1", "--save", "", "--dir"])
        .arg(folder.path());
    Lifeline::start(&command, "TERM", &folder.join("redis.log"))
}

fn start_postgres(folder: &Scratch, port: u16) -> Lifeline {
    let data = folder.join("postgres");
    fs::create_dir(&data).unwrap_or_else(|error| panic!("{}: {error}", data.display()));
    if is_root() {
        programs::run(Command::new("chown").arg("postgres").arg(&data));
    }
    let mut initdb = unprivileged("initdb");
    initdb
        .args(["--auth", "trust", "--username", "postgres", "--no-sync"])
        .args(["--encoding", "UTF8", "--locale", "C.UTF-8", "--pgdata"])
        .arg(&data);
    programs::run(&mut initdb);
    let mut command = unprivileged("postgres");
    command
        .args(["-p", &port.to_string()])
        .args(["-c", "listen_addresses=127.0.0.1"])
        // The state is thrown away with the test.
        .args(["-c", "fsync=off", "-c", "synchronous_commit=off"])
        .arg("-k")
        .arg(&data)
        .arg("-D")
        .arg(&data);
    // SIGQUIT: end at once, whoever is connected.
    Lifeline::start(&command, "QUIT", &folder.join("postgres.log"))
}

fn psql(port: u16, database: &str, sql: &str) -> Output {
    Command::new(programs::tool("psql"))
        .args(["-h", "127.0.0.1", "-p", &port.to_string()])
        .args(["-U", "postgres", "-d", database, "-c", sql])
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("cannot start psql: {error}"))
}

/// A program of PostgreSQL's server, as a user that it accepts.
fn unprivileged(name: &str) -> Command {
    let program = server_program(name);
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    // Our working directory may be closed to that user.
    command.args(["-u", "postgres", "--"]).arg(program);
    command.current_dir("/");
    command
}

/// Debian keeps them away from `PATH`, one folder per major version.
fn server_program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let in_version = |entry: fs::DirEntry| entry.path().join("bin").join(name);
    versions
        .filter_map(Result::ok)
        .map(in_version)
        .find(|path| path.is_file())
        .unwrap_or_else(|| programs::tool(name))
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}
