//! One running instance: `xtask serve` with a state folder of its own.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use s3_server::{ACCESS_KEY_ID, BUCKET, REGION, S3Server, SECRET_ACCESS_KEY};
use serde_json::Value;

use crate::client::Client;
use crate::host::Host;
use crate::programs;
use crate::scratch::Scratch;
use crate::wait;

/// Password of the administrator `root` of every instance here.
pub const ADMIN_PASSWORD: &str = "correct horse battery";
/// What lets a transcoder register itself.
pub const REGISTRATION_TOKEN: &str = "ptrrt-end-to-end";

/// A start that takes longer has failed. Two cores may be busy with transcoding meanwhile.
const START_PATIENCE: Duration = Duration::from_secs(60);
const STOP_PATIENCE: Duration = Duration::from_secs(15);
/// Lines of the log that a failing test shows.
const LOG_LINES: usize = 40;

/// A running instance; dropped, it ends and its state is removed.
#[derive(Debug)]
pub struct Instance {
    host: Host,
    /// Where an instance on Spin keeps its media, unless its variables name another.
    bucket: Option<S3Server>,
    state: Scratch,
    vars: Vec<(String, String)>,
    /// The same over all restarts.
    port: u16,
    extra: Extra,
    /// `None` while it is stopped.
    running: Option<Running>,
    /// As the instance says it.
    origin: String,
    /// As it says them.
    edges: Vec<String>,
}

/// What few tests want.
#[derive(Debug, Clone, Copy, Default)]
struct Extra {
    /// Where workerd's inspector listens, if it does.
    inspector: Option<u16>,
    /// Whether it runs `tests/crashing-tracker` in the place of the tracker.
    has_crashing_tracker: bool,
    /// Whether nobody calls for the queue of Spin.
    is_uncalled: bool,
    /// Processes that answer in place of the one that holds the data.
    edges: u8,
}

#[derive(Debug)]
struct Running {
    /// Its standard input is the lifeline: it ends when ours closes, even by `kill -9`.
    process: Child,
    control: Control,
    /// What it says: once when it answers, and on Spin again whenever its host is killed and started anew.
    lines: Mutex<Receiver<String>>,
    /// Of Spin's host.
    pid: AtomicU32,
}

/// What only a test asks for.
#[derive(Debug)]
enum Control {
    /// The local runtime's control server.
    Workerd(Client),
    /// The instance itself, with the secret of `/internal`.
    Spin(Client),
}

impl Instance {
    /// Starts an empty instance.
    #[must_use]
    pub fn start() -> Self {
        Self::with_vars(&[])
    }

    /// Starts an empty instance with variables that override those of `wrangler.toml`.
    #[must_use]
    pub fn with_vars(vars: &[(&str, &str)]) -> Self {
        Self::on(Host::under_test(), vars)
    }

    /// Starts an empty instance on one host.
    #[must_use]
    pub fn on(host: Host, vars: &[(&str, &str)]) -> Self {
        Self::start_with(host, vars, Extra::default())
    }

    /// One on workerd with its inspector, for measurements of its heap.
    #[must_use]
    pub fn inspected(vars: &[(&str, &str)]) -> Self {
        let extra = Extra {
            inspector: Some(free_port()),
            ..Extra::default()
        };
        Self::start_with(Host::Workerd, vars, extra)
    }

    /// One on workerd whose tracker panics when a socket sends it the word `panic`.
    #[must_use]
    pub fn with_crashing_tracker(vars: &[(&str, &str)]) -> Self {
        let extra = Extra {
            has_crashing_tracker: true,
            ..Extra::default()
        };
        Self::start_with(Host::Workerd, vars, extra)
    }

    /// One on workerd that answers in so many processes of their own, as the platform does far from its database.
    #[must_use]
    pub fn with_edges(edges: u8, vars: &[(&str, &str)]) -> Self {
        let extra = Extra {
            edges,
            ..Extra::default()
        };
        Self::start_with(Host::Workerd, vars, extra)
    }

