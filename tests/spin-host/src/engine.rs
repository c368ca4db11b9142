//! Compiles a component once, keeps the result beside it, and has instances made of it in microseconds.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::guest::Guest;
use crate::{Failure, failure, key_value, sqlite, variables_import, wasi_key_value};

/// Instances at one time.
const MAX_INSTANCES: u32 = 200;
/// Linear memory of one. Spin sets no limit by itself; Akamai's is 128 MiB.
const MAX_MEMORY_BYTES: usize = 128 * 1024 * 1024;

/// Wasmtime with everything that a component may import.
pub struct Host {
    engine: Engine,
    linker: Linker<Guest>,
}

impl Host {
    /// Sets wasmtime up.
    ///
    /// # Errors
    /// If this machine cannot run it.
    pub fn new() -> Result<Self, Failure> {
        let engine = Engine::new(&config()).map_err(|error| failure("wasmtime", error))?;
        let linker = linker(&engine).map_err(|error| failure("imports", error))?;
        Ok(Self { engine, linker })
    }

    /// The engine.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Reads and links a component. Machine code is kept in `cache`, named by what it was made of.
    ///
    /// # Errors
    /// If there is no such file, it does not compile, or it imports what is not here.
    pub fn link(&self, source: &Path, cache: &Path) -> Result<InstancePre<Guest>, Failure> {
        let linked = self
            .load(source, cache)
            .and_then(|component| self.linker.instantiate_pre(&component));
        linked.map_err(|error| failure(source.display(), format!("{error:#}")))
    }

    /// Reads a component, compiled now or earlier.
    ///
    /// # Errors
    /// If there is no such file, or it does not compile.
    pub fn load(&self, source: &Path, cache: &Path) -> wasmtime::Result<Component> {
        let wasm = fs::read(source)?;
        let kept = cache.join(self.cache_name(&wasm));
        if let Some(component) = read_cached(&self.engine, &kept) {
            return Ok(component);
        }
        let component = Component::new(&self.engine, &wasm)?;
        let code = component.serialize()?;
        fs::create_dir_all(cache)?;
        // Another host may be doing the same: the file appears whole or not at all.
        let unfinished = cache.join(format!("unfinished-{}", std::process::id()));
        fs::write(&unfinished, code)?;
        fs::rename(&unfinished, &kept)?;
        Ok(component)
    }

    fn cache_name(&self, wasm: &[u8]) -> String {
        let mut hasher = DefaultHasher::new();
        self.engine
            .precompile_compatibility_hash()
            .hash(&mut hasher);
        let digest = Sha256::digest(wasm);
        let hex: String = digest
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("{hex}-{:016x}.cwasm", hasher.finish())
    }
}

#[expect(unsafe_code, reason = "wasmtime trusts the machine code that it reads")]
fn read_cached(engine: &Engine, kept: &PathBuf) -> Option<Component> {
    // SAFETY: only `load` writes files of this name, and whoever can write into the build folder can
    // replace this program as well.
    unsafe { Component::deserialize_file(engine, kept) }.ok()
}

fn config() -> Config {
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(MAX_INSTANCES)
        .total_memories(MAX_INSTANCES)
        // A component is several modules, most of them adapters with a table.
        .total_tables(4 * MAX_INSTANCES)
        .total_core_instances(4 * MAX_INSTANCES)
        .max_memory_size(MAX_MEMORY_BYTES)
        .max_component_instance_size(4 * 1024 * 1024)
        .max_core_instance_size(4 * 1024 * 1024);
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .memory_init_cow(true);
    config
}

fn linker(engine: &Engine) -> wasmtime::Result<Linker<Guest>> {
    let mut linker = Linker::new(engine);
    // Rust's standard library for wasm32-wasip2 asks for 0.2, the SDK for 0.3.
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    wasmtime_wasi_http::p3::add_to_linker(&mut linker)?;
    sqlite::add_to_linker(&mut linker)?;
    key_value::add_to_linker(&mut linker)?;
    variables_import::add_to_linker(&mut linker)?;
    wasi_key_value::add_to_linker(&mut linker)?;
    Ok(linker)
}
