//! What clients send.

use torrent::InfoHash;

use crate::PeerId;
use crate::json::{Scanner, SyntaxError, read_20};
use crate::limits::{
    MAX_FRAME_BYTES, MAX_OFFER_ID_BYTES, MAX_OFFERS, MAX_RELAYED_OFFERS, MAX_SCRAPED,
};

/// One message. It borrows from the text; offers and answers are slices of it.
#[derive(Debug)]
#[cfg_attr(
    target_pointer_width = "64",
    expect(
        clippy::large_enum_variant,
        reason = "lives on the stack for one message, nearly all of which are announces"
    )
)]
pub enum Message<'a> {
    /// A peer is there, comes, or goes.
    Announce(Announce<'a>),
    /// A peer answers an offer that was relayed to it.
    Answer(Answer<'a>),
    /// Somebody asks for numbers.
    Scrape(Scrape),
}

/// Why a peer announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// It comes.
    Started,
    /// It goes.
    Stopped,
    /// It has everything now.
    Completed,
    /// It is still there: `update`, `paused`, `empty` or no event.
    Update,
}

/// `action: "announce"` without an answer.
#[derive(Debug)]
pub struct Announce<'a> {
    /// Which swarm.
    pub info_hash: InfoHash,
    /// Who.
    pub peer_id: PeerId,
    /// Why.
    pub event: Event,
    /// `left` is zero: a seeder. Absent, `null` and what is no number are not.
    pub has_all: bool,
    /// Connections it offers.
    pub offers: Offers<'a>,
}

/// `action: "announce"` with an answer.
#[derive(Debug)]
pub struct Answer<'a> {
    /// Which swarm.
    pub info_hash: InfoHash,
    /// Who answers.
    pub peer_id: PeerId,
    /// Whose offer it was.
    pub to_peer_id: PeerId,
    /// The answer's JSON.
    pub answer: &'a str,
    /// The offer's name, JSON, if it had one.
    pub offer_id: Option<&'a str>,
}

/// `action: "scrape"`.
#[derive(Debug, PartialEq, Eq)]
pub struct Scrape {
    /// Swarms that are asked for, at most [`MAX_SCRAPED`]; none means all.
    pub info_hashes: Option<Vec<InfoHash>>,
}

/// One connection that a peer offers to any other peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer<'a> {
    /// The offer's JSON. The mocks of the reference's test suite have none.
    pub offer: Option<&'a str>,
    /// JSON, at most [`MAX_OFFER_ID_BYTES`]. The reference relays whatever it is.
    pub offer_id: Option<&'a str>,
}

/// The offers that can be relayed: the first [`MAX_RELAYED_OFFERS`].
#[derive(Debug, Default)]
pub struct Offers<'a> {
    kept: [Offer<'a>; MAX_RELAYED_OFFERS],
    sent: usize,
}

impl<'a> Offers<'a> {
    /// Those that are kept.
    #[must_use]
    pub fn as_slice(&self) -> &[Offer<'a>] {
        &self.kept[..self.sent.min(MAX_RELAYED_OFFERS)]
    }

    fn push(&mut self, offer: Offer<'a>) {
        if let Some(place) = self.kept.get_mut(self.sent) {
            *place = offer;
        }
        self.sent += 1;
    }
}

/// Why a message was refused. The texts are the reference's where it has one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// More than [`MAX_FRAME_BYTES`].
    #[error("message has {bytes} bytes, at most {MAX_FRAME_BYTES} are allowed")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// Not a JSON object.
    #[error("invalid message: not a JSON object")]
    NotJson,
    /// Neither an announce nor a scrape.
    #[error("invalid action in WS request: {action}")]
    Action {
        /// What it was, as it stood in the JSON string.
        action: String,
    },
    /// Not 20 code points, each at most 255.
    #[error("invalid info_hash")]
    InfoHash,
    /// Not 20 code points, each at most 255.
    #[error("invalid peer_id")]
    PeerId,
    /// Not 20 code points, each at most 255.
    #[error("invalid `to_peer_id` (required with `answer`)")]
    ToPeerId,
    /// None of the known ones.
    #[error("invalid event")]
    Event,
    /// More than [`MAX_OFFERS`].
    #[error("announce has {offers} offers, at most {MAX_OFFERS} are allowed")]
    TooManyOffers {
        /// How many.
        offers: usize,
    },
    /// An `offer_id` longer than [`MAX_OFFER_ID_BYTES`].
    #[error("invalid offer_id")]
    OfferId,
    /// A scrape names more than [`MAX_SCRAPED`] infohashes.
    #[error("scrape names more than {MAX_SCRAPED} swarms")]
    TooManyScraped,
}

