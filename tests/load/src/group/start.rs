//! Start-up of the script and of a whole instance.

use std::fs;
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use e2e::scratch::Scratch;
use e2e::{Instance, programs};

use crate::bare::free_port;
use crate::figure::{Bound, Table, least, median};
use crate::http1::Connection;
use crate::process::Process;

const SCRIPT_CAP_MS: f64 = 100.0;
const INSTANCE_CAP_MS: f64 = 3_000.0;
const ROUNDS: u32 = 9;
const INSTANCE_ROUNDS: u32 = 3;
/// workerd listens after 30 ms or so.
const POLL: Duration = Duration::from_millis(1);
const PATIENCE: Duration = Duration::from_secs(10);
/// The runtime's own share.
const TRIVIAL: &str = "export default { fetch() { return new Response(\"ready\"); } };\n";
const BUILT: [&str; 2] = ["index.js", "index_bg.wasm"];

/// Measures both.
pub fn measure(table: &mut Table) {
    let (ours, trivial) = (Script::ours(), Script::trivial());
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        with.push(first_answer(&ours));
        without.push(first_answer(&trivial));
    }
    let wall =
        |times: &[Times]| least(&times.iter().map(|times| times.wall_ms).collect::<Vec<_>>());
    let (slow, quick) = (wall(&with), wall(&without));
    table.shown("workerd with our script to its first answer", slow, "ms");
    table.shown("workerd with a one-line script", quick, "ms");
    let cap = Bound::AtMost(SCRIPT_CAP_MS);
    table.line(
        "start-up of our script (the difference)",
        slow - quick,
        "ms",
        cap,
    );
    let cpu =
        |times: &[Times]| times.iter().map(|times| times.cpu_ms).sum::<f64>() / f64::from(ROUNDS);
    table.shown("  of it processor time", cpu(&with) - cpu(&without), "ms");
    let (mut fresh, mut again) = (Vec::new(), Vec::new());
    for _ in 0..INSTANCE_ROUNDS {
        let (first, second) = instance_ms();
        fresh.push(first);
        again.push(second);
    }
    let cap = Bound::AtMost(INSTANCE_CAP_MS);
    table.line(
        "fresh empty instance to its first page",
        median(fresh),
        "ms",
        cap,
    );
    table.line("the same instance again", median(again), "ms", cap);
}

/// How long one start took.
struct Times {
    wall_ms: f64,
    cpu_ms: f64,
}

/// A folder that workerd can serve.
struct Script {
    folder: Scratch,
    modules: &'static str,
}

impl Script {
    fn ours() -> Self {
        let folder = Scratch::new("script");
        let build = programs::root().join("functions/workers-site/build");
        for name in BUILT {
            let copied = fs::copy(build.join(name), folder.join(name));
            copied.unwrap_or_else(|error| panic!("{name} is not built: {error}"));
        }
        let modules = "(name = \"index.js\", esModule = embed \"index.js\"), \
                       (name = \"index_bg.wasm\", wasm = embed \"index_bg.wasm\")";
        Self { folder, modules }
    }

    fn trivial() -> Self {
        let folder = Scratch::new("script");
        write(&folder, "index.js", TRIVIAL);
        Self {
            folder,
            modules: "(name = \"index.js\", esModule = embed \"index.js\")",
        }
    }
}

fn write(folder: &Scratch, name: &str, text: &str) {
    fs::write(folder.join(name), text)
        .unwrap_or_else(|error| panic!("cannot write {name}: {error}"));
}

/// From the start of workerd until the script has answered. Nothing is bound: our script answers that
/// it is not configured, which takes all of its start-up and nothing else.
fn first_answer(script: &Script) -> Times {
    let port = free_port();
    let config = format!(
        "using Workerd = import \"/workerd/workerd.capnp\";\n\
         const config :Workerd.Config = (\n\
           services = [(name = \"main\", worker = (\n\
             modules = [{}], compatibilityDate = \"2026-10-20\"))],\n\
           sockets = [(name = \"http\", address = \"127.0.0.1:{port}\", http = (), service = \"main\")]);\n",
        script.modules
    );
    write(&script.folder, "config.capnp", &config);
    let started = Instant::now();
    let mut workerd = Command::new(workerd_program())
        .arg("serve")
        .arg(script.folder.join("config.capnp"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap_or_else(|error| panic!("cannot start workerd: {error}"));
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(started.elapsed() < PATIENCE, "workerd does not listen");
        thread::sleep(POLL);
    }
    let _ = Connection::open(&format!("http://127.0.0.1:{port}")).get("/", &[]);
    let times = Times {
        wall_ms: started.elapsed().as_secs_f64() * 1_000.0,
        cpu_ms: Process(workerd.id()).cpu_time().as_secs_f64() * 1_000.0,
    };
    let _ = workerd.kill();
    let _ = workerd.wait();
    times
}

fn workerd_program() -> std::path::PathBuf {
    programs::root().join("node_modules/@cloudflare/workerd-linux-64/bin/workerd")
}

/// From nothing to the first page, and again on what that left.
fn instance_ms() -> (f64, f64) {
    let started = Instant::now();
    let mut instance = Instance::start();
    first_page(&instance);
    let first = started.elapsed().as_secs_f64() * 1_000.0;
    instance.stop();
    let started = Instant::now();
    instance.resume();
    first_page(&instance);
    (first, started.elapsed().as_secs_f64() * 1_000.0)
}

fn first_page(instance: &Instance) {
    let answer = Connection::open(instance.origin()).get("/", &[]);
    assert_eq!(answer.status, 200, "the home page");
}
