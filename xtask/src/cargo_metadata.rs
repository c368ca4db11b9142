//! The crates of the workspace and what each declares as dependencies, from `cargo metadata`.

use std::path::PathBuf;

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
