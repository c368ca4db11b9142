//! The in-memory host, with a database that can fail or let somebody else act first.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use ports::{Database, DatabaseError, LocalBoxFuture, Platform, Rows, Settings, Statement};
use testkit::{FaultMode, TestDatabase, TestObjects, TestPlatform};

type Act = Box<dyn FnOnce()>;

/// [`TestDatabase`] with a fault or a stranger's act at one of the next batches.
#[derive(Clone)]
pub struct HookedDatabase {
    inner: TestDatabase,
    seen: Rc<Cell<u32>>,
    fault: Rc<Cell<Option<(u32, FaultMode)>>>,
    act: Rc<RefCell<Option<(u32, Act)>>>,
}

impl Database for HookedDatabase {
    async fn batch(&self, statements: Vec<Statement>) -> Result<Vec<Rows>, DatabaseError> {
        let turn = self.seen.get();
        self.seen.set(turn + 1);
        let due = self
            .act
            .borrow_mut()
            .take_if(|(at, _)| *at == turn)
            .map(|(_, act)| act);
        // The borrow has ended: the act may well ask this database, too.
        if let Some(act) = due {
            act();
        }
        let failure = DatabaseError::Unavailable {
            cause: "injected fault".to_owned(),
        };
        match self.fault.get().filter(|(at, _)| *at == turn) {
            None => self.inner.batch(statements).await,
            Some((_, mode)) => {
                self.fault.set(None);
                if mode == FaultMode::FailAfter {
                    self.inner.batch(statements).await?;
                }
                Err(failure)
            }
        }
    }
}

/// A host whose parts are shared by its clones.
#[derive(Clone)]
pub struct Host {
    /// Everything but the database.
    pub inner: TestPlatform,
    database: HookedDatabase,
}

impl Host {
    pub fn new(settings: Settings) -> Self {
        let inner = TestPlatform::with_settings(settings);
        let database = HookedDatabase {
            inner: inner.database.clone(),
            seen: Rc::default(),
            fault: Rc::default(),
            act: Rc::default(),
        };
        Self { inner, database }
    }

    /// Makes the `nth` batch from now (0 is the next) fail once.
    pub fn fail_batch(&self, nth: u32, mode: FaultMode) {
        let turn = self.database.seen.get() + nth;
        self.database.fault.set(Some((turn, mode)));
    }

    /// Whether an injected batch fault has not happened yet; takes it back.
    pub fn take_batch_fault(&self) -> bool {
        self.database.fault.take().is_some()
    }

    /// Runs `act` before the `nth` batch from now.
    pub fn before_batch(&self, nth: u32, act: impl FnOnce() + 'static) {
        let turn = self.database.seen.get() + nth;
        *self.database.act.borrow_mut() = Some((turn, Box::new(act)));
    }

    /// The bucket.
    pub fn bucket(&self) -> &TestObjects {
        &self.inner.objects
    }

    /// Rows as text.
    pub fn dump(&self, sql: &str) -> Vec<String> {
        self.inner.database.dump(sql)
    }

    /// The first column of a statement's rows, as the program reads them.
    pub fn rows(&self, statement: ports::Statement) -> Vec<String> {
        let results = testkit::block_on(self.inner.database().batch(vec![statement])).unwrap();
        results[0].iter().map(|row| row.text(0).unwrap()).collect()
    }

    /// The only row of a query, as text.
    pub fn one(&self, sql: &str) -> String {
        let rows = self.dump(sql);
        assert_eq!(rows.len(), 1, "{sql}: {rows:?}");
        rows.into_iter().next().unwrap()
    }
}

impl Platform for Host {
    type Database = HookedDatabase;
    type Objects = TestObjects;
    type KeyValue = <TestPlatform as Platform>::KeyValue;
    type Tasks = <TestPlatform as Platform>::Tasks;
    type Cache = <TestPlatform as Platform>::Cache;
    type Digests = <TestPlatform as Platform>::Digests;
    type Crypto = <TestPlatform as Platform>::Crypto;
    type Http = <TestPlatform as Platform>::Http;

    fn database(&self) -> &Self::Database {
        &self.database
    }

    fn objects(&self) -> &Self::Objects {
        self.inner.objects()
    }

    fn key_value(&self) -> &Self::KeyValue {
        self.inner.key_value()
    }

    fn tasks(&self) -> &Self::Tasks {
        self.inner.tasks()
    }

    fn cache(&self) -> &Self::Cache {
        self.inner.cache()
    }

    fn digests(&self) -> &Self::Digests {
        self.inner.digests()
    }

    fn crypto(&self) -> &Self::Crypto {
        self.inner.crypto()
    }

    fn http(&self) -> &Self::Http {
        self.inner.http()
    }

    fn settings(&self) -> &Settings {
        self.inner.settings()
    }

    fn now(&self) -> domain::UnixMillis {
        self.inner.now()
    }

    fn fill_random(&self, buffer: &mut [u8]) {
        self.inner.fill_random(buffer);
    }

    fn spawn(&self, work: LocalBoxFuture<'static, ()>) {
        self.inner.spawn(work);
    }

    fn wait(&self, ms: u32) -> LocalBoxFuture<'static, ()> {
        self.inner.wait(ms)
    }

    fn log(&self, message: &str) {
        self.inner.log(message);
    }
}
