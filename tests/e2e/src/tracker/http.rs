//! Announces as desktop clients make them.

use std::fmt::Write;

use crate::bencode::Value;
use crate::client::Client;

/// Escapes every byte.
#[must_use]
pub fn escape(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "%{byte:02X}");
        text
    })
}

/// Announces and decodes the answer. `further` are query parameters.
#[must_use]
pub fn announce(
    client: &Client,
    info_hash: &[u8; 20],
    peer_id: &[u8; 20],
    port: u16,
    further: &str,
) -> Value {
    announce_from(client, info_hash, peer_id, port, further, &[])
}

/// As [`announce`], with header fields, of which one may say the client's address.
#[must_use]
pub fn announce_from(
    client: &Client,
    info_hash: &[u8; 20],
    peer_id: &[u8; 20],
    port: u16,
    further: &str,
    headers: &[(&str, &str)],
) -> Value {
    let path = format!(
        "/tracker/announce?info_hash={}&peer_id={}&port={port}&uploaded=0&downloaded=0{further}",
        escape(info_hash),
        escape(peer_id),
    );
    Value::decode(&client.get_with(&path, headers).expect_status(200).body)
}

/// Scrapes these swarms and decodes the answer.
#[must_use]
pub fn scrape(client: &Client, info_hashes: &[[u8; 20]]) -> Value {
    let query: Vec<String> = info_hashes
        .iter()
        .map(|hash| format!("info_hash={}", escape(hash)))
        .collect();
    let path = format!("/tracker/scrape?{}", query.join("&"));
    Value::decode(&client.get(&path).expect_status(200).body)
}
