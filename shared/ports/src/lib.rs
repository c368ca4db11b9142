//! What the use cases ask of a host: database, object storage, key-value, queue, edge cache, time,
//! randomness. Traits only; adapters are in `platform-workers`, fakes with fault modes in `testkit`.
//!
//! Futures here are not `Send`: a Worker's are not. Errors are ours, never a platform's.

mod body;
mod cache;
mod crypto;
mod database;
mod digest;
mod error;
mod federation_task;
mod http_client;
mod key_value;
mod object_store;
mod platform;
mod queue;
mod received_rows;
mod settings;
mod slot_store;
mod task_message;
mod variables;

pub use body::{Block, BlockStream, Body, BodyError};
pub use cache::EdgeCache;
pub use crypto::{Crypto, RsaKeyPair, RsaScheme};
pub use database::{Database, DatabaseError, Row, Rows, Statement, Value, as_demanded};
pub use digest::{DigestAlgorithm, Digests};
pub use error::PortError;
pub use federation_task::{FederationTask, Lane, PagePlace};
pub use http_client::HttpClient;
pub use key_value::{KeyLabel, KeyValue, MAX_LISTED_KEYS};
pub use object_store::{ByteRange, Object, ObjectInfo, ObjectPage, ObjectStore, UploadedPart};
pub use platform::{
    ClientAddress, MAX_TOGETHER, MAX_TOGETHER_BYTES, OnTheWay, Platform, TogetherAct,
};
pub use queue::{MAX_TASK_BYTES, Task, TaskQueue};
pub use received_rows::ReceivedRows;
pub use settings::{
    FederationSettings, MirrorSettings, MirrorSource, MirrorStrategy, S3Settings, Secret, Settings,
    SocketTracker,
};
pub use slot_store::{MAX_SLOT_KEYS, SlotStore};
pub use task_message::{FEDERATION_MESSAGE_PREFIX, decode_task, encode_task};
pub use variables::VARIABLE_NAMES;

pub use futures_util::future::LocalBoxFuture;
