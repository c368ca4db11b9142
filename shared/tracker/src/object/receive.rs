//! One WebSocket message: who may do what, and who is told.

use torrent::InfoHash;

use super::{Joined, Tracker};
use crate::ids::secs;
use crate::limits::MAX_RELAYED_OFFERS;
use crate::outbox::Outbox;
use crate::random::Random;
use crate::rate_limit::Action;
use crate::swarm::Peer;
use crate::websocket::{
    Announce, Answer, Event, Malformed, Message, OfferWriter, Scrape, parse, write_announce_reply,
    write_answer, write_failure, write_scrape_reply,
};
use crate::{AddressKey, SocketId};

/// Seconds between two looks for silent peers of one swarm.
const SWEEP_EVERY_SECS: u32 = 10;

/// What became of a message. Replies are in the outbox, errors too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It was followed.
    Done {
        /// The socket needs a new attachment.
        attachment_changed: bool,
    },
    /// It is about an infohash that is not known to be served, and nothing was done. The host may
    /// ask whose it is, call [`Tracker::serve_also`] and pass the message again; otherwise it calls
    /// [`Tracker::refuse_unknown`].
    UnknownInfoHash(InfoHash),
    /// It was refused.
    Refused(Refusal),
}

/// Why a message was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It cannot be read.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The socket was not opened, or refused when it was.
    #[error("unknown socket")]
    UnknownSocket,
    /// The address exceeds [`crate::RateLimits`].
    #[error("Too many requests ({what})")]
    TooMany {
        /// Of what.
        what: &'static str,
    },
    /// Another socket has this peer id in this swarm.
    #[error("peer_id belongs to another connection")]
    PeerIdTaken {
        /// That socket, if it was asked to prove that it is there: it needs a new attachment.
        asked: Option<SocketId>,
    },
    /// The socket is in as many swarms as [`super::Config`] allows.
    #[error("too many swarms on this connection")]
    TooManyMemberships,
    /// The swarm or the object is full.
    #[error("swarm is full")]
    SwarmFull,
    /// The infohash is of no video of this instance.
    #[error("Unknown infoHash {0}")]
    UnknownInfoHash(InfoHash),
    /// An answer to an offer that was not sent to this peer, was answered already or is too old. The
    /// sender is not told, as in the reference.
    #[error("answer to no offer")]
    AnswerToNoOffer,
    /// An answer in the name of a peer that is not this socket's. Its sender is not told.
    #[error("answer of a peer that is not this connection's")]
    AnswerOfStranger,
}

impl Refusal {
    /// Is the socket to be closed? It sent what no client sends, or what it must stop sending.
    #[must_use]
    pub const fn closes_socket(&self) -> bool {
        matches!(
            self,
            Self::Malformed(Malformed::TooLarge { .. } | Malformed::NotJson)
                | Self::UnknownSocket
                | Self::UnknownInfoHash(_)
        )
    }
}

impl Tracker {
    /// Takes one text message of a socket and puts what is to be sent into the outbox, the reply
    /// to the sender first. The outbox is not cleared.
    pub fn receive(
        &mut self,
        socket: SocketId,
        text: &str,
        now_unix_ms: u64,
        random: &mut impl Random,
        outbox: &mut Outbox,
    ) -> Received {
        self.load.count(secs(now_unix_ms));
        let Some(address) = self.sockets.get(&socket).map(|socket| socket.address) else {
            return Received::Refused(Refusal::UnknownSocket);
        };
        let (done, is_scrape, info_hash) = match parse(text) {
            Err(refused) => {
                let refusal = Refusal::Malformed(refused.reason);
                (Err(refusal), refused.is_scrape, refused.info_hash)
            }
            Ok(Message::Announce(announce)) => {
                let info_hash = announce.info_hash;
                let Some(swarm) = self.served.swarm_of(&info_hash) else {
                    return Received::UnknownInfoHash(info_hash);
                };
                let limiter = &mut self.limiter;
                let hash = Some(&info_hash);
                let done = if limiter.allow(address, Action::Announce, hash, now_unix_ms, random) {
                    self.announce(socket, &announce, swarm, secs(now_unix_ms), random, outbox)
                } else {
                    Err(Refusal::TooMany { what: "announces" })
                };
                (done, false, Some(info_hash))
            }
            Ok(Message::Answer(answer)) => {
                return self.receive_answer(socket, address, &answer, now_unix_ms, random, outbox);
            }
            Ok(Message::Scrape(scrape)) => {
                let limiter = &mut self.limiter;
                let done = if limiter.allow(address, Action::Announce, None, now_unix_ms, random) {
                    self.scrape(socket, &scrape, secs(now_unix_ms), outbox);
                    Ok(false)
                } else {
                    Err(Refusal::TooMany { what: "scrapes" })
                };
                (done, true, None)
            }
        };
        match done {
            Ok(attachment_changed) => Received::Done { attachment_changed },
            Err(refusal) => {
                let limiter = &mut self.limiter;
                // Who makes one mistake after the other gets no replies.
                if limiter.allow(address, Action::Mistake, None, now_unix_ms, random) {
                    outbox.send(socket, |out| {
                        write_failure(is_scrape, info_hash.as_ref(), &refusal, out);
                    });
                }
                Received::Refused(refusal)
            }
        }
    }

