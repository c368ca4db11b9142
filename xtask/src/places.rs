//! Where things are: the repository, the build output and the tool cache.

use std::env;
use std::path::{Path, PathBuf};

/// Root of the repository.
#[must_use]
pub fn root() -> &'static Path {
    // The manifest is at <root>/xtask, so it has a parent; the fallback keeps this total.
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

/// Cargo's target folder: `CARGO_TARGET_DIR`, else `<root>/target`.
#[must_use]
pub fn target() -> PathBuf {
    match env::var_os("CARGO_TARGET_DIR") {
        // Cargo resolves a relative folder against its working directory, which is ours too.
        Some(dir) => env::current_dir().unwrap_or_default().join(dir),
        None => root().join("target"),
    }
}

/// Folder for logs, stamps and other files of this program.
#[must_use]
pub fn scratch() -> PathBuf {
    target().join("xtask")
}

/// Tools shared by all clones on this machine: `EDGETUBE_CACHE`, else `$XDG_CACHE_HOME/edgetube`,
/// else `~/.cache/edgetube`. Every folder inside carries the version of what it holds.
#[must_use]
pub fn cache() -> PathBuf {
    if let Some(dir) = env::var_os("EDGETUBE_CACHE") {
        return PathBuf::from(dir);
    }
    if let Some(dir) = env::var_os("XDG_CACHE_HOME").filter(|dir| !dir.is_empty()) {
        return PathBuf::from(dir).join("edgetube");
    }
    match env::var_os("HOME") {
        Some(home) => PathBuf::from(home).join(".cache").join("edgetube"),
        None => scratch().join("cache"),
    }
}

/// Packages installed from `package-lock.json`.
#[must_use]
pub fn node_modules() -> PathBuf {
    root().join("node_modules")
}

/// TypeScript and CSS for the browser.
#[must_use]
pub fn client_sources() -> PathBuf {
    root().join("functions").join("pages").join("client")
}

/// Static files of the site: bundled browser code under `client/`, and `manifest.json`.
#[must_use]
pub fn assets() -> PathBuf {
    root()
        .join("functions")
        .join("pages")
        .join("assets")
        .join("build")
}

/// First program of that name on `PATH`.
#[must_use]
pub fn find_program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|candidate| candidate.is_file())
}
