//! `cargo xtask <command>`: set-up, build, local run, tests and checks of Edgetube.

use std::process::ExitCode;

fn main() -> ExitCode {
    xtask::run(std::env::args_os())
}
