//! A host for tests that runs a Spin application: `spin.toml`, the components that it names, SQLite and
//! key-value stores on files of one folder, on wasmtime.
//!
//! It prints one line of JSON when it answers (`origin`, `pid`, `ready_ms`), and ends on SIGTERM, SIGINT or
//! when its standard input is closed.
//!
//! What is granted is what the manifest declares: a store, a database, a variable or a host that is not there
//! is refused as Spin refuses it, and instances are used again as often as Spin does. What a green test here
//! does **not** say about Spin itself:
//!
//! - TLS, HTTP/2 and limits of whatever stands before Spin; every request here is HTTP/1.1 in plain text.
//! - Networks that Spin's operator blocks: only `allowed_outbound_hosts` is checked here, not what a name
//!   resolves to.
//! - Remote databases and stores (libSQL, Redis, Cosmos): they have other rules of consistency.
//! - Limits of memory and time that SpinKube or Akamai set; here it is 128 MiB and five minutes.
//! - `self` and `*.spin.internal` requests, networks in `allowed_outbound_hosts`, private routes, patterns in
//!   `files`, other triggers: a manifest that uses them is refused.

mod arguments;
mod command;
mod engine;
mod guest;
mod key_value;
mod manifest;
mod outbound;
mod route;
mod serve;
mod sqlite;
mod stores;
mod variables;
mod variables_import;
mod wasi_key_value;
mod worker;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::io::{Read, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Instant;

use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tokio::net::TcpListener;
use wasmtime_wasi_http::handler::ProxyHandler;

use crate::arguments::Options;
use crate::engine::Host;
use crate::guest::Grants;
use crate::serve::Site;
use crate::stores::KeyValueFile;
use crate::worker::Instances;

/// Why the application cannot be run, for people.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {why}")]
struct Failure {
    what: String,
    why: String,
}

fn failure(what: impl Display, why: impl Display) -> Failure {
    Failure {
        what: what.to_string(),
        why: why.to_string(),
    }
}

fn main() -> ExitCode {
    let options = match arguments::parse() {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{}", arguments::USAGE);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}\n{}", arguments::USAGE);
            return ExitCode::FAILURE;
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("spin-host: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), Failure> {
    let started = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| failure("threads", error))?;
    if let Some(program) = &options.command {
        return runtime.block_on(command::run(program, &options.cache));
    }
    let site = site(options)?;
    let ended = runtime.block_on(async {
        let address = (options.host, options.port);
        let listener = TcpListener::bind(address)
            .await
            .map_err(|error| failure(format!("port {}", options.port), error))?;
        announce(&listener, started)?;
        let told = tokio::task::spawn_blocking(wait_for_end);
        tokio::select! {
            () = serve::run(listener, Arc::new(site)) => Ok(()),
            told = told => told.unwrap_or_else(|error| Err(failure("signals", error))),
        }
    });
    // Whatever a request is still doing ends here, as when Spin is stopped.
    worker::end();
    runtime.shutdown_background();
    ended
}

fn site(options: &Options) -> Result<Site, Failure> {
    let application = manifest::read(&options.manifest, &options.variables)?;
    fs::create_dir_all(&options.state).map_err(|error| failure(options.state.display(), error))?;
    let stores = KeyValueFile::open(&options.state.join("key-value.db"))?;
    let host = Host::new()?;
    let mut components = BTreeMap::new();
    for (name, component) in application.components {
        let linked = host.link(&component.source, &options.cache)?;
        let grants = Grants::new(component, options.state.clone(), stores.clone());
        let instances = Instances::new(host.engine(), linked, Arc::new(grants), options.reuse)?;
        components.insert(name, ProxyHandler::new(instances));
    }
    Ok(Site {
        router: application.router,
        components,
    })
}

fn announce(listener: &TcpListener, started: Instant) -> Result<(), Failure> {
    let address = listener
        .local_addr()
        .map_err(|error| failure("port", error))?;
    let line = json!({
        "origin": format!("http://{address}"),
        "pid": std::process::id(),
        "ready_ms": u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
    });
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}")
        .and_then(|()| output.flush())
        .map_err(|error| failure("standard output", error))
}

/// Returns on a signal, or when standard input ends.
fn wait_for_end() -> Result<(), Failure> {
    let mut signals = Signals::new([SIGTERM, SIGINT]).map_err(|error| failure("signals", error))?;
    let handle = signals.handle();
    thread::spawn(move || {
        let mut ignored = [0; 64];
        while matches!(std::io::stdin().read(&mut ignored), Ok(1..)) {}
        handle.close();
    });
    // Ends on the first signal, and when the handle is closed.
    let _ = signals.forever().next();
    Ok(())
}
