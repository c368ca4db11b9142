//! The transcoder, built natively and optimised: hashing and copying are its own work, not ffmpeg's.

use std::path::PathBuf;

use crate::failure::Outcome;
use crate::places;
use crate::progress::Step;
use crate::setup::wasm::native_cargo;

/// Name of the program.
pub const PROGRAM: &str = "edgetube-transcoder";
const PACKAGE: &str = "transcoder-container";

/// Where the program is once built.
#[must_use]
pub fn program() -> PathBuf {
    places::target().join("release").join(PROGRAM)
}

/// Builds the transcoder; Cargo itself knows whether anything has changed.
///
/// # Errors
/// If it does not compile.
pub fn build() -> Outcome<PathBuf> {
    let step = Step::start("transcoder");
    step.run(
        native_cargo()
            .args(["build", "--release", "--package", PACKAGE, "--bin", PROGRAM])
            .current_dir(places::root()),
    )?;
    step.finish("");
    Ok(program())
}
