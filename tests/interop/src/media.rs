//! Playing a video by the URLs that a side gives, as its player would.

use e2e::video::{number, renditions, text};
use e2e::{Client, playlist};
use serde_json::Value;

/// A player asks for the beginning of a file first.
const FIRST_BYTES: u64 = 1_000;

/// Fetches by ranges what a player fetches: the beginning of each file, and of the HLS stream the
/// master playlist, each variant's playlist, its initialisation and all its segments. `host` is
/// where all of it must lie.
pub fn play(client: &Client, video: &Value, host: &str) {
    let files = video["files"].as_array();
    let files = files.unwrap_or_else(|| panic!("no files in {video}"));
    for file in files.iter().chain(renditions(video)) {
        let url = text(file, "fileUrl");
        assert!(url.contains(host), "{url} is not on {host}");
        fetch_range(client, url, 0, FIRST_BYTES - 1, Some(number(file, "size")));
    }
    let master = text(&video["streamingPlaylists"][0], "playlistUrl");
    assert!(master.contains(host), "{master} is not on {host}");
    let body = client.get(master).expect_status(200).text();
    let variants = playlist::parse_master(&body);
    assert_eq!(variants.len(), renditions(video).len(), "{master}: {body}");
    for variant in variants {
        play_variant(client, &resolve(master, &variant.uri));
    }
}

fn play_variant(client: &Client, url: &str) {
    let answer = client.get(url).expect_status(200);
    let media = playlist::parse_media(&answer.text());
    assert!(!media.segments.is_empty(), "{url} has no segments");
    let map = (&media.map.0, media.map.1);
    let segments = media.segments.iter().map(|part| (&part.uri, part.range));
    for (uri, range) in std::iter::once(map).chain(segments) {
        fetch_range(client, &resolve(url, uri), range.first, range.last, None);
    }
}

/// Asks for bytes `first` to `last` and gets exactly these.
fn fetch_range(client: &Client, url: &str, first: u64, last: u64, size: Option<u64>) {
    let range = format!("bytes={first}-{last}");
    let answer = client
        .get_with(url, &[("range", &range)])
        .expect_status(206);
    let length = u64::try_from(answer.body.len()).expect("a length in memory fits 64 bits");
    assert_eq!(length, last - first + 1, "{url} {range}");
    let content_range = answer.header("content-range");
    let whole = format!("bytes {first}-{last}/");
    let total = content_range.strip_prefix(&whole);
    let total = total.unwrap_or_else(|| panic!("{url} {range}: {content_range:?}"));
    if let Some(size) = size {
        assert_eq!(total, size.to_string(), "size of {url}");
    }
}

/// A reference in a playlist: a URL, or a name beside the playlist.
fn resolve(base: &str, reference: &str) -> String {
    if reference.starts_with("http") {
        return reference.to_owned();
    }
    let folder = base.rsplit_once('/').map_or(base, |(folder, _)| folder);
    format!("{folder}/{reference}")
}
