//! A child process with a process group of its own, so that it and all that it started can be
//! stopped together, and so that Ctrl-C at the terminal reaches us first.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::failure::{Failure, Outcome};
use crate::places;

/// Pause between two looks at a child that was asked to stop.
const POLL: Duration = Duration::from_millis(20);

/// A command that starts `program` so that it is asked to stop when this process dies in any way,
/// where the system can do that.
#[must_use]
pub fn tied_to_us(program: &Path) -> Command {
    match places::find_program("setpriv") {
        Some(setpriv) => {
            let mut command = Command::new(setpriv);
            command.args(["--pdeathsig", "TERM", "--"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

/// A running child. Dropping it kills the whole group.
#[derive(Debug)]
pub struct Group {
    name: &'static str,
    child: Child,
    ended: bool,
}

impl Group {
    /// Starts the command as the leader of a new group.
    ///
    /// # Errors
    /// If it cannot be started.
    pub fn spawn(name: &'static str, command: &mut Command) -> Outcome<Self> {
        let child = command
            .process_group(0)
            .spawn()
            .map_err(|error| Failure::new(format!("cannot start the {name}: {error}")))?;
        Ok(Self {
            name,
            child,
            ended: false,
        })
    }

    /// What it is, for messages.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Process id of the leader.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The leader itself, to take its pipes.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn ended(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok().flatten();
        self.ended |= status.is_some();
        status
    }

    /// Asks the leader to stop, waits for at most `patience`, then kills the group. Answers whether
    /// it stopped when asked.
    pub fn stop(&mut self, patience: Duration) -> bool {
        if let Some(pid) = self.pid() {
            let _ = kill_process(pid, Signal::TERM);
        }
        let asked = Instant::now();
        while asked.elapsed() < patience {
            if self.ended().is_some() {
                return true;
            }
            thread::sleep(POLL);
        }
        self.kill();
        false
    }

    /// Kills the group at once.
    pub fn kill(&mut self) {
        if let Some(pid) = self.pid() {
            let _ = kill_process_group(pid, Signal::KILL);
        }
        let _ = self.child.wait();
        self.ended = true;
    }

    fn pid(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            self.kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::process::Stdio;

    use super::*;

    #[test]
    fn a_child_that_ignores_the_request_is_killed() {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"]);
        let mut group = Group::spawn("stubborn child", command.stdout(Stdio::piped())).unwrap();
        let mut said = [0; 5];
        group
            .child()
            .stdout
            .take()
            .unwrap()
            .read_exact(&mut said)
            .unwrap();
        assert!(!group.stop(Duration::from_millis(100)));
        assert!(group.ended().is_some());
    }

    #[test]
    fn a_child_that_listens_stops_when_asked() {
        let mut group = Group::spawn("child", Command::new("sleep").arg("60")).unwrap();
        assert!(group.ended().is_none());
        assert!(group.stop(Duration::from_secs(10)));
    }
}
