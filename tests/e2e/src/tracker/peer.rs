//! A peer that speaks as browsers do.

use std::time::Duration;

use serde_json::{Value, json};

use super::socket::{Frame, Socket};

/// A socket and its one peer id.
#[derive(Debug)]
pub struct Peer {
    /// The connection.
    pub socket: Socket,
    /// 20 characters.
    pub id: String,
    /// 20 characters.
    pub info_hash: String,
}

impl Peer {
    /// Connects; `number` makes the peer id.
    #[must_use]
    pub fn open(origin: &str, path: &str, info_hash: &str, number: u32) -> Self {
        Self {
            socket: Socket::open(origin, path),
            id: peer_id(number),
            info_hash: info_hash.to_owned(),
        }
    }

    /// Sends an announce with so many offers and these further fields.
    pub fn announce(&mut self, offers: usize, further: &Value) {
        let offers: Vec<Value> = (0..offers)
            .map(|number| {
                json!({
                    "offer": { "type": "offer", "sdp": format!("v=0 {}", self.id) },
                    "offer_id": format!("{number:0>20}"),
                })
            })
            .collect();
        let mut message = json!({
            "action": "announce",
            "info_hash": self.info_hash,
            "peer_id": self.id,
            "numwant": offers.len(),
            "offers": offers,
        });
        if let (Some(message), Some(further)) = (message.as_object_mut(), further.as_object()) {
            message.extend(further.clone());
        }
        self.socket.send(&message.to_string());
    }

    /// Announces without offers and takes the reply.
    pub fn join(&mut self) -> Value {
        self.announce(0, &json!({ "event": "started" }));
        self.receive()
    }

    /// Answers an offer.
    pub fn answer(&mut self, to: &str, offer_id: &str) {
        let message = json!({
            "action": "announce",
            "info_hash": self.info_hash,
            "peer_id": self.id,
            "to_peer_id": to,
            "offer_id": offer_id,
            "answer": { "type": "answer", "sdp": "v=0" },
        });
        self.socket.send(&message.to_string());
    }

    /// The next message.
    pub fn receive(&mut self) -> Value {
        match self.socket.receive() {
            Frame::Text(text) => serde_json::from_str(&text)
                .unwrap_or_else(|error| panic!("{text} is no JSON: {error}")),
            Frame::Close(code) => panic!("the tracker closed with {code}"),
        }
    }

    /// The next message, if there is one soon.
    pub fn next_within(&mut self, patience: Duration) -> Option<Value> {
        match self.socket.receive_within(patience)? {
            Frame::Text(text) => serde_json::from_str(&text).ok(),
            Frame::Close(code) => panic!("the tracker closed with {code}"),
        }
    }

    /// Scrapes its own swarm; complete and incomplete peers.
    pub fn scrape(&mut self) -> (u64, u64) {
        let message = json!({ "action": "scrape", "info_hash": self.info_hash });
        self.socket.send(&message.to_string());
        let answer = self.receive();
        let counts = &answer["files"][&self.info_hash];
        let count = |name: &str| {
            let count = counts[name].as_u64();
            count.unwrap_or_else(|| panic!("no {name} in {answer}"))
        };
        (count("complete"), count("incomplete"))
    }
}

/// The peer id of a number.
#[must_use]
pub fn peer_id(number: u32) -> String {
    format!("-PM0203-{number:012}")
}

/// Bytes as the protocol writes them: one code point each.
#[must_use]
pub fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
