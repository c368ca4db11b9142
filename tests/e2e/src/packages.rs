//! Packages that only one test needs, from a lock file of their own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::programs;

/// The folder below `tests/e2e/clients` with its packages installed, unless that cannot be done here: then
/// why. Nothing is installed twice.
///
/// # Errors
/// What npm says.
pub fn installed(name: &str) -> Result<PathBuf, String> {
    let folder = programs::root().join("tests/e2e/clients").join(name);
    let lock = fs::read(folder.join("package-lock.json")).map_err(|error| error.to_string())?;
    let stamp = folder.join("node_modules").join(".edgetube-lock.json");
    if fs::read(&stamp).is_ok_and(|stamped| stamped == lock) {
        return Ok(folder);
    }
    let output = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(&folder)
        .output()
        .map_err(|error| format!("npm does not start: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let last: Vec<&str> = said.lines().rev().take(3).collect();
        return Err(format!("npm ci: {}", last.join("; ")));
    }
    fs::write(&stamp, lock).map_err(|error| error.to_string())?;
    Ok(folder)
}
