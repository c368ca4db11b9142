//! `worker-build` and `wasm-bindgen`, built from crates.io into the shared cache, and the linker of Spin's
//! component where the compiler brings none.
//!
//! The first two must match a crate of the lock file: `worker-build` is released together with `worker`, and
//! `wasm-bindgen` refuses any version but its crate's own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::wasm;
use crate::failure::{Failure, Outcome};
use crate::lock_file;
use crate::places;
use crate::progress::Step;

/// Makes a component of what `wasm-ld` linked.
const COMPONENT_LINKER: &str = "wasm-component-ld";
const COMPONENT_LINKER_VERSION: &str = "0.5.31";

/// Path of `worker-build`, installed if it is missing.
///
/// # Errors
/// If it cannot be built.
pub fn ensure_worker_build() -> Outcome<PathBuf> {
    // Unoptimised: it only copies files and starts other programs, and is built twice as fast.
    ensure(
        "worker-build",
        &lock_file::version_of("worker")?,
        "worker-build",
        &["--debug"],
    )
}

/// Path of `wasm-bindgen`, installed if it is missing.
///
/// # Errors
/// If it cannot be built.
pub fn ensure_wasm_bindgen() -> Outcome<PathBuf> {
    let version = lock_file::version_of("wasm-bindgen")?;
    ensure("wasm-bindgen-cli", &version, "wasm-bindgen", &[])
}

/// Path of a program that calls `wasm-component-ld`, installed if it is missing, with that `wasm-ld`. Its
/// option must be the last, and a compiler puts its own there, so a script stands between them.
///
/// # Errors
/// If it cannot be built.
pub fn ensure_component_linker(wasm_ld: &Path) -> Outcome<PathBuf> {
    let linker = ensure(
        COMPONENT_LINKER,
        COMPONENT_LINKER_VERSION,
        COMPONENT_LINKER,
        &[],
    )?;
    let script = folder(COMPONENT_LINKER, COMPONENT_LINKER_VERSION).join("linker.sh");
    let text = format!(
        "#!/bin/sh\nexec '{}' \"$@\" --wasm-ld-path '{}'\n",
        linker.display(),
        wasm_ld.display()
    );
    fs::write(&script, text)
        .and_then(|()| fs::set_permissions(&script, fs::Permissions::from_mode(0o755)))
        .map_err(|error| Failure::io("write", &script, &error))?;
    Ok(script)
}

/// Whether [`ensure_worker_build`] has nothing to do.
#[must_use]
pub fn worker_build_is_there() -> bool {
    lock_file::version_of("worker")
        .is_ok_and(|version| program("worker-build", &version, "worker-build").is_file())
}

fn folder(package: &str, version: &str) -> PathBuf {
    places::cache().join(format!("{package}-{version}"))
}

fn program(package: &str, version: &str, name: &str) -> PathBuf {
    folder(package, version).join("bin").join(name)
}

fn ensure(package: &str, version: &str, name: &str, options: &[&str]) -> Outcome<PathBuf> {
    let program = program(package, version, name);
    if program.is_file() {
        return Ok(program);
    }
    let step = Step::start(format!("{package} {version}"));
    let root = folder(package, version);
    let build = places::cache().join(format!("{package}-{version}-build"));
    fs::create_dir_all(&build).map_err(|error| Failure::io("create", &build, &error))?;
    step.run(
        wasm::native_cargo()
            .args([
                "install",
                package,
                "--version",
                version,
                "--force",
                "--root",
            ])
            .arg(&root)
            .args(options)
            .env("CARGO_TARGET_DIR", &build)
            // Outside of the repository, so that its profiles and lints do not apply.
            .current_dir(&build),
    )?;
    // Hundreds of megabytes that nobody needs again; failing to free them is no failure.
    let _ = fs::remove_dir_all(&build);
    step.finish(&format!("installed in {}", root.display()));
    Ok(program)
}
