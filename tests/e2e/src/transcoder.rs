//! The transcoder as a child process.

use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::instance::{Instance, REGISTRATION_TOKEN, signal};
use crate::programs;
use crate::scratch::Scratch;
use crate::wait;

/// A few seconds of 720p take about 10 s on two idle cores.
const RUN_PATIENCE: Duration = Duration::from_secs(180);
/// SIGTERM must give the jobs back "at once": an orchestrator grants 10 s by default.
pub const TERM_PATIENCE: Duration = Duration::from_secs(10);

/// A running transcoder; dropped, it and its ffmpeg are killed.
#[derive(Debug)]
pub struct Transcoder {
    process: Child,
    ended: bool,
    log: PathBuf,
    _work: Scratch,
}

impl Transcoder {
    /// Starts one that drains the queue and ends (`--once`).
    #[must_use]
    pub fn start(instance: &Instance) -> Self {
        Self::start_with(instance, &["--once"])
    }

    /// Starts one with other options.
    #[must_use]
    pub fn start_with(instance: &Instance, options: &[&str]) -> Self {
        let work = Scratch::new("transcoder");
        let log = work.join("log");
        let file = File::create(&log).unwrap_or_else(|error| panic!("cannot write a log: {error}"));
        let copy = file
            .try_clone()
            .unwrap_or_else(|error| panic!("cannot write a log: {error}"));
        // A group of its own: `kill -9` of a container ends ffmpeg too.
        let process = Command::new(programs::transcoder())
            .args(options)
            .args(["--server", instance.origin()])
            .args(["--registration-token", REGISTRATION_TOKEN])
            .arg("--work-dir")
            .arg(work.join("work"))
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(copy)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start the transcoder: {error}"));
        Self {
            process,
            ended: false,
            log,
            _work: work,
        }
    }

    /// Transcodes everything that waits.
    pub fn drain(instance: &Instance) {
        let mut transcoder = Self::start(instance);
        let status = transcoder.wait(RUN_PATIENCE);
        assert!(
            status.success(),
            "the transcoder ended with {status}:\n{}",
            transcoder.log()
        );
    }

    /// Waits until it ends by itself.
    pub fn wait(&mut self, patience: Duration) -> ExitStatus {
        wait::until("the transcoder ends", patience, || self.ended())
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.process.try_wait().ok().flatten();
        self.ended |= status.is_some();
        status
    }

    /// Whether it has an ffmpeg at work.
    #[must_use]
    pub fn is_encoding(&self) -> bool {
        let parent = self.process.id().to_string();
        let processes = fs::read_dir("/proc").into_iter().flatten();
        processes.filter_map(Result::ok).any(|entry| {
            // proc(5): pid (name) state ppid …
            let stat = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            stat.split_once(" (ffmpeg) ")
                .is_some_and(|(_, rest)| rest.split(' ').nth(1) == Some(&parent))
        })
    }

    /// Asks it to stop, and waits until it has.
    pub fn terminate(&mut self) -> ExitStatus {
        signal(self.process.id(), Signal::TERM);
        self.wait(TERM_PATIENCE)
    }

    /// Kills it and its children without a word.
    pub fn kill(&mut self) {
        let group = i32::try_from(self.process.id())
            .ok()
            .and_then(Pid::from_raw);
        if let Some(group) = group {
            // Its children may live on when it is gone; the group is gone only with the last.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.process.wait();
        self.ended = true;
    }

    /// What it has printed.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

impl Drop for Transcoder {
    fn drop(&mut self) {
        if !self.ended {
            self.kill();
        }
        if thread::panicking() {
            eprintln!("--- log of the transcoder ---\n{}\n---", self.log());
        }
    }
}
