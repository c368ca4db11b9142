//! The Spin component: one Wasm file, which `spin.toml` names.

use std::fs;
use std::path::PathBuf;

use super::shrink;
use crate::cargo_metadata;
use crate::failure::{Failure, Outcome};
use crate::fingerprint;
use crate::places;
use crate::progress::Step;
use crate::setup::Tools;
use crate::setup::wasm::Target;

const PACKAGE: &str = "spin-site";
/// Measures the keys that the component uses; a program of its own, as nothing of it belongs into a product.
const CRYPTO_PACKAGE: &str = "wasm-crypto";
/// Profile of the root's `Cargo.toml`.
const PROFILE: &str = "spin";
const FILE: &str = "spin_site.wasm";
/// Where `spin.toml` expects it.
#[must_use]
pub fn file() -> PathBuf {
    below(places::root().join("target"))
}

fn below(target: PathBuf) -> PathBuf {
    target.join(Target::Spin.name()).join(PROFILE).join(FILE)
}

/// Builds the component unless nothing has changed since the last time; answers whether it did.
///
/// # Errors
/// If it does not compile.
pub fn build(tools: &Tools) -> Outcome<bool> {
    let fingerprint = fingerprint::of_crate(&cargo_metadata::packages()?, PACKAGE)?;
    let stamp = places::scratch().join(format!("{PACKAGE}.stamp"));
    if file().is_file() && fingerprint::is_current(&stamp, &fingerprint) {
        return Ok(false);
    }
    let step = Step::start("Spin component");
    step.run(
        tools
            .spin
            .cargo()
            .args(["build", "--profile", PROFILE, "--package", PACKAGE])
            .args(["--target", Target::Spin.name()])
            .current_dir(places::root()),
    )?;
    shrink::component(&step, &tools.node, &below(places::target()))?;
    copy_from_elsewhere()?;
    fingerprint::record(&stamp, &fingerprint)?;
    step.finish("");
    Ok(true)
}

/// Builds what times keys in Wasm.
///
/// # Errors
/// If it does not compile.
pub fn crypto_measure(tools: &Tools) -> Outcome<()> {
    let step = Step::start("times of keys in Wasm");
    let mut cargo = tools.spin.cargo();
    cargo
        .args(["build", "--profile", PROFILE, "--package", CRYPTO_PACKAGE])
        .args(["--target", Target::Spin.name()]);
    step.run(cargo.current_dir(places::root()))?;
    step.finish("");
    Ok(())
}

/// Cargo may have been told another target folder, which `spin.toml` knows nothing of.
fn copy_from_elsewhere() -> Outcome<()> {
    let (built, wanted) = (below(places::target()), file());
    if built == wanted {
        return Ok(());
    }
    let folder = wanted.parent().unwrap_or(places::root());
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(&built, &wanted))
        .map_err(|error| Failure::io("copy", &built, &error))?;
    Ok(())
}
