//! What belongs to one instance of a component.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use wasmtime::component::{LinkerInstance, Resource, ResourceTable, ResourceType};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::manifest::Component;
use crate::outbound::Hooks;
use crate::stores::{KeyValueFile, Store};
use crate::{Failure, failure};

/// What all instances of one component have in common.
pub struct Grants {
    component: Component,
    /// Folder of the database files.
    databases: PathBuf,
    stores: KeyValueFile,
}

impl Grants {
    /// What the manifest grants, on the files of this machine.
    #[must_use]
    pub fn new(component: Component, databases: PathBuf, stores: KeyValueFile) -> Self {
        Self {
            component,
            databases,
            stores,
        }
    }

    /// The file of a database that is granted.
    #[must_use]
    pub fn database(&self, label: &str) -> Option<PathBuf> {
        let granted: &BTreeSet<String> = &self.component.sqlite_databases;
        granted
            .contains(label)
            .then(|| self.databases.join(format!("sqlite-{label}.db")))
    }

    /// A key-value store that is granted.
    #[must_use]
    pub fn key_value(&self, label: &str) -> Option<Store> {
        let granted = self.component.key_value_stores.contains(label);
        granted.then(|| self.stores.store(label.to_owned()))
    }

    /// Its variables.
    #[must_use]
    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.component.variables
    }
}

/// The data of one store.
pub struct Guest {
    /// What it may use.
    pub grants: Arc<Grants>,
    /// Its handles.
    pub table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    hooks: Hooks,
}

impl Guest {
    /// A new one without any handles.
    ///
    /// # Errors
    /// If a folder that it may read is not there.
    pub fn new(grants: Arc<Grants>) -> Result<Self, Failure> {
        let component = &grants.component;
        let mut wasi = WasiCtxBuilder::new();
        wasi.inherit_stderr();
        for (name, value) in &component.environment {
            wasi.env(name, value);
        }
        for (here, there) in &component.folders {
            wasi.preopened_dir(here, there, FsPerms::ReadOnly)
                .map_err(|error| failure(here.display(), error))?;
        }
        Ok(Self {
            table: ResourceTable::new(),
            wasi: wasi.build(),
            http: WasiHttpCtx::new(),
            hooks: Hooks::new(component.allowed_hosts.clone()),
            grants,
        })
    }
}

/// Defines a resource that lies in the table of handles and is gone with its handle.
///
/// # Errors
/// If there is one of this name already.
pub fn define_resource<T: Send + 'static>(
    interface: &mut LinkerInstance<'_, Guest>,
    name: &str,
) -> wasmtime::Result<()> {
    interface.resource(name, ResourceType::host::<T>(), |mut store, rep| {
        let handle: Resource<T> = Resource::new_own(rep);
        store.data_mut().table.delete(handle)?;
        Ok(())
    })
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            hooks: &mut self.hooks,
            table: &mut self.table,
            ctx: &mut self.http,
        }
    }
}
