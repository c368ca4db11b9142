//! A Rust compiler that can build for a Wasm target: the Workers' or Spin's.
//!
//! 1. The compiler in use, if it has the target.
//! 2. After `rustup target add`, where rustup can download.
//! 3. Debian's own compiler, for which no target is packaged: its standard library is built once
//!    from its own sources ([`super::wasm_std`]).
//!
//! The test for "has the target" is a trial compilation, because a library folder left behind by an
//! older compiler looks the same as a working one.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

use super::{cargo_tools, system, wasm_std};
use crate::failure::{Failure, Outcome};
use crate::fingerprint;
use crate::places;
use crate::progress::{Step, output_of};

/// What is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Target {
    /// Every Worker.
    Workers,
    /// The Spin component.
    Spin,
}

impl Target {
    /// As the compiler calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Workers => "wasm32-unknown-unknown",
            Self::Spin => "wasm32-wasip2",
        }
    }

    fn linker_variable(self) -> &'static str {
        match self {
            Self::Workers => "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER",
            Self::Spin => "CARGO_TARGET_WASM32_WASIP2_LINKER",
        }
    }

    fn stamp(self) -> PathBuf {
        places::scratch().join(format!("{}-toolchain.json", self.name()))
    }
}

/// Name under which rustup knows Debian's compiler.
const LINKED_NAME: &str = "debian";
/// Where Debian installs its compiler.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_PACKAGES: [&str; 5] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-clippy",
    "rustfmt-web",
];

/// How to call Cargo so that it can build for one [`Target`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Toolchain {
    target: Target,
    /// `RUSTUP_TOOLCHAIN`, where it differs from the one in use.
    rustup_toolchain: Option<String>,
    /// Linker, where the compiler brings none.
    linker: Option<PathBuf>,
    /// The compiler's root; the standard library for the target is below it.
    sysroot: PathBuf,
}

impl Toolchain {
    /// Cargo with this compiler.
    #[must_use]
    pub fn cargo(&self) -> Command {
        let mut command = native_cargo();
        self.prepare(&mut command);
        command
    }

    /// Makes any program that calls `cargo` use this compiler.
    pub fn prepare(&self, command: &mut Command) {
        forget_cargo(command);
        if let Some(name) = &self.rustup_toolchain {
            command.env("RUSTUP_TOOLCHAIN", name);
        }
        if let Some(linker) = &self.linker {
            command.env(self.target.linker_variable(), linker);
        }
    }

    /// A command that runs this compiler.
    #[must_use]
    pub fn rustc(&self) -> Command {
        rustc(self.rustup_toolchain.as_deref())
    }

    fn has_standard_library(&self) -> bool {
        standard_library(&self.sysroot, self.target).is_dir()
    }
}

/// Cargo as the caller of `cargo xtask` chose it.
#[must_use]
pub fn native_cargo() -> Command {
    let mut command = Command::new("cargo");
    forget_cargo(&mut command);
    command
}

/// Removes what Cargo set for us, so that a nested Cargo neither rebuilds because of it nor mistakes
/// our package for its own.
fn forget_cargo(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let ours = [
            "CARGO_PKG_",
            "CARGO_MANIFEST_",
            "CARGO_BIN_",
            "CARGO_CRATE_",
        ];
        if text == "CARGO" || ours.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
}

/// Finds or makes a compiler for the target.
///
/// # Errors
/// If none of the three ways works here; the message says what to install.
pub fn ensure(target: Target) -> Outcome<Toolchain> {
    let stamp = target.stamp();
    let key = key()?;
    if let Some(known) = remembered(&stamp, &key) {
        return Ok(known);
    }
    let toolchain = match probe(target, None)? {
        Some(current) => current,
        None => match rustup_target_add(target)? {
            Some(added) => added,
            None => debian(target)?,
        },
    };
    let text = serde_json::to_string(&(&key, &toolchain))
        .map_err(|error| Failure::new(format!("cannot describe the toolchain: {error}")))?;
    fingerprint::record(&stamp, &text)?;
    Ok(toolchain)
}

/// Changes when another compiler may be in use than at the last look.
fn key() -> Outcome<String> {
    let chosen = env::var("RUSTUP_TOOLCHAIN").unwrap_or_default();
    let path = env::var("PATH").unwrap_or_default();
    fingerprint::of(&[PathBuf::from(DEBIAN_RUSTC)], &[&chosen, &path])
}

fn remembered(stamp: &Path, key: &str) -> Option<Toolchain> {
    let text = fs::read_to_string(stamp).ok()?;
    let (old_key, toolchain): (String, Toolchain) = serde_json::from_str(&text).ok()?;
    let linker_there = toolchain
        .linker
        .as_ref()
        .is_none_or(|linker| linker.is_file());
    (old_key == key && linker_there && toolchain.has_standard_library()).then_some(toolchain)
}

/// Tries to compile for the target; `None` if the compiler or its standard library is missing.
fn probe(target: Target, rustup_toolchain: Option<&str>) -> Outcome<Option<Toolchain>> {
    if !compiles(target, rustup_toolchain) {
        return Ok(None);
    }
    let sysroot = PathBuf::from(output_of(
        rustc(rustup_toolchain).args(["--print", "sysroot"]),
    )?);
    let about = output_of(rustc(rustup_toolchain).arg("-vV"))?;
    Ok(Some(Toolchain {
        target,
        rustup_toolchain: rustup_toolchain.map(str::to_owned),
        linker: find_linker(target, &sysroot, &about)?,
        sysroot,
    }))
}

