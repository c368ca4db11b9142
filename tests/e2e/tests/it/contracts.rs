//! The ports on the hosts' own interfaces: within a component (`tests/spin-contracts`) and within a Worker
//! (`tests/workers-contracts`), which `cargo xtask test` builds.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;

use s3_server::{ACCESS_KEY_ID, BUCKET, REGION, S3Server, SECRET_ACCESS_KEY};
use serde_json::Value;

use e2e::scratch::Scratch;
use e2e::{Client, programs};

/// Ends with its standard input, also where a check fails.
struct Host {
    process: Child,
    log: PathBuf,
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
        if thread::panicking() {
            // It says what was wrong.
            eprintln!("{}", fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}

fn spin(scratch: &Scratch, bucket: &S3Server) -> (Host, Client) {
    let mut command = Command::new(programs::spin_host());
    command
        .current_dir(programs::root())
        .args(["--manifest", "tests/spin-contracts/spin.toml"])
        .args(["--cache", "target/spin-host", "--port", "0", "--state"])
        .arg(scratch.join("state"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    for (name, value) in [
        ("ENDPOINT", bucket.endpoint().as_str()),
        ("BUCKET", BUCKET),
        ("REGION", REGION),
        ("ACCESS_KEY_ID", ACCESS_KEY_ID),
        ("SECRET_ACCESS_KEY", SECRET_ACCESS_KEY),
    ] {
        command.env(format!("SPIN_VARIABLE_S3_{name}"), value);
    }
    start(command, scratch)
}

fn workerd(scratch: &Scratch) -> (Host, Client) {
    let mut command = Command::new(programs::xtask());
    command
        .current_dir(programs::root())
        .args(["serve", "--on", "workerd", "--state"])
        .arg(scratch.join("state"))
        .env("EDGETUBE_RUNS_CONTRACTS", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    start(command, scratch)
}

fn start(mut command: Command, scratch: &Scratch) -> (Host, Client) {
    let log = scratch.join("log");
    command.stderr(File::create(&log).expect("a log can be written"));
    let process = command.spawn().expect("the host is built");
    let mut host = Host { process, log };
    let stdout = host.process.stdout.take().expect("it is piped");
    let mut line = String::new();
    let _ = BufReader::new(stdout)
        .read_line(&mut line)
        .expect("the host says when it is ready");
    let ready: Value = serde_json::from_str(&line).expect("it says so in JSON");
    let origin = ready["origin"].as_str().expect("and where");
    let client = Client::new(origin);
    (host, client)
}

#[test]
fn ports_on_spin_keep_them() {
    let scratch = Scratch::new("contracts");
    let bucket = S3Server::start();
    let (_host, client) = spin(&scratch, &bucket);
    for port in ["database", "key-value", "objects", "slots"] {
        let _ = client.get(&format!("/{port}")).expect_status(204);
    }
    assert_eq!(bucket.open_multiparts(), 0);
    let _ = client.get("/no-such-port").expect_status(404);
}

/// The tracker on Workers keeps no slots.
#[test]
fn ports_on_workerd_keep_them() {
    let scratch = Scratch::new("contracts");
    let (_host, client) = workerd(&scratch);
    for port in ["database", "key-value", "objects"] {
        let _ = client.get(&format!("/{port}")).expect_status(204);
    }
    let _ = client.get("/no-such-port").expect_status(404);
}
