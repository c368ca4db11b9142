//! `cargo xtask test`: every check and every test, with one closing line.

use std::env;
use std::panic::resume_unwind;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::Instant;

use crate::arguments::TestOptions;
use crate::build;
use crate::cargo_metadata;
use crate::container;
use crate::failure::{Failure, Outcome};
use crate::places;
use crate::progress::{Step, elapsed};
use crate::runtime::spin;
use crate::setup::wasm::{Target, native_cargo};
use crate::setup::{self, Scope, Tools, browser, samples};
use crate::tidy;

/// Crates that exist only on a Wasm target, and so are linted for it.
const WORKERS_CRATES: [&str; 5] = [
    "crashing-tracker",
    "platform-workers",
    "workers-contracts",
    "workers-site",
    "workers-tracker",
];
const SPIN_CRATES: [&str; 5] = [
    "platform-spin",
    "spin-api",
    "spin-contracts",
    "spin-functions",
    "spin-site",
];

/// Tests in `tests/e2e/tests/it` that are run on the test host for Spin, too: all that a host can make a
/// difference to. The others want the sockets of viewers and runners, which are not there and are answered by 501,
/// or ask the same code again.
const ON_SPIN: [&str; 23] = [
    "bad_input::",
    "browser::",
    "deliveries::",
    "discovery::",
    "fedify::",
    "federation::two_instances_federate",
    "inbox_attacks::",
    "large_upload::",
    "main_job::",
    "media_http::",
    "mirrors::",
    "misconfigured::",
    "other_sources::",
    "playlists::",
    "restart::",
    "resume::",
    "s3::",
    "stock_runner::",
    "talk::",
    "tracker_http::",
    "transcoder_faults::",
    "watching::",
    "webseed::",
];
/// What in these is about Workers alone: an instance without a bucket of its own has R2 there, and here it does
/// not start.
const NOT_ON_SPIN: &str = "s3::local::none_without_an_endpoint";

/// Folder of an installed PeerTube, for the tests that want one; what it has to hold is said in `tests/interop`.
const PEERTUBE: &str = "EDGETUBE_PEERTUBE_DIR";

/// Counts over all steps. A step that holds no tests of its own counts as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// Reads the closing line of one test program, of Cargo's or of Node's.
    fn read(&mut self, line: &str) {
        if let Some(result) = line.strip_prefix("test result: ") {
            self.passed += number_before(result, " passed");
            self.failed += number_before(result, " failed");
        }
        for (mark, counter) in [("pass ", &mut self.passed), ("fail ", &mut self.failed)] {
            let node = line.trim_start_matches(['#', 'ℹ', ' ']);
            if line.starts_with(['#', 'ℹ'])
                && let Some(number) = node.strip_prefix(mark)
            {
                *counter += number.trim().parse().unwrap_or(0);
            }
        }
    }
}

/// Runs everything, or with `fast` only what needs no running instance.
///
/// # Errors
/// If a step fails; the others run all the same.
pub fn run(options: &TestOptions) -> Outcome<()> {
    let started = Instant::now();
    // Asked now: the unit tests may link this program anew, and then it has no path any more.
    let program = env::current_exe()
        .map_err(|error| Failure::new(format!("cannot find this program: {error}")))?;
    let scope = if options.fast {
        Scope::Build
    } else {
        Scope::Tests
    };
    let tools = setup::run(scope)?;
    let mut tally = Tally::default();
    tally.add(check("formatting", formatting));
    // Before the checks: the pages compile in the names of the bundled files.
    let mut built = check("browser code", || build::browser_code(&tools).map(|_| ()));
    // Binaryen makes the site smaller on one core only, for minutes; the checks have the other.
    let (workers, checks) = at_once(
        || check("Workers", || build::site(&tools)),
        || {
            let mut checks = check("tidy", tidy::run);
            checks.add(check("clippy", || clippy(&tools)));
            checks.add(check("fuzz targets", fuzz_targets));
            checks
        },
    );
    built.add(workers);
    tally.add(built);
    tally.add(checks);
    tally.add(suite(
        "unit tests",
        native_cargo().args(["test", "--no-fail-fast"]),
    ));
    tally.add(script_tests(&tools)?);
    if !options.fast && built.failed == 0 {
        tally.add(check("transcoder", || {
            build::transcoder::build().map(|_| ())
        }));
        tally.add(check("deployment", || deployment(&tools)));
        match container::obstacle() {
            None => tally.add(check("container image", container::check)),
            Some(obstacle) => eprintln!("  the container image was not built: {obstacle}"),
        }
        // Also before the first suite: in it the two hosts meet.
        let components = || {
            build::component(&tools)?;
            build::sizes::check_components()
        };
        let (mut spin, host) = at_once(
            || check("Spin components", components),
            || check("test host for Spin", spin::build),
        );
        spin.add(host);
        spin.add(check("contracts on Spin", || {
            build::component::contracts(&tools)
        }));
        tally.add(spin);
        tally.add(check("Workers of the tests", || {
            build::test_workers(&tools)
        }));
        tally.add(end_to_end(&tools, &program));
        tally.add(beside_a_peertube(&tools, &program));
        if spin.failed == 0 {
            tally.add(on_spin(&tools, &program));
        }
    } else if !options.fast {
        eprintln!("  the end-to-end tests were not run, because the build failed");
    }
    println!("took {}", elapsed(started.elapsed()));
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed == 0 {
        Ok(())
    } else {
        Err(Failure::new("not everything passed"))
    }
}

