//! The bare Workers of `bare-worker/`: what the platform gives without any product.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use e2e::programs;
use e2e::scratch::Scratch;
use serde_json::json;

use crate::process::Process;

/// A running bare Worker; dropped, it ends and what it stored is removed.
pub struct Bare {
    process: Child,
    scratch: Scratch,
    origin: String,
}

impl Bare {
    /// Starts the one that stores and reads objects, on the same object store as the product has locally;
    /// `fast_multipart` as the product's local run sets it (`xtask/local-runtime/r2.mjs`).
    #[must_use]
    pub fn start(fast_multipart: bool) -> Self {
        Self::run("worker.mjs", fast_multipart)
    }

    /// Starts the one that relays offers and answers.
    #[must_use]
    pub fn swarm() -> Self {
        Self::run("swarm.mjs", false)
    }

    fn run(script: &str, fast_multipart: bool) -> Self {
        let scratch = Scratch::new("bare");
        let port = free_port();
        let told = json!({
            "script": script,
            "port": port,
            "persist": scratch.join("data"),
            "temporary": scratch.join("temporary"),
            "pid_file": scratch.join("pid"),
            "fast_multipart": fast_multipart,
        });
        let mut command = Command::new(programs::node());
        command
            .arg(programs::root().join("tests/load/bare-worker/main.mjs"))
            .arg(told.to_string());
        Self {
            process: start_server(&mut command),
            scratch,
            origin: format!("http://127.0.0.1:{port}"),
        }
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its workerd.
    #[must_use]
    pub fn workerd(&self) -> Process {
        let path = self.scratch.join("pid");
        let pid = fs::read_to_string(&path)
            .ok()
            .and_then(|pid| pid.trim().parse().ok());
        Process(pid.unwrap_or_else(|| panic!("{} holds no process id", path.display())))
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        // Closing its standard input stops it and workerd with it.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// Starts a program that ends with its standard input, and waits for the line by which it says that it
/// listens.
#[must_use]
pub fn start_server(command: &mut Command) -> Child {
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let stdout = process.stdout.take().expect("standard output is piped");
    let mut line = String::new();
    let read = BufReader::new(stdout).read_line(&mut line);
    assert!(matches!(read, Ok(1..)), "{command:?} did not start");
    process
}

/// A port that was free a moment ago.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0));
    let address = listener.and_then(|listener| listener.local_addr());
    address
        .unwrap_or_else(|error| panic!("no free port: {error}"))
        .port()
}
