//! `spin:key-value@3.0.0`.

use wasmtime::component::{
    Accessor, ComponentType, FutureReader, Lift, Linker, LinkerInstance, Lower, Resource,
    StreamReader,
};

use crate::guest::{Guest, define_resource};
use crate::stores::Store;

const INTERFACE: &str = "spin:key-value/key-value@3.0.0";

#[derive(Debug, Clone, ComponentType, Lift, Lower)]
#[component(variant)]
enum Error {
    #[component(name = "store-table-full")]
    StoreTableFull,
    #[component(name = "no-such-store")]
    NoSuchStore,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "other")]
    Other(String),
}

type Keys = (StreamReader<String>, FutureReader<Result<(), Error>>);

fn store(accessor: &Accessor<Guest>, handle: &Resource<Store>) -> wasmtime::Result<Store> {
    accessor.with(|mut store| Ok(store.get().table.get(handle)?.clone()))
}

/// Defines the interface.
///
/// # Errors
/// If it is defined already.
pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut interface = linker.instance(INTERFACE)?;
    define_resource::<Store>(&mut interface, "store")?;
    interface.func_wrap_concurrent("[static]store.open", |accessor, (label,): (String,)| {
        Box::pin(async move {
            accessor.with(|mut store| {
                let guest = store.get();
                let Some(opened) = guest.grants.key_value(&label) else {
                    return Ok((Err(Error::AccessDenied),));
                };
                let handle = guest.table.push(opened)?;
                Ok((Ok(handle),))
            })
        })
    })?;
    add_reading(&mut interface)?;
    add_writing(&mut interface)
}

fn add_reading(interface: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    type Key = (Resource<Store>, String);
    interface.func_wrap_concurrent("[method]store.get", |accessor, (handle, key): Key| {
        Box::pin(async move {
            let store = store(accessor, &handle)?;
            let value = store.with(move |store| store.get(&key)).await?;
            Ok((value.map_err(Error::Other),))
        })
    })?;
    interface.func_wrap_concurrent("[method]store.exists", |accessor, (handle, key): Key| {
        Box::pin(async move {
            let store = store(accessor, &handle)?;
            let value = store.with(move |store| store.get(&key)).await?;
            Ok((value.map(|value| value.is_some()).map_err(Error::Other),))
        })
    })?;
    interface.func_wrap_concurrent(
        "[method]store.get-keys",
        |accessor, (handle,): (Resource<Store>,)| {
            Box::pin(async move {
                let store = store(accessor, &handle)?;
                let (keys, end) = match store.with(Store::keys).await? {
                    Ok(keys) => (keys, Ok(())),
                    Err(error) => (Vec::new(), Err(Error::Other(error))),
                };
                accessor.with(|mut store| {
                    let keys = StreamReader::new(&mut store, keys)?;
                    let end = async move { wasmtime::Result::<_>::Ok(end) };
                    let found: Keys = (keys, FutureReader::new(&mut store, end)?);
                    Ok((found,))
                })
            })
        },
    )
}

fn add_writing(interface: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    interface.func_wrap_concurrent(
        "[method]store.set",
        |accessor, (handle, key, value): (Resource<Store>, String, Vec<u8>)| {
            Box::pin(async move {
                let store = store(accessor, &handle)?;
                let set = store
                    .with(move |store| store.set_many(&[(key, value)]))
                    .await?;
                Ok((set.map_err(Error::Other),))
            })
        },
    )?;
    interface.func_wrap_concurrent(
        "[method]store.delete",
        |accessor, (handle, key): (Resource<Store>, String)| {
            Box::pin(async move {
                let store = store(accessor, &handle)?;
                let deleted = store.with(move |store| store.delete_many(&[key])).await?;
                Ok((deleted.map_err(Error::Other),))
            })
        },
    )
}
