//! The database port: one fetch to the instance's Durable Object per batch, or for several at once.

use std::rc::Rc;

use ports::{Database, DatabaseError, Rows, Statement};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

use crate::Costs;
use crate::js::{self, ObjectNamespace};
use crate::wave::Wave;
use crate::wire::{self, Answer};

/// Name of the one object that holds the instance.
pub const OBJECT_NAME: &str = "instance";
/// Objects are addressed by stub; the URL only has to be one.
const OBJECT_URL: &str = "https://instance.internal/batch";
/// The same for several batches.
const BATCHES_URL: &str = "https://instance.internal/batches";
/// Its path, by which the object knows it.
pub const BATCHES_PATH: &str = "/batches";

/// The instance's database as a Worker sees it.
#[derive(Clone)]
pub struct ObjectDatabase {
    pub(crate) namespace: ObjectNamespace,
    pub(crate) costs: Costs,
    /// Where batches of one event meet, in events that run many at once.
    pub(crate) wave: Option<Rc<Wave>>,
}

impl ObjectDatabase {
    /// For a Worker that asks the database and needs nothing else of a platform: `binding` is the
    /// namespace of the instance's Durable Object.
    #[must_use]
    pub fn of(binding: JsValue) -> Self {
        Self {
            namespace: binding.unchecked_into(),
            costs: Costs::default(),
            wave: None,
        }
    }

    /// Sends JSON to the object and answers the JSON that comes back.
    async fn ask(&self, url: &str, body: &str) -> Result<String, DatabaseError> {
        let thrown = |thrown: JsValue| unavailable(&thrown);
        let stub = self.namespace.get_by_name(OBJECT_NAME).map_err(thrown)?;
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&JsValue::from_str(body));
        let promise = stub.fetch(url, &init).map_err(thrown)?;
        let response: Response = JsFuture::from(promise)
            .await
            .map_err(thrown)?
            .unchecked_into();
        let text = JsFuture::from(response.text().map_err(thrown)?).await;
        let text = text.map_err(thrown)?.as_string().unwrap_or_default();
        if response.ok() {
            Ok(text)
        } else {
            Err(DatabaseError::Unavailable { cause: text })
        }
    }

    async fn send(&self, batch: &[Statement]) -> Result<Vec<Rows>, DatabaseError> {
        let text = self.ask(OBJECT_URL, &wire::encode_batch(batch)).await?;
        let answer: Answer = serde_json::from_str(&text).map_err(bug)?;
        self.costs
            .database_batch(js::size(answer.read), js::size(answer.written));
        answer.into_rows()
    }

    async fn send_all(
        &self,
        batches: Vec<Vec<Statement>>,
    ) -> Result<Vec<Result<Vec<Rows>, DatabaseError>>, DatabaseError> {
        let (batches, places) = distinct(batches);
        if let [batch] = batches.as_slice() {
            return Ok(vec![self.send(batch).await; places.len()]);
        }
        let text = self
            .ask(BATCHES_URL, &wire::encode_batches(&batches))
            .await?;
        let answers: Vec<Answer> = serde_json::from_str(&text).map_err(bug)?;
        let sum = |of: fn(&Answer) -> f64| js::size(answers.iter().map(of).sum());
        self.costs
            .database_batch(sum(|answer| answer.read), sum(|answer| answer.written));
        let outcomes: Vec<_> = answers.into_iter().map(Answer::into_rows).collect();
        let of_place = |place: usize| {
            let missing = || DatabaseError::Bug {
                cause: "an answer is missing".to_owned(),
            };
            outcomes.get(place).cloned().ok_or_else(missing)
        };
        places.into_iter().map(of_place).collect()
    }
}

/// Leaves out what is asked twice: many activities are about one video. Also answers where the outcome of each batch
/// is found.
fn distinct(batches: Vec<Vec<Statement>>) -> (Vec<Vec<Statement>>, Vec<usize>) {
    let mut kept: Vec<Vec<Statement>> = Vec::with_capacity(batches.len());
    let mut places = Vec::with_capacity(batches.len());
    for batch in batches {
        let same = wire::only_reads(&batch)
            .then(|| kept.iter().position(|other| is_same(other, &batch)))
            .flatten();
        places.push(same.unwrap_or(kept.len()));
        if same.is_none() {
            kept.push(batch);
        }
    }
    (kept, places)
}

/// Parameters first: batches of one kind have the same long texts, and are of somebody else each.
fn is_same(one: &[Statement], other: &[Statement]) -> bool {
    let mut pairs = one.iter().zip(other);
    pairs.all(|(one, other)| one.params == other.params) && one == other
}

fn unavailable(thrown: &JsValue) -> DatabaseError {
    DatabaseError::Unavailable {
        cause: js::message(thrown),
    }
}

fn bug(error: serde_json::Error) -> DatabaseError {
    DatabaseError::Bug {
        cause: error.to_string(),
    }
}

impl Database for ObjectDatabase {
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, DatabaseError> {
        match &self.wave {
            None => self.send(&statements).await,
            Some(wave) => {
                let send = async |batches| self.send_all(batches).await;
                wave.join(statements, send).await
            }
        }
    }
}
