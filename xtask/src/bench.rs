//! `cargo xtask bench [names…]`: figures of the built product beside their bounds.
//!
//! Only builds; what is measured, and how, is in `tests/load`.

use std::env;

use crate::arguments::BenchOptions;
use crate::build;
use crate::failure::{Failure, Outcome};
use crate::places;
use crate::progress::Step;
use crate::runtime::spin;
use crate::setup::wasm::native_cargo;
use crate::setup::{self, Scope};
use crate::test::test_environment;

/// The crate that measures.
const PACKAGE: &str = "load";

/// Builds everything and measures.
///
/// # Errors
/// If something does not build, or a figure cannot be taken at all. A figure beyond its bound is no
/// error.
pub fn run(options: &BenchOptions) -> Outcome<()> {
    let program = env::current_exe()
        .map_err(|error| Failure::new(format!("cannot find this program: {error}")))?;
    let tools = setup::run(Scope::Bench)?;
    build::site(&tools)?;
    build::component(&tools)?;
    build::component::crypto_measure(&tools)?;
    spin::build()?;
    build::transcoder::build()?;
    let step = Step::start("programs that measure");
    let mut build = native_cargo();
    build.args(["build", "--package", PACKAGE]);
    step.run(build.current_dir(places::root()))?;
    step.finish("");
    let mut measure = native_cargo();
    measure
        .args(["run", "--quiet", "--package", PACKAGE, "--"])
        .args(&options.only)
        .current_dir(places::root());
    test_environment(&mut measure, &tools, &program);
    let status = measure
        .status()
        .map_err(|error| Failure::new(format!("cannot start cargo: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::new(format!("the measurement ended with {status}")))
    }
}
