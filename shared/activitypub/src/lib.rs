//! ActivityPub as PeerTube, Mastodon and their kin speak it, and the signatures under it.
//!
//! A pure crate: it knows no clock, no randomness, no network and no keys. Times are arguments, RSA
//! is done by whoever calls (WebCrypto on Workers), and what has to be fetched is only named.
//!
//! Start at [`signature`] for HTTP message signatures in both directions.

pub mod date;
pub mod limits;
pub mod media_type;
pub mod signature;
mod url;

pub use url::{AbsoluteUrl, UrlError};
