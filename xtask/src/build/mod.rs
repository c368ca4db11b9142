//! Browser code, Workers and transcoder, each built only when one of its inputs has changed.

pub mod browser_code;
pub mod sizes;
pub mod transcoder;
pub mod wasm_imports;
pub mod worker;

use crate::failure::Outcome;
use crate::setup::{self, Scope, Tools};

/// `cargo xtask build`: what `wrangler deploy` uploads.
///
/// # Errors
/// If a part does not build or is too large.
pub fn run() -> Outcome<()> {
    let tools = setup::run(Scope::Build)?;
    parts(&tools)?;
    sizes::check()
}

/// Builds the browser code and then the Workers; the site carries the names of the browser files. Sizes
/// are shown when one of them has changed.
///
/// # Errors
/// If a part does not build or is too large.
pub fn site(tools: &Tools) -> Outcome<()> {
    if parts(tools)? {
        sizes::check()?;
    }
    Ok(())
}

fn parts(tools: &Tools) -> Outcome<bool> {
    let browser_code_is_new = browser_code::build(&tools.node)?;
    let mut is_new = browser_code_is_new;
    for script in worker::ALL {
        is_new |= script.build(tools)?;
    }
    Ok(is_new)
}
