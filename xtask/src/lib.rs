//! Everything that a developer of Edgetube starts by hand: `cargo xtask setup | dev | test | build |
//! bench | tidy | wrangler`.
//!
//! The crate is a library so that the end-to-end tests can start instances with
//! [`runtime::Instance`] in the same way as `cargo xtask dev` does. It runs natively, spawns other
//! programs for all heavy work and never links a crate of the product, so that it compiles in
//! seconds on a fresh clone.
//!
//! Start reading at [`arguments::Command`], then the module named like the command.

use std::ffi::OsString;
use std::process::ExitCode;

pub mod arguments;
pub mod bench;
pub mod build;
pub mod cargo_metadata;
mod container;
pub mod dev;
pub mod failure;
pub mod fingerprint;
pub mod lock_file;
pub mod places;
pub mod progress;
pub mod runtime;
pub mod serve;
pub mod setup;
pub mod stop;
pub mod test;
pub mod tidy;
pub mod wrangler;

use arguments::Command;
use failure::Outcome;

/// Parses the command line, runs the command and reports a failure on standard error.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match arguments::parse(arguments).and_then(dispatch) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Outcome<()> {
    match command {
        Command::Help => {
            println!("{}", arguments::USAGE);
            Ok(())
        }
        Command::Setup => setup::run(setup::Scope::Tests).map(|_| ()),
        Command::Build(host) => build::run(host),
        Command::Dev(options) => dev::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Tidy => tidy::run(),
        Command::Wrangler(words) => wrangler::run(&words),
    }
}
