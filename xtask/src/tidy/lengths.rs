//! Files stay short enough to be read in one go.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::fingerprint;
use crate::places;

/// Hard stop; the aim is 400, and a median of 150.
const MAX_LINES: usize = 600;
const SOURCES: [&str; 6] = ["rs", "ts", "mjs", "css", "sql", "html"];
/// Folders of data rather than code.
const DATA: [&str; 3] = ["vectors", "fixtures", "snapshots"];

/// Says for every file that is too long which one it is.
///
/// # Errors
/// If a file cannot be read.
pub fn check() -> Outcome<Vec<String>> {
    let root = places::root();
    let folders = [
        "functions",
        "shared",
        "transcoder-container",
        "tests",
        "xtask",
    ];
    let folders: Vec<PathBuf> = folders.iter().map(|name| root.join(name)).collect();
    let mut breaches = Vec::new();
    for file in fingerprint::files_below(&folders)? {
        if !is_source(&file) {
            continue;
        }
        let text = fs::read(&file).map_err(|error| Failure::io("read", &file, &error))?;
        let lines = String::from_utf8_lossy(&text).lines().count();
        if lines > MAX_LINES {
            let shown = file.strip_prefix(root).unwrap_or(&file).display();
            breaches.push(format!("{shown} has {lines} lines, more than {MAX_LINES}"));
        }
    }
    Ok(breaches)
}

fn is_source(file: &Path) -> bool {
    let extension = file.extension().unwrap_or_default().to_string_lossy();
    let in_data = file
        .components()
        .any(|part| DATA.iter().any(|name| part.as_os_str() == *name));
    SOURCES.contains(&extension.as_ref()) && !in_data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_no_source() {
        assert!(is_source(Path::new("shared/hls/src/lib.rs")));
        assert!(!is_source(Path::new(
            "shared/hls/tests/vectors/rfc8216/a.rs"
        )));
        assert!(!is_source(Path::new("shared/hls/notes.txt")));
    }
}
