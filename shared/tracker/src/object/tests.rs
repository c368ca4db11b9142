//! The reference's behaviour, our departures from it, and hostile clients.

mod bounds;
mod membership;
mod names;
mod rebuilding;
mod relay;
mod scrape;
mod serving;

use super::{Config, Received, Refusal, Tracker};
use crate::{AddressKey, IntervalRule, Outbox, RateLimits, SeededRandom, SocketId};

/// A tracker, its sockets and a clock.
struct World {
    tracker: Tracker,
    random: SeededRandom,
    now_unix_ms: u64,
}

const HASH: &str = "infohash-number-one!";
const OTHER_HASH: &str = "infohash-number-two!";

impl World {
    fn new(config: Config) -> Self {
        let mut tracker = Tracker::new(config, 11);
        tracker.serve_everything();
        Self {
            tracker,
            random: SeededRandom::new(5),
            now_unix_ms: 1_800_000_000_000,
        }
    }

    fn unlimited() -> Self {
        Self::new(Config {
            rate_limits: RateLimits::UNLIMITED,
            ..Config::default()
        })
    }

    fn open(&mut self, socket: u32) {
        assert!(self.tracker.open(
            SocketId(socket),
            AddressKey(u64::from(socket)),
            self.now_unix_ms,
            &mut self.random
        ));
    }

    fn receive(&mut self, socket: u32, text: &str) -> (Received, Vec<(u32, String)>) {
        let mut outbox = Outbox::new();
        let received = self.tracker.receive(
            SocketId(socket),
            text,
            self.now_unix_ms,
            &mut self.random,
            &mut outbox,
        );
        let sent = outbox
            .iter()
            .map(|(to, text)| (to.0, text.to_owned()))
            .collect();
        (received, sent)
    }

    /// Messages after one that must be followed.
    fn sent(&mut self, socket: u32, text: &str) -> Vec<(u32, String)> {
        let (received, sent) = self.receive(socket, text);
        assert!(
            matches!(received, Received::Done { .. }),
            "{received:?} {text}"
        );
        sent
    }

    fn refusal(&mut self, socket: u32, text: &str) -> (Refusal, Vec<(u32, String)>) {
        match self.receive(socket, text) {
            (Received::Refused(refusal), sent) => (refusal, sent),
            (other, _) => panic!("{other:?}"),
        }
    }

    fn counts(&self, info_hash: &str) -> (u32, u32) {
        let bytes = info_hash.as_bytes().try_into().unwrap();
        let counts = self.tracker.counts(&torrent::InfoHash(bytes));
        (counts.complete, counts.incomplete)
    }

    fn pass_secs(&mut self, secs: u64) {
        self.now_unix_ms += secs * 1_000;
    }
}

/// 20 characters.
fn peer(number: u32) -> String {
    format!("-PM0203-{number:012}")
}

fn announce(info_hash: &str, peer_number: u32, rest: &str) -> String {
    let peer = peer(peer_number);
    format!(r#"{{"action":"announce","info_hash":"{info_hash}","peer_id":"{peer}"{rest}}}"#)
}

fn offers(count: u32) -> String {
    let offer = |n: u32| {
        format!(r#"{{"offer":{{"type":"offer","sdp":"v={n}\r\n"}},"offer_id":"offer{n:015}"}}"#)
    };
    let offers: Vec<String> = (0..count).map(offer).collect();
    format!(r#","offers":[{}]"#, offers.join(","))
}

fn answer(info_hash: &str, from: u32, to: u32, offer: u32) -> String {
    let to = peer(to);
    announce(
        info_hash,
        from,
        &format!(
            r#","to_peer_id":"{to}","answer":{{"type":"answer","sdp":"a\r\n"}},"offer_id":"offer{offer:015}""#
        ),
    )
}