    /// One on Spin that does only what its own answers leave to do: nobody calls `/internal/jobs/run`.
    #[must_use]
    pub fn uncalled(vars: &[(&str, &str)]) -> Self {
        let extra = Extra {
            is_uncalled: true,
            ..Extra::default()
        };
        Self::start_with(Host::Spin, vars, extra)
    }

    fn start_with(host: Host, vars: &[(&str, &str)], extra: Extra) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let mut vars: Vec<_> = vars.iter().map(owned).collect();
        // Spin has no storage of its own, so it has no such choice.
        vars.retain(|(name, _)| host == Host::Workerd || name != "MEDIA_STORE");
        let has_bucket = vars.iter().any(|(name, _)| name == "S3_ENDPOINT");
        let bucket = (host == Host::Spin && !has_bucket).then(S3Server::start);
        vars.extend(bucket.iter().flat_map(storage));
        let mut instance = Self {
            host,
            bucket,
            state: Scratch::new("instance"),
            port: free_port(),
            extra,
            vars,
            running: None,
            origin: String::new(),
            edges: Vec::new(),
        };
        instance.resume();
        instance
    }

    /// Scheme, host and port, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Where each edge answers; the first one also at [`Self::origin`].
    #[must_use]
    pub fn edges(&self) -> &[String] {
        &self.edges
    }

    /// A client that is not signed in.
    #[must_use]
    pub fn visitor(&self) -> Client {
        Client::new(&self.origin)
    }

    /// A client that is signed in as the administrator.
    #[must_use]
    pub fn admin(&self) -> Client {
        self.visitor().signed_in("root", ADMIN_PASSWORD)
    }

    /// Starts it again after [`Self::stop`], at the same address on the same state.
    pub fn resume(&mut self) {
        assert!(self.running.is_none(), "the instance runs already");
        let (mut process, lines) = self.spawn();
        let line = lines.recv_timeout(START_PATIENCE).unwrap_or_else(|_| {
            let _ = process.kill();
            self.print_log();
            panic!(
                "the instance did not start within {} s",
                START_PATIENCE.as_secs()
            )
        });
        let ready = ready(&line);
        let text = |key: &str| {
            let value = ready[key].as_str();
            value.unwrap_or_else(|| panic!("xtask serve says no {key}: {line}"))
        };
        self.origin = text("origin").to_owned();
        let edges = ready["edges"].as_array().into_iter().flatten();
        self.edges = edges
            .map(|edge| edge.as_str().unwrap_or_default().to_owned())
            .collect();
        let control = match self.host {
            Host::Workerd => Control::Workerd(Client::new(text("control").trim_end_matches('/'))),
            Host::Spin => {
                Control::Spin(Client::new(&self.origin).with_token(text("internal_secret")))
            }
        };
        self.running = Some(Running {
            process,
            control,
            lines: Mutex::new(lines),
            pid: AtomicU32::new(host_pid(&ready)),
        });
    }

    fn spawn(&self) -> (Child, Receiver<String>) {
        let log = File::options().create(true).append(true).open(self.log());
        let log = log.unwrap_or_else(|error| panic!("cannot write a log: {error}"));
        let mut command = Command::new(programs::xtask());
        command
            .current_dir(programs::root())
            .args(["serve", "--on", self.host.name()])
            .args(["--port", &self.port.to_string()])
            .args(["--admin-password", ADMIN_PASSWORD])
            .arg("--state")
            .arg(self.state.join("state"))
            .arg("--var")
            .arg(format!("RUNNER_REGISTRATION_TOKEN={REGISTRATION_TOKEN}"));
        for (name, value) in &self.vars {
            command.arg("--var").arg(format!("{name}={value}"));
        }
        if self.extra.edges > 0 {
            command.args(["--edges", &self.extra.edges.to_string()]);
        }
        if self.extra.is_uncalled {
            command.arg("--no-cron");
        }
        if self.extra.has_crashing_tracker {
            command.env("EDGETUBE_TRACKER_CRASHES", "true");
        }
        if let Some(port) = self.extra.inspector {
            command.env("EDGETUBE_INSPECTOR", format!("127.0.0.1:{port}"));
        }
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let stdout = process.stdout.take().expect("standard output is piped");
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            // Nobody listens any more if the patience is over.
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        (process, lines)
    }

    /// Stops it cleanly, as an operator does.
    pub fn stop(&mut self) {
        let Some(mut running) = self.running.take() else {
            panic!("the instance is stopped already")
        };
        signal(running.process.id(), Signal::TERM);
        let status = wait::until("the instance stops", STOP_PATIENCE, || {
            running.process.try_wait().ok().flatten()
        });
        assert!(status.success(), "the instance ended with {status}");
        // The kernel may still be taking workerd apart.
        wait::until("its port is free", STOP_PATIENCE, || {
            is_free(self.port).then_some(())
        });
    }

    /// Kills workerd, or Spin's host, in the middle of whatever it does, and waits until its successor answers
    /// on the same state.
    pub fn kill_server(&self) {
        let killed = self.server_pid();
        signal(killed, Signal::KILL);
        match &self.running().control {
            Control::Workerd(control) => {
                wait::until("workerd is started again", START_PATIENCE, || {
                    let pid = control.try_get("/ready")?.json()["workerd_pid"].as_u64()?;
                    (pid != u64::from(killed)).then_some(())
                });
            }
            Control::Spin(_) => {
                let lines = self.running().lines.lock().expect("nobody panics with it");
                let line = lines.recv_timeout(START_PATIENCE);
                let line = line.expect("the host is started again");
                let pid = host_pid(&ready(&line));
                self.running().pid.store(pid, Ordering::Relaxed);
            }
        }
        self.wait_until_healthy();
    }

    /// Waits until a page is served.
    pub fn wait_until_healthy(&self) {
        let visitor = self.visitor();
        wait::until("the instance answers", START_PATIENCE, || {
            visitor
                .try_get("/api/v1/config")
                .filter(|answer| answer.status == 200)
        });
    }

    /// Process id of workerd, or of Spin's host.
    #[must_use]
    pub fn server_pid(&self) -> u32 {
        if self.host == Host::Spin {
            return self.running().pid.load(Ordering::Relaxed);
        }
        let answer = self.control().get("/ready").expect_status(200).json();
        let pid = answer["workerd_pid"]
            .as_u64()
            .and_then(|pid| u32::try_from(pid).ok());
        pid.unwrap_or_else(|| panic!("no workerd_pid in {answer}"))
    }

    /// Process id of each edge's workerd.
    #[must_use]
    pub fn edge_pids(&self) -> Vec<u32> {
        let answer = self.control().get("/ready").expect_status(200).json();
        let pids = answer["edge_pids"].as_array().into_iter().flatten();
        let pid = |pid: &Value| u32::try_from(pid.as_u64()?).ok();
        let pids: Option<Vec<_>> = pids.map(pid).collect();
        pids.unwrap_or_else(|| panic!("no edge_pids in {answer}"))
    }

    /// Scheme, host and port of workerd's inspector.
    #[must_use]
    pub fn inspector_url(&self) -> String {
        let port = self
            .extra
            .inspector
            .expect("it was started without inspector");
        format!("http://127.0.0.1:{port}")
    }

    /// The tracker's own address, which stands for the route that leads to it in production.
    #[must_use]
    pub fn tracker_url(&self) -> String {
        let answer = self.control().get("/tracker").expect_status(200).json();
        let url = answer["url"].as_str();
        url.unwrap_or_else(|| panic!("no url in {answer}"))
            .to_owned()
    }

    /// Does what is to be done every minute, once, and waits for its end.
    pub fn run_cron(&self) {
        match &self.running().control {
            Control::Workerd(control) => {
                let answer = control.post_empty("/scheduled").expect_status(200).json();
                assert_eq!(answer["outcome"], "ok", "cron: {answer}");
            }
            Control::Spin(inside) => {
                let _ = inside.post_empty("/internal/jobs/run").expect_status(204);
            }
        }
    }

    /// Every object in the bucket: key and size in bytes, in the order of the keys.
    #[must_use]
    pub fn objects(&self) -> Vec<(String, u64)> {
        if let Some(bucket) = &self.bucket {
            return bucket.objects();
        }
        if self.host == Host::Spin {
            // The test brought a bucket of its own, and there is no other.
            return Vec::new();
        }
        let answer = self.control().get("/objects").expect_status(200).json();
        let list = answer
            .as_array()
            .unwrap_or_else(|| panic!("not a list: {answer}"));
        let object =
            |object: &Value| Some((object["key"].as_str()?.to_owned(), object["size"].as_u64()?));
        let objects: Option<Vec<_>> = list.iter().map(object).collect();
        let mut objects = objects.unwrap_or_else(|| panic!("not objects: {answer}"));
        objects.sort();
        objects
    }

    /// Where the host keeps everything; only to be touched while the instance is stopped.
    #[must_use]
    pub fn data_folder(&self) -> PathBuf {
        self.state.join("state").join("data")
    }

    /// Standard error of all runs of the instance.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.state.join("instance.log")
    }

    /// A folder that is removed with the instance.
    #[must_use]
    pub fn scratch(&self) -> &Scratch {
        &self.state
    }

    fn running(&self) -> &Running {
        let running = self.running.as_ref();
        running.expect("a stopped instance is not asked anything")
    }

    fn control(&self) -> &Client {
        match &self.running().control {
            Control::Workerd(control) => control,
            Control::Spin(_) => panic!("only workerd has a control server"),
        }
    }

    fn print_log(&self) {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(LOG_LINES)..];
        eprintln!(
            "--- end of the log of {} ---\n{}\n---",
            self.origin,
            last.join("\n")
        );
    }
}

