//! An S3 server for tests, in this process and on loopback: `s3s` with its file system behind it. It is
//! not ours, so that it judges us: it checks every signature, its expiry and its clock.
//!
//! What is added here is a log of requests and faults on demand. `s3s-fs` keeps each object as a file,
//! so a test can look at what is stored without asking the server.

mod bucket;
mod faults;
mod operation;
mod serve;

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};

use tempfile::TempDir;
use tokio::sync::oneshot;

pub use faults::Fault;
pub use operation::Operation;

/// The only bucket.
pub const BUCKET: &str = "edgetube-media";
/// What R2 calls itself.
pub const REGION: &str = "auto";
/// Public half of the only key.
pub const ACCESS_KEY_ID: &str = "AKIAEDGETUBETEST";
/// Secret half of it.
pub const SECRET_ACCESS_KEY: &str = "only+for/tests";

/// A request that was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// What was asked.
    pub operation: Operation,
    /// Empty when the bucket itself was asked.
    pub object_key: String,
    /// What was answered.
    pub status: u16,
    /// Who says to have asked.
    pub user_agent: String,
    /// Length of the request's body.
    pub sent_bytes: u64,
}

/// A running server; dropped, it ends and its objects are gone.
#[derive(Debug)]
pub struct S3Server {
    address: SocketAddr,
    folder: TempDir,
    shared: Arc<Mutex<Shared>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// A fault that waits for its request.
#[derive(Debug)]
struct Planned {
    operation: Operation,
    key_part: String,
    fault: Fault,
}

#[derive(Debug, Default)]
struct Shared {
    log: Vec<Logged>,
    faults: Vec<Planned>,
}

impl S3Server {
    /// Starts a server with an empty bucket at a free port.
    ///
    /// # Panics
    /// When there is no port or no temporary folder.
    #[must_use]
    pub fn start() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        fs::create_dir(folder.path().join(BUCKET)).expect("the folder is empty");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let shared = Arc::new(Mutex::new(Shared::default()));
        let (stop, stopped) = oneshot::channel();
        let (root, state) = (folder.path().to_owned(), Arc::clone(&shared));
        let thread = thread::spawn(move || serve::run(listener, &root, state, stopped));
        Self {
            address,
            folder,
            shared,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Key and size in bytes of every finished object, in the order of the keys.
    #[must_use]
    pub fn objects(&self) -> Vec<(String, u64)> {
        let root = self.folder.path().join(BUCKET);
        let mut found = Vec::new();
        walk(&root, &root, &mut found);
        found.sort();
        found
    }

    /// Stores an object behind the server's back. `object_key` has no folders.
    ///
    /// # Panics
    /// When the disk fails.
    pub fn store(&self, object_key: &str, bytes: &[u8]) {
        let path = self.folder.path().join(BUCKET).join(object_key);
        fs::write(path, bytes).expect("the folder is there");
    }

    /// How many multipart uploads are neither completed nor aborted.
    #[must_use]
    pub fn open_multiparts(&self) -> usize {
        let entries = fs::read_dir(self.folder.path()).expect("the folder is there");
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names
            .filter(|name| name.starts_with(".upload-") && name.ends_with(".json"))
            .count()
    }

    /// All requests so far, in the order of their answers.
    #[must_use]
    pub fn log(&self) -> Vec<Logged> {
        self.lock().log.clone()
    }

    /// Makes the next such operation on a key that contains `key_part` fail once.
    pub fn fail_next(&self, operation: Operation, key_part: &str, fault: Fault) {
        let key_part = key_part.to_owned();
        self.lock().faults.push(Planned {
            operation,
            key_part,
            fault,
        });
    }

    /// Faults that nobody has met yet, in words.
    #[must_use]
    pub fn faults_left(&self) -> Vec<String> {
        let name = |planned: &Planned| format!("{:?} {}", planned.operation, planned.key_part);
        self.lock().faults.iter().map(name).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        lock(&self.shared)
    }
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().expect("nobody panics while holding it")
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<(String, u64)>) {
    let entries = fs::read_dir(folder).expect("the folder is there");
    for entry in entries.filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            walk(root, &path, found);
            continue;
        }
        let key = path.strip_prefix(root).expect("it is below the root");
        let size_bytes = entry.metadata().map_or(0, |metadata| metadata.len());
        found.push((key.to_string_lossy().into_owned(), size_bytes));
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic over there has been printed.
            let _ = thread.join();
        }
    }
}
