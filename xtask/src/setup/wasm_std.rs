//! The standard library for Wasm, built from the sources of Debian's compiler.
//!
//! Debian packages none. Cargo's own `-Zbuild-std` makes one (30 to 45 s), and it is put where the
//! compiler looks, so that `worker-build` and everything else work unchanged.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::system;
use super::wasm::{self, Target};
use crate::failure::{Failure, Outcome};
use crate::places;
use crate::progress::{Step, output_of};

const CRATE: &str = "empty";
/// What the C library adds to a program for WASI: its entry and itself.
const C_LIBRARY: [&str; 3] = ["crt1-command.o", "crt1-reactor.o", "libc.a"];
const C_LIBRARY_PACKAGE: &str = "wasi-libc";
const C_LIBRARY_FOLDER: &str = "/usr/lib/wasm32-wasi";

/// Builds the library with the given compiler and installs it below that compiler's root.
///
/// # Errors
/// If the build fails, or the compiler's folder cannot be written even as root.
pub fn install(target: Target, rustup_toolchain: Option<&str>, about: &str) -> Outcome<()> {
    if target == Target::Spin && !Path::new(C_LIBRARY_FOLDER).is_dir() {
        system::apt_install(&[C_LIBRARY_PACKAGE])?;
    }
    let step = Step::start(format!("standard library for {}", target.name()));
    let version = wasm::field(about, "release: ").unwrap_or("unknown");
    let work = places::cache().join(format!("rust-std-{}-{version}-build", target.name()));
    write_crate(&work)?;
    let mut cargo = wasm::native_cargo();
    if let Some(name) = rustup_toolchain {
        cargo.env("RUSTUP_TOOLCHAIN", name);
    }
    step.run(
        cargo
            .args(["build", "--release", "--target", target.name()])
            .arg("-Zbuild-std=std,panic_abort,panic_unwind,proc_macro")
            .current_dir(&work)
            .env("CARGO_TARGET_DIR", work.join("target"))
            // `-Zbuild-std` is locked on a released compiler; these are that compiler's own sources.
            .env("RUSTC_BOOTSTRAP", "1")
            // Without the bitcode a build with link-time optimisation fails.
            .env("RUSTFLAGS", "-Cembed-bitcode=yes"),
    )?;
    let libraries = libraries(&work, target)?;
    let destination = destination(target, rustup_toolchain)?;
    put(&step, &libraries, &destination)?;
    if target == Target::Spin {
        let parts = C_LIBRARY.map(|name| Path::new(C_LIBRARY_FOLDER).join(name));
        put(&step, &parts, &destination.join("self-contained"))?;
    }
    let _ = fs::remove_dir_all(&work);
    step.finish(&destination.display().to_string());
    Ok(())
}

/// Copies files into a folder from which older ones are removed.
fn put(step: &Step, files: &[PathBuf], destination: &Path) -> Outcome<()> {
    step.run(system::as_root("mkdir")?.arg("-p").arg(destination))?;
    remove_old(step, destination)?;
    step.run(
        system::as_root("install")?
            .args(["-m", "644", "-t"])
            .arg(destination)
            .args(files),
    )
}

fn write_crate(work: &Path) -> Outcome<()> {
    let source = work.join("src");
    fs::create_dir_all(&source).map_err(|error| Failure::io("create", &source, &error))?;
    let manifest = format!(
        "[package]\nname = \"{CRATE}\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n"
    );
    for (path, text) in [
        (work.join("Cargo.toml"), manifest.as_str()),
        (source.join("lib.rs"), "#![no_std]\n"),
    ] {
        fs::write(&path, text).map_err(|error| Failure::io("write", &path, &error))?;
    }
    Ok(())
}

/// What the build made, without the empty crate itself.
fn libraries(work: &Path, target: Target) -> Outcome<Vec<PathBuf>> {
    let deps = work
        .join("target")
        .join(target.name())
        .join("release")
        .join("deps");
    let libraries: Vec<PathBuf> = fs::read_dir(&deps)
        .map_err(|error| Failure::io("read", &deps, &error))?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".rlib") && !name.starts_with(&format!("lib{CRATE}-"))
        })
        .collect();
    if libraries.is_empty() {
        return Err(Failure::new(format!(
            "no library was built in {}",
            deps.display()
        )));
    }
    Ok(libraries)
}

/// Libraries of an older compiler beside the new ones would be ambiguous.
fn remove_old(step: &Step, destination: &Path) -> Outcome<()> {
    let Ok(entries) = fs::read_dir(destination) else {
        return Ok(());
    };
    let old: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "rlib")
        })
        .collect();
    if old.is_empty() {
        return Ok(());
    }
    step.run(system::as_root("rm")?.arg("-f").args(&old))
}

fn destination(target: Target, rustup_toolchain: Option<&str>) -> Outcome<PathBuf> {
    let mut rustc = Command::new("rustc");
    if let Some(name) = rustup_toolchain {
        rustc.env("RUSTUP_TOOLCHAIN", name);
    }
    let sysroot = output_of(rustc.args(["--print", "sysroot"]))?;
    Ok(wasm::standard_library(Path::new(&sysroot), target))
}
