//! The other end of [`crate::database`]: what runs inside the Durable Object.
//!
//! Guarantee relied on: a Durable Object runs one event at a time between awaits, and
//! `transactionSync` commits or rolls back everything its closure wrote. So a batch sees no other batch
//! half done. The output gate holds the answer back until the write is durable.

use js_sys::{Array, JSON, Object, Reflect};
use ports::{Database, DatabaseError, Rows, Statement};
use wasm_bindgen::{JsCast, JsValue};

use crate::database::BATCHES_PATH;
use crate::js::{self, DurableStorage};
use crate::wire;

/// What became of a batch.
pub struct Ran {
    /// JSON text, for the Worker that asked.
    pub answer: JsValue,
    /// Whether rows have changed.
    pub has_written: bool,
}

impl Ran {
    fn new(answer: &JsValue, written: f64) -> Self {
        Self {
            answer: JSON::stringify(answer).map_or(JsValue::NULL, JsValue::from),
            has_written: written > 0.0,
        }
    }
}

/// SQLite of one Durable Object, migrated when the object wakes.
pub struct DatabaseObject {
    storage: DurableStorage,
}

impl DatabaseObject {
    /// Takes the object's storage and applies the migrations that it lacks.
    ///
    /// # Errors
    /// When a migration fails: the object must not serve a schema that its code does not know.
    pub fn open(storage: JsValue) -> Result<Self, String> {
        let storage: DurableStorage = storage.unchecked_into();
        let object = Self { storage };
        object.migrate().map_err(|thrown| js::message(&thrown))?;
        Ok(object)
    }

    fn migrate(&self) -> Result<(), JsValue> {
        let sql = self.storage.sql();
        let run = |text: &str, params: &Array| {
            sql.exec(&JsValue::from_str(text), params)
                .and_then(|cursor| cursor.raw().to_array())
        };
        let nothing = Array::new();
        run(store::CREATE_VERSION_TABLE, &nothing)?;
        let applied = run(store::SELECT_VERSION, &nothing)?;
        let applied: Array = applied.get(0).unchecked_into();
        let applied = js::size(applied.get(0).as_f64().unwrap_or(0.0));
        for migration in store::MIGRATIONS {
            if u64::from(migration.version) <= applied {
                continue;
            }
            self.storage.transaction_sync(&mut || {
                run(migration.sql, &nothing)?;
                run(
                    store::INSERT_VERSION,
                    &Array::of1(&JsValue::from(migration.version)),
                )?;
                Ok(JsValue::UNDEFINED)
            })?;
        }
        Ok(())
    }

    /// Runs what a Worker has sent to `path`, here already parsed by JavaScript: one batch (see `wire` for its
    /// shape), or several at [`BATCHES_PATH`]. Neither they nor the answer are copied into Wasm.
    #[must_use]
    pub fn run_sent(&self, path: &str, request: &JsValue) -> Ran {
        if path == BATCHES_PATH {
            return self.run_all(request);
        }
        self.run_one(request)
    }

    fn run_one(&self, request: &JsValue) -> Ran {
        let mut written = 0.0;
        let answer = self.answer(request, &mut written);
        Ran::new(&answer, written)
    }

    /// Runs several batches, each in a transaction of its own. What they have written becomes durable in
    /// one step, before the answer leaves.
    fn run_all(&self, request: &JsValue) -> Ran {
        let mut written = 0.0;
        let batches = request.dyn_ref::<Array>();
        let answers: Array = batches
            .into_iter()
            .flat_map(Array::iter)
            .map(|batch| self.answer(&batch, &mut written))
            .collect();
        Ran::new(&answers, written)
    }

    fn answer(&self, request: &JsValue, written: &mut f64) -> JsValue {
        let mut failure: Option<Object> = None;
        let (batch, is_plain) = match request.dyn_ref::<Array>() {
            Some(batch) => (Ok(batch.clone()), false),
            None => (plain(request), true),
        };
        let outcome = batch.and_then(|batch| self.run(&batch, is_plain, &mut failure, written));
        match (outcome, failure) {
            (Ok(answer), _) => answer,
            (Err(_), Some(failure)) => js::object(&[("failure", failure.into())]),
            (Err(thrown), None) => js::object(&[(
                "failure",
                js::object(&[
                    ("kind", JsValue::from_str("bug")),
                    ("cause", JsValue::from_str(&js::message(&thrown))),
                ]),
            )]),
        }
    }

    fn run(
        &self,
        batch: &Array,
        is_plain: bool,
        failure: &mut Option<Object>,
        all_written: &mut f64,
    ) -> Result<JsValue, JsValue> {
        let sql = self.storage.sql();
        let mut read = 0.0;
        let mut written = 0.0;
        let mut run_all = || {
            let results = Array::new_with_length(batch.length());
            for index in 0..batch.length() {
                let statement: Array = batch.get(index).unchecked_into();
                let rows = sql
                    .exec(&statement.get(0), &statement.get(1).unchecked_into())
                    .and_then(|cursor| {
                        let rows = cursor.raw().to_array()?;
                        read += cursor.rows_read();
                        written += cursor.rows_written();
                        Ok(rows)
                    })
                    .inspect_err(|thrown| *failure = Some(sql_failure(index, thrown)))?;
                if let Some(demanded) = statement.get(2).as_f64()
                    && demanded != f64::from(rows.length())
                {
                    *failure = Some(demand_failure(index, demanded, rows.length()));
                    return Err(JsValue::from_str("demand not met"));
                }
                results.set(index, rows.into());
            }
            Ok(results.into())
        };
        let rows = if is_plain {
            run_all()?
        } else {
            self.storage.transaction_sync(&mut run_all)?
        };
        *all_written += written;
        let answer = js::object(&[("rows", rows)]);
        Reflect::set(
            &answer,
            &JsValue::from_str("read"),
            &JsValue::from_f64(read),
        )?;
        Reflect::set(
            &answer,
            &JsValue::from_str("written"),
            &JsValue::from_f64(written),
        )?;
        Ok(answer)
    }
}

/// The statements of a batch that needs no transaction.
fn plain(request: &JsValue) -> Result<Array, JsValue> {
    Reflect::get(request, &JsValue::from_str(wire::PLAIN))?
        .dyn_into()
        .map_err(|_| JsValue::from_str("a batch is an array"))
}

/// For code that runs beside the database, in its object.
impl Database for DatabaseObject {
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, DatabaseError> {
        let bug = |cause: String| DatabaseError::Bug { cause };
        let batch = JSON::parse(&wire::encode_batch(&statements))
            .map_err(|thrown| bug(js::message(&thrown)))?;
        let text = self.run_one(&batch).answer.as_string().unwrap_or_default();
        serde_json::from_str::<wire::Answer>(&text)
            .map_err(|error| bug(error.to_string()))?
            .into_rows()
    }
}

fn sql_failure(index: u32, thrown: &JsValue) -> Object {
    let cause = js::message(thrown);
    let kind = if cause.contains("SQLITE_CONSTRAINT") || cause.contains("constraint failed") {
        "constraint"
    } else {
        "bug"
    };
    js::object(&[
        ("kind", JsValue::from_str(kind)),
        ("statement", JsValue::from(index)),
        ("cause", JsValue::from_str(&cause)),
    ])
    .unchecked_into()
}

fn demand_failure(index: u32, demanded: f64, returned: u32) -> Object {
    js::object(&[
        ("kind", JsValue::from_str("demand")),
        ("statement", JsValue::from(index)),
        ("demanded", JsValue::from_f64(demanded)),
        ("returned", JsValue::from(returned)),
    ])
    .unchecked_into()
}
