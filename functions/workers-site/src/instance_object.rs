//! The Durable Object of the instance: its SQLite database.

use platform_workers::DatabaseObject;
use wasm_bindgen::JsCast;
use worker::{DurableObject, Env, Request, Response, Result, State, durable_object};

/// One per instance, named `instance`.
#[durable_object(fetch)]
pub struct InstanceObject {
    database: std::result::Result<DatabaseObject, String>,
}

impl DurableObject for InstanceObject {
    fn new(state: State, _env: Env) -> Self {
        let storage = js_sys::Reflect::get(state.as_raw().unchecked_ref(), &"storage".into());
        let database = storage
            .map_err(|thrown| format!("{thrown:?}"))
            .and_then(DatabaseObject::open);
        Self { database }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        match &self.database {
            Ok(database) => {
                let text = request.text().await?;
                Response::ok(database.batch(&text))
            }
            Err(problem) => Response::error(problem.clone(), 500),
        }
    }
}
