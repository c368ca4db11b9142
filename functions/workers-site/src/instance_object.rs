//! The Durable Object of the instance: its SQLite database.

#![expect(
    missing_docs,
    reason = "the attribute macro makes functions without documentation"
)]

use platform_workers::{DatabaseObject, text_response};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
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

    async fn fetch(&self, request: Request) -> Result<Response> {
        let database = match &self.database {
            Ok(database) => database,
            Err(problem) => return Response::error(problem.clone(), 500),
        };
        // The batch stays in JavaScript from the request to SQLite.
        let batch = JsFuture::from(request.inner().json()?).await?;
        Ok(Response::from(text_response(&database.batch(&batch))?))
    }
}