    /// Refuses the message that was about an infohash that nobody knows.
    pub fn refuse_unknown(
        &mut self,
        socket: SocketId,
        info_hash: InfoHash,
        outbox: &mut Outbox,
    ) -> Refusal {
        let refusal = Refusal::UnknownInfoHash(info_hash);
        outbox.send(socket, |out| {
            write_failure(false, Some(&info_hash), &refusal, out);
        });
        refusal
    }

    /// Is the attachment to be written again?
    fn announce(
        &mut self,
        socket: SocketId,
        announce: &Announce<'_>,
        swarm: InfoHash,
        now_secs: u32,
        random: &mut impl Random,
        outbox: &mut Outbox,
    ) -> Result<bool, Refusal> {
        let info_hash = announce.info_hash;
        let joined = Joined {
            info_hash,
            peer_id: announce.peer_id,
        };
        self.sweep_if_due(&swarm, now_secs);
        let due_secs = self.interval_secs(&info_hash, now_secs);
        let interval_secs = self.spread(due_secs, random);
        let attachment_changed = if announce.event == Event::Stopped {
            self.leave(socket, &joined)?
        } else {
            let silence_secs = self.config.interval.silence_secs(interval_secs);
            let expires_secs = now_secs.saturating_add(silence_secs);
            self.join_or_hear(socket, joined, &swarm, announce, now_secs, expires_secs)
                .inspect_err(|refusal| {
                    if let Refusal::PeerIdTaken { asked: Some(_) } = refusal {
                        self.ask_for_life(&swarm, &joined.peer_id, outbox);
                    }
                })?
        };
        let counts = self.counts(&info_hash);
        outbox.send(socket, |out| {
            write_announce_reply(&info_hash, counts, interval_secs, out);
        });
        if announce.event != Event::Stopped {
            self.relay_offers(socket, announce, &swarm, now_secs, random, outbox);
        }
        Ok(attachment_changed)
    }

    /// Up to an eighth longer, by chance: an interval that changes with the load would otherwise
    /// bring those who were told different ones back in the same second. The shortest stays.
    fn spread(&self, interval_secs: u32, random: &mut impl Random) -> u32 {
        if interval_secs <= self.config.interval.shortest_secs {
            return interval_secs;
        }
        interval_secs + random.below(interval_secs / 8 + 1)
    }

    fn sweep_if_due(&mut self, name: &InfoHash, now_secs: u32) {
        let Some((index, _, swarm)) = self.swarms.get_full_mut(name) else {
            return;
        };
        if now_secs >= swarm.sweep_at_secs {
            swarm.sweep_at_secs = now_secs.saturating_add(SWEEP_EVERY_SECS);
            // An attachment that still names a silent peer does no harm: it has its time.
            self.sweep_swarm(index, now_secs, &mut Vec::new());
        }
    }

