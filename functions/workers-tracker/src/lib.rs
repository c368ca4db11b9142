//! The tracker as a Cloudflare Worker of its own, so that a new version of the site drops no socket.
//!
//! [`entry`] finds the object that a request is for: one per video ([`name`]). [`SwarmObject`] is that
//! Durable Object: it moves messages between its sockets and [`tracker::Tracker`], which decides
//! everything. An object can be rebuilt from its sockets' attachments at any moment: after hibernation, and
//! after a panic, which ends the Wasm instance.

#![cfg(target_arch = "wasm32")]

mod address;
mod entry;
mod entry_http;
mod js;
mod mailbox;
mod measures;
mod name;
mod report;
mod requests;
mod room;
mod settings;
mod shards;
mod sockets;
mod stored_swarms;
mod swarm_object;
mod text;
mod unknown;

pub use swarm_object::SwarmObject;
