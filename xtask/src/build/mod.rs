//! Browser code, Worker and transcoder, each built only when one of its inputs has changed.

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
    site(&tools)
}

/// Builds the browser code and then the Worker, which carries the names of the browser files.
///
/// # Errors
/// If a part does not build or is too large.
pub fn site(tools: &Tools) -> Outcome<()> {
    browser_code::build(&tools.node)?;
    worker::build(tools)?;
    sizes::check()
}
