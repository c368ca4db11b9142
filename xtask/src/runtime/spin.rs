//! An instance on the test host for Spin (`tests/spin-host`): the component that `spin.toml` names.
//!
//! Spin has no cron. Somebody must call `/internal/jobs/run` every minute; here a thread does it every
//! second, so that what waits in the queue is not waited for, unless a test is about what happens without.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use serde::Deserialize;

use super::child::Group;
use super::launch::{self, Plan};
use super::secret;
use super::state::State;
use crate::arguments::InstanceOptions;
use crate::failure::{Failure, Outcome};
use crate::places;
use crate::progress::Step;
use crate::setup::wasm::native_cargo;

const PACKAGE: &str = "spin-host";
const SECRET_BYTES: usize = 32;
/// Pause after the queue was worked through.
const JOBS_PAUSE: Duration = Duration::from_secs(1);
/// A run of the queue that takes longer is given up; the next goes on with it.
const JOBS_PATIENCE: Duration = Duration::from_secs(300);
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// A running instance. Dropping it kills it; its state stays in the state folder.
#[derive(Debug)]
pub struct SpinInstance {
    /// Starts the host, and again when it was killed.
    command: Command,
    host: Group,
    /// Its standard input: it ends when that is closed.
    lifeline: ChildStdin,
    _state: State,
    plan: Plan,
    internal_secret: String,
    pid: u32,
}

/// The one line that the host prints.
#[derive(Debug, Deserialize)]
struct Ready {
    pid: u32,
}

/// Where the host is once built.
#[must_use]
pub fn program() -> PathBuf {
    places::target().join("debug").join(PACKAGE)
}

/// Builds the host; Cargo itself knows whether anything has changed.
///
/// # Errors
/// If it does not compile.
pub fn build() -> Outcome<()> {
    let step = Step::start("test host for Spin");
    let mut cargo = native_cargo();
    cargo.args(["build", "--package", PACKAGE]);
    step.run(cargo.current_dir(places::root()))?;
    step.finish("");
    Ok(())
}

impl SpinInstance {
    /// Starts the built component and waits until it answers. Without `has_cron` nobody calls for its queue.
    ///
    /// # Errors
    /// If something is not built, the port or the state folder is in use, or the manifest is refused.
    pub fn start(options: &InstanceOptions, has_cron: bool) -> Outcome<Self> {
        let state = State::open(&options.state)?;
        let port = launch::take_port(options.host, options.port)?;
        let secrets = state.secrets()?;
        let admin_password = state.admin_password(options.admin_password.as_deref())?;
        let local = SocketAddr::new(launch::reachable(options.host), port);
        let local_url = format!("http://{local}");
        let origin = options.origin.clone().unwrap_or_else(|| local_url.clone());
        let internal_secret = secret::hex(SECRET_BYTES)?;
        let plan = Plan {
            edges: Vec::new(),
            origin,
            local_url,
            admin_username: "root".to_owned(),
            admin_password,
            runner_registration_token: secrets.runner_registration_token,
        };
        let generated = [
            ("public_origin", plan.origin.as_str()),
            ("instance_secret", secrets.instance_secret.as_str()),
            ("internal_secret", internal_secret.as_str()),
            ("admin_username", plan.admin_username.as_str()),
            ("admin_password", plan.admin_password.text.as_str()),
            (
                "runner_registration_token",
                plan.runner_registration_token.as_str(),
            ),
        ];
        let mut command = Command::new(program());
        command
            .args(["--host", &options.host.to_string()])
            .args(["--port", &port.to_string()])
            .arg("--manifest")
            .arg(places::root().join("spin.toml"))
            .arg("--state")
            .arg(state.data())
            .arg("--cache")
            .arg(places::target().join(PACKAGE))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        for (name, value) in variables(&generated, &options.vars) {
            // In the environment, which other users do not see.
            command.env(
                format!("SPIN_VARIABLE_{}", name.to_ascii_uppercase()),
                value,
            );
        }
        let (host, stdin, ready) = spawn(&mut command)?;
        if has_cron {
            let secret = internal_secret.clone();
            // Ends with this process; until then a host that is gone refuses in no time.
            thread::spawn(move || run_jobs(local, &secret));
        }
        Ok(Self {
            command,
            host,
            lifeline: stdin,
            _state: state,
            plan,
            internal_secret,
            pid: ready.pid,
        })
    }

