//! Builds the transcoder's image with buildah and debootstrap, and runs it.
//!
//! No image registry is asked: the base image is made from Debian's packages and kept in the tool
//! cache. Everything runs in chroot isolation, which needs root but no container engine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::transcoder;
use crate::failure::{Failure, Outcome};
use crate::places;
use crate::progress::{Step, output_of};

/// The Debian release that the Dockerfile names.
const RELEASE: &str = "bookworm";
const BASE_IMAGE: &str = "localhost/edgetube-base";
const IMAGE: &str = "localhost/edgetube-transcoder";
/// What the image must answer to `--help`.
const HELP_MARK: &str = "--once";

/// Why this machine cannot build the image, if it cannot.
#[must_use]
pub fn obstacle() -> Option<&'static str> {
    if !rustix::process::geteuid().is_root() {
        Some("chroot isolation needs root")
    } else if places::find_program("buildah").is_none() {
        Some("buildah is not installed")
    } else if places::find_program("debootstrap").is_none() && !archive().is_file() {
        Some("debootstrap is not installed")
    } else {
        None
    }
}

/// Builds the image from the built program and asks it for its help and its user.
///
/// # Errors
/// If it does not build, or the program in it does not run as an unprivileged user.
pub fn check() -> Outcome<()> {
    let step = Step::start("container image");
    let base = base_archive(&step)?;
    let context = places::scratch().join("container");
    fs::create_dir_all(&context).map_err(|error| Failure::io("create", &context, &error))?;
    let program = context.join("edgetube-transcoder");
    fs::copy(transcoder::program(), &program)
        .map_err(|error| Failure::io("copy", &program, &error))?;
    let store = Store::new(&context);
    import(&step, &store, &base)?;
    step.run(
        store
            .buildah(&["bud", "--isolation", "chroot"])
            .args(["--build-arg", &format!("BASE={BASE_IMAGE}"), "-t", IMAGE])
            .arg("-f")
            .arg(places::root().join("transcoder-container/Dockerfile"))
            .arg(&context),
    )?;
    let container = output_of(&mut store.buildah(&["from", "--pull-never", IMAGE]))?;
    let container = container.trim();
    let inside = |words: &[&str]| {
        output_of(
            store
                .buildah(&["run", "--isolation", "chroot", container, "--"])
                .args(words),
        )
    };
    let help = inside(&["/usr/local/bin/edgetube-transcoder", "--help"])?;
    if !help.contains(HELP_MARK) {
        return Err(Failure::new("the image's program does not print its help"));
    }
    if inside(&["id", "-u"])?.trim() == "0" {
        return Err(Failure::new("the image runs as root"));
    }
    step.run(&mut store.buildah(&["rm", container]))?;
    step.finish("");
    Ok(())
}

/// A minimal Debian as an archive, made once.
fn base_archive(step: &Step) -> Outcome<PathBuf> {
    let archive = archive();
    if archive.is_file() {
        return Ok(archive);
    }
    let tree = places::scratch().join("debian-tree");
    remove_tree(&tree)?;
    step.run(
        Command::new("debootstrap")
            .args(["--variant=minbase", RELEASE])
            .arg(&tree),
    )?;
    // Under another name until it is whole.
    let unfinished = archive.with_extension("unfinished");
    step.run(
        Command::new("tar")
            .arg("-C")
            .arg(&tree)
            .arg("-cf")
            .arg(&unfinished)
            .arg("."),
    )?;
    fs::rename(&unfinished, &archive).map_err(|error| Failure::io("rename", &archive, &error))?;
    remove_tree(&tree)?;
    Ok(archive)
}

fn archive() -> PathBuf {
    places::cache().join(format!("debian-{RELEASE}-minbase.tar"))
}

/// Removes a tree that debootstrap has made, but never what is mounted in it: debootstrap mounts the
/// machine's own file systems there, and leaves them when it is killed.
fn remove_tree(tree: &Path) -> Outcome<()> {
    if !tree.exists() {
        return Ok(());
    }
    let tree = fs::canonicalize(tree).map_err(|error| Failure::io("find", tree, &error))?;
    let mounts = Path::new("/proc/self/mountinfo");
    let table = fs::read_to_string(mounts).map_err(|error| Failure::io("read", mounts, &error))?;
    if let Some(mounted) = mounted_below(&table, &tree) {
        return Err(Failure::new(format!(
            "{} is still mounted: unmount it, then try again",
            mounted.display()
        )));
    }
    fs::remove_dir_all(&tree).map_err(|error| Failure::io("remove", &tree, &error))
}

/// A mount point at or below `tree`, from the text of proc(5)'s mountinfo.
fn mounted_below(mountinfo: &str, tree: &Path) -> Option<PathBuf> {
    mountinfo
        .lines()
        .filter_map(|line| line.split(' ').nth(4))
        .map(unescaped)
        .find(|point| point.starts_with(tree))
}

/// mountinfo writes space, tab, line feed and backslash as a backslash and three octal digits.
fn unescaped(field: &str) -> PathBuf {
    let escapes = [
        ("\\040", " "),
        ("\\011", "\t"),
        ("\\012", "\n"),
        ("\\134", "\\"),
    ];
    let plain = |text: String, (escape, plain): (&str, &str)| text.replace(escape, plain);
    PathBuf::from(escapes.into_iter().fold(field.to_owned(), plain))
}

fn import(step: &Step, store: &Store, base: &Path) -> Outcome<()> {
    let images = output_of(&mut store.buildah(&["images", "--format", "{{.Name}}"]))?;
    if images.lines().any(|name| name == BASE_IMAGE) {
        return Ok(());
    }
    let container = output_of(&mut store.buildah(&["from", "scratch"]))?;
    let container = container.trim();
    step.run(store.buildah(&["add", container]).arg(base).arg("/"))?;
    step.run(&mut store.buildah(&["commit", "--rm", container, BASE_IMAGE]))
}

/// Where images are kept: beside the build, not in the machine's own store.
struct Store {
    images: PathBuf,
    running: PathBuf,
}

impl Store {
    fn new(context: &Path) -> Self {
        // Not below the build context, which is sent whole.
        let folder = context.with_extension("store");
        Self {
            images: folder.join("images"),
            running: folder.join("running"),
        }
    }

    fn buildah(&self, words: &[&str]) -> Command {
        let mut command = Command::new("buildah");
        command
            .args(["--storage-driver", "vfs", "--root"])
            .arg(&self.images)
            .arg("--runroot")
            .arg(&self.running)
            .args(words);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
25 22 0:23 / /build/debian-tree/proc rw - proc proc rw
26 22 0:5 / /build/other\\040tree/dev rw - devtmpfs devtmpfs rw
";

    #[test]
    fn a_tree_with_a_mount_in_it_is_not_removed() {
        let found = |tree| mounted_below(TABLE, Path::new(tree));
        let proc = Path::new("/build/debian-tree/proc");
        assert_eq!(found("/build/debian-tree").as_deref(), Some(proc));
        assert_eq!(found("/build/debian-tree/proc").as_deref(), Some(proc));
        assert!(found("/build/other tree").is_some());
        assert_eq!(
            found("/build/debian"),
            None,
            "a neighbour's name begins alike"
        );
        assert_eq!(found("/elsewhere"), None);
    }
}