fn at_once(first: impl FnOnce() -> Tally + Send, second: impl FnOnce() -> Tally) -> (Tally, Tally) {
    thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        let first = first.join().unwrap_or_else(|panic| resume_unwind(panic));
        (first, second)
    })
}

fn check(name: &str, work: impl FnOnce() -> Outcome<()>) -> Tally {
    match work() {
        Ok(()) => Tally {
            passed: 1,
            failed: 0,
        },
        Err(failure) => {
            eprintln!("{name}: {failure}");
            Tally {
                passed: 0,
                failed: 1,
            }
        }
    }
}

/// Runs a test program and adds up its results. A program that fails without naming a failed test,
/// because it did not compile or crashed, counts as one failure.
fn suite(name: &str, command: &mut Command) -> Tally {
    let step = Step::start(name);
    let mut tally = Tally::default();
    let outcome = step.run_watched(command.current_dir(places::root()), &mut |line| {
        tally.read(line);
    });
    match outcome {
        Ok(()) => step.finish(&format!("{} passed", tally.passed)),
        Err(failure) => {
            tally.failed = tally.failed.max(1);
            eprintln!("{failure}");
        }
    }
    tally
}

fn formatting() -> Outcome<()> {
    let step = Step::start("formatting");
    step.run(
        native_cargo()
            .args(["fmt", "--all", "--check"])
            .current_dir(places::root()),
    )?;
    step.finish("");
    Ok(())
}

/// Native crates with the compiler in use, the others with those that build for their hosts.
fn clippy(tools: &Tools) -> Outcome<()> {
    let step = Step::start("clippy");
    let packages = cargo_metadata::packages()?;
    let elsewhere = |name: &str| WORKERS_CRATES.contains(&name) || SPIN_CRATES.contains(&name);
    let names = packages.iter().map(|package| package.name.as_str());
    let mut native = native_cargo();
    native.args(["clippy", "--all-targets"]);
    for name in names.filter(|name| !elsewhere(name)) {
        native.args(["--package", name]);
    }
    let mut workers = tools.wasm.cargo();
    workers.args(["clippy", "--target", Target::Workers.name()]);
    workers.args(WORKERS_CRATES.map(|name| format!("--package={name}")));
    let mut spin = tools.spin.cargo();
    spin.args(["clippy", "--target", Target::Spin.name()]);
    spin.args(SPIN_CRATES.map(|name| format!("--package={name}")));
    for command in [&mut native, &mut workers, &mut spin] {
        step.run(
            command
                .args(["--", "-D", "warnings"])
                .current_dir(places::root()),
        )?;
    }
    step.finish("");
    Ok(())
}