    /// What to tell the user.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What callers of `/internal` must know.
    #[must_use]
    pub fn internal_secret(&self) -> &str {
        &self.internal_secret
    }

    /// Process id of the host, for tests that kill it.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// How the host ended, if it has.
    #[must_use]
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.host.ended()
    }

    /// Starts the host again, as whoever runs Spin does when it was killed.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub fn revive(&mut self) -> Outcome<()> {
        let (host, stdin, ready) = spawn(&mut self.command)?;
        self.host = host;
        self.lifeline = stdin;
        self.pid = ready.pid;
        Ok(())
    }

    /// Stops the instance.
    ///
    /// # Errors
    /// If it did not stop when asked and had to be killed.
    pub fn stop(mut self) -> Outcome<()> {
        if self.host.stop(STOP_PATIENCE) {
            Ok(())
        } else {
            Err(Failure::new("the host did not stop and was killed"))
        }
    }
}

/// The names of `spin.toml`: those of the Workers in lower case. Tests that reach private addresses reach them
/// without TLS.
fn variables(generated: &[(&str, &str)], given: &[(String, String)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let mut values: BTreeMap<String, String> = generated.iter().map(owned).collect();
    for (name, value) in given {
        values.insert(name.to_ascii_lowercase(), value.clone());
    }
    if values.get("federation_allow_private").map(String::as_str) == Some("true") {
        values.insert("federation_hosts".to_owned(), "*://*:*".to_owned());
    }
    values
}

fn spawn(command: &mut Command) -> Outcome<(Group, ChildStdin, Ready)> {
    let mut host = Group::spawn("test host for Spin", command)?;
    let stdin = host.child().stdin.take();
    let stdin = stdin.ok_or_else(|| Failure::new("the host has no standard input"))?;
    let ready = wait(&mut host)?;
    Ok((host, stdin, ready))
}

fn wait(host: &mut Group) -> Outcome<Ready> {
    let stdout = host.child().stdout.take();
    let stdout = stdout.ok_or_else(|| Failure::new("the host has no standard output"))?;
    let mut line = String::new();
    // Compiling a new component takes a while; a host that cannot start ends, and with it its output.
    let read = BufReader::new(stdout).read_line(&mut line);
    match read {
        Ok(1..) => serde_json::from_str(&line)
            .map_err(|error| Failure::new(format!("the host says {line:?}: {error}"))),
        _ => Err(Failure::new(
            "the host ended before it was ready; see above",
        )),
    }
}

fn run_jobs(address: SocketAddr, secret: &str) {
    let request = format!(
        "POST /internal/jobs/run HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {secret}\r\n\
         content-length: 0\r\nconnection: close\r\n\r\n"
    );
    loop {
        thread::sleep(JOBS_PAUSE);
        // The site itself says in its log what went wrong.
        let _ = send(address, &request);
    }
}

fn send(address: SocketAddr, request: &str) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(JOBS_PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    stream.read_to_end(&mut Vec::new()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_variable_wins_and_names_are_in_lower_case() {
        let given = [
            ("INSTANCE_SECRET".to_owned(), "given".to_owned()),
            ("FEDERATION_ALLOW_PRIVATE".to_owned(), "true".to_owned()),
        ];
        let values = variables(&[("instance_secret", "generated"), ("a", "b")], &given);
        assert_eq!(values["instance_secret"], "given");
        assert_eq!(values["a"], "b");
        assert_eq!(values["federation_hosts"], "*://*:*");
    }
}
