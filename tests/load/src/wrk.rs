//! Requests per second by `wrk`.

use std::process::Command;

use e2e::programs;

use crate::figure::median;

/// Connections that are kept busy.
const CONNECTIONS: u32 = 16;
/// Length of one measurement.
const MEASURED_SECS: u32 = 5;
const MEASUREMENTS: u32 = 3;

/// Median rate of three measurements; panics if any answer was no success.
///
/// `wrk` gets one thread, so that the server has a core of its own.
#[must_use]
pub fn rate(url: &str, headers: &[&str]) -> f64 {
    median((0..MEASUREMENTS).map(|_| measure(url, headers)).collect())
}

fn measure(url: &str, headers: &[&str]) -> f64 {
    let mut command = Command::new(programs::tool("wrk"));
    command.args([
        "-t1",
        &format!("-c{CONNECTIONS}"),
        &format!("-d{MEASURED_SECS}s"),
    ]);
    for header in headers {
        command.args(["-H", header]);
    }
    let output = programs::run(command.arg(url));
    let report = String::from_utf8_lossy(&output.stdout);
    let failed = report
        .lines()
        .map(str::trim)
        .find(|line| line.starts_with("Non-2xx") || line.starts_with("Socket errors"));
    assert!(failed.is_none(), "{url}: {}", failed.unwrap_or_default());
    let rate = report
        .lines()
        .find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    rate.and_then(|rate| rate.trim().parse().ok())
        .unwrap_or_else(|| panic!("wrk reports nothing for {url}: {report}"))
}
