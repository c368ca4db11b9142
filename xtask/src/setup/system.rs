//! Programs that the operating system provides. On Debian they are installed with `apt-get`.

use std::path::Path;
use std::process::Command;

use super::{Scope, browser, cargo_tools, samples};
use crate::failure::{Failure, Outcome};
use crate::places;
use crate::progress::{Step, output_of};

/// One thing that must be on the machine.
struct Need {
    /// First scope that needs it.
    scope: Scope,
    /// Looks for it without starting anything slow.
    present: fn() -> bool,
    /// Packages that bring it on Debian.
    debian: &'static [&'static str],
    /// What to do on any other system.
    elsewhere: &'static str,
}

const NEEDS: [Need; 10] = [
    Need {
        scope: Scope::Build,
        present: || places::find_program("cc").is_some(),
        debian: &["gcc", "libc6-dev"],
        elsewhere: "install a C compiler",
    },
    Need {
        scope: Scope::Build,
        // OpenSSL is linked into worker-build alone.
        present: || cargo_tools::worker_build_is_there() || has_openssl(),
        debian: &["libssl-dev", "pkg-config"],
        elsewhere: "install the headers of OpenSSL, and pkg-config",
    },
    Need {
        scope: Scope::Build,
        present: || places::find_program("npm").is_some(),
        debian: &["nodejs", "npm"],
        elsewhere: "install Node.js 22.12 or newer with npm (https://nodejs.org)",
    },
    Need {
        scope: Scope::Transcode,
        present: || {
            places::find_program("ffmpeg").is_some() && places::find_program("ffprobe").is_some()
        },
        debian: &["ffmpeg"],
        elsewhere: "install ffmpeg 5 or newer with libx264",
    },
    Need {
        scope: Scope::Tests,
        present: || browser::find().is_some(),
        debian: &["chromium", "fonts-dejavu-core", "fonts-liberation"],
        elsewhere: "install Chromium or Chrome, or set CHROMIUM to its path",
    },
    Need {
        scope: Scope::Tests,
        present: || places::find_program("aria2c").is_some(),
        debian: &["aria2"],
        elsewhere: "install aria2",
    },
    Need {
        scope: Scope::Tests,
        present: has_libtorrent,
        debian: &["python3-libtorrent"],
        elsewhere: "install libtorrent's module for the system's Python",
    },
    Need {
        scope: Scope::Tests,
        present: || samples::is_there() || has_pip(),
        debian: &["python3", "python3-pip"],
        elsewhere: "install Python 3 with pip",
    },
    Need {
        scope: Scope::Tests,
        present: || places::find_program("git").is_some(),
        debian: &["git"],
        elsewhere: "install git",
    },
    Need {
        scope: Scope::Bench,
        present: || places::find_program("wrk").is_some(),
        debian: &["wrk"],
        elsewhere: "install wrk",
    },
];

/// Installs what the scope needs and the machine lacks.
///
/// # Errors
/// If something is missing and there is no `apt-get`, or no right to use it.
pub fn ensure(scope: Scope) -> Outcome<()> {
    let missing = missing(scope);
    if missing.is_empty() {
        return Ok(());
    }
    let remedies: Vec<&str> = missing.iter().map(|need| need.elsewhere).collect();
    if places::find_program("apt-get").is_none() {
        return Err(Failure::with_remedy(
            "programs are missing on this machine",
            remedies.join("; "),
        ));
    }
    let packages: Vec<&str> = missing
        .iter()
        .flat_map(|need| need.debian.iter().copied())
        .collect();
    apt_install(&packages)?;
    match self::missing(scope).first() {
        None => Ok(()),
        Some(need) => Err(Failure::with_remedy(
            format!("{} did not bring what is needed", need.debian.join(" ")),
            need.elsewhere,
        )),
    }
}

fn missing(scope: Scope) -> Vec<&'static Need> {
    NEEDS
        .iter()
        .filter(|need| need.scope <= scope && !(need.present)())
        .collect()
}

/// Installs Debian packages, as root or through sudo.
///
/// # Errors
/// If neither is possible, or a package does not exist.
pub fn apt_install(packages: &[&str]) -> Outcome<()> {
    let step = Step::start(format!("Debian packages {}", packages.join(" ")));
    step.run(as_root("apt-get")?.arg("update"))?;
    step.run(
        as_root("apt-get")?
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
    )?;
    step.finish("installed");
    Ok(())
}

/// A command that runs with the rights of root: directly, or through sudo.
///
/// # Errors
/// If we are not root and there is no sudo.
pub fn as_root(program: &str) -> Outcome<Command> {
    let mut command = if rustix::process::geteuid().is_root() {
        Command::new(program)
    } else if places::find_program("sudo").is_some() {
        // A question for the password goes to the terminal, not to our pipes.
        let mut sudo = Command::new("sudo");
        sudo.args(["--preserve-env=DEBIAN_FRONTEND", program]);
        sudo
    } else {
        return Err(Failure::with_remedy(
            format!("{program} needs the rights of root"),
            "run `cargo xtask setup` once as root, or install sudo",
        ));
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}

fn has_openssl() -> bool {
    Path::new("/usr/include/openssl/ssl.h").is_file()
        || output_of(Command::new("pkg-config").args(["--exists", "openssl"])).is_ok()
}

/// The tests use the system's Python, as Debian's module is for that one alone.
fn has_libtorrent() -> bool {
    output_of(Command::new("/usr/bin/python3").args(["-c", "import libtorrent"])).is_ok()
}

fn has_pip() -> bool {
    output_of(Command::new("python3").args(["-m", "pip", "--version"])).is_ok()
}
