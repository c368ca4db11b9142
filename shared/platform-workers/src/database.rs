//! The database port: one fetch to the instance's Durable Object per batch.

use ports::{Database, DatabaseError, Rows, Statement};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

use crate::Costs;
use crate::js::{self, ObjectNamespace};
use crate::wire::{self, Answer};

/// Name of the one object that holds the instance.
pub const OBJECT_NAME: &str = "instance";
/// Objects are addressed by stub; the URL only has to be one.
const OBJECT_URL: &str = "https://instance.internal/batch";

/// The instance's database as a Worker sees it.
#[derive(Clone)]
pub struct ObjectDatabase {
    pub(crate) namespace: ObjectNamespace,
    pub(crate) costs: Costs,
}

impl ObjectDatabase {
    /// For a Worker that asks the database and needs nothing else of a platform: `binding` is the
    /// namespace of the instance's Durable Object.
    #[must_use]
    pub fn of(binding: JsValue) -> Self {
        Self {
            namespace: binding.unchecked_into(),
            costs: Costs::default(),
        }
    }
}

fn unavailable(thrown: &JsValue) -> DatabaseError {
    DatabaseError::Unavailable {
        cause: js::message(thrown),
    }
}

impl Database for ObjectDatabase {
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, DatabaseError> {
        let stub = self
            .namespace
            .get_by_name(OBJECT_NAME)
            .map_err(|thrown| unavailable(&thrown))?;
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&JsValue::from_str(&wire::encode_batch(&statements)));
        let promise = stub
            .fetch(OBJECT_URL, &init)
            .map_err(|thrown| unavailable(&thrown))?;
        let response: Response = JsFuture::from(promise)
            .await
            .map_err(|thrown| unavailable(&thrown))?
            .unchecked_into();
        let text = match response.text() {
            Ok(promise) => JsFuture::from(promise).await,
            Err(thrown) => Err(thrown),
        }
        .map_err(|thrown| unavailable(&thrown))?
        .as_string()
        .unwrap_or_default();
        if !response.ok() {
            return Err(DatabaseError::Unavailable { cause: text });
        }
        let answer: Answer = serde_json::from_str(&text).map_err(|error| DatabaseError::Bug {
            cause: error.to_string(),
        })?;
        self.costs
            .database_batch(js::size(answer.read), js::size(answer.written));
        answer.into_rows()
    }
}
