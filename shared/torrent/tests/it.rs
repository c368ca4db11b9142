//! Against what the libraries of PeerTube and aria2 say of the same file; see `vectors/SOURCE.md`.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers, too"
)]

use sha1::{Digest as _, Sha1};
use torrent::{Info, InfoHash, Magnet, PieceBuilder, Torrent, TorrentError, info_name};

const VECTOR: &[u8] = include_bytes!("vectors/peertube-like.torrent");
const INFO_HASH: &str = "ba216118e9af40ef10c952f2d5e670abe6414943";

/// The 300,000 bytes that the vector describes.
fn file() -> Vec<u8> {
    (0_u32..300_000)
        .map(|i| ((i * 7 + (i >> 8)) & 255).to_le_bytes()[0])
        .collect()
}

fn ours() -> Torrent {
    let file = file();
    let mut pieces = PieceBuilder::new(300_000, 131_072).unwrap();
    while let Some(piece) = pieces.next_piece() {
        let start = usize::try_from(piece.offset).unwrap();
        let end = start + usize::try_from(piece.length).unwrap();
        pieces.push(Sha1::digest(&file[start..end]).into()).unwrap();
    }
    Torrent {
        info: Info {
            name: info_name("Ünïcode / trailer", 720, ".mp4"),
            length_bytes: 300_000,
            piece_length_bytes: 131_072,
            pieces: pieces.finish().unwrap(),
        },
        trackers: vec![
            "wss://peertube.example:443/tracker/socket".to_owned(),
            "https://peertube.example/tracker/announce".to_owned(),
        ],
        web_seeds: vec![
            "https://peertube.example/static/streaming-playlists/hls/x/a-720-fragmented.mp4"
                .to_owned(),
        ],
        created_by: Some("PeerTube".to_owned()),
        created_at_unix_secs: Some(1_700_000_000),
    }
}

#[test]
fn is_byte_for_byte_what_peertubes_library_makes() {
    let torrent = ours();
    assert_eq!(torrent.encode().unwrap(), VECTOR);
    assert_eq!(torrent.info.info_hash().to_string(), INFO_HASH);
    assert_eq!(Torrent::decode(VECTOR).unwrap(), torrent);
    assert_eq!(
        INFO_HASH.parse::<InfoHash>().unwrap(),
        torrent.info.info_hash()
    );
}

#[test]
fn magnet_is_what_peertubes_library_makes() {
    let torrent = ours();
    let magnet = Magnet {
        info_hash: torrent.info.info_hash(),
        display_name: "Ünïcode / trailer & more",
        exact_source: Some("https://peertube.example/lazy-static/torrents/b-720-hls.torrent"),
        trackers: &torrent
            .trackers
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
        web_seeds: &torrent
            .web_seeds
            .iter()
            .map(String::as_str)
            .collect::<Vec<_>>(),
    };
    assert_eq!(
        magnet.to_uri(),
        "magnet:?xs=https%3A%2F%2Fpeertube.example%2Flazy-static%2Ftorrents%2Fb-720-hls.torrent\
         &xt=urn:btih:ba216118e9af40ef10c952f2d5e670abe6414943\
         &dn=%C3%9Cn%C3%AFcode+%2F+trailer+%26+more\
         &tr=wss%3A%2F%2Fpeertube.example%3A443%2Ftracker%2Fsocket\
         &tr=https%3A%2F%2Fpeertube.example%2Ftracker%2Fannounce\
         &ws=https%3A%2F%2Fpeertube.example%2Fstatic%2Fstreaming-playlists%2Fhls%2Fx\
         %2Fa-720-fragmented.mp4"
    );
}

#[test]
fn a_private_video_has_no_url_in_it() {
    let mut torrent = ours();
    torrent.web_seeds.clear();
    torrent.trackers.clear();
    torrent.created_by = None;
    torrent.created_at_unix_secs = None;
    let bytes = torrent.encode().unwrap();
    assert!(bytes.starts_with(b"d8:encoding5:UTF-84:infod6:length"));
    assert_eq!(Torrent::decode(&bytes).unwrap(), torrent);
    assert_eq!(
        torrent.info.info_hash().to_string(),
        INFO_HASH,
        "URLs are not hashed"
    );
}

#[test]
fn refuses_what_is_not_ours() {
    let check = |change: &dyn Fn(&mut Torrent), expected: &str| {
        let mut torrent = ours();
        change(&mut torrent);
        let error = torrent.encode().unwrap_err();
        assert!(
            error.to_string().contains(expected),
            "{error} for {expected}"
        );
    };
    check(&|t| t.info.name = "../x".to_owned(), "name");
    check(&|t| t.info.name.clear(), "name");
    check(&|t| t.info.length_bytes = 0, "length");
    check(&|t| t.info.length_bytes = u64::MAX, "length");
    check(&|t| t.info.piece_length_bytes = 3, "piece length");
    check(&|t| t.info.pieces.truncate(59), "pieces");
    check(&|t| t.trackers = vec!["x".to_owned(); 65], "announce-list");
    check(&|t| t.web_seeds = vec!["x".to_owned(); 65], "url-list");
    let field = |field| Err(TorrentError::Field { field });
    assert_eq!(Torrent::decode(b"de"), field("info"));
    assert_eq!(Torrent::decode(b"d4:infodee"), field("name"));
    assert_eq!(
        Torrent::decode(b"d4:infod5:fileslee"),
        Err(TorrentError::Bencode(
            torrent::bencode::DecodeError::Truncated
        ))
    );
    assert_eq!(
        Torrent::decode(b"d4:infod5:filesleee"),
        Err(TorrentError::SeveralFiles)
    );
    assert!(Torrent::decode(&VECTOR[..VECTOR.len() - 1]).is_err());
}

#[test]
fn an_unknown_key_inside_info_is_refused() {
    let at = VECTOR.windows(9).position(|w| w == b"8:url-lis").unwrap();
    let private = [&VECTOR[..at - 1], b"7:privatei1ee", &VECTOR[at..]].concat();
    assert_eq!(
        Torrent::decode(&private),
        Err(TorrentError::Field { field: "info" })
    );
}
