//! Ids: absolute http(s) URLs with a host (ActivityPub, 3.1).
//!
//! Stricter than the URL parsers of browsers and fetchers, so that the host seen here is the host
//! that a fetch would ask: no credentials, no backslash, no blanks, no numeric shorthand of IPv4.

use core::fmt;

use crate::limits::MAX_URL_BYTES;

/// An absolute http or https URL. Compared byte by byte, as ids are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AbsoluteUrl {
    text: String,
    /// Where host and port end in `text`.
    authority_end: usize,
    is_https: bool,
}

/// Why a text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Longer than [`MAX_URL_BYTES`].
    #[error("a URL has at most {MAX_URL_BYTES} bytes, this one {bytes}")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// Not `http://` or `https://`.
    #[error("an id must start with https:// or http://")]
    Scheme,
    /// No host, or one that fetchers could read in another way.
    #[error("the URL has no plain host")]
    Host,
    /// A blank, control character or backslash.
    #[error("a URL has no blanks, control characters or backslashes")]
    Character,
}

impl AbsoluteUrl {
    /// Reads an id. The text is kept as it is.
    ///
    /// # Errors
    /// [`UrlError`] names the rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        if text.len() > MAX_URL_BYTES {
            return Err(UrlError::TooLong { bytes: text.len() });
        }
        let forbidden = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
        if text.contains(forbidden) {
            return Err(UrlError::Character);
        }
        let (is_https, start) = match text.as_bytes() {
            bytes if starts_with_ignore_case(bytes, b"https://") => (true, 8),
            bytes if starts_with_ignore_case(bytes, b"http://") => (false, 7),
            _ => return Err(UrlError::Scheme),
        };
        let authority_end = text[start..]
            .find(['/', '?', '#'])
            .map_or(text.len(), |at| start + at);
        if !is_plain_authority(&text[start..authority_end]) {
            return Err(UrlError::Host);
        }
        Ok(Self {
            text: text.to_owned(),
            authority_end,
            is_https,
        })
    }

    /// The URL as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the scheme is https.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.is_https
    }

    /// Host in lower case, with the port unless it is the scheme's own: what JavaScript calls
    /// `host`, and what PeerTube compares.
    #[must_use]
    pub fn host(&self) -> String {
        let start = if self.is_https { 8 } else { 7 };
        normal_authority(&self.text[start..self.authority_end], self.is_https)
    }

    /// Path and query, `/` when there is none: the target of a request.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        let rest = &self.text[self.authority_end..];
        let rest = rest.split('#').next().unwrap_or(rest);
        if rest.starts_with('/') {
            rest.to_owned()
        } else {
            format!("/{rest}")
        }
    }

    /// The same without `#…`: the document that a key id points into.
    #[must_use]
    pub fn without_fragment(&self) -> Self {
        let end = self.text.find('#').unwrap_or(self.text.len());
        Self {
            text: self.text[..end].to_owned(),
            authority_end: self.authority_end,
            is_https: self.is_https,
        }
    }

    /// Whether both name the same host and port: PeerTube's rule for "this server may speak for
    /// that id". Schemes may differ, as they do there.
    #[must_use]
    pub fn has_host_of(&self, other: &Self) -> bool {
        self.host() == other.host()
    }

    /// Whether the host, by its text, is in the public internet: a fetch that a stranger causes must not
    /// reach our own network. What a name resolves to is not known here.
    #[must_use]
    pub fn has_public_host(&self) -> bool {
        let host = self.host();
        let name = match host.rfind(']') {
            Some(end) => &host[..=end],
            None => host.split(':').next().unwrap_or(&host),
        };
        crate::public_host::is_public(name)
    }
}

