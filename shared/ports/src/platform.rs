//! Everything a request handler gets from its host, as one value.

use domain::UnixMillis;
use futures_util::future::LocalBoxFuture;

use crate::{
    Crypto, Database, Digests, EdgeCache, HttpClient, KeyValue, ObjectStore, PortError, Settings,
    TaskQueue,
};

/// The address of the client, an extension of the request where the host knows it. Never logged.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientAddress(pub String);

/// Items that go together at most.
pub const MAX_TOGETHER: usize = 64;
/// Bytes of items that go together at most.
pub const MAX_TOGETHER_BYTES: usize = 256 * 1024;

/// What is done with the items of many requests: see [`Platform::together`].
pub type TogetherAct<P> = fn(P, Vec<String>) -> LocalBoxFuture<'static, Result<(), PortError>>;

/// An item that may soon be handed to [`Platform::together`]; it is there, or does not come, when this is dropped.
#[derive(Debug, Default)]
#[must_use = "the item does not come once this is dropped"]
pub struct OnTheWay {
    arrived: Option<(fn(u64), u64)>,
}

impl OnTheWay {
    /// Has `arrived` called with `ticket` when it is dropped.
    pub fn until(arrived: fn(u64), ticket: u64) -> Self {
        Self {
            arrived: Some((arrived, ticket)),
        }
    }
}

impl Drop for OnTheWay {
    fn drop(&mut self) {
        if let Some((arrived, ticket)) = self.arrived {
            arrived(ticket);
        }
    }
}

/// The host. Cheap to clone; clones share everything.
pub trait Platform: Clone + 'static {
    /// See [`Database`].
    type Database: Database;
    /// See [`ObjectStore`].
    type Objects: ObjectStore;
    /// See [`KeyValue`].
    type KeyValue: KeyValue;
    /// See [`TaskQueue`].
    type Tasks: TaskQueue;
    /// See [`EdgeCache`].
    type Cache: EdgeCache;
    /// See [`Digests`].
    type Digests: Digests;
    /// See [`Crypto`].
    type Crypto: Crypto;
    /// See [`HttpClient`].
    type Http: HttpClient;

    /// The instance's database.
    fn database(&self) -> &Self::Database;
    /// The bucket.
    fn objects(&self) -> &Self::Objects;
    /// The key-value store.
    fn key_value(&self) -> &Self::KeyValue;
    /// The queue.
    fn tasks(&self) -> &Self::Tasks;
    /// The edge cache.
    fn cache(&self) -> &Self::Cache;
    /// Digests.
    fn digests(&self) -> &Self::Digests;
    /// Keys of actors.
    fn crypto(&self) -> &Self::Crypto;
    /// Requests to other servers.
    fn http(&self) -> &Self::Http;
    /// The configuration.
    fn settings(&self) -> &Settings;
    /// The time.
    fn now(&self) -> UnixMillis;
    /// Fills `buffer` with bytes that nobody can guess.
    fn fill_random(&self, buffer: &mut [u8]);
    /// Runs `work` after the answer has gone out.
    fn spawn(&self, work: LocalBoxFuture<'static, ()>);
    /// Ends after so many milliseconds, give or take what a busy host does to a clock.
    fn wait(&self, ms: u32) -> LocalBoxFuture<'static, ()>;
    /// Does something that other requests may want at the same moment, once for all of them: `act` is called for
    /// one of them with the items of all, and everybody gets its answer. At most [`MAX_TOGETHER`] items and
    /// [`MAX_TOGETHER_BYTES`], unless one is larger, go together. There is one use for it per platform: all
    /// calls name the same `act`. Where requests share nothing, as by default, each item goes alone.
    fn together(
        &self,
        item: String,
        act: TogetherAct<Self>,
    ) -> LocalBoxFuture<'static, Result<(), PortError>> {
        act(self.clone(), vec![item])
    }
    /// Says that an item for [`Self::together`] is on its way: what is there already may wait some milliseconds
    /// for it. Not to be held while another server is asked.
    fn on_the_way(&self) -> OnTheWay {
        OnTheWay::default()
    }
    /// One line for the admin: no bodies, tokens or addresses.
    fn log(&self, message: &str);
}
