//! The files of the Spin components, which `spin.toml` names.

use std::env;
use std::fs;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use super::{shrink, sizes};
use crate::cargo_metadata;
use crate::failure::{Failure, Outcome};
use crate::fingerprint;
use crate::places;
use crate::progress::Step;
use crate::setup::Tools;
use crate::setup::wasm::Target;

/// Each becomes one file.
const PACKAGES: [&str; 2] = ["spin-api", "spin-site"];
/// Measures the keys that the component uses; a program of its own, as nothing of it belongs into a product.
const CRYPTO_PACKAGE: &str = "wasm-crypto";
/// Its manifest names what the development profile makes.
const CONTRACTS_PACKAGE: &str = "spin-contracts";
/// Profile of the root's `Cargo.toml`.
const PROFILE: &str = "spin";
/// Cargo's, for [`Target::Spin`].
const FLAGS_VARIABLE: &str = "CARGO_TARGET_WASM32_WASIP2_RUSTFLAGS";
/// Where `spin.toml` expects them.
pub fn files() -> impl Iterator<Item = PathBuf> {
    PACKAGES.into_iter().map(file)
}

fn file(package: &str) -> PathBuf {
    below(places::root().join("target"), package)
}

fn below(target: PathBuf, package: &str) -> PathBuf {
    let name = package.replace('-', "_");
    let folder = target.join(Target::Spin.name()).join(PROFILE);
    folder.join(name).with_extension("wasm")
}

/// Builds the files of which anything has changed since the last time.
///
/// # Errors
/// If one does not compile.
pub fn build(tools: &Tools) -> Outcome<()> {
    let packages = cargo_metadata::packages()?;
    let mut compiled = Vec::new();
    for package in PACKAGES {
        let fingerprint = fingerprint::of_crate(&packages, package)?;
        let stamp = places::scratch().join(format!("{package}.stamp"));
        if file(package).is_file() && fingerprint::is_current(&stamp, &fingerprint) {
            continue;
        }
        let step = Step::start(format!("Spin component {package}"));
        step.run(&mut cargo_build(tools, package))?;
        step.finish("");
        compiled.push((package, stamp, fingerprint));
    }
    shrink_all(tools, compiled.iter().map(|(package, ..)| *package))?;
    for (package, stamp, fingerprint) in compiled {
        copy_from_elsewhere(package)?;
        sizes::show_component(&file(package))?;
        fingerprint::record(&stamp, &fingerprint)?;
    }
    Ok(())
}

/// At the same time: each keeps one core busy for a minute.
fn shrink_all(tools: &Tools, packages: impl Iterator<Item = &'static str>) -> Outcome<()> {
    thread::scope(|scope| {
        let shrinking: Vec<_> = packages
            .map(|package| scope.spawn(move || shrink_file(tools, package)))
            .collect();
        shrinking
            .into_iter()
            .try_for_each(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

fn shrink_file(tools: &Tools, package: &str) -> Outcome<()> {
    let step = Step::start(format!("Spin component {package}, smaller"));
    shrink::component(&step, &tools.node, &below(places::target(), package))?;
    step.finish("");
    Ok(())
}

/// Builds what times keys in Wasm.
///
/// # Errors
/// If it does not compile.
pub fn crypto_measure(tools: &Tools) -> Outcome<()> {
    let step = Step::start("times of keys in Wasm");
    step.run(&mut cargo_build(tools, CRYPTO_PACKAGE))?;
    step.finish("");
    Ok(())
}

/// Builds what runs the contracts of the ports on Spin's interfaces, for the tests.
///
/// # Errors
/// If it does not compile.
pub fn contracts(tools: &Tools) -> Outcome<()> {
    let step = Step::start("contracts on Spin");
    let mut cargo = tools.spin.cargo();
    cargo
        .args(["build", "--package", CONTRACTS_PACKAGE])
        .args(["--target", Target::Spin.name()]);
    step.run(cargo.current_dir(places::root()))?;
    step.finish("");
    Ok(())
}

fn cargo_build(tools: &Tools, package: &str) -> Command {
    let mut cargo = tools.spin.cargo();
    cargo
        .args(["build", "--profile", PROFILE, "--package", package])
        .args(["--target", Target::Spin.name()])
        .env(FLAGS_VARIABLE, without_registry().join(" "))
        .current_dir(places::root());
    cargo
}

/// What keeps the folder of this machine's registry out of the texts of panics: it is nobody's business, and
/// there are a hundred of them.
fn without_registry() -> Vec<String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let sources = home.map(|home| home.join("registry").join("src"));
    let Some(Ok(folders)) = sources.map(fs::read_dir) else {
        return Vec::new();
    };
    let folders = folders.flatten().map(|entry| entry.path());
    folders
        .filter_map(|folder| folder.to_str().map(str::to_owned))
        .filter(|folder| !folder.contains(char::is_whitespace))
        .map(|folder| format!("--remap-path-prefix={folder}/="))
        .collect()
}

/// Cargo may have been told another target folder, which `spin.toml` knows nothing of.
fn copy_from_elsewhere(package: &str) -> Outcome<()> {
    let (built, wanted) = (below(places::target(), package), file(package));
    if built == wanted {
        return Ok(());
    }
    let folder = wanted.parent().unwrap_or(places::root());
    fs::create_dir_all(folder)
        .and_then(|()| fs::copy(&built, &wanted))
        .map_err(|error| Failure::io("copy", &built, &error))?;
    Ok(())
}
