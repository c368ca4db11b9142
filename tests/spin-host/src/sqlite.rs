//! `spin:sqlite@3.1.0` on rusqlite.
//!
//! As Spin does it: each `open` is a connection of its own on the database's file, which waits up to five
//! seconds for another's lock; in the form that does not block, what goes wrong is said after the rows. Unlike
//! Spin, all rows are read before the first is handed over.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::limits::Limit;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Row, ToSql};
use tokio::task::spawn_blocking;
use wasmtime::StoreContextMut;
use wasmtime::component::{
    Accessor, ComponentType, FutureReader, Lift, Linker, LinkerInstance, Lower, Resource,
    StreamReader,
};

use crate::guest::{Guest, define_resource};

const INTERFACE: &str = "spin:sqlite/sqlite@3.1.0";
/// As many as an instance may have open with Spin.
const MAX_CONNECTIONS: usize = 256;
/// A row that is larger is refused, as by Spin.
const MAX_ROW_BYTES: usize = 128 * 1024 * 1024;

/// A handle of the guest.
#[derive(Clone)]
struct Connection(Arc<Mutex<rusqlite::Connection>>);

#[derive(Debug, Clone, ComponentType, Lift, Lower)]
#[component(variant)]
enum Error {
    #[component(name = "no-such-database")]
    NoSuchDatabase,
    #[component(name = "access-denied")]
    AccessDenied,
    #[component(name = "invalid-connection")]
    InvalidConnection,
    #[component(name = "database-full")]
    DatabaseFull,
    #[component(name = "io")]
    Io(String),
}

#[derive(Debug, Clone, PartialEq, ComponentType, Lift, Lower)]
#[component(variant)]
enum Value {
    #[component(name = "integer")]
    Integer(i64),
    #[component(name = "real")]
    Real(f64),
    #[component(name = "text")]
    Text(String),
    #[component(name = "blob")]
    Blob(Vec<u8>),
    #[component(name = "null")]
    Null,
}

#[derive(Debug, Clone, ComponentType, Lift, Lower)]
#[component(record)]
struct RowResult {
    values: Vec<Value>,
}

#[derive(Debug, Clone, ComponentType, Lift, Lower)]
#[component(record)]
struct QueryResult {
    columns: Vec<String>,
    rows: Vec<RowResult>,
}

type Rows = (
    Vec<String>,
    StreamReader<RowResult>,
    FutureReader<Result<(), Error>>,
);

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Real(number) => ValueRef::Real(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::Null => ValueRef::Null,
        }))
    }
}

fn io(error: impl std::fmt::Display) -> Error {
    Error::Io(error.to_string())
}

impl Connection {
    fn open(file: &Path) -> rusqlite::Result<Self> {
        // It waits for locks: five seconds are rusqlite's default.
        let connection = rusqlite::Connection::open(file)?;
        // Spin lets no statement open another file; this lets none attach anything.
        connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    fn lock(&self) -> MutexGuard<'_, rusqlite::Connection> {
        self.0.lock().expect("nobody panics while holding it")
    }

    /// Column names, the rows until something failed, and what failed.
    fn run(&self, sql: &str, params: &[Value]) -> (QueryResult, Result<(), Error>) {
        let mut found = QueryResult {
            columns: Vec::new(),
            rows: Vec::new(),
        };
        let result = self.fill(sql, params, &mut found);
        (found, result)
    }

    fn fill(&self, sql: &str, params: &[Value], found: &mut QueryResult) -> Result<(), Error> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(sql).map_err(io)?;
        found.columns = statement.column_names().map(str::to_owned).collect();
        let count = found.columns.len();
        let mut rows = statement
            .query(rusqlite::params_from_iter(params))
            .map_err(io)?;
        while let Some(row) = rows.next().map_err(io)? {
            let values = read(row, count).map_err(io)?;
            if values.iter().map(bytes_of).sum::<usize>() > MAX_ROW_BYTES {
                return Err(io("a row is too large"));
            }
            found.rows.push(RowResult { values });
        }
        Ok(())
    }
}

fn read(row: &Row<'_>, columns: usize) -> rusqlite::Result<Vec<Value>> {
    let value = |index| {
        Ok(match row.get_ref(index)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(number) => Value::Integer(number),
            ValueRef::Real(number) => Value::Real(number),
            text @ ValueRef::Text(_) => Value::Text(text.as_str()?.to_owned()),
            ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        })
    };
    (0..columns).map(value).collect()
}

