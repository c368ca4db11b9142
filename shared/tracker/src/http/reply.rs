//! Bencoded replies.

use core::net::{IpAddr, SocketAddr};
use std::collections::BTreeMap;

use torrent::InfoHash;
use torrent::bencode::{Value, encode};

use crate::PeerId;
use crate::limits::HTTP_INTERVAL_SECS;
use crate::websocket::Counts;

/// Compact: `peers` of 6 bytes each (BEP 23) and `peers6` of 18 (BEP 7), both always there. Otherwise
/// a list of dictionaries of both families.
pub(super) fn write_announce_reply(
    counts: Counts,
    peers: &[(SocketAddr, PeerId)],
    is_compact: bool,
) -> Vec<u8> {
    let mut reply = BTreeMap::from([
        (b"complete".to_vec(), Value::Integer(counts.complete.into())),
        (
            b"incomplete".to_vec(),
            Value::Integer(counts.incomplete.into()),
        ),
        (
            b"interval".to_vec(),
            Value::Integer(HTTP_INTERVAL_SECS.into()),
        ),
    ]);
    if is_compact {
        let (mut v4, mut v6) = (Vec::new(), Vec::new());
        for (address, _) in peers {
            let port = address.port().to_be_bytes();
            match address.ip() {
                IpAddr::V4(ip) => v4.extend(ip.octets().into_iter().chain(port)),
                IpAddr::V6(ip) => v6.extend(ip.octets().into_iter().chain(port)),
            }
        }
        reply.insert(b"peers".to_vec(), Value::Bytes(v4));
        reply.insert(b"peers6".to_vec(), Value::Bytes(v6));
    } else {
        let listed = peers.iter().map(|(address, peer_id)| {
            Value::dictionary([
                ("ip", Value::text(&address.ip().to_string())),
                ("peer id", Value::Bytes(peer_id.0.to_vec())),
                ("port", Value::Integer(address.port().into())),
            ])
        });
        reply.insert(b"peers".to_vec(), Value::List(listed.collect()));
    }
    encode(&Value::Dictionary(reply))
}

/// The reply to a scrape. `downloaded` is how many have everything, as in the reference.
#[must_use]
pub fn write_scrape_reply(files: impl IntoIterator<Item = (InfoHash, Counts)>) -> Vec<u8> {
    let file = |counts: Counts| {
        Value::dictionary([
            ("complete", Value::Integer(counts.complete.into())),
            ("downloaded", Value::Integer(counts.complete.into())),
            ("incomplete", Value::Integer(counts.incomplete.into())),
        ])
    };
    let files = files
        .into_iter()
        .map(|(info_hash, counts)| (info_hash.0.to_vec(), file(counts)));
    let min_interval = Value::Integer(HTTP_INTERVAL_SECS.into());
    encode(&Value::dictionary([
        ("files", Value::Dictionary(files.collect())),
        (
            "flags",
            Value::dictionary([("min_request_interval", min_interval)]),
        ),
    ]))
}

/// An error, which clients show to their users. Its status is 200.
#[must_use]
pub fn write_failure(reason: &dyn core::fmt::Display) -> Vec<u8> {
    encode(&Value::dictionary([(
        "failure reason",
        Value::text(&reason.to_string()),
    )]))
}
