//! The local runtime: the built Worker in workerd, with state on disk.
//!
//! `wrangler.toml` describes the Worker ([`description`]); [`state`] keeps what an instance must
//! remember between runs; [`launch`] joins both into what `local-runtime/main.mjs` is told; and
//! [`instance`] starts and stops it. workerd is a grandchild: we start Node, which starts workerd
//! through Miniflare. Each of the two dies when its parent does.
//!
//! [`spin`] runs the other host's component instead, for tests.

pub mod child;
pub mod description;
pub mod instance;
pub mod launch;
pub mod secret;
pub mod spin;
pub mod state;

pub use instance::Instance;
pub use spin::SpinInstance;
