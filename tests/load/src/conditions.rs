//! What the machine is like while figures are taken.

use std::fs;
use std::thread;

/// Runnable programs per core above which somebody else's work shows in the figures.
const BUSY_PER_CORE: f64 = 0.25;

/// Prints cores and load, with a warning on a busy machine; refuses nothing.
pub fn print() {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let loads = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let shown: Vec<&str> = loads.split(' ').take(3).collect();
    println!(
        "{cores} cores, load average {} (1, 5, 15 min), {}",
        shown.join(" "),
        cpu_model()
    );
    let load: f64 = shown
        .first()
        .and_then(|load| load.parse().ok())
        .unwrap_or(0.0);
    let cores = u32::try_from(cores).map_or(1.0, f64::from);
    if load > BUSY_PER_CORE * cores {
        println!(
            "warning: the machine is busy; rates and times below are worse than they would be"
        );
    }
}

fn cpu_model() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = info.lines().find(|line| line.starts_with("model name"));
    let model = line
        .and_then(|line| line.split_once(": "))
        .map(|(_, model)| model);
    model.unwrap_or("unknown processor").to_owned()
}