/// `None` where the compiler brings its own linker, else LLVM's of the same version; for Spin with what makes
/// a component of its result.
fn find_linker(target: Target, sysroot: &Path, about: &str) -> Outcome<Option<PathBuf>> {
    let host = field(about, "host: ").unwrap_or_default();
    let own = standard_library_root(sysroot)
        .join(host)
        .join("bin")
        .join("rust-lld");
    if own.is_file() {
        return Ok(None);
    }
    let name = format!("wasm-ld-{}", llvm_major(about)?);
    let found = places::find_program(&name).or_else(|| places::find_program("wasm-ld"));
    match (found, target) {
        (Some(linker), Target::Workers) => Ok(Some(linker)),
        (Some(linker), Target::Spin) => cargo_tools::ensure_component_linker(&linker).map(Some),
        (None, _) => Err(Failure::with_remedy(
            "there is no linker for Wasm",
            format!("install lld, so that {name} exists"),
        )),
    }
}

fn rustup_target_add(target: Target) -> Outcome<Option<Toolchain>> {
    if places::find_program("rustup").is_none() {
        return Ok(None);
    }
    let step = Step::start(format!("rustup target add {}", target.name()));
    // Behind a closed network this fails, and the third way remains.
    match output_of(Command::new("rustup").args(["target", "add", target.name()])) {
        Ok(_) => step.finish("added"),
        Err(_) => step.finish("rustup cannot download here"),
    }
    probe(target, None)
}

/// Debian's compiler, installed and completed if need be.
fn debian(target: Target) -> Outcome<Toolchain> {
    let name = target.name();
    if places::find_program("apt-get").is_none() {
        return Err(Failure::with_remedy(
            format!("the Rust compiler cannot build for {name}"),
            format!("install rustup (https://rustup.rs), then `rustup target add {name}`"),
        ));
    }
    if !is_debian_compiler_there() {
        system::apt_install(&DEBIAN_PACKAGES)?;
    }
    let compiler = link()?;
    let about = output_of(rustc(compiler).arg("-vV"))?;
    let llvm = llvm_major(&about)?;
    if places::find_program(&format!("wasm-ld-{llvm}")).is_none() {
        system::apt_install(&[&format!("lld-{llvm}")])?;
    }
    if !compiles(target, compiler) {
        wasm_std::install(target, compiler, &about)?;
    }
    probe(target, compiler)?.ok_or_else(|| {
        Failure::new(format!(
            "Debian's compiler does not accept the standard library built for {name}"
        ))
    })
}

/// Makes Debian's compiler known to rustup; without rustup it is the one in use.
fn link() -> Outcome<Option<&'static str>> {
    if places::find_program("rustup").is_none() {
        return Ok(None);
    }
    if output_of(rustc(Some(LINKED_NAME)).arg("-vV")).is_err() {
        output_of(Command::new("rustup").args(["toolchain", "link", LINKED_NAME, "/usr"]))?;
    }
    Ok(Some(LINKED_NAME))
}

fn is_debian_compiler_there() -> bool {
    let sources = Path::new("/usr/lib/rustlib/src/rust/library/std");
    let clippy = Path::new("/usr/bin/cargo-clippy");
    Path::new(DEBIAN_RUSTC).is_file() && sources.is_dir() && clippy.is_file()
}

fn compiles(target: Target, rustup_toolchain: Option<&str>) -> bool {
    let out = env::temp_dir().join(format!("edgetube-probe-{}", std::process::id()));
    let status = rustc(rustup_toolchain)
        .args([
            "--target",
            target.name(),
            "--crate-type=rlib",
            "--crate-name=probe",
        ])
        .args(["--emit=metadata", "-o"])
        .arg(&out)
        .arg("-")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    let _ = fs::remove_file(&out);
    status.is_ok_and(|status| status.success())
}

fn rustc(rustup_toolchain: Option<&str>) -> Command {
    let mut command = Command::new("rustc");
    forget_cargo(&mut command);
    if let Some(name) = rustup_toolchain {
        command.env("RUSTUP_TOOLCHAIN", name);
    }
    command
}

fn standard_library_root(sysroot: &Path) -> PathBuf {
    sysroot.join("lib").join("rustlib")
}

/// Folder of the standard library for the target.
#[must_use]
pub fn standard_library(sysroot: &Path, target: Target) -> PathBuf {
    standard_library_root(sysroot)
        .join(target.name())
        .join("lib")
}

/// Value after `name` in the output of `rustc -vV`.
#[must_use]
pub fn field<'a>(about: &'a str, name: &str) -> Option<&'a str> {
    about.lines().find_map(|line| line.strip_prefix(name))
}

fn llvm_major(about: &str) -> Outcome<&str> {
    field(about, "LLVM version: ")
        .and_then(|version| version.split('.').next())
        .ok_or_else(|| Failure::new("rustc -vV names no LLVM version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_llvm_version_that_the_linker_must_have() {
        let about = "rustc 1.96.0\nhost: x86_64-unknown-linux-gnu\nLLVM version: 22.1.8";
        assert_eq!(llvm_major(about).unwrap(), "22");
        assert_eq!(field(about, "host: "), Some("x86_64-unknown-linux-gnu"));
        assert!(llvm_major("rustc 1.96.0").is_err());
    }
}
