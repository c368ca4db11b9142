//! A whole host in memory, with a clock that stands still until told.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use domain::UnixMillis;
use domain::ladder::LadderSettings;
use domain::quota::Quota;
use ports::{
    FederationSettings, KeyLabel, KeyValue, LocalBoxFuture, Platform, PortError, Secret, Settings,
    Task, TaskQueue,
};
use soft_crypto::{SoftCrypto, SoftDigests};

use crate::http::let_others_go_on;
use crate::{MemoryCache, TestDatabase, TestHttp, TestObjects};

/// Runs a future to its end on this thread.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    pollster::block_on(future)
}

/// The host of a test. Clones share everything.
#[derive(Clone)]
pub struct TestPlatform {
    /// Real SQLite.
    pub database: TestDatabase,
    /// The bucket, which can be told to fail.
    pub objects: TestObjects,
    /// Tasks sent and not yet taken.
    pub tasks: MemoryQueue,
    /// The edge cache.
    pub cache: MemoryCache,
    /// The rest of the world.
    pub http: TestHttp,
    key_value: MemoryKeyValue,
    settings: Rc<Settings>,
    now: Rc<Cell<i64>>,
    random: Rc<Cell<u64>>,
    spawned: Rc<RefCell<Vec<LocalBoxFuture<'static, ()>>>>,
    /// Lines logged so far.
    pub logged: Rc<RefCell<Vec<String>>>,
}

impl TestPlatform {
    /// A host with an empty instance at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn new() -> Self {
        Self::with_settings(test_settings())
    }

    /// The same with other settings.
    #[must_use]
    pub fn with_settings(settings: Settings) -> Self {
        let now = Rc::new(Cell::new(1_767_225_600_000));
        Self {
            database: TestDatabase::new(),
            objects: TestObjects::default(),
            tasks: MemoryQueue::default(),
            cache: MemoryCache::default(),
            http: TestHttp::new(Rc::clone(&now)),
            key_value: MemoryKeyValue::default(),
            settings: Rc::new(settings),
            now,
            random: Rc::new(Cell::new(0x9E37_79B9_7F4A_7C15)),
            spawned: Rc::default(),
            logged: Rc::default(),
        }
    }

    /// Moves the clock on.
    pub fn advance_ms(&self, ms: i64) {
        self.now.set(self.now.get() + ms);
    }

    /// Runs what was to happen after the answer.
    pub fn run_spawned(&self) {
        loop {
            let work = std::mem::take(&mut *self.spawned.borrow_mut());
            if work.is_empty() {
                return;
            }
            for future in work {
                block_on(future);
            }
        }
    }
}

impl Default for TestPlatform {
    fn default() -> Self {
        Self::new()
    }
}

/// Settings of a small instance at `https://video.test`.
#[must_use]
pub fn test_settings() -> Settings {
    Settings {
        public_origin: "https://video.test".to_owned(),
        instance_name: "Test instance".to_owned(),
        short_description: "For tests".to_owned(),
        description: String::new(),
        terms: String::new(),
        admin_username: "root".to_owned(),
        admin_email: "root@video.test".to_owned(),
        admin_password: Some(Secret("correct horse".to_owned())),
        instance_secret: Secret("0123456789abcdef0123456789abcdef".to_owned()),
        runner_registration_token: Some(Secret("ptrrt-local".to_owned())),
        s3: None,
        ladder: LadderSettings {
            resolutions: vec![240, 360, 480, 720, 1080],
            keeps_original_resolution: true,
        },
        web_videos: false,
        keeps_original_file: true,
        p2p_enabled: true,
        max_request_bytes: None,
        socket_tracker: ports::SocketTracker::Own,
        stun_servers: Vec::new(),
        federation: FederationSettings {
            accepts_followers: true,
            approves_followers: false,
            follows_back: false,
            allows_private_addresses: false,
            first_retry_secs: 60,
            mirrors: ports::MirrorSettings {
                accepts_from: ports::MirrorSource::Anybody,
                strategy: ports::MirrorStrategy::RecentlyAdded,
                max_bytes: 1_000_000_000,
            },
        },
        viewing_ends_after_secs: 3_600,
        user_quota: Quota::Unlimited,
        user_daily_quota: Quota::Unlimited,
    }
}

