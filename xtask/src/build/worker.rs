//! The Worker scripts: Rust to Wasm, bindings, and one JavaScript file each, by `worker-build`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::wasm_imports;
use crate::cargo_metadata::Package;
use crate::failure::{Failure, Outcome};
use crate::fingerprint;
use crate::places;
use crate::progress::Step;
use crate::setup::{Tools, node};

/// Module that must not be imported from: a Worker has no C environment, and the build succeeds
/// all the same when a dependency expects one.
const FORBIDDEN_MODULE: &str = "env";

/// One script.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    /// Its crate, and the name of its folder.
    name: &'static str,
    /// Where that folder is, below the root.
    parent: &'static str,
    /// What it is, for people.
    title: &'static str,
    /// `--release` or `--dev`.
    profile: &'static str,
}

/// The site.
pub const SITE: Script = Script {
    name: "workers-site",
    parent: "functions",
    title: "site Worker",
    profile: "--release",
};
/// The tracker.
pub const TRACKER: Script = Script {
    name: "workers-tracker",
    parent: "functions",
    title: "tracker Worker",
    profile: "--release",
};
/// What runs the contracts of the ports within workerd, for the tests.
pub const CONTRACTS: Script = Script {
    name: "workers-contracts",
    parent: "tests",
    title: "contracts on Workers",
    profile: "--dev",
};
/// The tracker that panics when it is told to, for the tests.
pub const CRASHING_TRACKER: Script = Script {
    name: "crashing-tracker",
    parent: "tests",
    title: "tracker that crashes",
    profile: "--dev",
};
/// All that are deployed.
pub const ALL: [Script; 2] = [SITE, TRACKER];

impl Script {
    /// Its crate's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.name
    }

    fn folder(self) -> PathBuf {
        places::root().join(self.parent).join(self.name)
    }

    /// Files of the bundle.
    #[must_use]
    pub fn files(self) -> [PathBuf; 2] {
        ["index.js", "index_bg.wasm"].map(|file| self.folder().join("build").join(file))
    }

    /// Builds the script unless nothing has changed since the last time; answers whether it did.
    ///
    /// # Errors
    /// If it does not compile, or imports something that a Worker does not have.
    pub fn build(self, tools: &Tools, packages: &[Package]) -> Outcome<bool> {
        let fingerprint =
            fingerprint::of_crate(packages, self.name)? + &fingerprint::of(&[bundler()], &[])?;
        let stamp = places::scratch().join(format!("{}.stamp", self.name));
        let there = self.files().iter().all(|file| file.is_file());
        if there && fingerprint::is_current(&stamp, &fingerprint) {
            return Ok(false);
        }
        let step = Step::start(self.title);
        let mut command = Command::new(&tools.worker_build);
        command
            .arg(self.profile)
            .current_dir(self.folder())
            .env("WASM_BINDGEN_BIN", &tools.wasm_bindgen)
            .env("WASM_OPT_BIN", wasm_opt())
            .env("ESBUILD_BIN", bundler())
            .env("EDGETUBE_ESBUILD", node::esbuild()?)
            .env("EDGETUBE_ENTRY", self.folder().join("src").join("entry.js"))
            // Its own backtrace would push the compiler's message off the screen.
            .env("RUST_BACKTRACE", "0");
        tools.wasm.prepare(&mut command);
        tools.node.prepare(&mut command);
        step.run(&mut command)?;
        self.check_imports()?;
        fingerprint::record(&stamp, &fingerprint)?;
        step.finish("");
        Ok(true)
    }

    /// Fails if the Wasm module wants a function that no Worker provides.
    ///
    /// # Errors
    /// If it does, or cannot be read.
    pub fn check_imports(self) -> Outcome<()> {
        let [_, path] = self.files();
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
                "the {} imports from `{FORBIDDEN_MODULE}`: {}",
                self.title,
                forbidden.join(", ")
            ),
            "find the dependency that expects a C library (`cargo tree --target wasm32-unknown-unknown`)",
        ))
    }
}

/// What `worker-build` runs in place of esbuild.
fn bundler() -> PathBuf {
    places::root().join("xtask/src/build/bundle.mjs")
}

pub(super) fn wasm_opt() -> PathBuf {
    places::node_modules()
        .join("binaryen")
        .join("bin")
        .join("wasm-opt")
}
