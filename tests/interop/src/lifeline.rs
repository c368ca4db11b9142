//! Programs that end with us.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Runs a program until our end of its standard input closes, even by `kill -9`: then it gets a
/// signal, and is killed unless it ends within 5 s.
const KEEPER: &str = r#"signal=$1; shift
"$@" < /dev/null &
child=$!
cat > /dev/null
kill -s "$signal" $child 2> /dev/null
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  kill -0 $child 2> /dev/null || exit 0
  sleep 0.25
done
kill -s KILL $child"#;

/// A program that runs as long as this value lives.
#[derive(Debug)]
pub struct Lifeline {
    keeper: Child,
}

impl Lifeline {
    /// Starts `command`, whose standard streams it chooses itself; `signal` is the name of the one
    /// that ends the program cleanly, without `SIG`.
    #[must_use]
    pub fn start(command: &Command, signal: &str, log: &Path) -> Self {
        let file = File::create(log).unwrap_or_else(|error| panic!("cannot write a log: {error}"));
        let copy = file
            .try_clone()
            .unwrap_or_else(|error| panic!("cannot write a log: {error}"));
        let mut keeper = Command::new("sh");
        keeper
            .args(["-c", KEEPER, "keeper", signal])
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => keeper.env(name, value),
                None => keeper.env_remove(name),
            };
        }
        if let Some(folder) = command.get_current_dir() {
            keeper.current_dir(folder);
        }
        let keeper = keeper
            .stdin(Stdio::piped())
            .stdout(file)
            .stderr(copy)
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        Self { keeper }
    }

    /// Process id of the program (Linux only); nothing once it has ended.
    ///
    /// # Panics
    /// If the kernel tells nothing of the keeper.
    #[must_use]
    pub fn program_pid(&self, name: &str) -> Option<u32> {
        let keeper = self.keeper.id();
        let children = fs::read_to_string(format!("/proc/{keeper}/task/{keeper}/children"))
            .unwrap_or_else(|error| panic!("no children of the keeper: {error}"));
        let is_it = |pid: &u32| {
            let program = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
            program.trim_end() == name
        };
        let pids = children.split_whitespace().map(str::parse);
        pids.filter_map(Result::ok).find(is_it)
    }
}

impl Drop for Lifeline {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
