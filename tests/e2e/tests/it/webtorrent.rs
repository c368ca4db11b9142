//! WebTorrent itself, in Node and in Chromium: all pieces over WebRTC, found by our WebSocket tracker alone.

use std::fs;

use e2e::bencode::Value;
use e2e::hash::sha256;
use e2e::packages;
use e2e::published::published;
use e2e::scratch::Scratch;
use e2e::video::text;
use serde_json::json;

use crate::browser::run_script;

/// What knows of other peers or of the site.
const LEFT_OUT: [&[u8]; 3] = [b"url-list", b"announce", b"announce-list"];

#[test]
fn node_and_chromium_exchange_a_rendition_without_its_web_seed() {
    let packages = packages::installed("webtorrent");
    let published = published();
    let rendition = &published.renditions[0];
    let url = text(&rendition.file, "torrentUrl");
    let answer = published.instance.visitor().get(url).expect_status(200);
    let scratch = Scratch::new("webtorrent");
    let host = published.instance.origin().trim_start_matches("http");
    let tracker = format!("ws{host}/tracker/socket/{}", published.created.uuid);
    let torrent = scratch.join("rendition.torrent");
    fs::write(&torrent, known_by(&tracker, &answer.body)).unwrap();
    let decoded = Value::decode(&answer.body);
    let file_name = decoded.member("info").member("name").text();
    let (seeds, fetches) = (scratch.join("seeds"), scratch.join("fetches"));
    fs::create_dir_all(&seeds).unwrap();
    fs::create_dir_all(&fetches).unwrap();
    fs::write(seeds.join(&file_name), &rendition.bytes).unwrap();
    let told = json!({
        "packages": packages,
        "torrent": torrent,
        "seeds": seeds,
        "fetches": fetches,
        "fileName": file_name,
        "sizeBytes": rendition.bytes.len(),
        "sha256": sha256(&rendition.bytes),
    });
    run_script("webtorrent.mjs", &published.instance, &told);
}

/// The torrent with this tracker only; its info hash stays.
fn known_by(tracker: &str, torrent: &[u8]) -> Vec<u8> {
    let Value::Dictionary(members) = Value::decode(torrent) else {
        panic!("a torrent is a dictionary")
    };
    // Keys are in order, and none sorts before this one.
    let mut out = format!("d8:announce{}:{tracker}", tracker.len()).into_bytes();
    let kept = members
        .iter()
        .filter(|(key, _)| !LEFT_OUT.contains(&key.as_slice()));
    for (key, (_, span)) in kept {
        out.extend(format!("{}:", key.len()).into_bytes());
        out.extend(key);
        out.extend(&torrent[span.clone()]);
    }
    out.push(b'e');
    out
}