fn bytes_of(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        Value::Blob(bytes) => bytes.len(),
        _ => size_of::<Value>(),
    }
}

/// Defines the interface.
///
/// # Errors
/// If it is defined already.
pub fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    let mut interface = linker.instance(INTERFACE)?;
    define_resource::<Connection>(&mut interface, "connection")?;
    add_opening(&mut interface)?;
    add_execution(&mut interface)?;
    add_counters(&mut interface)
}

type Opened = Result<Resource<Connection>, Error>;

/// A connection, outside of the guest's table.
async fn connect(file: Option<PathBuf>) -> wasmtime::Result<Result<Connection, Error>> {
    let Some(file) = file else {
        return Ok(Err(Error::AccessDenied));
    };
    let opened = spawn_blocking(move || Connection::open(&file)).await?;
    Ok(opened.map_err(io))
}

fn keep(guest: &mut Guest, opened: Result<Connection, Error>) -> wasmtime::Result<(Opened,)> {
    let connection = match opened {
        Ok(connection) => connection,
        Err(error) => return Ok((Err(error),)),
    };
    let entries = guest.table.iter_mut();
    let open = entries.filter(|entry| entry.is::<Connection>()).count();
    if open >= MAX_CONNECTIONS {
        return Ok((Err(io("too many connections opened")),));
    }
    Ok((Ok(guest.table.push(connection)?),))
}

/// In the form that lets the guest do other things meanwhile, and in the one that does not.
fn add_opening(interface: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    interface.func_wrap_concurrent(
        "[static]connection.open-async",
        |accessor, (label,): (String,)| {
            Box::pin(async move {
                let file = accessor.with(|mut store| store.get().grants.database(&label));
                let opened = connect(file).await?;
                accessor.with(|mut store| keep(store.get(), opened))
            })
        },
    )?;
    interface.func_wrap_async(
        "[static]connection.open",
        |mut store: StoreContextMut<'_, Guest>, (label,): (String,)| {
            Box::new(async move {
                let opened = connect(store.data().grants.database(&label)).await?;
                keep(store.data_mut(), opened)
            })
        },
    )
}

fn connection(
    accessor: &Accessor<Guest>,
    handle: &Resource<Connection>,
) -> wasmtime::Result<Connection> {
    accessor.with(|mut store| Ok(store.get().table.get(handle)?.clone()))
}

async fn execute(
    accessor: &Accessor<Guest>,
    handle: Resource<Connection>,
    sql: String,
    params: Vec<Value>,
) -> wasmtime::Result<(Result<Rows, Error>,)> {
    let connection = connection(accessor, &handle)?;
    let (found, result) = spawn_blocking(move || connection.run(&sql, &params)).await?;
    accessor.with(|mut store| {
        let rows = StreamReader::new(&mut store, found.rows)?;
        let end = FutureReader::new(&mut store, async move { wasmtime::Result::<_>::Ok(result) })?;
        Ok((Ok((found.columns, rows, end)),))
    })
}

fn add_execution(interface: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    interface.func_wrap_concurrent(
        "[method]connection.execute-async",
        |accessor, (handle, sql, params): (Resource<Connection>, String, Vec<Value>)| {
            Box::pin(execute(accessor, handle, sql, params))
        },
    )?;
    interface.func_wrap_async(
        "[method]connection.execute",
        |store: StoreContextMut<'_, Guest>,
         (handle, sql, params): (Resource<Connection>, String, Vec<Value>)| {
            Box::new(async move {
                let connection = store.data().table.get(&handle)?.clone();
                let (found, result) = spawn_blocking(move || connection.run(&sql, &params)).await?;
                Ok((result.map(|()| found),))
            })
        },
    )
}

fn add_counters(interface: &mut LinkerInstance<'_, Guest>) -> wasmtime::Result<()> {
    interface.func_wrap_concurrent(
        "[method]connection.last-insert-rowid-async",
        |accessor, (handle,): (Resource<Connection>,)| {
            Box::pin(
                async move { Ok((connection(accessor, &handle)?.lock().last_insert_rowid(),)) },
            )
        },
    )?;
    interface.func_wrap_concurrent(
        "[method]connection.changes-async",
        |accessor, (handle,): (Resource<Connection>,)| {
            Box::pin(async move { Ok((connection(accessor, &handle)?.lock().changes(),)) })
        },
    )
}
