//! One running instance.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::child::Group;
use super::launch::{self, Launch, Plan};
use super::state::State;
use crate::arguments::InstanceOptions;
use crate::failure::{Failure, Outcome};
use crate::places;
use crate::setup::node;

/// A runtime that says nothing for this long will not start any more.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// workerd is killed by the runtime, which takes a few milliseconds.
const STOP_PATIENCE: Duration = Duration::from_secs(5);

/// The one line that the runtime prints.
#[derive(Debug, Deserialize)]
struct Ready {
    control: String,
}

/// A running instance. Dropping it kills it; its state stays in the state folder.
///
/// It also ends when this process dies in any way, because the runtime sees its standard input end.
#[derive(Debug)]
pub struct Instance {
    runtime: Group,
    /// The runtime's lifeline.
    _stdin: ChildStdin,
    state: State,
    plan: Plan,
    control: String,
    start_time: Duration,
}

impl Instance {
    /// Starts the built Worker and waits until it answers. `cron` calls the scheduled handler every
    /// minute; tests rather call it through the control server.
    ///
    /// # Errors
    /// If the Worker is not built, the port or the state folder is in use, or workerd refuses the
    /// Worker.
    pub fn start(options: &InstanceOptions, cron: bool) -> Outcome<Self> {
        let started = Instant::now();
        let state = State::open(&options.state)?;
        let (launch, plan) = launch::plan(options, &state, cron)?;
        let mut runtime = Group::spawn("local runtime", &mut command()?)?;
        let stdin = send(&mut runtime, &launch)?;
        let ready = wait(&mut runtime)?;
        Ok(Self {
            runtime,
            _stdin: stdin,
            state,
            plan,
            control: ready.control,
            start_time: started.elapsed(),
        })
    }

    /// What to tell the user.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Base URL of the control server, ending in a slash; see `local-runtime/control.mjs`.
    #[must_use]
    pub fn control(&self) -> &str {
        &self.control
    }

    /// Where the transcoder may keep its work.
    #[must_use]
    pub fn transcoder_folder(&self) -> PathBuf {
        self.state.transcoder()
    }

    /// How long it took until the Worker could answer.
    #[must_use]
    pub fn start_time(&self) -> Duration {
        self.start_time
    }

    /// Process id of workerd, for tests that kill it; another one after a restart.
    ///
    /// # Errors
    /// If it has not been written down.
    pub fn workerd_pid(&self) -> Outcome<u32> {
        let path = self.state.workerd_pid_file();
        std::fs::read_to_string(&path)
            .map_err(|error| Failure::io("read", &path, &error))?
            .trim()
            .parse()
            .map_err(|_| Failure::new(format!("{} holds no process id", path.display())))
    }

    /// How the runtime ended, if it has; it should not before it is stopped.
    #[must_use]
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.runtime.ended()
    }

    /// Stops the instance.
    ///
    /// # Errors
    /// If it did not stop when asked and had to be killed.
    pub fn stop(mut self) -> Outcome<()> {
        if self.runtime.stop(STOP_PATIENCE) {
            Ok(())
        } else {
            Err(Failure::new(
                "the local runtime did not stop and was killed",
            ))
        }
    }
}

fn command() -> Outcome<Command> {
    let script = places::root()
        .join("xtask")
        .join("local-runtime")
        .join("main.mjs");
    let mut command = Command::new(node::find()?.program);
    command
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    Ok(command)
}

fn send(runtime: &mut Group, launch: &Launch) -> Outcome<ChildStdin> {
    let mut line = serde_json::to_string(launch)
        .map_err(|error| Failure::new(format!("cannot describe the instance: {error}")))?;
    line.push('\n');
    let mut stdin = runtime
        .child()
        .stdin
        .take()
        .ok_or_else(|| Failure::new("the local runtime has no standard input"))?;
    stdin
        .write_all(line.as_bytes())
        .map_err(|error| Failure::new(format!("the local runtime does not listen: {error}")))?;
    Ok(stdin)
}

fn wait(runtime: &mut Group) -> Outcome<Ready> {
    let stdout = runtime
        .child()
        .stdout
        .take()
        .ok_or_else(|| Failure::new("the local runtime has no standard output"))?;
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let mut reader = BufReader::new(stdout);
        if reader.read_line(&mut line).is_ok() {
            // Nobody waits any more if the start has failed for another reason.
            let _ = sender.send(line);
        }
    });
    match lines.recv_timeout(START_PATIENCE) {
        Ok(line) if !line.is_empty() => serde_json::from_str(&line)
            .map_err(|error| Failure::new(format!("the local runtime says {line:?}: {error}"))),
        Ok(_) | Err(RecvTimeoutError::Disconnected) => Err(Failure::new(
            "the local runtime ended before it was ready; see above",
        )),
        Err(RecvTimeoutError::Timeout) => Err(Failure::new(format!(
            "the local runtime was not ready within {} s",
            START_PATIENCE.as_secs()
        ))),
    }
}
