//! The ports on Cloudflare Workers, and the only crate besides the Worker scripts that may name `worker`.
//!
//! Bytes of uploads and media stay in JavaScript's memory: a block is a `Uint8Array`, a stream is a
//! `ReadableStream`, and both go from the request to R2 and from R2 or the cache to the response
//! without a copy into Wasm.

#![cfg(target_arch = "wasm32")]

mod body;
mod cache;
mod costs;
mod crypto;
mod database;
mod database_object;
mod digest;
mod http_client;
mod http_message;
mod js;
mod key_value;
mod media_store;
mod objects;
mod platform;
mod queue;
mod settings;
mod together;
mod wave;
mod wire;

pub use costs::Costs;
pub use database::OBJECT_NAME as INSTANCE_OBJECT_NAME;
pub use database::ObjectDatabase;
/// A name that nobody else has: 32 hex digits.
#[must_use]
pub fn random_id() -> String {
    let mut bytes = [0; 16];
    js::fill_random(&mut bytes);
    format!("{:032x}", u128::from_be_bytes(bytes))
}

pub use database_object::{DatabaseObject, Ran};
pub use http_message::{
    KeptResponse, drain_untouched, request_from_js, response_to_js, text_response,
};
pub use platform::clock as now;
pub use platform::{BINDINGS, WaitUntil, WorkersPlatform};
pub use ports::{decode_task, encode_task};