/// Tasks in order of sending.
#[derive(Clone, Default)]
pub struct MemoryQueue {
    tasks: Rc<RefCell<VecDeque<Task>>>,
}

impl MemoryQueue {
    /// Takes the oldest task.
    #[must_use]
    pub fn take(&self) -> Option<Task> {
        self.tasks.borrow_mut().pop_front()
    }
}

impl TaskQueue for MemoryQueue {
    async fn send_all(&self, tasks: Vec<Task>) -> Result<(), PortError> {
        self.tasks.borrow_mut().extend(tasks);
        Ok(())
    }
}

/// Strings that never expire.
#[derive(Clone, Default)]
pub struct MemoryKeyValue {
    values: Rc<RefCell<BTreeMap<String, String>>>,
    labels: Rc<RefCell<BTreeMap<String, String>>>,
}

impl MemoryKeyValue {
    /// Sets the label of a key, as another program that shares the store does.
    pub fn set_label(&self, key: &str, label: &str) {
        self.labels
            .borrow_mut()
            .insert(key.to_owned(), label.to_owned());
    }

    /// Forgets all labels, as their time to live does.
    pub fn expire_labels(&self) {
        self.labels.borrow_mut().clear();
    }

    /// Every key with its value, sorted.
    #[must_use]
    pub fn entries(&self) -> Vec<(String, String)> {
        let values = self.values.borrow();
        values
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }
}

impl KeyValue for MemoryKeyValue {
    async fn get(&self, key: &str) -> Result<Option<String>, PortError> {
        Ok(self.values.borrow().get(key).cloned())
    }

    async fn put(&self, key: &str, value: &str, _ttl_secs: u32) -> Result<(), PortError> {
        self.values
            .borrow_mut()
            .insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    async fn labels(&self, prefix: &str) -> Result<Vec<KeyLabel>, PortError> {
        let labels = self.labels.borrow();
        Ok(labels
            .iter()
            .filter(|(key, _)| key.starts_with(prefix))
            .map(|(key, label)| KeyLabel {
                key: key.clone(),
                label: label.clone(),
            })
            .collect())
    }
}

/// How often others may go on before the clock does.
const TURNS_OF_OTHERS: u32 = 64;

impl Platform for TestPlatform {
    type Database = TestDatabase;
    type Objects = TestObjects;
    type KeyValue = MemoryKeyValue;
    type Tasks = MemoryQueue;
    type Cache = MemoryCache;
    type Digests = SoftDigests;
    type Crypto = SoftCrypto;
    type Http = TestHttp;

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
        &SoftDigests
    }

    fn crypto(&self) -> &Self::Crypto {
        &SoftCrypto
    }

    fn http(&self) -> &Self::Http {
        &self.http
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn now(&self) -> UnixMillis {
        UnixMillis(self.now.get())
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        // xorshift64: repeatable, never equal in a row.
        for byte in buffer {
            let mut state = self.random.get();
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            self.random.set(state);
            *byte = state.to_le_bytes()[3];
        }
    }

    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.spawned.borrow_mut().push(work);
    }

    /// Lets everything else go on that can, then moves the clock on.
    fn wait(&self, ms: u32) -> LocalBoxFuture<'static, ()> {
        let now = Rc::clone(&self.now);
        Box::pin(async move {
            for _ in 0..TURNS_OF_OTHERS {
                let_others_go_on().await;
            }
            now.set(now.get() + i64::from(ms));
        })
    }

    fn log(&self, message: &str) {
        self.logged.borrow_mut().push(message.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_keys_keep_the_contract() {
        block_on(contracts::key_value::check(TestPlatform::new().key_value()));
    }
}
