//! A BitTorrent tracker for peers that speak WebRTC (WebSockets, as `bittorrent-tracker` 11 does) and
//! for classic clients (HTTP: BEP 3, 7, 23 and 48).
//!
//! A pure crate: messages, addresses, time and randomness come in, messages to be sent go out. It
//! knows no sockets and no platform. It follows the reference's server where clients can tell, and
//! departs from it on purpose in this:
//!
//! - a membership is (socket, infohash, peer id), so that a closed socket leaves no ghosts, and it
//!   ends after two silent intervals, as clients leave swarms without a word;
//! - a peer id belongs to the socket that announced it first, for as long as that shows signs of life;
//! - an answer is relayed only if the offer was sent to that peer, within the last minute;
//! - every error says which action and which infohash it is about;
//! - `left: null`, which is how JSON writes infinity, is a peer that has not everything.
//!
//! Start at [`Tracker`]: [`Tracker::receive`] takes a message and fills an [`Outbox`].

mod grouping;
mod hashing;
pub mod http;
mod ids;
mod json;
pub mod limits;
mod load_meter;
mod object;
mod outbox;
mod random;
mod rate_limit;
pub mod shard;
mod swarm;
pub mod websocket;

pub use grouping::{Grouping, Next};
pub use ids::{AddressKey, PeerId, SocketId};
pub use object::{
    Attachment, AttachmentError, Config, HttpReceived, Membership, Received, Refusal, Totals,
    Tracker,
};
pub use outbox::Outbox;
pub use random::{Random, SeededRandom};
pub use rate_limit::{Action, Limiter, Rate, RateLimits};
pub use swarm::{IntervalRule, Load};
