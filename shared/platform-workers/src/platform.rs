//! The host as one value per request.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use domain::UnixMillis;
use ports::{LocalBoxFuture, OnTheWay, Platform, PortError, Settings, TogetherAct};
use wasm_bindgen::{JsCast, JsValue};
use worker::Env;

use crate::cache::WorkersCache;
use crate::crypto::SubtleCrypto;
use crate::database::ObjectDatabase;
use crate::digest::SubtleDigests;
use crate::http_client::WorkersHttp;
use crate::key_value::WorkersKv;
use crate::media_store::{MediaStore, S3Bucket};
use crate::objects::Bucket;
use crate::queue::WorkersQueues;
use crate::{Costs, js, settings, together};

/// Names of the bindings in wrangler.toml.
#[derive(Debug, Clone, Copy)]
pub struct Bindings {
    /// Durable Object namespace of the instance.
    pub instance: &'static str,
    /// R2 bucket.
    pub media: &'static str,
    /// KV namespace.
    pub key_value: &'static str,
    /// Queue producer of work.
    pub tasks: &'static str,
    /// Queue producer of first deliveries to other servers.
    pub deliveries: &'static str,
    /// Queue producer of deliveries that failed before.
    pub retries: &'static str,
}

/// Those of wrangler.toml.
pub const BINDINGS: Bindings = Bindings {
    instance: "INSTANCE",
    media: "MEDIA",
    key_value: "CACHE_KV",
    tasks: "TASKS",
    deliveries: "DELIVERIES",
    retries: "RETRIES",
};

/// Keeps work alive after the answer: `waitUntil` of the event's context.
pub type WaitUntil = Rc<dyn Fn(LocalBoxFuture<'static, ()>)>;

/// Cloudflare Workers.
#[derive(Clone)]
pub struct WorkersPlatform {
    database: ObjectDatabase,
    objects: MediaStore,
    key_value: WorkersKv,
    tasks: WorkersQueues,
    cache: WorkersCache,
    http: WorkersHttp,
    settings: Rc<Settings>,
    wait_until: WaitUntil,
    costs: Costs,
}

/// The time, which on Cloudflare moves on with I/O only.
#[must_use]
#[expect(
    clippy::as_conversions,
    reason = "there is no From; whole milliseconds"
)]
#[expect(clippy::cast_possible_truncation, reason = "exact below 2^53")]
pub fn clock() -> UnixMillis {
    UnixMillis(js_sys::Date::now() as i64)
}

thread_local! {
    /// Bindings belong to the isolate, and looking them up costs every event.
    static BOUND: RefCell<Option<WorkersPlatform>> = const { RefCell::new(None) };
}

impl WorkersPlatform {
    /// Binds everything for one event. All events of an isolate have the same `env` and `bindings`.
    ///
    /// # Errors
    /// In words for the admin, when a variable or binding is missing or wrong.
    pub fn new(env: &Env, wait_until: WaitUntil, bindings: Bindings) -> Result<Self, String> {
        let bound = BOUND.with_borrow(Option::clone);
        let mut platform = match bound {
            Some(bound) => bound,
            None => {
                let nobody: WaitUntil = Rc::new(|_| {});
                let made = Self::bind(env, nobody, bindings)?;
                BOUND.set(Some(made.clone()));
                made
            }
        };
        platform.wait_until = wait_until;
        platform.set_costs(&Costs::default());
        Ok(platform)
    }

    fn set_costs(&mut self, costs: &Costs) {
        self.costs = costs.clone();
        self.database.costs = costs.clone();
        self.objects.set_costs(costs);
        self.key_value.costs = costs.clone();
        self.tasks.costs = costs.clone();
        self.cache.costs = costs.clone();
        self.http.costs = costs.clone();
    }

    fn bind(env: &Env, wait_until: WaitUntil, bindings: Bindings) -> Result<Self, String> {
        let settings = Rc::new(settings::parse(env)?);
        let costs = Costs::default();
        let binding = |name: &str| {
            js_sys::Reflect::get(env, &JsValue::from_str(name))
                .ok()
                .filter(|value| !value.is_undefined())
                .ok_or_else(|| format!("the binding {name} is missing"))
        };
        let queue = |name: &str| {
            env.queue(name)
                .map(Rc::new)
                .map_err(|error| error.to_string())
        };
        Ok(Self {
            database: ObjectDatabase {
                namespace: binding(bindings.instance)?.unchecked_into(),
                costs: costs.clone(),
                wave: None,
            },
            objects: match &settings.s3 {
                Some(s3) if s3.is_only_store => {
                    MediaStore::S3(S3Bucket::new(s3.clone(), clock, costs.clone())?)
                }
                _ => MediaStore::R2(Bucket {
                    bucket: binding(bindings.media)?.unchecked_into(),
                    costs: costs.clone(),
                }),
            },
            key_value: WorkersKv {
                store: env
                    .kv(bindings.key_value)
                    .map(Rc::new)
                    .map_err(|error| error.to_string())?,
                costs: costs.clone(),
            },
            tasks: WorkersQueues {
                work: queue(bindings.tasks)?,
                deliveries: queue(bindings.deliveries)?,
                retries: queue(bindings.retries)?,
                costs: costs.clone(),
            },
            cache: WorkersCache {
                origin: settings.public_origin.clone(),
                costs: costs.clone(),
            },
            http: WorkersHttp {
                costs: costs.clone(),
            },
            settings,
            wait_until,
            costs,
        })
    }

    /// The same for an event that does many things at once: batches that wait for the database at the same
    /// moment take the way to it together.
    #[must_use]
    pub fn for_many(mut self) -> Self {
        self.database.wave = Some(Rc::default());
        self
    }

    /// What this event has cost so far.
    #[must_use]
    pub fn costs(&self) -> &Costs {
        &self.costs
    }
}

impl Platform for WorkersPlatform {
    type Database = ObjectDatabase;
    type Objects = MediaStore;
    type KeyValue = WorkersKv;
    type Tasks = WorkersQueues;
    type Cache = WorkersCache;
    type Digests = SubtleDigests;
    type Crypto = SubtleCrypto;
    type Http = WorkersHttp;

    fn database(&self) -> &Self::Database {
        &self.database
    }

    fn objects(&self) -> &Self::Objects {
        &self.objects
    }

    fn key_value(&self) -> &Self::KeyValue {
        &self.key_value
    }

    fn tasks(&self) -> &Self::Tasks {
        &self.tasks
    }

    fn cache(&self) -> &Self::Cache {
        &self.cache
    }

    fn digests(&self) -> &Self::Digests {
        &SubtleDigests
    }

    fn crypto(&self) -> &Self::Crypto {
        &SubtleCrypto
    }

    fn http(&self) -> &Self::Http {
        &self.http
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn now(&self) -> UnixMillis {
        clock()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        js::fill_random(buffer);
    }

    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        (self.wait_until)(work);
    }

    fn wait(&self, ms: u32) -> LocalBoxFuture<'static, ()> {
        Box::pin(worker::Delay::from(Duration::from_millis(u64::from(ms))))
    }

    fn together(
        &self,
        item: String,
        act: TogetherAct<Self>,
    ) -> LocalBoxFuture<'static, Result<(), PortError>> {
        together::together(self, item, act)
    }

    fn on_the_way(&self) -> OnTheWay {
        together::on_the_way()
    }

    fn log(&self, message: &str) {
        js::log(message);
    }
}
