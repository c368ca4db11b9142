//! The contracts of the ports on the platform's own interfaces: a Worker that stands in the place of the site's,
//! with the bindings of `wrangler.toml`, and runs one contract at `/{port}`. It answers 204 when the contract is
//! kept; a breach panics, which workerd answers with 500, and its log says where.
//!
//! Nothing of this is in the Worker that is deployed.

#![cfg(target_arch = "wasm32")]
#![expect(
    missing_docs,
    reason = "the attribute macros make functions without documentation"
)]

use std::rc::Rc;

use platform_workers::{BINDINGS, DatabaseObject, WaitUntil, WorkersPlatform, text_response};
use ports::Platform;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use worker::{
    Context, DurableObject, Env, Request, Response, Result, State, durable_object, event,
};

/// Runs the contract that the path names.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    let wait_until: WaitUntil = Rc::new(move |work| context.wait_until(work));
    let platform =
        WorkersPlatform::new(&env, wait_until, BINDINGS).map_err(worker::Error::RustError)?;
    match request.path().as_str() {
        "/database" => contracts::database::check(platform.database()).await,
        "/key-value" => contracts::key_value::check(platform.key_value()).await,
        "/objects" => contracts::objects::check(platform.objects()).await,
        _ => return Response::error("there is no such port", 404),
    }
    Ok(Response::empty()?.with_status(204))
}

/// The database alone of the site's object.
#[durable_object]
pub struct InstanceObject {
    database: DatabaseObject,
}

impl DurableObject for InstanceObject {
    fn new(state: State, _env: Env) -> Self {
        let storage = js_sys::Reflect::get(state.as_raw().unchecked_ref(), &"storage".into());
        let storage = storage.expect("an object has storage");
        let database = DatabaseObject::open(storage).expect("it opens");
        Self { database }
    }

    async fn fetch(&self, request: Request) -> Result<Response> {
        let batch = JsFuture::from(request.inner().json()?).await?;
        let ran = self.database.run_sent(&request.path(), &batch);
        Ok(Response::from(text_response(&ran.answer)?))
    }
}
