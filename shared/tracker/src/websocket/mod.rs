//! The tracker's messages over WebSockets, as `bittorrent-tracker` (the reference) reads and
//! writes them: JSON texts in which ids are strings of one code point per byte.

mod message;
mod write;

pub use message::{
    Announce, Answer, Event, Malformed, Message, Offer, Offers, Refused, Scrape, parse,
};
pub use write::Counts;
pub(crate) use write::{
    OfferWriter, write_announce_reply, write_answer, write_failure, write_scrape_reply,
};