/// A message that was refused, and what of it the error reply repeats.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub reason: Malformed,
    /// Was it a scrape? Everything else is answered as an announce.
    pub is_scrape: bool,
    /// The swarm, if it could be read.
    pub info_hash: Option<InfoHash>,
}

/// Values of the top object's fields, as JSON.
#[derive(Default)]
struct Fields<'a> {
    action: Option<&'a str>,
    info_hash: Option<&'a str>,
    peer_id: Option<&'a str>,
    to_peer_id: Option<&'a str>,
    event: Option<&'a str>,
    left: Option<&'a str>,
    answer: Option<&'a str>,
    offer_id: Option<&'a str>,
    offers: Offers<'a>,
}

/// Reads one message.
///
/// Unknown fields are skipped, missing ones are lenient as in the reference: no event is an update,
/// no `left` is an incomplete peer, offers may lack everything.
///
/// # Errors
/// [`Refused`].
pub fn parse(text: &str) -> Result<Message<'_>, Refused> {
    let early = |reason| Refused {
        reason,
        is_scrape: false,
        info_hash: None,
    };
    if text.len() > MAX_FRAME_BYTES {
        return Err(early(Malformed::TooLarge { bytes: text.len() }));
    }
    let fields = scan(text).map_err(|SyntaxError| early(Malformed::NotJson))?;
    let is_scrape = fields.action == Some("\"scrape\"");
    let info_hash = fields.info_hash.and_then(read_20).map(InfoHash);
    let message = if is_scrape {
        scrape(fields.info_hash).map(Message::Scrape)
    } else {
        announce(fields, info_hash)
    };
    message.map_err(|reason| Refused {
        reason,
        is_scrape,
        info_hash,
    })
}

fn scan(text: &str) -> Result<Fields<'_>, SyntaxError> {
    let mut fields = Fields::default();
    let mut scanner = Scanner::new(text);
    scanner.object(|scanner, key| {
        if key == "offers" {
            fields.offers = Offers::default();
            return scan_offers(scanner, &mut fields.offers);
        }
        let value = scanner.value()?;
        match key {
            "action" => fields.action = Some(value),
            "info_hash" => fields.info_hash = Some(value),
            "peer_id" => fields.peer_id = Some(value),
            "to_peer_id" => fields.to_peer_id = Some(value),
            "event" => fields.event = Some(value),
            "left" => fields.left = Some(value),
            "answer" => fields.answer = Some(value),
            "offer_id" => fields.offer_id = Some(value),
            _ => {}
        }
        Ok(())
    })?;
    scanner.end()?;
    Ok(fields)
}

fn scan_offers<'a>(scanner: &mut Scanner<'a>, offers: &mut Offers<'a>) -> Result<(), SyntaxError> {
    if scanner.next_token() != Some(b'[') {
        return scanner.value().map(drop);
    }
    scanner.array(|scanner| {
        let mut offer = Offer::default();
        if scanner.next_token() == Some(b'{') {
            scanner.object(|scanner, key| {
                let value = scanner.value()?;
                match key {
                    "offer" => offer.offer = Some(value),
                    "offer_id" => offer.offer_id = Some(value),
                    _ => {}
                }
                Ok(())
            })?;
        } else {
            scanner.value()?;
        }
        offers.push(offer);
        Ok(())
    })
}

