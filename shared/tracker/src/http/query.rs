//! Queries of announces and scrapes. Values are bytes: they are unescaped, but no UTF-8.

use core::num::NonZeroU16;

use percent_encoding::percent_decode;
use torrent::InfoHash;

use crate::PeerId;
use crate::limits::{DEFAULT_NUMWANT, MAX_NUMWANT, MAX_QUERY_BYTES, MAX_SCRAPED};
use crate::websocket::Event;

/// An announce. The address is the connection's: `ip`, `ipv4` and `ipv6` are ignored, as in the
/// reference, so that nobody announces others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpAnnounce {
    /// Which swarm.
    pub info_hash: InfoHash,
    /// Its name; peers are told apart by address and port.
    pub peer_id: PeerId,
    /// Where it listens.
    pub port: NonZeroU16,
    /// Why it announces.
    pub event: Event,
    /// `left` is zero. What is missing or no number is not.
    pub has_all: bool,
    /// `compact=1`. Without it peers come as dictionaries, unlike at most trackers, as in the
    /// reference.
    pub is_compact: bool,
    /// Peers wanted, 1..=[`MAX_NUMWANT`].
    pub numwant: u32,
}

/// Why a query was refused. The texts are the reference's where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// More than [`MAX_QUERY_BYTES`].
    #[error("query has {bytes} bytes, at most {MAX_QUERY_BYTES} are allowed")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Missing, twice, or not 20 bytes.
    #[error("invalid info_hash")]
    InfoHash,
    /// Missing or not 20 bytes.
    #[error("invalid peer_id")]
    PeerId,
    /// Not 1 to 65535.
    #[error("invalid port")]
    Port,
    /// None of the known ones.
    #[error("invalid event")]
    Event,
    /// A scrape names more than [`MAX_SCRAPED`] infohashes.
    #[error("scrape names more than {MAX_SCRAPED} swarms")]
    TooManyScraped,
}

/// Names and values, unescaped; `+` is a space.
fn pairs(query: &str) -> Result<impl Iterator<Item = (&str, Vec<u8>)>, QueryError> {
    if query.len() > MAX_QUERY_BYTES {
        return Err(QueryError::TooLong { bytes: query.len() });
    }
    let unescape = |value: &str| -> Vec<u8> {
        let spaces = value
            .bytes()
            .map(|byte| if byte == b'+' { b' ' } else { byte });
        percent_decode(&spaces.collect::<Vec<u8>>()).collect()
    };
    Ok(query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(move |pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (name, unescape(value))
        }))
}

/// Infohashes that a query names, in their order, at most [`MAX_SCRAPED`]. None means that a scrape
/// asks for everything.
///
/// # Errors
/// [`QueryError`].
pub fn info_hashes(query: &str) -> Result<Vec<InfoHash>, QueryError> {
    let mut found = Vec::new();
    for (name, value) in pairs(query)? {
        if name != "info_hash" {
            continue;
        }
        if found.len() == MAX_SCRAPED {
            return Err(QueryError::TooManyScraped);
        }
        let bytes = value.try_into().map_err(|_| QueryError::InfoHash)?;
        found.push(InfoHash(bytes));
    }
    Ok(found)
}

/// Reads the query of an announce, without its `?`. Of a name that is given twice the last counts,
/// but for `info_hash`, which must be one.
///
/// # Errors
/// [`QueryError`].
pub fn parse_announce(query: &str) -> Result<HttpAnnounce, QueryError> {
    let [info_hash] = info_hashes(query)?[..] else {
        return Err(QueryError::InfoHash);
    };
    let mut peer_id = None;
    let mut port = None;
    let mut event = Event::Update;
    let mut has_all = false;
    let mut is_compact = false;
    let mut numwant = DEFAULT_NUMWANT;
    for (name, value) in pairs(query)? {
        let text = core::str::from_utf8(&value).unwrap_or_default();
        match name {
            "peer_id" => peer_id = value.try_into().ok().map(PeerId),
            "port" => port = text.parse().ok(),
            "event" => event = parse_event(text)?,
            "left" => has_all = text.parse().is_ok_and(|left: f64| left == 0.0),
            "compact" => is_compact = text == "1",
            "numwant" => {
                let wanted = text.parse().ok().filter(|&wanted: &u32| wanted > 0);
                numwant = wanted.unwrap_or(DEFAULT_NUMWANT).min(MAX_NUMWANT);
            }
            _ => {}
        }
    }
    Ok(HttpAnnounce {
        info_hash,
        peer_id: peer_id.ok_or(QueryError::PeerId)?,
        port: port.ok_or(QueryError::Port)?,
        event,
        has_all,
        is_compact,
        numwant,
    })
}

fn parse_event(text: &str) -> Result<Event, QueryError> {
    match text {
        "" | "empty" | "update" | "paused" => Ok(Event::Update),
        "started" => Ok(Event::Started),
        "stopped" => Ok(Event::Stopped),
        "completed" => Ok(Event::Completed),
        _ => Err(QueryError::Event),
    }
}