impl fmt::Display for AbsoluteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for AbsoluteUrl {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl serde::Serialize for AbsoluteUrl {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// Lower case, without the port that the scheme implies (RFC 9421, 2.2.3).
pub(crate) fn normal_authority(authority: &str, is_https: bool) -> String {
    let default_port = if is_https { ":443" } else { ":80" };
    let authority = authority.strip_suffix(default_port).unwrap_or(authority);
    authority.to_ascii_lowercase()
}

fn starts_with_ignore_case(bytes: &[u8], prefix: &[u8]) -> bool {
    bytes
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn is_plain_authority(authority: &str) -> bool {
    // IPv6 addresses hold colons; everything else has at most the port's.
    let (host, port) = match authority.rfind(']') {
        Some(end) => (&authority[..=end], &authority[end + 1..]),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_port = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| {
            !port.starts_with('0')
                && port.bytes().all(|byte| byte.is_ascii_digit())
                && port.parse::<u16>().is_ok()
        });
    let is_host = match host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
        None => is_plain_host(host),
    };
    is_port && is_host
}

fn is_plain_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let last = host.rsplit('.').next().unwrap_or(host);
    // `127.1`, `0x7f.0.0.1` and `2130706433` are all 127.0.0.1 to a fetcher.
    let looks_numeric = last.bytes().all(|byte| byte.is_ascii_digit())
        || last
            .get(..2)
            .is_some_and(|start| start.eq_ignore_ascii_case("0x"));
    let is_canonical = !looks_numeric || host.parse::<core::net::Ipv4Addr>().is_ok();
    host.len() <= 253 && host.split('.').all(is_label) && is_canonical
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;

    use super::*;

    fn url(text: &str) -> AbsoluteUrl {
        AbsoluteUrl::parse(text).unwrap()
    }

    #[test]
    fn ids_of_real_servers() {
        let id = url("https://Example.org:443/users/a?x=1#main-key");
        assert_eq!(id.host(), "example.org");
        assert_eq!(id.path_and_query(), "/users/a?x=1");
        assert_eq!(
            id.without_fragment().as_str(),
            "https://Example.org:443/users/a?x=1"
        );
        assert_eq!(url("http://127.0.0.1:9002/a").host(), "127.0.0.1:9002");
        assert_eq!(
            url("https://[2001:db8::1]:8443/").host(),
            "[2001:db8::1]:8443"
        );
        assert_eq!(
            url("https://xn--bcher-kva.example/über").path_and_query(),
            "/über"
        );
        assert_eq!(url("https://a.example").path_and_query(), "/");
        assert_eq!(url("https://a.example?q").path_and_query(), "/?q");
        assert!(url("http://a.example/").has_host_of(&url("HTTPS://A.example:443/b")));
        assert!(!url("https://a.example:8443/").has_host_of(&url("https://a.example/")));
    }

    #[test]
    fn texts_that_fetchers_read_in_another_way_are_refused() {
        for (text, error) in [
            ("ftp://a.example/", UrlError::Scheme),
            ("https:a.example", UrlError::Scheme),
            ("//a.example/", UrlError::Scheme),
            ("acct:a@b.example", UrlError::Scheme),
            ("https:///a", UrlError::Host),
            ("https://good.example@evil.example/", UrlError::Host),
            ("https://good.example\\@evil.example/", UrlError::Character),
            ("https://a.example/ b", UrlError::Character),
            ("https://a.ex\tample/", UrlError::Character),
            ("https://a..example/", UrlError::Host),
            ("https://a.example./", UrlError::Host),
            ("https://a.example:/", UrlError::Host),
            ("https://a.example:65536/", UrlError::Host),
            ("https://a.example:080/", UrlError::Host),
            ("https://2130706433/", UrlError::Host),
            ("https://127.1/", UrlError::Host),
            ("https://0x7f.0.0.1/", UrlError::Host),
            ("https://127.0.0.0x1/", UrlError::Host),
            ("https://0177.0.0.1/", UrlError::Host),
            ("https://bücher.example/", UrlError::Host),
            ("https://a%2eexample/", UrlError::Host),
            ("https://[::1/", UrlError::Host),
        ] {
            assert_eq!(AbsoluteUrl::parse(text), Err(error), "{text}");
        }
        let long = format!("https://a.example/{}", "x".repeat(MAX_URL_BYTES));
        assert_eq!(
            AbsoluteUrl::parse(&long),
            Err(UrlError::TooLong { bytes: long.len() })
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(https?://)?[\\[\\]:.a-z0-9@/?#\\\\é ]{0,40}") {
            if let Ok(url) = AbsoluteUrl::parse(&text) {
                assert_eq!(url.as_str(), text);
                assert!(!url.host().contains('@') && !url.host().is_empty());
                assert!(url.path_and_query().starts_with('/'));
            }
        }
    }
}
