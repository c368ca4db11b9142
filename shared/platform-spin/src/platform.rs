//! The host as one value per request.

use std::cell::RefCell;
use std::rc::Rc;

use domain::UnixMillis;
use ports::{LocalBoxFuture, Platform, S3Settings, Secret, Settings};
use s3::S3Store;
use soft_crypto::{SoftCrypto, SoftDigests};

use crate::cache::NoCache;
use crate::clock::{now, wait};
use crate::database::SpinSqlite;
use crate::http_client::SpinHttp;
use crate::key_value::SpinKeyValue;
use crate::queue::{Abilities, SpinQueue};
use crate::variables::{self, Configuration};

thread_local! {
    /// An instance never sees its variables change.
    static CONFIGURATION: RefCell<Option<Rc<Configuration>>> = const { RefCell::new(None) };
}

/// Spin.
#[derive(Clone)]
pub struct SpinPlatform {
    configuration: Rc<Configuration>,
    objects: S3Store<SpinHttp>,
    afterwards: fn(&Self),
}

/// Of components that are given none: nobody answers at that name (RFC 6761, 6.4), and Spin does not even ask.
fn no_bucket() -> S3Settings {
    S3Settings {
        endpoint: "https://none.invalid".to_owned(),
        bucket: "none".to_owned(),
        region: "none".to_owned(),
        access_key_id: "none".to_owned(),
        secret_access_key: Secret("none".to_owned()),
        is_only_store: true,
    }
}

/// Bits that nobody can guess.
#[must_use]
pub fn random_bits() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("WASI always has randomness");
    u64::from_le_bytes(bytes)
}

async fn cached_configuration() -> Result<Rc<Configuration>, String> {
    if let Some(configuration) = CONFIGURATION.with_borrow(Clone::clone) {
        return Ok(configuration);
    }
    let configuration = Rc::new(variables::configuration().await?);
    CONFIGURATION.set(Some(Rc::clone(&configuration)));
    Ok(configuration)
}

impl SpinPlatform {
    /// Reads the configuration. `afterwards` is called whenever work ends that was spawned.
    ///
    /// # Errors
    /// In words for the admin, when a variable is missing or wrong.
    pub async fn new(afterwards: fn(&Self)) -> Result<Self, String> {
        let configuration = cached_configuration().await?;
        let bucket = configuration.settings.s3.clone().unwrap_or_else(no_bucket);
        let objects =
            S3Store::new(SpinHttp, Rc::new(bucket), now).map_err(|error| error.to_string())?;
        Ok(Self {
            configuration,
            objects,
            afterwards,
        })
    }

    /// Which tasks this component has what it takes for.
    #[must_use]
    pub fn abilities(&self) -> Abilities {
        self.configuration.abilities
    }

    /// What callers of `/internal` must know; `None` closes it.
    #[must_use]
    pub fn internal_secret(&self) -> Option<&str> {
        self.configuration.internal_secret.as_deref()
    }
}

impl Platform for SpinPlatform {
    type Database = SpinSqlite;
    type Objects = S3Store<SpinHttp>;
    type KeyValue = SpinKeyValue;
    type Tasks = SpinQueue;
    type Cache = NoCache;
    type Digests = SoftDigests;
    type Crypto = SoftCrypto;
    type Http = SpinHttp;

    fn database(&self) -> &Self::Database {
        &SpinSqlite
    }

    fn objects(&self) -> &Self::Objects {
        &self.objects
    }

    fn key_value(&self) -> &Self::KeyValue {
        &SpinKeyValue
    }

    fn tasks(&self) -> &Self::Tasks {
        &SpinQueue
    }

    fn cache(&self) -> &Self::Cache {
        &NoCache
    }

    fn digests(&self) -> &Self::Digests {
        &SoftDigests
    }

    fn crypto(&self) -> &Self::Crypto {
        &SoftCrypto
    }

    fn http(&self) -> &Self::Http {
        &SpinHttp
    }

    fn settings(&self) -> &Settings {
        &self.configuration.settings
    }

    fn now(&self) -> UnixMillis {
        now()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("WASI always has randomness");
    }

    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        let platform = self.clone();
        spin_sdk::wasip3::spawn(async move {
            work.await;
            (platform.afterwards)(&platform);
        });
    }

    fn wait(&self, ms: u32) -> LocalBoxFuture<'static, ()> {
        Box::pin(wait(ms))
    }

    fn log(&self, message: &str) {
        eprintln!("{message}");
    }
}
