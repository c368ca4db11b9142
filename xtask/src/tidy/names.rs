//! Names of platforms in code. The dependencies of a crate say most of it ([`super::edges`]); this finds what
//! came in by another way, such as through a crate that hands its platform on.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::fingerprint;
use crate::places;

/// A crate's name, and the folders whose code may use it.
struct Name {
    name: &'static str,
    folders: &'static [&'static str],
}

const NAMES: [Name; 2] = [
    Name {
        name: "spin_sdk",
        folders: &[
            "shared/platform-spin",
            "functions/spin",
            "functions/spin-api",
            "functions/spin-site",
        ],
    },
    Name {
        name: "worker",
        folders: &[
            "shared/platform-workers",
            "functions/workers-site",
            "functions/workers-tracker",
        ],
    },
];

/// Says for every line that names a platform where it must not which one it is.
///
/// # Errors
/// If a file cannot be read.
pub fn check() -> Outcome<Vec<String>> {
    let root = places::root();
    let folders: Vec<PathBuf> = ["functions", "shared"]
        .iter()
        .map(|name| root.join(name))
        .collect();
    let mut breaches = Vec::new();
    for file in fingerprint::files_below(&folders)? {
        if file.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = fs::read_to_string(&file).map_err(|error| Failure::io("read", &file, &error))?;
        let file = file.strip_prefix(root).unwrap_or(&file);
        breaches.extend(breaches_of(file, &text));
    }
    Ok(breaches)
}

fn breaches_of(file: &Path, text: &str) -> Vec<String> {
    let mut breaches = Vec::new();
    for Name { name, folders } in &NAMES {
        if folders.iter().any(|folder| file.starts_with(folder)) {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            if !line.trim_start().starts_with("//") && has_path_of(line, name) {
                let number = number + 1;
                breaches.push(format!(
                    "{} names {name} in line {number}: only {} may",
                    file.display(),
                    folders.join(", ")
                ));
            }
        }
    }
    breaches
}

/// Whether a line has a path that begins with a crate, or brings the crate in: `a::b`, `use a;`, `a::{`.
fn has_path_of(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| {
        let (before, after) = (&line[..at], &line[at + name.len()..]);
        let continues = |c: char| c.is_alphanumeric() || c == '_';
        let is_word = !before.ends_with(continues) && !after.starts_with(continues);
        let is_root = !before
            .strip_suffix("::")
            .is_some_and(|parent| parent.ends_with(continues) || parent.ends_with('>'));
        let is_brought_in = before.trim_end().ends_with("use") && after.starts_with([';', ' ']);
        is_word && is_root && (after.starts_with("::") || is_brought_in)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn platforms_are_named_in_their_own_folders_only() {
        let breaches = |file: &str, text: &str| breaches_of(Path::new(file), text).len();
        for line in [
            "use spin_sdk::http::Request;",
            "    spin_sdk::wasip3::spawn(work);",
            "use worker;",
            "use worker::Env;",
            "fn f(env: &worker::Env) {}",
            "use spin_sdk as s;",
            "    let x = ::worker::Date::now();",
        ] {
            assert_eq!(breaches("functions/site/src/lib.rs", line), 1, "{line}");
        }
        for line in [
            "// spin_sdk::http is not for us",
            "let worker = platform.clone();",
            "use crate::worker::Thing;",
            "mod worker;",
            "let x = my_worker::new();",
            "// what the worker does",
        ] {
            assert_eq!(breaches("functions/site/src/lib.rs", line), 0, "{line}");
        }
        let both = "use spin_sdk::http;\nuse worker::Env;";
        assert_eq!(breaches("functions/spin/src/lib.rs", both), 1);
        assert_eq!(breaches("shared/platform-workers/src/lib.rs", both), 1);
        assert_eq!(breaches("shared/app/src/lib.rs", both), 2);
    }
}
