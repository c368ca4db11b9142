//! Instances and how long they live. Spin gives one instance up to 128 requests, up to 16 of them at once,
//! and drops it after an idle second; a component must bear both that and a fresh instance every time.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use wasmtime::component::{GuestTaskId, InstancePre};
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi_http::WasiHttpView;
use wasmtime_wasi_http::handler::{
    HandlerState, Instance, Proxy, ShouldAccept, WorkerExpiration, WorkerState, WorkerStatus,
};
use wasmtime_wasi_http::p3::bindings::ServicePre;

use crate::guest::{Grants, Guest};
use crate::{Failure, failure};

/// How long an instance without work is kept.
const IDLE: Duration = Duration::from_secs(1);
/// A request or what it left behind must be done by then. Spin has no such limit unless it is told one.
const PATIENCE: Duration = Duration::from_secs(300);

/// Whether the host is about to end, which ends instances in the middle of whatever they do.
static IS_ENDING: AtomicBool = AtomicBool::new(false);

/// From now on an instance that ends has not failed.
pub fn end() {
    IS_ENDING.store(true, Ordering::Relaxed);
}

/// How often one instance may be asked.
#[derive(Debug, Clone, Copy)]
pub struct Reuse {
    /// In its life.
    pub requests: usize,
    /// At one time.
    pub at_once: usize,
}

impl Reuse {
    /// What Spin does.
    pub const SPIN: Self = Self {
        requests: 128,
        at_once: 16,
    };
    /// A fresh instance for each request.
    pub const NEVER: Self = Self {
        requests: 1,
        at_once: 1,
    };
}

/// One component, ready to be instantiated.
pub struct Instances {
    engine: Engine,
    service: ServicePre<Guest>,
    grants: Arc<Grants>,
    reuse: Reuse,
}

impl Instances {
    /// Of a linked component.
    ///
    /// # Errors
    /// If it does not answer HTTP requests.
    pub fn new(
        engine: &Engine,
        linked: InstancePre<Guest>,
        grants: Arc<Grants>,
        reuse: Reuse,
    ) -> Result<Self, Failure> {
        let service = ServicePre::new(linked).map_err(|error| failure("component", error))?;
        Ok(Self {
            engine: engine.clone(),
            service,
            grants,
            reuse,
        })
    }
}

impl HandlerState for Instances {
    type StoreData = Guest;
    type WorkerExpiration = Expiration;
    type WorkerState = Life;

    async fn instantiate(&self) -> wasmtime::Result<Instance<Guest, Expiration, Life>> {
        let guest = Guest::new(Arc::clone(&self.grants))?;
        let mut store = Store::new(&self.engine, guest);
        let service = self.service.instantiate_async(&mut store).await?;
        Ok(Instance {
            store,
            proxy: Proxy::P3(service),
            view: Guest::http,
            expiration: Expiration(Box::pin(tokio::time::sleep(PATIENCE))),
            state: Life(self.reuse),
        })
    }
}

/// When an instance ends.
pub struct Expiration(Pin<Box<tokio::time::Sleep>>);

impl WorkerExpiration for Expiration {
    fn poll(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        status: WorkerStatus,
        start: Instant,
    ) -> Poll<()> {
        let patience = match status {
            WorkerStatus::Idle => IDLE,
            WorkerStatus::Requests | WorkerStatus::PostReturn => PATIENCE,
        };
        let deadline = (start + patience).into();
        if self.0.deadline() != deadline {
            self.0.as_mut().reset(deadline);
        }
        self.0.as_mut().poll(context)
    }
}

/// How many requests an instance still takes.
pub struct Life(Reuse);

impl WorkerState for Life {
    type StoreData = Guest;
    type RequestData = ();

    fn should_accept_request(&self, concurrent_count: usize, total_count: usize) -> ShouldAccept {
        if total_count >= self.0.requests {
            ShouldAccept::Never
        } else if concurrent_count >= self.0.at_once {
            ShouldAccept::No
        } else {
            ShouldAccept::Yes
        }
    }

    fn on_request_start(
        &self,
        _store: StoreContextMut<'_, Guest>,
        (): (),
        _task: GuestTaskId,
    ) -> Pin<Box<dyn Future<Output = ()> + Send + Sync>> {
        Box::pin(tokio::time::sleep(PATIENCE))
    }

    fn drop(&self, store: Store<Guest>, result: Result<(), wasmtime::Error>) {
        if let Err(error) = result
            && !IS_ENDING.load(Ordering::Relaxed)
        {
            eprintln!("an instance failed: {error:?}");
        }
        drop(store);
    }
}
