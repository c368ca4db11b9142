//! Brings everything that a command needs onto this machine, or says in one line what to do.
//!
//! Order: system packages, packages from `package-lock.json`, the Wasm targets, the two Cargo tools,
//! the sample video and the packages of programs that only tests run. Each part looks first and does nothing when its result is there, so a second
//! run costs milliseconds and needs no network.

pub mod browser;
pub mod cargo_tools;
pub mod node;
pub mod samples;
pub mod system;
pub mod wasm;
pub mod wasm_std;

use std::path::PathBuf;
use std::time::Instant;

use crate::failure::Outcome;
use crate::progress::elapsed;

/// What the caller is going to do; a later one needs more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Build the Worker and run it.
    Build,
    /// Also transcode.
    Transcode,
    /// Also run the browser and download tests.
    Tests,
    /// Also load the server.
    Bench,
}

/// Where the tools are.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Compiler for the Workers.
    pub wasm: wasm::Toolchain,
    /// Compiler for Spin's component.
    pub spin: wasm::Toolchain,
    /// Node 22.12 or newer, and the programs of `node_modules`.
    pub node: node::Node,
    /// `worker-build`, of the version that matches the `worker` crate.
    pub worker_build: PathBuf,
    /// `wasm-bindgen`, of exactly the version of the crate.
    pub wasm_bindgen: PathBuf,
}

/// Installs what is missing for the scope.
///
/// # Errors
/// If something is missing that cannot be installed here; the message says what to do.
pub fn run(scope: Scope) -> Outcome<Tools> {
    let started = Instant::now();
    system::ensure(scope)?;
    let node = node::ensure()?;
    let wasm = wasm::ensure(wasm::Target::Workers)?;
    let spin = wasm::ensure(wasm::Target::Spin)?;
    let worker_build = cargo_tools::ensure_worker_build()?;
    let wasm_bindgen = cargo_tools::ensure_wasm_bindgen()?;
    if scope >= Scope::Tests {
        samples::ensure()?;
        node::ensure_test_clients()?;
    }
    eprintln!(
        "set-up: everything is there ({})",
        elapsed(started.elapsed())
    );
    Ok(Tools {
        wasm,
        spin,
        node,
        worker_build,
        wasm_bindgen,
    })
}
