//! Trackers by others, which ours is compared with.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use std::{env, fs};

use e2e::scratch::Scratch;
use e2e::{programs, wait};

use crate::bare::{free_port, start_server};
use crate::process::Process;

/// Of the npm package, fetched when this is measured.
const NODE_TRACKER: &str = "@peertube/bittorrent-tracker-server@11.1.2";
const START_PATIENCE: Duration = Duration::from_secs(10);

const SERVER: &str = r"
import { Server } from '@peertube/bittorrent-tracker-server'
const server = new Server({ udp: false, http: false, ws: true, stats: false })
server.on('warning', () => {})
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('ready'))
process.stdin.on('end', () => process.exit()).resume()
";

/// A running tracker of others; dropped, it ends.
pub struct ForeignTracker {
    process: Child,
    _folder: Scratch,
    host: String,
}

impl ForeignTracker {
    /// The tracker that PeerTube uses: installs it and starts it.
    #[must_use]
    pub fn node() -> Self {
        let folder = Scratch::new("node-tracker");
        let mut install = Command::new("npm");
        install
            .args([
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--prefix",
            ])
            .arg(folder.path())
            .arg(NODE_TRACKER);
        programs::run(&mut install);
        let script = folder.join("server.mjs");
        fs::write(&script, SERVER).unwrap_or_else(|error| panic!("{error}"));
        let port = free_port();
        let mut command = Command::new(programs::node());
        command.arg(script).env("PORT", port.to_string());
        Self {
            process: start_server(&mut command),
            _folder: folder,
            host: format!("127.0.0.1:{port}"),
        }
    }

    /// `aquatic_ws`, the fastest that is known: native Rust, one thread for sockets and one for swarms. It
    /// replies to answers too, which ours and the reference do not. `None` if it is not installed:
    /// `EDGETUBE_AQUATIC_WS` names the program, else it is looked for in `PATH` and among those of cargo.
    #[must_use]
    pub fn aquatic() -> Option<Self> {
        let program = aquatic_program()?;
        let folder = Scratch::new("aquatic");
        let host = format!("127.0.0.1:{}", free_port());
        let config = folder.join("config.toml");
        let told = format!(
            "log_level = \"error\"\n[network]\naddress = \"{host}\"\n\
             websocket_max_message_size = 131072\nwebsocket_max_frame_size = 131072\n"
        );
        fs::write(&config, told).unwrap_or_else(|error| panic!("{error}"));
        let process = Command::new(&program)
            .arg("-c")
            .arg(config)
            .stdin(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
        wait::until("aquatic_ws listens", START_PATIENCE, || {
            TcpStream::connect(&host).ok()
        });
        Some(Self {
            process,
            _folder: folder,
            host,
        })
    }

    /// Host and port.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The process that serves.
    #[must_use]
    pub fn process(&self) -> Process {
        Process(self.process.id())
    }
}

impl Drop for ForeignTracker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn aquatic_program() -> Option<PathBuf> {
    let named = env::var_os("EDGETUBE_AQUATIC_WS").map(PathBuf::from);
    let path = env::var_os("PATH").unwrap_or_default();
    let home = env::home_dir().map(|home| home.join(".cargo/bin"));
    let installed = env::split_paths(&path)
        .chain(home)
        .map(|folder| folder.join("aquatic_ws"));
    named
        .into_iter()
        .chain(installed)
        .find(|file| file.is_file())
}
