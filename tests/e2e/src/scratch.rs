//! Temporary folders that are gone when the tests are, however these end.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};

/// Waits for the test process to end, which closes its standard input, then for the programs that
/// end with it, and removes the folder.
const REAPER: &str = r#"cat > /dev/null
for _ in 1 2 3 4 5 6 7 8 9 10; do
  rm -rf "$1" 2> /dev/null
  sleep 0.5
  [ -e "$1" ] || exit 0
done"#;

/// A folder of one test.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// An empty folder.
    #[must_use]
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = process_folder().join(format!("{name}-{number}"));
        fs::create_dir_all(&folder)
            .unwrap_or_else(|error| panic!("cannot create {}: {error}", folder.display()));
        Self { folder }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// A path inside it.
    #[must_use]
    pub fn join(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !keeps() {
            // The reaper takes what a program still holds on to.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

fn keeps() -> bool {
    env::var_os("EDGETUBE_KEEP").is_some()
}

/// One folder per test process. Statics are never dropped, so a child process cleans up.
fn process_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    /// Its standard input stays open as long as we live.
    static REAPING: Mutex<Option<Child>> = Mutex::new(None);
    FOLDER.get_or_init(|| {
        let folder = env::temp_dir().join(format!("edgetube-e2e-{}", std::process::id()));
        if !keeps() {
            let reaper = Command::new("sh")
                .args(["-c", REAPER, "reaper"])
                .arg(&folder)
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap_or_else(|error| panic!("cannot start sh: {error}"));
            *REAPING.lock().expect("no holder of this lock panics") = Some(reaper);
        }
        folder
    })
}
