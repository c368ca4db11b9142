//! Packages that only one test needs, from a lock file of their own. `cargo xtask setup` installs them.

use std::fs;
use std::path::PathBuf;

use crate::programs;

/// The folder below `tests/e2e/clients` with its packages.
///
/// # Panics
/// If they are not those of the lock file: without them the test would prove nothing.
#[must_use]
pub fn installed(name: &str) -> PathBuf {
    let folder = programs::root().join("tests/e2e/clients").join(name);
    let lock = fs::read(folder.join("package-lock.json"));
    let stamp = fs::read(folder.join("node_modules/.edgetube-lock.json"));
    let is_there = matches!((&lock, &stamp), (Ok(lock), Ok(stamp)) if lock == stamp);
    assert!(
        is_there,
        "the packages of {name} are not installed: run `cargo xtask setup`"
    );
    folder
}
