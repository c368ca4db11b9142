//! A running PeerTube.

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;
use std::time::Duration;

use e2e::instance::free_port;
use e2e::programs;
use e2e::scratch::Scratch;
use e2e::{Client, wait};
use serde_json::{Value, json};

use crate::lifeline::Lifeline;
use crate::services::Services;

/// It creates its tables first. Two cores may be busy meanwhile.
const START_PATIENCE: Duration = Duration::from_secs(120);
/// What it gives its administrator `root` in test mode.
pub const ADMIN_PASSWORD: &str = "test";
/// PeerTube puts its suffix behind `peertube`.
const DATABASE: &str = "peertube_interop";
const DATABASE_SUFFIX: &str = "_interop";
/// Lines of the log that a failing start shows.
const LOG_LINES: usize = 40;
/// A limit of requests per window that no test reaches.
const NO_LIMIT: u32 = 1_000_000;
/// What the kernel calls the server, which names itself after its start.
const PROGRAM: &str = "peertube";
/// Folders that PeerTube asks for.
const STORAGE: [&str; 18] = [
    "avatars",
    "bin",
    "cache",
    "captions",
    "client_overrides",
    "logs",
    "original_video_files",
    "plugins",
    "previews",
    "redundancy",
    "storyboards",
    "streaming_playlists",
    "thumbnails",
    "tmp",
    "tmp_persistent",
    "torrents",
    "web_videos",
    "well_known",
];

/// Folder of the installed PeerTube; `None`, and one line that says why, if there is none.
#[must_use]
pub fn installed() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    const VARIABLE: &str = "EDGETUBE_PEERTUBE_DIR";
    let reason = match env::var_os(VARIABLE).map(PathBuf::from) {
        None => format!("{VARIABLE} is not set"),
        Some(folder) => {
            let parts = ["dist/server.js", "config/default.yaml", "node_modules"];
            let missing = parts.into_iter().find(|part| !folder.join(part).exists());
            match missing {
                None => return Some(folder),
                Some(part) => format!("{VARIABLE} has no {part}"),
            }
        }
    };
    SAID.call_once(|| {
        // Not `println`, which the test harness keeps to itself when all is well.
        let line = format!("interop: skipped, no PeerTube is installed: {reason}");
        let _ = writeln!(io::stderr(), "{line}");
    });
    None
}

/// An empty PeerTube in test mode; dropped, it ends and its state is removed.
#[derive(Debug)]
pub struct PeerTube {
    origin: String,
    log: PathBuf,
    // Ends before its services.
    process: Lifeline,
    _services: Services,
    _state: Scratch,
}

impl PeerTube {
    /// Starts the one that is installed in `folder`, and waits until it answers.
    #[must_use]
    pub fn start(folder: &Path) -> Self {
        let services = Services::start(DATABASE);
        let state = Scratch::new("peertube");
        let port = free_port();
        let mut command = Command::new(node());
        command
            .current_dir(folder)
            .args(["dist/server.js", "--no-client", "--no-plugins"])
            .env("NODE_ENV", "test")
            .env("NODE_CONFIG_DIR", folder.join("config"))
            .env("NODE_CONFIG", config(port, &services, &state).to_string());
        preload(&mut command);
        let log = state.join("log");
        let process = Lifeline::start(&command, "TERM", &log);
        let peertube = Self {
            origin: format!("http://127.0.0.1:{port}"),
            log,
            process,
            _services: services,
            _state: state,
        };
        peertube.wait_until_ready();
        peertube
    }

    /// Scheme, host and port, without a slash at the end.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// A client that is signed in as the administrator.
    #[must_use]
    pub fn admin(&self) -> Client {
        Client::new(&self.origin).signed_in("root", ADMIN_PASSWORD)
    }

    /// Process id of its server.
    ///
    /// # Panics
    /// If it has ended.
    #[must_use]
    pub fn server_pid(&self) -> u32 {
        self.process
            .program_pid(PROGRAM)
            .unwrap_or_else(|| panic!("PeerTube has ended: {}", self.log()))
    }

    /// The last lines of what it wrote.
    #[must_use]
    pub fn log(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LOG_LINES)..].join("\n")
    }

    fn wait_until_ready(&self) {
        let visitor = Client::new(&self.origin);
        let started = std::time::Instant::now();
        wait::until("PeerTube answers", START_PATIENCE * 2, || {
            if started.elapsed() > START_PATIENCE {
                panic!("PeerTube does not answer:\n{}", self.log());
            }
            visitor
                .try_get("/api/v1/config")
                .filter(|answer| answer.status == 200)
        });
    }
}

fn node() -> PathBuf {
    env::var_os("EDGETUBE_PEERTUBE_NODE").map_or_else(|| programs::tool("node"), PathBuf::from)
}

fn preload(command: &mut Command) {
    let root = programs::root();
    let script = root.join("tests/interop/clients/peertube.cjs");
    command.env("NODE_OPTIONS", format!("--require {}", script.display()));
    let contexts = root.join("node_modules/@fedify/vocab-runtime");
    if contexts.is_dir() {
        command.env("EDGETUBE_CONTEXTS", contexts);
    }
}

/// Overrides PeerTube's own `config/test.yaml`: nothing that reaches out by itself, no limits that
/// a test meets, and HLS in one cheap resolution.
fn config(port: u16, services: &Services, state: &Scratch) -> Value {
    let storage: serde_json::Map<String, Value> = STORAGE
        .into_iter()
        .map(|name| (name.to_owned(), json!(state.join(name))))
        .collect();
    let off = json!({ "enabled": false });
    let no_limit = json!({ "max": NO_LIMIT });
    json!({
        "listen": { "hostname": "127.0.0.1", "port": port },
        "webserver": { "hostname": "127.0.0.1", "port": port, "https": false },
        "database": {
            "hostname": "127.0.0.1",
            "port": services.postgres_port,
            "suffix": DATABASE_SUFFIX,
            "username": "postgres",
            "password": "trusted",
        },
        "redis": { "hostname": "127.0.0.1", "port": services.redis_port },
        "storage": storage,
        "rates_limit": {
            "api": no_limit,
            "login": no_limit,
            "well_known": no_limit,
            "activity_pub": no_limit,
        },
        "federation": { "prevent_ssrf": false },
        "transcoding": {
            "enabled": true,
            "web_videos": off,
            "hls": { "enabled": true },
        },
        "log": { "level": "info" },
        "signup": off,
        "contact_form": off,
        "video_studio": off,
        "video_transcription": off,
        "plugins": { "index": off },
        "import": { "videos": { "http": off, "torrent": off } },
        "redundancy": { "videos": { "strategies": [] } },
        "user": { "video_quota": -1 },
    })
}
