//! Every folder of test vectors says in a file `SOURCE` where its content comes from.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::places;

const FOLDER: &str = "vectors";
const NOTE: &str = "SOURCE";
const SKIPPED: [&str; 4] = ["target", "node_modules", ".git", "build"];

/// Says for every folder without a note which one it is.
///
/// # Errors
/// If a folder cannot be read.
pub fn check() -> Outcome<Vec<String>> {
    let root = places::root();
    let mut breaches = Vec::new();
    for folder in vector_folders(root)? {
        for unexplained in unexplained(&folder)? {
            let shown = unexplained
                .strip_prefix(root)
                .unwrap_or(&unexplained)
                .display();
            breaches.push(format!("{shown} has no file {NOTE}"));
        }
    }
    Ok(breaches)
}

fn vector_folders(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut pending = vec![root.to_owned()];
    while let Some(folder) = pending.pop() {
        for child in folders_in(&folder)? {
            let name = child
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name == FOLDER {
                found.push(child);
            } else if !SKIPPED.contains(&name.as_str()) {
                pending.push(child);
            }
        }
    }
    Ok(found)
}

/// A note explains its folder and everything below; without one, each folder below needs its own.
fn unexplained(folder: &Path) -> Outcome<Vec<PathBuf>> {
    if has_note(folder) {
        return Ok(Vec::new());
    }
    let below = folders_in(folder)?;
    if below.is_empty() || has_files(folder)? {
        return Ok(vec![folder.to_owned()]);
    }
    Ok(below.into_iter().filter(|child| !has_note(child)).collect())
}

fn has_note(folder: &Path) -> bool {
    [NOTE, "SOURCE.md", "SOURCE.txt"]
        .iter()
        .any(|name| folder.join(name).is_file())
}

fn has_files(folder: &Path) -> Outcome<bool> {
    Ok(entries(folder)?.iter().any(|path| path.is_file()))
}

fn folders_in(folder: &Path) -> Outcome<Vec<PathBuf>> {
    Ok(entries(folder)?
        .into_iter()
        .filter(|path| path.is_dir())
        .collect())
}

fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).map_err(|error| Failure::io("read", folder, &error))?;
    Ok(entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_covers_what_is_below_it() {
        let root = std::env::temp_dir().join(format!("xtask-vectors-{}", std::process::id()));
        let vectors = root.join("tests").join(FOLDER);
        fs::create_dir_all(vectors.join("bep3")).unwrap();
        fs::create_dir_all(vectors.join("bep19")).unwrap();
        fs::write(vectors.join("bep3").join(NOTE), "").unwrap();
        assert_eq!(
            vector_folders(&root).unwrap().as_slice(),
            std::slice::from_ref(&vectors)
        );
        assert_eq!(unexplained(&vectors).unwrap(), [vectors.join("bep19")]);
        fs::write(vectors.join("SOURCE.md"), "").unwrap();
        assert!(unexplained(&vectors).unwrap().is_empty());
        fs::remove_dir_all(&root).unwrap();
    }
}
