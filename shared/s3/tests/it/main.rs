//! The store against a server that is not ours.

mod client;
mod contract;
mod permissions;
