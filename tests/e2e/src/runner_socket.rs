//! A runner that waits for work on a socket, by the client library of PeerTube's runner.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::programs;

/// How a client and the site talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transports {
    /// The library's default: by polling, then by a WebSocket if that works.
    Default,
    /// As PeerTube's runner.
    WebSocket,
    /// As behind a proxy that lets no WebSocket through.
    Polling,
}

impl Transports {
    fn names(self) -> &'static str {
        match self {
            Self::Default => "polling,websocket",
            Self::WebSocket => "websocket",
            Self::Polling => "polling",
        }
    }
}

/// A listening client; dropped, it ends.
pub struct RunnerSocket {
    process: Child,
    heard: Receiver<Value>,
}

impl RunnerSocket {
    /// Connects; what comes of it is heard.
    #[must_use]
    pub fn open(origin: &str, runner_token: &str, transports: Transports) -> Self {
        let mut process = Command::new(programs::node())
            .arg(programs::root().join("tests/e2e/clients/runner-socket.mjs"))
            .args([origin, runner_token, transports.names()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start node: {error}"));
        let lines = BufReader::new(process.stdout.take().expect("standard output is piped"));
        let (sender, heard) = channel();
        thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let said = serde_json::from_str(&line).expect("the client speaks JSON");
                if sender.send(said).is_err() {
                    return;
                }
            }
        });
        Self { process, heard }
    }

    /// Waits until `heard` comes, passing over other things; gives its detail.
    ///
    /// # Panics
    /// If it does not come in time.
    pub fn wait_for(&self, heard: &str, patience: Duration) -> Value {
        let end = Instant::now() + patience;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let said = self.heard.recv_timeout(left);
            let said = said.unwrap_or_else(|_| panic!("the runner has not heard {heard:?}"));
            if said["heard"] == heard {
                return said["detail"].clone();
            }
        }
    }

    /// What was heard and not waited for.
    pub fn heard(&self) -> Vec<Value> {
        self.heard.try_iter().collect()
    }
}

impl Drop for RunnerSocket {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
