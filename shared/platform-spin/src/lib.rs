//! The ports on Spin, and the only crate besides the Spin entry that may name `spin_sdk`.
//!
//! What Spin does not have is made of what it has: a queue is a table, and work after the answer is a task
//! of the same instance. There is no edge cache: every read of one misses.

#![cfg(target_os = "wasi")]

mod body;
mod cache;
mod clock;
mod database;
mod http_client;
mod key_value;
mod platform;
mod queue;
mod slots;
mod variables;

pub use body::{BodyError, Rest, incoming, incoming_with_rest, outgoing};
pub use clock::now;
pub use database::SpinSqlite;
pub use platform::{SpinPlatform, random_bits};
pub use queue::{Abilities, DueTask, SpinQueue};
pub use slots::SpinSlots;
pub use variables::{named, text as variable};
