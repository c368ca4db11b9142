//! The browser that the end-to-end tests drive.

use std::env;
use std::path::{Path, PathBuf};

use crate::places;

/// Names under which a Chromium is commonly installed.
const NAMES: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
];
const ON_MACOS: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// `CHROMIUM`, else a Chromium or Chrome on this machine.
#[must_use]
pub fn find() -> Option<PathBuf> {
    if let Some(chosen) = env::var_os("CHROMIUM") {
        return Some(PathBuf::from(chosen)).filter(|path| path.is_file());
    }
    NAMES
        .iter()
        .find_map(|name| places::find_program(name))
        .or_else(|| Some(PathBuf::from(ON_MACOS)).filter(|path: &PathBuf| is_program(path)))
}

fn is_program(path: &Path) -> bool {
    path.is_file()
}
