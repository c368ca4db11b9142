//! Where the programs under test and the judges are.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Root of the repository.
#[must_use]
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("this crate is two folders below the root")
}

/// The program that starts instances.
#[must_use]
pub fn xtask() -> PathBuf {
    built("EDGETUBE_XTASK", "xtask", "cargo build -p xtask")
}

/// The transcoder.
#[must_use]
pub fn transcoder() -> PathBuf {
    built(
        "EDGETUBE_TRANSCODER",
        "edgetube-transcoder",
        "cargo build -p transcoder-container",
    )
}

/// The test host for Spin.
#[must_use]
pub fn spin_host() -> PathBuf {
    built(
        "EDGETUBE_SPIN_HOST",
        "spin-host",
        "cargo build -p spin-host",
    )
}

/// Node, 22 or newer.
#[must_use]
pub fn node() -> PathBuf {
    let own = root().join("node_modules").join(".bin").join("node");
    from_variable("EDGETUBE_NODE")
        .or_else(|| Some(own).filter(|path| path.exists()))
        .or_else(|| on_path("node"))
        .unwrap_or_else(|| missing("node", "EDGETUBE_NODE", "npm ci"))
}

/// Chromium.
#[must_use]
pub fn chromium() -> PathBuf {
    from_variable("EDGETUBE_CHROMIUM")
        .or_else(|| on_path("chromium"))
        .unwrap_or_else(|| missing("chromium", "EDGETUBE_CHROMIUM", "cargo xtask setup"))
}

/// A program from `PATH`: ffmpeg, ffprobe, aria2c.
#[must_use]
pub fn tool(name: &str) -> PathBuf {
    on_path(name).unwrap_or_else(|| missing(name, "PATH", "cargo xtask setup"))
}

/// Runs a command to its end; panics with its standard error unless it succeeds.
pub fn run(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?} ended with {}:\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn built(variable: &str, name: &str, remedy: &str) -> PathBuf {
    from_variable(variable)
        .or_else(|| beside_this_test(name))
        .or_else(|| {
            ["debug", "release"]
                .map(|profile| root().join("target").join(profile).join(name))
                .into_iter()
                .find(|path| path.is_file())
        })
        .unwrap_or_else(|| missing(name, variable, remedy))
}

/// `target/debug/deps/it-…` is this test; `target/debug` holds the programs of the same build.
fn beside_this_test(name: &str) -> Option<PathBuf> {
    let test = env::current_exe().ok()?;
    let profile = test.parent()?.parent()?;
    let target = profile.parent()?;
    [
        profile.to_owned(),
        target.join("debug"),
        target.join("release"),
    ]
    .map(|folder| folder.join(name))
    .into_iter()
    .find(|path| path.is_file())
}

fn from_variable(name: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os(name)?);
    assert!(
        path.exists(),
        "{name} names {}, which is not there",
        path.display()
    );
    Some(path)
}

fn on_path(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

fn missing(name: &str, variable: &str, remedy: &str) -> ! {
    panic!("{name} is missing: run `{remedy}` or set {variable}")
}
