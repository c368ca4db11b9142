//! What the transcoder says of itself.

use std::process::Command;

use e2e::programs;

use crate::figure::Table;

/// Passes the lines of its own benchmark through, bounds and verdicts included.
pub fn measure(table: &mut Table) {
    let output = programs::run(Command::new(programs::transcoder()).arg("bench"));
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        table.passed_through(line);
    }
}
