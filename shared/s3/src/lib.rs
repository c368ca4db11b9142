//! Object storage that speaks the S3 API, over whatever the host has for HTTP.
//!
//! Every request is a presigned URL: one signature is all that there is to send, bodies are not read to be
//! signed, and the same code makes the URLs that are given to transcoders. Buckets are addressed by path
//! (`https://endpoint/bucket/key`), which all servers understand.
//!
//! The signature is written by hand on HMAC-SHA256, which is here anyway: the smallest maintained crate
//! for it (rusty-s3) adds 175 KiB of compressed Wasm, most of it dates and international domain names;
//! all of this adds 21. A server that is not ours checks it in the tests.

mod answer;
mod call;
mod markup;
mod presign;
mod store;

pub use presign::{EndpointError, MAX_EXPIRES_SECS, check_endpoint, presigned_put};
pub use store::S3Store;

/// Who failed, in errors.
const WHAT: &str = "object storage";
