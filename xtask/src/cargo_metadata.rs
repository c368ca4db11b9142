//! The crates of the workspace and what each declares as dependencies, from `cargo metadata`.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::{Failure, Outcome};
use crate::places;
use crate::progress::output_of;
use crate::setup::wasm::native_cargo;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

/// One crate of the workspace.
#[derive(Debug, Clone, Deserialize)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its `Cargo.toml`.
    pub manifest_path: PathBuf,
    /// What it declares, for all targets and features.
    pub dependencies: Vec<Dependency>,
}

/// One declared dependency.
#[derive(Debug, Clone, Deserialize)]
pub struct Dependency {
    /// Name of the crate, not of the alias.
    pub name: String,
    /// `None` for an ordinary one, else `dev` or `build`.
    pub kind: Option<String>,
}

impl Dependency {
    /// Whether it ends up in the product.
    #[must_use]
    pub fn is_linked(&self) -> bool {
        self.kind.is_none()
    }

    /// Whether the product is built with it: linked, or run by a build script.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        self.kind.as_deref() != Some("dev")
    }
}

/// Every crate of the workspace.
///
/// # Errors
/// If Cargo cannot read a manifest.
pub fn packages() -> Outcome<Vec<Package>> {
    let text = output_of(
        native_cargo()
            .args([
                "metadata",
                "--format-version",
                "1",
                "--no-deps",
                "--offline",
            ])
            .current_dir(places::root()),
    )?;
    let metadata: Metadata = serde_json::from_str(&text)
        .map_err(|error| Failure::new(format!("cargo metadata is malformed: {error}")))?;
    Ok(metadata.packages)
}

/// Folders of a crate and of every crate of the workspace that goes into it, which is what it is built
/// from. Those of tests alone are left out.
#[must_use]
pub fn folders_of<'a>(packages: &'a [Package], name: &'a str) -> Vec<&'a Path> {
    let mut names = vec![name];
    let mut folders = Vec::new();
    let mut at = 0;
    while let Some(&name) = names.get(at) {
        at += 1;
        // A crate of others: the lock file says which.
        let Some(package) = packages.iter().find(|package| package.name == name) else {
            continue;
        };
        folders.extend(package.manifest_path.parent());
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if dependency.is_built_in() && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        Package {
            name: name.to_owned(),
            manifest_path: Path::new("/w").join(name).join("Cargo.toml"),
            dependencies: dependencies
                .iter()
                .map(|(name, kind)| Dependency {
                    name: (*name).to_owned(),
                    kind: kind.map(str::to_owned),
                })
                .collect(),
        }
    }

    #[test]
    fn a_crate_is_built_from_all_that_it_reaches_but_for_its_tests() {
        let packages = [
            package("site", &[("pages", None), ("testkit", Some("dev"))]),
            package("pages", &[("domain", None), ("words", Some("build"))]),
            package("domain", &[("serde", None)]),
            package("words", &[("domain", None)]),
            package("testkit", &[]),
            package("other", &[]),
        ];
        let folders = ["site", "pages", "domain", "words"].map(|name| Path::new("/w").join(name));
        assert_eq!(folders_of(&packages, "site"), folders);
    }
}