/// They are no part of the workspace, as they run with a nightly compiler and libFuzzer's engine. Here the compiler
/// that is there looks whether they are still what they fuzz, without the engine, among what the workspace has built.
fn fuzz_targets() -> Outcome<()> {
    let step = Step::start("fuzz targets");
    step.run(
        native_cargo()
            .args(["check", "--locked", "--no-default-features"])
            .args(["--manifest-path", "fuzz/Cargo.toml"])
            .arg("--target-dir")
            .arg(places::root().join("target"))
            .current_dir(places::root()),
    )?;
    step.finish("");
    Ok(())
}

/// Of what runs in browsers, and of the Workers' main module.
fn script_tests(tools: &Tools) -> Outcome<Tally> {
    let main_module = places::root().join("shared/platform-workers/js");
    let folders = [places::client_sources().join("test"), main_module];
    let tests: Vec<_> = crate::fingerprint::files_below(&folders)?
        .into_iter()
        .filter(|file| {
            let name = file.to_string_lossy();
            name.ends_with(".test.ts") || name.ends_with(".test.mjs")
        })
        .collect();
    let mut command = Command::new(&tools.node.program);
    tools.node.prepare(&mut command);
    Ok(suite("tests of scripts", command.arg("--test").args(tests)))
}

/// What a deployer runs, short of uploading.
fn deployment(tools: &Tools) -> Outcome<()> {
    let step = Step::start("wrangler deploy --dry-run");
    for file in ["wrangler.toml", "wrangler.tracker.toml"] {
        let output = places::scratch().join("deployment").join(file);
        step.run(
            tools
                .node
                .script("wrangler/bin/wrangler.js")
                .args(["deploy", "--dry-run", "--config", file, "--outdir"])
                .arg(&output)
                .current_dir(places::root()),
        )?;
    }
    step.finish("");
    Ok(())
}

fn end_to_end(tools: &Tools, program: &Path) -> Tally {
    let mut command = native_cargo();
    command.args(["test", "--package", "e2e", "--no-fail-fast"]);
    test_environment(&mut command, tools, program);
    suite("end-to-end tests", &mut command)
}

/// Federation with a real PeerTube, where there is one.
fn beside_a_peertube(tools: &Tools, program: &Path) -> Tally {
    if env::var_os(PEERTUBE).is_none() {
        eprintln!(
            "  the tests beside a PeerTube were not run: {PEERTUBE} names no installed one (tests/interop)"
        );
        return Tally::default();
    }
    let mut command = native_cargo();
    command.args(["test", "--package", "interop", "--no-fail-fast"]);
    test_environment(&mut command, tools, program);
    suite("tests beside a PeerTube", &mut command)
}

/// The test host's own tests, and the suite again on it.
fn on_spin(tools: &Tools, program: &Path) -> Tally {
    let mut tally = suite(
        "tests of the test host for Spin",
        native_cargo().args(["test", "--package", "spin-host"]),
    );
    let mut command = native_cargo();
    command
        .args(["test", "--package", "e2e", "--no-fail-fast", "--"])
        .args(ON_SPIN)
        .args(["--skip", NOT_ON_SPIN])
        .env("EDGETUBE_HOST", "spin");
    test_environment(&mut command, tools, program);
    tally.add(suite("end-to-end tests on Spin's host", &mut command));
    tally
}

/// Tells the tests and the benchmarks where the built programs are; `program` is this one.
pub fn test_environment(command: &mut Command, tools: &Tools, program: &Path) {
    command
        .env("EDGETUBE_XTASK", program)
        .env("EDGETUBE_NODE", &tools.node.program)
        .env("EDGETUBE_TRANSCODER", build::transcoder::program())
        .env("EDGETUBE_SAMPLES", samples::path());
    if let Some(chromium) = browser::find() {
        command.env("EDGETUBE_CHROMIUM", chromium);
    }
}

fn number_before(text: &str, mark: &str) -> u64 {
    text.split_once(mark)
        .and_then(|(before, _)| before.rsplit(' ').next())
        .and_then(|number| number.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up_what_cargo_and_node_report() {
        let mut tally = Tally::default();
        for line in [
            "running 3 tests",
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out",
            "# pass 4",
            "ℹ fail 1",
            "pass 9 is no result",
        ] {
            tally.read(line);
        }
        assert_eq!(
            tally,
            Tally {
                passed: 19,
                failed: 3
            }
        );
    }
}
