//! What another process has used, from `/proc` (Linux only).

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// `USER_HZ`: the unit of times in `/proc`, 100 on every Linux that workerd runs on.
const TICKS_PER_SEC: u64 = 100;

/// A process that is watched.
#[derive(Debug, Clone, Copy)]
pub struct Process(pub u32);

impl Process {
    fn file(self, name: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{name}", self.0))
    }

    fn read(self, name: &str) -> String {
        let path = self.file(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Processor time of all its threads so far, in the kernel and outside; 10 ms exact.
    #[must_use]
    pub fn cpu_time(self) -> Duration {
        let stat = self.read("stat");
        // The second field is the name in parentheses, and may hold anything.
        let (_, fields) = stat.rsplit_once(") ").expect("stat names the program");
        let ticks: u64 = fields
            .split(' ')
            // utime and stime are fields 14 and 15; the first here is field 3.
            .skip(11)
            .take(2)
            .map(|field| field.parse::<u64>().expect("times are numbers"))
            .sum();
        Duration::from_millis(ticks * 1_000 / TICKS_PER_SEC)
    }

    /// Largest resident size since [`Self::forget_peak`], in bytes.
    #[must_use]
    pub fn peak_bytes(self) -> u64 {
        self.status_kib("VmHWM:") * 1_024
    }

    /// Resident size, in bytes.
    #[must_use]
    pub fn resident_bytes(self) -> u64 {
        self.status_kib("VmRSS:") * 1_024
    }

    fn status_kib(self, field: &str) -> u64 {
        let status = self.read("status");
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
        number
            .and_then(|number| number.parse().ok())
            .unwrap_or_else(|| panic!("no {field} of process {}", self.0))
    }

    /// Lets [`Self::peak_bytes`] begin anew (proc(5), `clear_refs`).
    pub fn forget_peak(self) {
        let path = self.file("clear_refs");
        fs::write(&path, "5").unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}
