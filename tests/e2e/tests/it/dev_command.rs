//! `cargo xtask dev`, as a newcomer runs it, once everything is built.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use e2e::instance::{free_port, signal};
use e2e::scratch::Scratch;
use e2e::{Client, programs, wait};
use rustix::process::Signal;

/// From the command to its words. An empty instance answers within 3 s on a machine that does nothing else; a build
/// would take minutes.
const START_PATIENCE: Duration = Duration::from_secs(60);
const STOP_PATIENCE: Duration = Duration::from_secs(15);

/// The command. Dropped, it is killed, and what it has started ends with it.
struct Dev {
    process: Child,
    /// Standard output.
    lines: Receiver<String>,
}

impl Dev {
    fn start(port: u16, scratch: &Scratch) -> Self {
        let mut process = Command::new(programs::xtask())
            .current_dir(programs::root())
            .args(["dev", "--no-transcoder", "--port", &port.to_string()])
            .arg("--state")
            .arg(scratch.join("state"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("xtask is built");
        let stdout = process.stdout.take().expect("it is piped");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // Nobody listens any more when the test is over.
                let _ = sender.send(line);
            }
        });
        Self { process, lines }
    }

    /// What follows `mark` in the next line that has it.
    fn said(&self, mark: &str) -> String {
        let began = Instant::now();
        loop {
            let left = START_PATIENCE.saturating_sub(began.elapsed());
            let line = self.lines.recv_timeout(left);
            let line = line.unwrap_or_else(|_| panic!("it does not say {mark:?}"));
            if let Some((_, rest)) = line.split_once(mark) {
                return rest.to_owned();
            }
        }
    }

    /// Ends it as a service manager does.
    fn stop(mut self) {
        signal(self.process.id(), Signal::TERM);
        let status = wait::until("the command ends", STOP_PATIENCE, || {
            self.process.try_wait().expect("it is our child")
        });
        assert!(status.success(), "it ended with {status}");
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn what_it_prints_is_all_that_a_newcomer_needs() {
    let scratch = Scratch::new("dev");
    let port = free_port();
    let dev = Dev::start(port, &scratch);
    let origin = dev.said("Edgetube answers at ");
    let origin = origin.split(' ').next().unwrap_or_default().to_owned();
    assert_eq!(origin, format!("http://localhost:{port}"));
    let told = dev.said("administrator: ");
    let (username, password) = told.split_once("  password: ").expect("it says both");
    let admin = Client::new(&origin).signed_in(username, password);
    let me = admin.get("/api/v1/users/me").expect_status(200).json();
    assert_eq!(me["role"]["label"], "Administrator", "{me}");
    dev.stop();
    wait::until("nobody answers any more", STOP_PATIENCE, || {
        Client::new(&origin).try_get("/").is_none().then_some(())
    });

    // The second time the password is not shown, and is the same.
    let dev = Dev::start(port, &scratch);
    let told = dev.said("administrator: ");
    assert!(!told.contains(password), "{told}");
    assert!(told.contains("admin-password"), "{told}");
    let _ = Client::new(&origin).signed_in(username, password);
    dev.stop();
}
