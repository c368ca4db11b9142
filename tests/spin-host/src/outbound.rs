//! Requests to other servers: only where `allowed_outbound_hosts` leads.

use std::ops::Range;

use http::uri::Scheme;
use http_body_util::BodyExt;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks, default_send_request};

use crate::{Failure, failure};

/// A component's list.
#[derive(Debug, Clone)]
pub struct AllowedHosts(Vec<Allowed>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Allowed {
    /// `None` for any.
    scheme: Option<String>,
    host: Host,
    ports: Range<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Any,
    /// With its dot.
    Below(String),
    Exactly(String),
}

const EVERY_PORT: Range<u32> = 0..65_536;

fn usual_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

impl AllowedHosts {
    /// Reads `scheme://host:port` with `*` for any of them, `*.domain` for hosts and `from..to` for ports.
    /// Spin also knows networks, `self` and other components; this host does not.
    ///
    /// # Errors
    /// If one is none of these.
    pub fn parse(texts: &[String]) -> Result<Self, Failure> {
        let one = |text: &String| {
            parse(text).ok_or_else(|| failure(text, "is no host that may be allowed"))
        };
        texts.iter().map(one).collect::<Result<_, _>>().map(Self)
    }

    /// Whether a request may go there.
    #[must_use]
    pub fn allows(&self, scheme: &str, host: &str, port: u16) -> bool {
        self.0.iter().any(|allowed| {
            let host_fits = match &allowed.host {
                Host::Any => true,
                Host::Below(suffix) => host.ends_with(suffix),
                Host::Exactly(name) => host == name,
            };
            let scheme_fits = allowed.scheme.as_deref().is_none_or(|name| name == scheme);
            host_fits && scheme_fits && allowed.ports.contains(&u32::from(port))
        })
    }
}

fn parse(text: &str) -> Option<Allowed> {
    let (scheme, rest) = text.trim().split_once("://")?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    // The colons of an address in brackets belong to it.
    let colon = rest.rfind(':').filter(|at| !rest[*at..].contains(']'));
    let (host, port) = match colon {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let ports = match port {
        Some("*") => EVERY_PORT,
        Some(port) => match port.split_once("..") {
            Some((from, to)) => from.parse().ok()?..to.parse().ok()?,
            None => one_port(port.parse().ok()?),
        },
        None => one_port(usual_port(scheme)?),
    };
    let host = match host {
        "*" => Host::Any,
        "" | "self" => return None,
        _ => match host.strip_prefix('*') {
            Some(suffix) if suffix.starts_with('.') && !suffix.contains('*') => {
                Host::Below(suffix.to_ascii_lowercase())
            }
            None if !host.contains(['*', '/', '@']) => Host::Exactly(host.to_ascii_lowercase()),
            _ => return None,
        },
    };
    let is_word = scheme.chars().all(|c| c.is_ascii_alphabetic()) && !scheme.is_empty();
    (scheme == "*" || is_word).then(|| Allowed {
        scheme: (scheme != "*").then(|| scheme.to_owned()),
        host,
        ports,
    })
}

fn one_port(port: u16) -> Range<u32> {
    u32::from(port)..u32::from(port) + 1
}

/// What `wasi:http` asks before it sends.
pub struct Hooks {
    allowed: AllowedHosts,
}

impl Hooks {
    /// For one component.
    #[must_use]
    pub fn new(allowed: AllowedHosts) -> Self {
        Self { allowed }
    }

    fn is_allowed(&self, uri: &http::Uri) -> bool {
        let scheme = uri.scheme().map_or("https", Scheme::as_str);
        let port = uri.port_u16().or_else(|| usual_port(scheme));
        let host = uri.host().map(str::to_ascii_lowercase);
        host.zip(port)
            .is_some_and(|(host, port)| self.allowed.allows(scheme, &host, port))
    }
}

type Finished = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = wasmtime_wasi_http::Result<(http::Response<WasiBody>, Finished)>;

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        // Says how the answer's body was received, which nobody here wants to know.
        _received: Finished,
    ) -> Box<dyn Future<Output = Sent> + Send> {
        if !self.is_allowed(request.uri()) {
            eprintln!("not in allowed_outbound_hosts: {}", request.uri());
            return Box::new(async { Err(Error::HttpRequestDenied) });
        }
        Box::new(async move {
            let (response, finished) = default_send_request(request, options).await?;
            let finished: Finished = Box::new(finished);
            Ok((response.map(BodyExt::boxed_unsync), finished))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str) -> AllowedHosts {
        AllowedHosts::parse(&[text.to_owned()]).unwrap()
    }

    #[test]
    fn only_what_is_listed_is_allowed() {
        let one = allowed("https://tube.example");
        assert!(one.allows("https", "tube.example", 443));
        assert!(!one.allows("http", "tube.example", 443));
        assert!(!one.allows("https", "tube.example", 8443));
        assert!(!one.allows("https", "a.tube.example", 443));
        assert!(!AllowedHosts(Vec::new()).allows("https", "tube.example", 443));
    }

    #[test]
    fn wildcards_stand_for_scheme_subdomain_and_port() {
        assert!(allowed("*://*:*").allows("http", "127.0.0.1", 9000));
        let below = allowed("https://*.example");
        assert!(below.allows("https", "a.example", 443));
        assert!(!below.allows("https", "example", 443));
        let range = allowed("http://127.0.0.1:8000..8002");
        assert!(range.allows("http", "127.0.0.1", 8001));
        assert!(!range.allows("http", "127.0.0.1", 8002));
        assert!(allowed("http://[::1]:80").allows("http", "[::1]", 80));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "*",
            "tube.example",
            "https://",
            "ftp://a",
            "https://a*b",
            "https://a/b",
        ] {
            assert!(AllowedHosts::parse(&[text.to_owned()]).is_err(), "{text}");
        }
    }
}
