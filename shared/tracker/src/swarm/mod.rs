//! The peers of one stream.

mod expected;
mod interval;
mod peers;
mod pick;

pub use interval::{IntervalRule, Load};
pub(crate) use peers::{Peer, Swarm};
