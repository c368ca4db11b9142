//! What the tracker sends. Fields stand in the reference's order.

use core::fmt::Write as _;
use torrent::InfoHash;

use super::Offer;
use crate::PeerId;
use crate::json::write_bytes;

/// How many peers a swarm has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that have everything.
    pub complete: u32,
    /// The others.
    pub incomplete: u32,
}

/// The reply to an announce; `interval_secs` says when to announce again.
pub fn write_announce_reply(
    info_hash: &InfoHash,
    counts: Counts,
    interval_secs: u32,
    out: &mut String,
) {
    let Counts {
        complete,
        incomplete,
    } = counts;
    // Writing to a string does not fail.
    let _ = write!(
        out,
        r#"{{"complete":{complete},"incomplete":{incomplete},"action":"announce","interval":{interval_secs},"info_hash":"#
    );
    write_bytes(&info_hash.0, out);
    out.push('}');
}

/// An answer for the peer whose offer it answers, and who calls the swarm so.
pub fn write_answer(answer: &super::Answer<'_>, info_hash: &InfoHash, out: &mut String) {
    out.push_str(r#"{"action":"announce","answer":"#);
    out.push_str(answer.answer);
    if let Some(offer_id) = answer.offer_id {
        out.push_str(r#","offer_id":"#);
        out.push_str(offer_id);
    }
    out.push_str(r#","peer_id":"#);
    write_bytes(&answer.peer_id.0, out);
    out.push_str(r#","info_hash":"#);
    write_bytes(&info_hash.0, out);
    out.push('}');
}

/// Writes the offers of one announce. What all of them end with is written once.
pub struct OfferWriter {
    end: String,
}

impl OfferWriter {
    /// For the offers of this peer to those who call the swarm so.
    pub fn new(info_hash: &InfoHash, peer_id: &PeerId) -> Self {
        // Two ids of 20 bytes, each a byte or two, few six; and the names around them.
        let mut end = String::with_capacity(160);
        end.push_str(r#","peer_id":"#);
        write_bytes(&peer_id.0, &mut end);
        end.push_str(r#","info_hash":"#);
        write_bytes(&info_hash.0, &mut end);
        end.push('}');
        Self { end }
    }

    /// One offer. `offer` is its JSON, `id` the rest of it.
    pub fn write(&self, offer: &str, id: &Offer<'_>, out: &mut String) {
        out.reserve(offer.len() + self.end.len() + 80);
        out.push_str(r#"{"action":"announce","offer":"#);
        out.push_str(offer);
        if let Some(offer_id) = id.offer_id {
            out.push_str(r#","offer_id":"#);
            out.push_str(offer_id);
        }
        out.push_str(&self.end);
    }
}

/// An error. Clients drop the connection if it has no `action`, and cannot tell whose it is without
/// `info_hash`: that one is empty when the message had none.
pub fn write_failure(
    is_scrape: bool,
    info_hash: Option<&InfoHash>,
    reason: &dyn core::fmt::Display,
    out: &mut String,
) {
    let action = if is_scrape { "scrape" } else { "announce" };
    // No reason has a character that JSON escapes; the only foreign text in one is filtered.
    let _ = write!(
        out,
        r#"{{"action":"{action}","failure reason":"{reason}","info_hash":"#
    );
    write_bytes(info_hash.map_or(&[], |hash| &hash.0[..]), out);
    out.push('}');
}

/// The reply to a scrape. `downloaded` is how many have everything, as in the reference.
pub fn write_scrape_reply(
    files: impl Iterator<Item = (InfoHash, Counts)>,
    min_request_interval_secs: u32,
    out: &mut String,
) {
    out.push_str(r#"{"action":"scrape","files":{"#);
    for (index, (info_hash, counts)) in files.enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_bytes(&info_hash.0, out);
        let Counts {
            complete,
            incomplete,
        } = counts;
        let _ = write!(
            out,
            r#":{{"complete":{complete},"incomplete":{incomplete},"downloaded":{complete}}}"#
        );
    }
    let _ = write!(
        out,
        r#"}},"flags":{{"min_request_interval":{min_request_interval_secs}}}}}"#
    );
}
