//! Versions that `Cargo.lock` has chosen: a tool that must match a crate is installed in that version.

use std::fs;

use serde::Deserialize;

use crate::failure::{Failure, Outcome};
use crate::places;

#[derive(Deserialize)]
struct LockFile {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
}

/// The only version of a crate in the lock file.
///
/// # Errors
/// If the lock file cannot be read, or holds the crate never or in several versions.
pub fn version_of(name: &str) -> Outcome<String> {
    let path = places::root().join("Cargo.lock");
    let text = fs::read_to_string(&path).map_err(|error| Failure::io("read", &path, &error))?;
    version_in(&text, name)
}

fn version_in(text: &str, name: &str) -> Outcome<String> {
    let lock: LockFile = toml::from_str(text)
        .map_err(|error| Failure::new(format!("Cargo.lock is malformed: {error}")))?;
    let mut versions = lock
        .package
        .into_iter()
        .filter(|package| package.name == name)
        .map(|package| package.version);
    match (versions.next(), versions.next()) {
        (Some(version), None) => Ok(version),
        (None, _) => Err(Failure::new(format!("Cargo.lock does not name {name}"))),
        (Some(_), Some(_)) => Err(Failure::new(format!(
            "Cargo.lock holds several versions of {name}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_one_version() {
        let text = "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.2.3\"\n\
                    [[package]]\nname = \"b\"\nversion = \"1.0.0\"\n\
                    [[package]]\nname = \"b\"\nversion = \"2.0.0\"\n";
        assert_eq!(version_in(text, "a").unwrap(), "1.2.3");
        assert!(version_in(text, "b").is_err());
        assert!(version_in(text, "c").is_err());
    }
}
