//! The component on the test host for Spin: how large, how soon it answers from nothing, what keys cost.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use e2e::instance::ADMIN_PASSWORD;
use e2e::scratch::Scratch;
use e2e::{Client, programs};
use serde_json::Value;

use crate::figure::{Bound, Table, count, median};
use crate::http1::Connection;

const COMPONENT_CAP_BYTES: f64 = 3_000_000.0;
const ANSWER_CAP_MS: f64 = 5.0;
const ROUNDS: u32 = 300;
const PROFILE: &str = "target/wasm32-wasip2/spin";
/// What the manifest demands; nothing is stored here, so no bucket is ever asked.
const VARIABLES: [(&str, &str); 9] = [
    ("public_origin", "http://127.0.0.1"),
    (
        "instance_secret",
        "0123456789abcdef0123456789abcdef0123456789abcdef",
    ),
    (
        "internal_secret",
        "0123456789abcdef0123456789abcdef0123456789abcdef",
    ),
    ("admin_password", ADMIN_PASSWORD),
    ("s3_endpoint", "http://127.0.0.1:9"),
    ("s3_bucket", "none"),
    ("s3_access_key_id", "none"),
    ("s3_secret_access_key", "none"),
    ("s3_region", "auto"),
];
const HANDLE: &str = "/.well-known/webfinger?resource=acct:root@127.0.0.1";

/// Measures all of it.
pub fn measure(table: &mut Table) {
    for name in ["spin_api.wasm", "spin_site.wasm"] {
        let component = programs::root().join(PROFILE).join(name);
        let size = fs::metadata(&component).map(|metadata| metadata.len());
        let size = size.unwrap_or_else(|error| panic!("{}: {error}", component.display()));
        let cap = Bound::AtMost(COMPONENT_CAP_BYTES);
        table.line(name, count(size), "B", cap);
    }
    // The first start may have to compile.
    drop(Host::start(&[]));
    let started = Instant::now();
    let used = Host::start(&[]);
    let start_ms = started.elapsed().as_secs_f64() * 1_000.0;
    table.shown(
        "start of the host with compiled code at hand",
        start_ms,
        "ms",
    );
    let again = used.answer_ms();
    drop(used);
    let fresh = Host::start(&["--fresh"]).answer_ms();
    let cap = Bound::AtMost(ANSWER_CAP_MS);
    table.line(
        "a new instance and its WebFinger answer, median",
        fresh,
        "ms",
        cap,
    );
    table.shown("WebFinger from an instance in use, median", again, "ms");
    for (name, value) in keys() {
        table.shown(&name, value, "ms");
    }
}

/// A running host on a state of its own.
struct Host {
    process: Child,
    origin: String,
    _state: Scratch,
}

impl Host {
    fn start(options: &[&str]) -> Self {
        let state = Scratch::new("spin");
        let mut command = command();
        command
            .args(["--manifest", "spin.toml", "--port", "0", "--state"])
            .arg(state.path())
            .args(options);
        for (name, value) in VARIABLES {
            command.arg("--var").arg(format!("{name}={value}"));
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start the host: {error}"));
        let stdout = process.stdout.take().expect("it is piped");
        let mut line = String::new();
        let read = BufReader::new(stdout).read_line(&mut line);
        assert!(matches!(read, Ok(1..)), "the host did not start");
        let ready: Value = serde_json::from_str(&line).expect("the host prints JSON");
        let origin = ready["origin"].as_str().expect("it says its origin");
        // The administrator's account is made when somebody first signs in.
        let _ = Client::new(origin).signed_in("root", ADMIN_PASSWORD);
        Self {
            origin: origin.to_owned(),
            process,
            _state: state,
        }
    }

    /// Median of one request after the other on one connection.
    fn answer_ms(&self) -> f64 {
        let mut connection = Connection::open(&self.origin);
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let started = Instant::now();
            let answer = connection.get(HANDLE, &[]);
            times.push(started.elapsed().as_secs_f64() * 1_000.0);
            assert_eq!(answer.status, 200, "WebFinger");
        }
        median(times)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

fn command() -> Command {
    let mut command = Command::new(programs::spin_host());
    command
        .current_dir(programs::root())
        .args(["--cache", "target/spin-host"]);
    command
}

/// Times of RSA with 2048 bits, as `tests/wasm-crypto` takes them.
fn keys() -> Vec<(String, f64)> {
    let program = programs::root().join(PROFILE).join("wasm-crypto.wasm");
    let output = programs::run(command().arg("--command").arg(program));
    let times: Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    [
        ("RSA in Wasm: make a key", "generate_ms"),
        ("RSA in Wasm: sign", "sign_ms"),
        ("RSA in Wasm: verify", "verify_ms"),
    ]
    .map(|(name, key)| {
        let value = times[key].as_f64().expect("it says each time");
        (name.to_owned(), value)
    })
    .to_vec()
}
