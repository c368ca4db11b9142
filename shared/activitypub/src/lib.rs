//! ActivityPub as PeerTube, Mastodon and their kin speak it, and the signatures under it.
//!
//! A pure crate: it knows no clock, no randomness, no network and no keys. Times are arguments, RSA
//! is done by whoever calls (WebCrypto on Workers), and what has to be fetched is only named.
//!
//! Start at [`signature`] for HTTP message signatures in both directions, at [`object`] for the
//! documents that we send, at [`incoming`] for those that arrive, and at [`inbox`] for what a delivery
//! has to pass before anybody acts on it.

pub mod date;
pub mod inbox;
pub mod incoming;
pub mod limits;
pub mod media_type;
pub mod object;
mod public_host;
pub mod signature;
mod url;

pub use url::{AbsoluteUrl, UrlError};