fn scrape(info_hash: Option<&str>) -> Result<Scrape, Malformed> {
    let one = |value| read_20(value).map(InfoHash).ok_or(Malformed::InfoHash);
    let info_hashes = match info_hash {
        None | Some("null") => None,
        Some(value) if value.starts_with('[') => {
            let mut info_hashes = Vec::new();
            let mut bad = None;
            // The text passed the grammar before.
            Scanner::new(value)
                .array(|scanner| {
                    let value = scanner.value()?;
                    if info_hashes.len() == MAX_SCRAPED {
                        bad = Some(Malformed::TooManyScraped);
                        return Err(SyntaxError);
                    }
                    match one(value) {
                        Ok(info_hash) => info_hashes.push(info_hash),
                        Err(reason) => bad = Some(reason),
                    }
                    Ok(())
                })
                .or_else(|SyntaxError| bad.clone().map_or(Err(Malformed::NotJson), |_| Ok(())))?;
            if let Some(reason) = bad {
                return Err(reason);
            }
            Some(info_hashes)
        }
        Some(value) => Some(vec![one(value)?]),
    };
    Ok(Scrape { info_hashes })
}

fn announce<'a>(fields: Fields<'a>, info_hash: Option<InfoHash>) -> Result<Message<'a>, Malformed> {
    if fields.action != Some("\"announce\"") {
        return Err(unknown_action(fields.action));
    }
    let info_hash = info_hash.ok_or(Malformed::InfoHash)?;
    let peer_id = peer_id(fields.peer_id).ok_or(Malformed::PeerId)?;
    if fields.offer_id.is_some_and(is_too_long) {
        return Err(Malformed::OfferId);
    }
    if let Some(answer) = fields.answer.filter(|answer| is_truthy(answer)) {
        return Ok(Message::Answer(Answer {
            info_hash,
            peer_id,
            to_peer_id: self::peer_id(fields.to_peer_id).ok_or(Malformed::ToPeerId)?,
            answer,
            offer_id: fields.offer_id,
        }));
    }
    if fields.offers.sent > MAX_OFFERS {
        return Err(Malformed::TooManyOffers {
            offers: fields.offers.sent,
        });
    }
    let mut ids = fields.offers.as_slice().iter().map(|offer| offer.offer_id);
    if ids.any(|offer_id| offer_id.is_some_and(is_too_long)) {
        return Err(Malformed::OfferId);
    }
    Ok(Message::Announce(Announce {
        info_hash,
        peer_id,
        event: event(fields.event)?,
        has_all: fields.left.is_some_and(is_zero),
        offers: fields.offers,
    }))
}

fn peer_id(value: Option<&str>) -> Option<PeerId> {
    value.and_then(read_20).map(PeerId)
}

fn is_too_long(offer_id: &str) -> bool {
    offer_id.len() > MAX_OFFER_ID_BYTES
}

fn is_truthy(value: &str) -> bool {
    !matches!(value, "null" | "false" | "0" | "\"\"")
}

/// The reference takes `"0"` for zero too. It also does so with `null`, which is how JSON has
/// infinity: that peer has nothing.
fn is_zero(value: &str) -> bool {
    value
        .trim_matches('"')
        .parse()
        .is_ok_and(|number: f64| number == 0.0)
}

fn event(value: Option<&str>) -> Result<Event, Malformed> {
    match value {
        Some("\"started\"") => Ok(Event::Started),
        Some("\"stopped\"") => Ok(Event::Stopped),
        Some("\"completed\"") => Ok(Event::Completed),
        Some("\"update\"" | "\"paused\"" | "\"empty\"") => Ok(Event::Update),
        Some(value) if is_truthy(value) => Err(Malformed::Event),
        _ => Ok(Event::Update),
    }
}

/// Longer ones are not repeated.
fn unknown_action(action: Option<&str>) -> Malformed {
    const MAX_REPEATED_BYTES: usize = 40;
    let action = match action {
        None => "undefined",
        Some(value) if value.len() > MAX_REPEATED_BYTES => "(long)",
        Some(value) => value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .filter(|text| {
                text.bytes()
                    .all(|byte| (0x20..0x7f).contains(&byte) && byte != b'\\')
            })
            .unwrap_or("(not a plain string)"),
    };
    Malformed::Action {
        action: action.to_owned(),
    }
}
