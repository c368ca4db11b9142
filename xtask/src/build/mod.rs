//! Browser code, Workers, Spin's component and transcoder, each built only when one of its inputs has changed.

pub mod browser_code;
pub mod component;
mod shrink;
pub mod sizes;
pub mod transcoder;
pub mod wasm_imports;
pub mod worker;

use crate::arguments::For;
use crate::cargo_metadata;
use crate::failure::Outcome;
use crate::setup::{self, Scope, Tools};

/// `cargo xtask build`: what `wrangler deploy` uploads, and what `spin.toml` names.
///
/// # Errors
/// If a part does not build or is too large.
pub fn run(host: For) -> Outcome<()> {
    let tools = setup::run(Scope::Build)?;
    browser_code(&tools)?;
    if host != For::Workers {
        component(&tools)?;
    }
    if host != For::Spin {
        scripts(&tools)?;
        sizes::check()?;
    }
    Ok(())
}

/// Builds the browser code; answers whether it had to. What serves it carries the names of its files.
///
/// # Errors
/// If it does not build.
pub fn browser_code(tools: &Tools) -> Outcome<bool> {
    browser_code::build(&tools.node)
}

/// Builds the browser code and then the Workers. Sizes are shown when one of them has changed.
///
/// # Errors
/// If a part does not build or is too large.
pub fn site(tools: &Tools) -> Outcome<()> {
    if browser_code(tools)? | scripts(tools)? {
        sizes::check()?;
    }
    Ok(())
}

/// Builds the Spin components, for which the browser code must be built. Their sizes are shown when they changed.
///
/// # Errors
/// If it does not build.
pub fn component(tools: &Tools) -> Outcome<()> {
    component::build(tools)
}

/// Builds the Workers of the tests: what runs the contracts of the ports within workerd, and a tracker that crashes.
///
/// # Errors
/// If it does not build.
pub fn test_workers(tools: &Tools) -> Outcome<()> {
    let packages = cargo_metadata::packages()?;
    worker::CONTRACTS.build(tools, &packages)?;
    worker::CRASHING_TRACKER.build(tools, &packages)?;
    Ok(())
}

fn scripts(tools: &Tools) -> Outcome<bool> {
    let mut is_new = false;
    let packages = cargo_metadata::packages()?;
    for script in worker::ALL {
        is_new |= script.build(tools, &packages)?;
    }
    Ok(is_new)
}
