//! `cargo xtask bench`: figures that decide whether a change made things better.
//!
//! Each benchmark is a function that prints its own lines. Rates are measured with `wrk` against the
//! shipped local runtime, on a fresh state folder.

use std::fs;
use std::process::Command;
use std::time::Duration;

use crate::arguments::{BenchOptions, InstanceOptions};
use crate::build;
use crate::failure::{Failure, Outcome};
use crate::places;
use crate::progress::output_of;
use crate::runtime::Instance;
use crate::setup::{self, Scope};

/// Connections that `wrk` keeps busy.
const CONNECTIONS: u32 = 16;
/// Length of one measurement.
const MEASURED: Duration = Duration::from_secs(5);

/// Routes whose rate is measured, with a name to choose them by.
const ROUTES: [(&str, &str); 4] = [
    ("home-page", "/"),
    ("about-page", "/about"),
    ("config", "/api/v1/config"),
    ("video-list", "/api/v1/videos"),
];

/// Builds and measures.
///
/// # Errors
/// If something does not build or start.
pub fn run(options: &BenchOptions) -> Outcome<()> {
    let tools = setup::run(Scope::Bench)?;
    build::site(&tools)?;
    let state = places::scratch().join("bench-state");
    if state.is_dir() {
        fs::remove_dir_all(&state).map_err(|error| Failure::io("remove", &state, &error))?;
    }
    let instance = Instance::start(&InstanceOptions::on_free_port(state), false)?;
    println!("start-up: {} ms", instance.start_time().as_millis());
    for (name, path) in ROUTES {
        if options.only.is_empty() || options.only.iter().any(|part| name.contains(part.as_str())) {
            let rate = rate(&format!("{}{path}", instance.plan().local_url))?;
            println!("{name}: {rate}");
        }
    }
    instance.stop()
}

/// Requests per second, and how many of them were no success.
fn rate(url: &str) -> Outcome<String> {
    let report = output_of(
        Command::new("wrk")
            .args(["-t1", &format!("-c{CONNECTIONS}")])
            .arg(format!("-d{}s", MEASURED.as_secs()))
            .arg(url),
    )?;
    let line = |mark: &str| {
        report
            .lines()
            .map(str::trim)
            .find_map(|line| line.strip_prefix(mark))
            .map(str::trim)
    };
    let rate = line("Requests/sec:")
        .ok_or_else(|| Failure::new(format!("wrk reports no rate for {url}")))?;
    Ok(match line("Non-2xx or 3xx responses:") {
        None => format!("{rate} requests/s"),
        Some(failed) => format!("{rate} requests/s, {failed} of them no success"),
    })
}
