//! What the transcoder says of itself.

use std::process::Command;

use e2e::programs;
use e2e::scratch::Scratch;

use crate::figure::Table;
use crate::sample;

/// Passes the lines of its own benchmark through, bounds and verdicts included.
pub fn measure(table: &mut Table) {
    let scratch = Scratch::new("transcoder");
    let source = sample::full_hd_bunny(&scratch);
    let output = programs::run(
        Command::new(programs::transcoder())
            .args(["bench", "--source"])
            .arg(&source),
    );
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        table.passed_through(line);
    }
}
