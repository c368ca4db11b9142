//! Directories on disk: made here, locked while used, removed whatever happens.

use crate::media::pid_file;
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// A directory of this process below the work directory, locked as long as the process lives.
#[derive(Debug)]
pub struct Workspace {
    directory: PathBuf,
    groups: u64,
    _lock: File,
}

/// Removes a directory when dropped.
#[derive(Debug)]
pub struct RemoveOnDrop(pub PathBuf);

const PREFIX: &str = "run-";
const LOCK_FILE: &str = "lock";

impl Workspace {
    /// Makes a directory below `work_dir`, after removing what processes that are gone left there;
    /// an ffmpeg that one of them left running is ended.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn open(work_dir: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(work_dir)?;
        sweep(work_dir)?;
        let since_epoch = std::time::UNIX_EPOCH
            .elapsed()
            .unwrap_or_default()
            .as_nanos();
        let name = format!("{PREFIX}{}-{since_epoch:x}", std::process::id());
        let directory = work_dir.join(name);
        std::fs::create_dir(&directory)?;
        let lock = File::create(directory.join(LOCK_FILE))?;
        lock.lock()?;
        Ok(Self {
            directory,
            groups: 0,
            _lock: lock,
        })
    }

    /// A fresh directory for one group of jobs.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn group(&mut self) -> io::Result<RemoveOnDrop> {
        self.groups += 1;
        let directory = self.directory.join(format!("group-{}", self.groups));
        std::fs::create_dir(&directory)?;
        Ok(RemoveOnDrop(directory))
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        remove(&self.directory);
    }
}

impl Drop for RemoveOnDrop {
    fn drop(&mut self) {
        remove(&self.0);
    }
}

fn remove(directory: &Path) {
    // ffmpeg may write one more file while it is being killed.
    let removed =
        std::fs::remove_dir_all(directory).or_else(|_| std::fs::remove_dir_all(directory));
    if let Err(cause) = removed {
        eprintln!("cannot remove {}: {cause}", directory.display());
    }
}

/// Removes every run directory whose lock nobody holds.
fn sweep(work_dir: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(work_dir)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with(PREFIX) || !path.is_dir() {
            continue;
        }
        let is_stale = match File::open(path.join(LOCK_FILE)) {
            Ok(lock) => match lock.try_lock() {
                Ok(()) => true,
                Err(TryLockError::WouldBlock) => false,
                Err(TryLockError::Error(cause)) => return Err(cause),
            },
            // Killed between making the directory and the lock: made by nobody alive, or by a
            // process that is starting right now and whose directory is a few milliseconds old.
            Err(_) => is_older_than_a_minute(&path),
        };
        if is_stale {
            end_orphans(&path);
            remove(&path);
        }
    }
    Ok(())
}

fn is_older_than_a_minute(path: &Path) -> bool {
    let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|time| time.elapsed().is_ok_and(|age| age.as_secs() > 60))
}

/// Kills the ffmpeg processes that were started for the groups below `run`. A process id may have
/// been given to another program since: only one that works in that very directory is ours.
fn end_orphans(run: &Path) {
    let Ok(groups) = std::fs::read_dir(run) else {
        return;
    };
    for group in groups.flatten() {
        let text = std::fs::read_to_string(pid_file(&group.path())).unwrap_or_default();
        let Ok(pid) = text.trim().parse::<i32>() else {
            continue;
        };
        let works_in = std::fs::read_link(format!("/proc/{pid}/cwd"));
        let is_ours = match (works_in, std::fs::canonicalize(group.path())) {
            (Ok(works_in), Ok(group)) => works_in == group,
            _ => false,
        };
        if is_ours && pid > 1 {
            let killed = kill(Pid::from_raw(pid), Signal::SIGKILL);
            debug_assert!(
                killed.is_ok() || killed == Err(Errno::ESRCH),
                "it may have just ended"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_what_a_killed_process_left_and_nothing_else() {
        let work_dir = tempfile::tempdir().unwrap();
        let stale = work_dir.path().join("run-1-dead");
        std::fs::create_dir_all(stale.join("group-1")).unwrap();
        std::fs::write(stale.join(LOCK_FILE), "").unwrap();
        std::fs::write(stale.join("group-1/source"), "x").unwrap();
        std::fs::write(work_dir.path().join("runners.json"), "{}").unwrap();

        let mut alive = Workspace::open(work_dir.path()).unwrap();
        assert!(!stale.exists());
        let group = alive.group().unwrap();
        let second = Workspace::open(work_dir.path()).unwrap();
        assert!(group.0.exists(), "a running process keeps its directory");
        let kept = group.0.clone();
        drop(group);
        assert!(!kept.exists());
        drop((alive, second));
        let left: Vec<_> = std::fs::read_dir(work_dir.path())
            .unwrap()
            .flatten()
            .collect();
        assert_eq!(left.len(), 1, "only the runners' tokens stay: {left:?}");
    }

    #[test]
    fn ends_an_ffmpeg_that_outlived_its_master() {
        let work_dir = tempfile::tempdir().unwrap();
        let group = work_dir.path().join("run-1-dead/group-1");
        std::fs::create_dir_all(&group).unwrap();
        std::fs::write(group.join("../lock"), "").unwrap();
        let sleep = |directory: &Path| {
            std::process::Command::new("sleep")
                .arg("60")
                .current_dir(directory)
                .spawn()
                .unwrap()
        };
        let (mut orphan, mut stranger) = (sleep(&group), sleep(work_dir.path()));
        std::fs::write(pid_file(&group), orphan.id().to_string()).unwrap();
        let other = work_dir.path().join("run-2-dead/group-1");
        std::fs::create_dir_all(&other).unwrap();
        std::fs::write(other.join("../lock"), "").unwrap();
        std::fs::write(pid_file(&other), stranger.id().to_string()).unwrap();

        drop(Workspace::open(work_dir.path()).unwrap());
        assert!(!orphan.wait().unwrap().success());
        assert!(
            stranger.try_wait().unwrap().is_none(),
            "its directory is another one"
        );
        stranger.kill().unwrap();
        stranger.wait().unwrap();
    }
}