    /// Each offer goes to another peer, under the name that the receiver has for the swarm. Under load fewer are
    /// relayed, as each causes an answer; but all of somebody new, who knows nobody yet. An object admits only as
    /// many as it can serve so.
    fn relay_offers(
        &mut self,
        socket: SocketId,
        announce: &Announce<'_>,
        name: &InfoHash,
        now_secs: u32,
        random: &mut impl Random,
        outbox: &mut Outbox,
    ) {
        let events_per_sec = self.load.per_sec(now_secs);
        let aimed = self.config.interval.aimed_events_per_sec;
        let Some(swarm) = self.swarms.get_mut(name) else {
            return;
        };
        let (most_of_new, most_of_others) = match events_per_sec {
            rate if rate <= aimed => (MAX_RELAYED_OFFERS, MAX_RELAYED_OFFERS),
            rate if rate <= aimed.saturating_mul(2) => (MAX_RELAYED_OFFERS, 3),
            _ => (3, 1),
        };
        let is_new = swarm.peer(&announce.peer_id).is_some_and(Peer::is_new);
        let most = if is_new { most_of_new } else { most_of_others };
        let mut offers = announce
            .offers
            .as_slice()
            .iter()
            .filter(|offer| offer.offer.is_some());
        let wanted = offers.clone().count().min(most);
        if wanted == 0 || swarm.len() < 2 {
            return;
        }
        let picked = swarm.pick(socket, wanted, now_secs, random);
        swarm.has_offered(&announce.peer_id);
        let writer = OfferWriter::new(&announce.info_hash, &announce.peer_id);
        for &index in picked.as_slice() {
            let Some((offer, json)) = offers.next().and_then(|offer| Some((offer, offer.offer?)))
            else {
                return;
            };
            let receiver = swarm.expect_answer(index, &announce.peer_id, offer.offer_id, now_secs);
            let Some((receiver, under)) = receiver else {
                continue;
            };
            outbox.send(receiver, |out| {
                if under == announce.info_hash {
                    writer.write(json, offer, out);
                } else {
                    OfferWriter::new(&under, &announce.peer_id).write(json, offer, out);
                }
            });
        }
    }

    fn receive_answer(
        &mut self,
        socket: SocketId,
        address: AddressKey,
        answer: &Answer<'_>,
        now_unix_ms: u64,
        random: &mut impl Random,
        outbox: &mut Outbox,
    ) -> Received {
        let limiter = &mut self.limiter;
        if !limiter.allow(address, Action::Answer, None, now_unix_ms, random) {
            return Received::Refused(Refusal::TooMany { what: "answers" });
        }
        match self.relay_answer(socket, answer, secs(now_unix_ms), outbox) {
            Ok(attachment_changed) => Received::Done { attachment_changed },
            Err(refusal) => Received::Refused(refusal),
        }
    }

    /// An answer is no announce: it has no reply and lengthens nothing. But it is a sign of life, which a
    /// page gives without any timer. Is the attachment to be written again?
    fn relay_answer(
        &mut self,
        socket: SocketId,
        answer: &Answer<'_>,
        now_secs: u32,
        outbox: &mut Outbox,
    ) -> Result<bool, Refusal> {
        let swarm = self
            .swarm_mut(&answer.info_hash)
            .ok_or(Refusal::AnswerOfStranger)?;
        let is_own = swarm
            .peer(&answer.peer_id)
            .is_some_and(|peer| peer.socket == socket && peer.under == answer.info_hash);
        if !is_own {
            return Err(Refusal::AnswerOfStranger);
        }
        if !swarm.take_expected(
            &answer.peer_id,
            &answer.to_peer_id,
            answer.offer_id,
            now_secs,
        ) {
            return Err(Refusal::AnswerToNoOffer);
        }
        let is_proof = swarm.believe(&answer.peer_id);
        if let Some(offerer) = swarm.peer(&answer.to_peer_id) {
            outbox.send(offerer.socket, |out| {
                write_answer(answer, &offerer.under, out);
            });
        } else if !is_proof {
            return Err(Refusal::AnswerToNoOffer);
        }
        Ok(is_proof)
    }

    fn scrape(&mut self, socket: SocketId, scrape: &Scrape, now_secs: u32, outbox: &mut Outbox) {
        let all = || self.some_info_hashes();
        let info_hashes: Vec<InfoHash> = scrape.info_hashes.clone().unwrap_or_else(all);
        let interval_secs = match info_hashes.first() {
            Some(info_hash) => self.interval_secs(info_hash, now_secs),
            None => self.config.interval.steady_secs,
        };
        let files = info_hashes.iter().map(|hash| (*hash, self.counts(hash)));
        outbox.send(socket, |out| {
            write_scrape_reply(files, interval_secs, out);
        });
    }
}
