//! `wasi:keyvalue@0.2.0-draft2`, which Spin offers beside its own key-value interface: the same stores, many
//! keys at once, and a counter. Without `cas`, which no component here asks for.

use wasmtime::StoreContextMut;
use wasmtime::component::{
    ComponentNamedList, ComponentType, Lift, Linker, LinkerInstance, Lower, Resource,
};

use crate::guest::{Guest, define_resource};
use crate::stores::Store;

const STORE: &str = "wasi:keyvalue/store@0.2.0-draft2";
const BATCH: &str = "wasi:keyvalue/batch@0.2.0-draft2";
const ATOMICS: &str = "wasi:keyvalue/atomics@0.2.0-draft2";

#[derive(Debug, Clone, ComponentType, Lift, Lower)]
#[component(variant)]
enum Error {
    #[component(name = "no-such-store")]
    NoSuchStore,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "other")]
    Other(String),
}

#[derive(Debug, Clone, ComponentType, Lift, Lower)]
#[component(record)]
struct KeyResponse {
    keys: Vec<String>,
    cursor: Option<String>,
}

type Bucket = Resource<Store>;
type Entry = (String, Option<Vec<u8>>);

/// Defines a function that works on a bucket, on a thread that may wait.
fn define<P, R>(
    interface: &mut LinkerInstance<'_, Guest>,
    name: &str,
    split: fn(P) -> (Bucket, Work<R>),
) -> wasmtime::Result<()>
where
    P: ComponentNamedList + Lift + Send + 'static,
    R: Send + 'static,
    (Result<R, Error>,): ComponentNamedList + Lower,
{
    interface.func_wrap_async(
        name,
        move |mut store: StoreContextMut<'_, Guest>, params: P| {
            let (bucket, work) = split(params);
            let found = store.data_mut().table.get(&bucket).cloned();
            Box::new(async move {
                let done = found?.with(work).await?;
                Ok((done.map_err(Error::Other),))
            })
        },
    )
}

type Work<R> = Box<dyn FnOnce(&Store) -> rusqlite::Result<R> + Send>;

/// Defines the three interfaces.
///
/// # Errors
/// If one is defined already.
pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut store = linker.instance(STORE)?;
    define_resource::<Store>(&mut store, "bucket")?;
    store.func_wrap(
        "open",
        |mut store: StoreContextMut<'_, Guest>, (label,): (String,)| {
            let guest = store.data_mut();
            let Some(opened) = guest.grants.key_value(&label) else {
                return Ok((Err(Error::AccessDenied),));
            };
            Ok((Ok(guest.table.push(opened)?),))
        },
    )?;
    add_store(&mut store)?;
    add_batch(&mut linker.instance(BATCH)?)?;
    let mut atomics = linker.instance(ATOMICS)?;
    define(
        &mut atomics,
        "increment",
        |(bucket, key, delta): (Bucket, String, i64)| {
            (bucket, Box::new(move |store| store.increment(&key, delta)))
        },
    )
}

fn add_store(interface: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    type Key = (Bucket, String);
    define(interface, "[method]bucket.get", |(bucket, key): Key| {
        (bucket, Box::new(move |store| store.get(&key)))
    })?;
    define(interface, "[method]bucket.exists", |(bucket, key): Key| {
        (
            bucket,
            Box::new(move |store| Ok(store.get(&key)?.is_some())),
        )
    })?;
    define(interface, "[method]bucket.delete", |(bucket, key): Key| {
        (bucket, Box::new(move |store| store.delete_many(&[key])))
    })?;
    define(
        interface,
        "[method]bucket.set",
        |(bucket, key, value): (Bucket, String, Vec<u8>)| {
            (
                bucket,
                Box::new(move |store| store.set_many(&[(key, value)])),
            )
        },
    )?;
    define(
        interface,
        "[method]bucket.list-keys",
        |(bucket, _cursor): (Bucket, Option<String>)| {
            let list = |store: &Store| {
                let keys = store.keys()?;
                Ok(KeyResponse { keys, cursor: None })
            };
            (bucket, Box::new(list))
        },
    )
}

fn add_batch(interface: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    type Keys = (Bucket, Vec<String>);
    define(interface, "get-many", |(bucket, keys): Keys| {
        let get = move |store: &Store| {
            let found = store.get_many(&keys)?;
            let entries: Vec<Entry> = found.into_iter().map(|(k, v)| (k, Some(v))).collect();
            Ok(entries)
        };
        (bucket, Box::new(get))
    })?;
    define(
        interface,
        "set-many",
        |(bucket, entries): (Bucket, Vec<(String, Vec<u8>)>)| {
            (bucket, Box::new(move |store| store.set_many(&entries)))
        },
    )?;
    define(interface, "delete-many", |(bucket, keys): Keys| {
        (bucket, Box::new(move |store| store.delete_many(&keys)))
    })
}
