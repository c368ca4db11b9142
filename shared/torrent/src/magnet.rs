//! Magnet links (BEP 9, with `ws` of BEP 19 and `xs`, the address of the .torrent).

use crate::InfoHash;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What `encodeURIComponent` leaves alone, so that links look like PeerTube's.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// The parts of a magnet link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Magnet<'a> {
    /// `xt`.
    pub info_hash: InfoHash,
    /// `dn`: the video's name, any text.
    pub display_name: &'a str,
    /// `xs`: absolute URL of the .torrent.
    pub exact_source: Option<&'a str>,
    /// `tr`: absolute tracker URLs.
    pub trackers: &'a [&'a str],
    /// `ws`: absolute URLs of the file; none for private videos.
    pub web_seeds: &'a [&'a str],
}

impl Magnet<'_> {
    /// The link, in PeerTube's order: `xs`, `xt`, `dn`, `tr`…, `ws`….
    #[must_use]
    pub fn to_uri(&self) -> String {
        let mut parts = Vec::new();
        let part =
            |name: &str, value: &str| format!("{name}={}", utf8_percent_encode(value, COMPONENT));
        parts.extend(self.exact_source.map(|url| part("xs", url)));
        // The colons of the URN stay as they are.
        parts.push(format!("xt=urn:btih:{}", self.info_hash));
        // Spaces as `+`: what the magnet library of web clients writes and reads.
        parts.push(part("dn", self.display_name).replace("%20", "+"));
        parts.extend(self.trackers.iter().map(|url| part("tr", url)));
        parts.extend(self.web_seeds.iter().map(|url| part("ws", url)));
        format!("magnet:?{}", parts.join("&"))
    }
}