fn ready(line: &str) -> Value {
    serde_json::from_str(line)
        .unwrap_or_else(|error| panic!("xtask serve printed {line:?}: {error}"))
}

/// 0 on workerd, whose control server says it.
fn host_pid(ready: &Value) -> u32 {
    let pid = ready["pid"].as_u64().unwrap_or_default();
    u32::try_from(pid).unwrap_or_default()
}

impl Drop for Instance {
    fn drop(&mut self) {
        if thread::panicking() {
            self.print_log();
        }
        if let Some(mut running) = self.running.take() {
            // Closing its standard input stops it and workerd with it.
            drop(running.process.stdin.take());
            let _ = running.process.wait();
        }
    }
}

/// The variables that name a bucket.
fn storage(bucket: &S3Server) -> [(String, String); 5] {
    [
        ("S3_ENDPOINT", bucket.endpoint()),
        ("S3_BUCKET", BUCKET.to_owned()),
        ("S3_REGION", REGION.to_owned()),
        ("S3_ACCESS_KEY_ID", ACCESS_KEY_ID.to_owned()),
        ("S3_SECRET_ACCESS_KEY", SECRET_ACCESS_KEY.to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
}

/// A port that nobody listens on. It is not one of those that the kernel gives to outgoing
/// connections: such a one could take the port of an instance that is being restarted.
#[must_use]
pub fn free_port() -> u16 {
    const FIRST: u16 = 12_000;
    /// Linux gives out 32,768 and above.
    const COUNT: u16 = 20_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        // Test runs at the same time start at different ports.
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let offset = (std::process::id().wrapping_mul(61) + number) % u32::from(COUNT);
        let port = FIRST + u16::try_from(offset).expect("the remainder is below COUNT");
        if is_free(port) {
            return port;
        }
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

/// Sends a signal to a process that we started.
pub fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    let pid = pid.expect("process ids are positive and fit 31 bits");
    kill_process(pid, signal).unwrap_or_else(|error| panic!("cannot signal {pid:?}: {error}"));
}
