//! One viewer's client: what it sends and what it understands.

use std::fmt::Write as _;

use tracker::shard::Continent;

/// The swarm's infohash as it stands in messages.
pub const INFO_HASH: &str = "FuGEr478XuVjbIYvey2c";

/// Where a viewer is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connection {
    pub shard: usize,
    /// Tells this connection from earlier ones.
    pub number: u32,
}

/// One viewer.
#[derive(Debug)]
pub struct Viewer {
    pub continent: Continent,
    pub has_own_player: bool,
    pub has_left: bool,
    pub connection: Option<Connection>,
    pub connected_at_secs: u32,
    /// Connections made so far.
    pub connections: u32,
    /// Viewers it exchanges with, who do with it. Links outlive the tracker's sockets.
    pub neighbours: Vec<u32>,
}

/// What the tracker sent.
#[derive(Debug, PartialEq, Eq)]
pub enum Incoming<'a> {
    Interval(u32),
    Offer { from: u32, offer_id: &'a str },
    Answer { from: u32 },
    Failure,
}

/// Five offers, as short as they may be: their length matters to no decision.
pub fn write_announce(viewer: u32, offer_number: &mut u64, out: &mut String) {
    out.clear();
    let _ = write!(
        out,
        r#"{{"action":"announce","info_hash":"{INFO_HASH}","peer_id":"-PM0203-{viewer:012}","offers":["#
    );
    for index in 0..5 {
        *offer_number += 1;
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(
            out,
            r#"{comma}{{"offer":{{}},"offer_id":"{offer_number:020}"}}"#
        );
    }
    out.push_str("]}");
}

/// Answers an offer.
pub fn write_answer(viewer: u32, to: u32, offer_id: &str) -> String {
    format!(
        r#"{{"action":"announce","info_hash":"{INFO_HASH}","peer_id":"-PM0203-{viewer:012}","to_peer_id":"-PM0203-{to:012}","answer":{{}},"offer_id":"{offer_id}"}}"#
    )
}

/// Reads what the tracker writes; its fields have a fixed order.
pub fn read(text: &str) -> Incoming<'_> {
    let after = |name: &str| text.split_once(name).map(|(_, rest)| rest);
    let from = || {
        let digits = after(r#""peer_id":"-PM0203-"#).and_then(|rest| rest.get(..12));
        digits
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(u32::MAX)
    };
    if let Some(rest) = after(r#""interval":"#) {
        let digits = rest.split(',').next().unwrap_or_default();
        return digits.parse().map_or(Incoming::Failure, Incoming::Interval);
    }
    if text.starts_with(r#"{"action":"announce","offer":"#) {
        let offer_id = after(r#""offer_id":""#).and_then(|rest| rest.get(..20));
        return offer_id.map_or(Incoming::Failure, |offer_id| Incoming::Offer {
            from: from(),
            offer_id,
        });
    }
    if text.starts_with(r#"{"action":"announce","answer":"#) {
        return Incoming::Answer { from: from() };
    }
    Incoming::Failure
}
