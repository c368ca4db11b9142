//! The site Worker: Rust to Wasm, bindings, and one JavaScript file, by `worker-build`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::wasm_imports;
use crate::failure::{Failure, Outcome};
use crate::fingerprint;
use crate::places;
use crate::progress::Step;
use crate::setup::{Tools, node};

/// Module that must not be imported from: a Worker has no C environment, and the build succeeds
/// all the same when a dependency expects one.
const FORBIDDEN_MODULE: &str = "env";

/// Files of the bundle.
#[must_use]
pub fn files() -> [PathBuf; 2] {
    ["index.js", "index_bg.wasm"].map(|name| places::site_bundle().join(name))
}

/// Builds the Worker unless nothing has changed since the last time; answers whether it did.
///
/// # Errors
/// If it does not compile, or imports something that a Worker does not have.
pub fn build(tools: &Tools) -> Outcome<bool> {
    let fingerprint = fingerprint()?;
    let stamp = places::scratch().join("worker.stamp");
    let there = files().iter().all(|file| file.is_file());
    if there && fingerprint::is_current(&stamp, &fingerprint) {
        return Ok(false);
    }
    let step = Step::start("site Worker");
    let mut command = Command::new(&tools.worker_build);
    command
        .args(["--release"])
        .current_dir(places::site_crate())
        .env("WASM_BINDGEN_BIN", &tools.wasm_bindgen)
        .env("WASM_OPT_BIN", wasm_opt())
        .env("ESBUILD_BIN", node::esbuild()?)
        // Its own backtrace would push the compiler's message off the screen.
        .env("RUST_BACKTRACE", "0");
    tools.wasm.prepare(&mut command);
    tools.node.prepare(&mut command);
    step.run(&mut command)?;
    check_imports()?;
    fingerprint::record(&stamp, &fingerprint)?;
    step.finish("");
    Ok(true)
}

fn wasm_opt() -> PathBuf {
    places::node_modules()
        .join("binaryen")
        .join("bin")
        .join("wasm-opt")
}

fn fingerprint() -> Outcome<String> {
    let root = places::root();
    let mut inputs: Vec<PathBuf> = ["functions", "shared", "Cargo.toml", "Cargo.lock", ".cargo"]
        .iter()
        .map(|name| root.join(name))
        .collect();
    // Compiled into the pages; the folder is otherwise a result and left out.
    inputs.push(places::assets().join("manifest.json"));
    fingerprint::of(&inputs, &[])
}

/// Fails if the Wasm module wants a function that no Worker provides.
///
/// # Errors
/// If it does, or cannot be read.
pub fn check_imports() -> Outcome<()> {
    let path = places::site_bundle().join("index_bg.wasm");
    let bytes = fs::read(&path).map_err(|error| Failure::io("read", &path, &error))?;
    let imports = wasm_imports::imports(&bytes)
        .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
    let forbidden: Vec<&str> = imports
        .iter()
        .filter(|import| import.module == FORBIDDEN_MODULE)
        .map(|import| import.name.as_str())
        .collect();
    if forbidden.is_empty() {
        return Ok(());
    }
    Err(Failure::with_remedy(
        format!(
            "the Worker imports from `{FORBIDDEN_MODULE}`: {}",
            forbidden.join(", ")
        ),
        "find the dependency that expects a C library (`cargo tree --target wasm32-unknown-unknown`)",
    ))
}
