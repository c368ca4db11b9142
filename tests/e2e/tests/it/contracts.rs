//! The ports within a component, on Spin's interfaces: `tests/spin-contracts`, which `cargo xtask test` builds.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use s3_server::{ACCESS_KEY_ID, BUCKET, REGION, S3Server, SECRET_ACCESS_KEY};
use serde_json::Value;

use e2e::scratch::Scratch;
use e2e::{Client, programs};

/// Ends with its standard input, also where a check fails.
struct Host(Child);

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn host(scratch: &Scratch, bucket: &S3Server) -> (Host, Client) {
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
    let mut host = Host(command.spawn().expect("the host is built"));
    let stdout = host.0.stdout.take().expect("it is piped");
    let mut line = String::new();
    let _ = BufReader::new(stdout)
        .read_line(&mut line)
        .expect("the host says when it is ready");
    let ready: Value = serde_json::from_str(&line).expect("it says so in JSON");
    let origin = ready["origin"].as_str().expect("and where");
    let client = Client::new(origin);
    (host, client)
}

/// Whichever fails, the host's standard error says what was wrong.
#[test]
fn ports_on_spin_keep_them() {
    let scratch = Scratch::new("contracts");
    let bucket = S3Server::start();
    let (_host, client) = host(&scratch, &bucket);
    for port in ["database", "key-value", "objects", "slots"] {
        let _ = client.get(&format!("/{port}")).expect_status(204);
    }
    assert_eq!(bucket.open_multiparts(), 0);
    let _ = client.get("/no-such-port").expect_status(404);
}
