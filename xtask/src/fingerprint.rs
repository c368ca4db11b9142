//! Stamps: text files that say from what a result was made, so that making it again can be skipped.
//!
//! A fingerprint lists path, size and modification time of every input, which takes milliseconds;
//! a file that is touched without being changed costs one needless build, never a stale one.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::cargo_metadata::{self, Package};
use crate::failure::{Failure, Outcome};
use crate::places;

/// Folders that hold results, not inputs.
const SKIPPED: [&str; 5] = ["target", "node_modules", ".git", "build", ".edgetube"];

/// Every file below the given files and folders, sorted, without results.
///
/// # Errors
/// If a folder cannot be read. A path that does not exist is left out.
pub fn files_below(inputs: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut pending: Vec<PathBuf> = inputs.to_vec();
    while let Some(path) = pending.pop() {
        if path.is_file() {
            files.push(path);
        } else if path.is_dir() {
            let entries =
                fs::read_dir(&path).map_err(|error| Failure::io("read", &path, &error))?;
            for entry in entries {
                let entry = entry.map_err(|error| Failure::io("read", &path, &error))?;
                let name = entry.file_name();
                if !SKIPPED.iter().any(|skipped| name == *skipped) {
                    pending.push(entry.path());
                }
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Text that changes when an input or one of the `facts` changes.
///
/// # Errors
/// If an input cannot be examined.
pub fn of(inputs: &[PathBuf], facts: &[&str]) -> Outcome<String> {
    let mut text = String::new();
    for fact in facts {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "fact {fact}");
    }
    for file in files_below(inputs)? {
        let metadata =
            fs::metadata(&file).map_err(|error| Failure::io("examine", &file, &error))?;
        let modified_ns = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
            .map_or(0, |since| since.as_nanos());
        let _ = writeln!(text, "{} {} {modified_ns}", file.display(), metadata.len());
    }
    Ok(text)
}

/// Files below the root, besides those of crates, that decide how Rust is built.
const FOR_EVERY_CRATE: [&str; 3] = ["Cargo.toml", "Cargo.lock", ".cargo"];
/// In a crate: compiled into it, though it stands in a folder of results.
const MANIFEST: &str = "assets/build/manifest.json";

/// Of a crate and all that goes into it.
///
/// # Errors
/// If a file cannot be examined.
pub fn of_crate(packages: &[Package], name: &str) -> Outcome<String> {
    let folders = cargo_metadata::folders_of(packages, name);
    let mut inputs: Vec<PathBuf> = folders
        .into_iter()
        .flat_map(|folder| [folder.to_path_buf(), folder.join(MANIFEST)])
        .collect();
    inputs.extend(FOR_EVERY_CRATE.map(|name| places::root().join(name)));
    of(&inputs, &[])
}

/// Whether the stamp holds exactly this fingerprint.
#[must_use]
pub fn is_current(stamp: &Path, fingerprint: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|old| old == fingerprint)
}

/// Records the fingerprint of a finished result.
///
/// # Errors
/// If the file cannot be written.
pub fn record(stamp: &Path, fingerprint: &str) -> Outcome<()> {
    if let Some(dir) = stamp.parent() {
        fs::create_dir_all(dir).map_err(|error| Failure::io("create", dir, &error))?;
    }
    fs::write(stamp, fingerprint).map_err(|error| Failure::io("write", stamp, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_fact_or_file_changes_the_fingerprint() {
        let dir = std::env::temp_dir().join(format!("xtask-fingerprint-{}", std::process::id()));
        fs::create_dir_all(dir.join("build")).unwrap();
        fs::write(dir.join("a"), "1").unwrap();
        fs::write(dir.join("build").join("result"), "1").unwrap();
        let inputs = [dir.clone()];
        let before = of(&inputs, &["v1"]).unwrap();
        assert_eq!(of(&inputs, &["v1"]).unwrap(), before);
        assert_ne!(of(&inputs, &["v2"]).unwrap(), before);
        assert!(!before.contains("result"));
        fs::write(dir.join("a"), "12").unwrap();
        assert_ne!(of(&inputs, &["v1"]).unwrap(), before);
        fs::remove_dir_all(&dir).unwrap();
    }
}
