use super::SignatureError;
use crate::url::normal_authority;

/// A request as the signature sees it. For a received one, `origin` is the instance's own public
/// origin and not what a proxy made of it: a signature for another host then fails by itself.
#[derive(Clone, Copy, Debug)]
pub struct RequestView<'a> {
    /// In upper case, as on the wire.
    pub method: &'a str,
    /// `https://example.org`, without a slash at the end; the port only if it is unusual.
    pub origin: &'a str,
    /// `/inbox?x=1`: what stands in the request line.
    pub path_and_query: &'a str,
    /// Names in any case. A name that stands there several times is one header whose values are
    /// joined by `, ` (RFC 9110, 5.2).
    pub headers: &'a [(&'a str, &'a str)],
}

impl RequestView<'_> {
    /// The value of a header, or nothing when it is absent. `Host` always is the origin's.
    ///
    /// # Errors
    /// [`SignatureError::LineBreak`] when it would break out of its line.
    pub fn header(&self, name: &str) -> Result<Option<String>, SignatureError> {
        if name.eq_ignore_ascii_case("host") {
            return Ok(Some(self.authority()));
        }
        let mut joined: Option<String> = None;
        for (other, value) in self.headers {
            if !other.eq_ignore_ascii_case(name) {
                continue;
            }
            if value.contains(['\r', '\n', '\0']) {
                return Err(SignatureError::LineBreak {
                    header: name.to_owned(),
                });
            }
            let value = value.trim_matches([' ', '\t']);
            match &mut joined {
                Some(text) => {
                    text.push_str(", ");
                    text.push_str(value);
                }
                None => joined = Some(value.to_owned()),
            }
        }
        Ok(joined)
    }

    /// Host and unusual port, in lower case (RFC 9421, 2.2.3).
    pub(super) fn authority(&self) -> String {
        let is_https = self.scheme() == "https";
        let authority = self
            .origin
            .split_once("://")
            .map_or(self.origin, |(_, rest)| rest);
        normal_authority(authority, is_https)
    }

    pub(super) fn scheme(&self) -> String {
        let scheme = self
            .origin
            .split_once("://")
            .map_or("https", |(scheme, _)| scheme);
        scheme.to_ascii_lowercase()
    }

    pub(super) fn path(&self) -> &str {
        let path = self.path_and_query.split('?').next().unwrap_or_default();
        if path.is_empty() { "/" } else { path }
    }

    /// With its `?`; nothing when there is none.
    pub(super) fn query(&self) -> Option<&str> {
        self.path_and_query
            .find('?')
            .map(|at| &self.path_and_query[at..])
    }
}
