//! Rules of the house that the compiler does not know.

pub mod edges;
pub mod lengths;
pub mod names;
pub mod vectors;

use crate::build::worker;
use crate::cargo_metadata;
use crate::failure::{Failure, Outcome};
use crate::progress::Step;

/// Checks every rule and prints every breach.
///
/// # Errors
/// If a rule is broken.
pub fn run() -> Outcome<()> {
    let step = Step::start("tidy");
    let packages = cargo_metadata::packages()?;
    let mut breaches = edges::check(&packages);
    breaches.extend(lengths::check()?);
    breaches.extend(names::check()?);
    breaches.extend(vectors::check()?);
    for script in worker::ALL {
        if script.files().iter().all(|file| file.is_file())
            && let Err(failure) = script.check_imports()
        {
            breaches.push(failure.to_string());
        }
    }
    if breaches.is_empty() {
        step.finish(&format!("{} crates", packages.len()));
        return Ok(());
    }
    for breach in &breaches {
        eprintln!("     {breach}");
    }
    Err(Failure::new(format!(
        "tidy: {} rules are broken",
        breaches.len()
    )))
}
