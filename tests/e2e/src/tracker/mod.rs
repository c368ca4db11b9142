//! Clients of the tracker, by hand: a decent one refuses to send half of what is sent here.

pub mod http;
pub mod peer;
pub mod socket;
