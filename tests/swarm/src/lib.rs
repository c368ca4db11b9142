//! A hundred thousand viewers of one video, second by second and without any network: they join over
//! three continents in five minutes, come and go, and lose all their sockets to a deployment.
//!
//! Every message goes through the real [`tracker::Tracker`] and every viewer through the real
//! decisions about shards; simulated are only viewers, the hosts' caches of the shard record and the
//! delays of its store. Nothing depends on time or chance from outside: one seed, one result.
//!
//! `cargo run --release -p swarm` prints the figures (a seed may follow), `cargo test -p swarm` checks their bounds.

mod cluster;
mod cost;
mod report;
mod scenario;
mod viewer;
mod world;

pub use cost::{Cost, Usage};
pub use report::{Phase, Report, ShardFigures};
pub use scenario::Scenario;
pub use world::simulate;
