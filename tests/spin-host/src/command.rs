//! Runs a program for `wasi:cli` once, with nothing granted but standard output: what measures something in
//! Wasm on this machine is such a program.

use std::path::Path;

use wasmtime::Store;
use wasmtime::component::Linker;
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::{ResourceTable, WasiCtx, WasiCtxView, WasiView};

use crate::engine::Host;
use crate::{Failure, failure};

struct Program {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Program {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// Runs it to its end.
///
/// # Errors
/// If it does not compile or fails.
pub async fn run(source: &Path, cache: &Path) -> Result<(), Failure> {
    let host = Host::new()?;
    let wrong = |error: wasmtime::Error| failure(source.display(), format!("{error:#}"));
    let component = host.load(source, cache).map_err(wrong)?;
    let mut linker = Linker::new(host.engine());
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).map_err(wrong)?;
    let program = Program {
        wasi: WasiCtx::builder().inherit_stdout().inherit_stderr().build(),
        table: ResourceTable::new(),
    };
    let mut store = Store::new(host.engine(), program);
    let command = Command::instantiate_async(&mut store, &component, &linker)
        .await
        .map_err(wrong)?;
    let ended = command.wasi_cli_run().call_run(&mut store).await;
    match ended.map_err(wrong)? {
        Ok(()) => Ok(()),
        Err(()) => Err(failure(source.display(), "it failed")),
    }
}
