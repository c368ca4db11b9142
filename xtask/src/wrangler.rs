//! `cargo xtask wrangler …`: the wrangler of `package-lock.json`, on a Node that it accepts.

use std::ffi::OsString;

use crate::failure::{Failure, Outcome};
use crate::places;
use crate::setup::node;

/// Runs wrangler at the terminal, in the folder of `wrangler.toml`.
///
/// # Errors
/// If it cannot be started or fails.
pub fn run(words: &[OsString]) -> Outcome<()> {
    let status = node::ensure()?
        .script("wrangler/bin/wrangler.js")
        .args(words)
        .current_dir(places::root())
        .status()
        .map_err(|error| Failure::new(format!("cannot start wrangler: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("wrangler ended with {status}")))
    }
}
