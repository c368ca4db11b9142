//! Signing requests that we send.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::base::signature_base;
use super::structured::{BareItem, InnerList, Item};
use super::{RequestView, Scheme, SignatureError, cavage, sha256_content_digest, sha256_digest};
use crate::AbsoluteUrl;
use crate::date::write_http_date;

/// The label of our signature (RFC 9421, 4.1): any will do, this one is everybody's.
const LABEL: &str = "sig1";

/// A request that is about to be sent.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// In upper case.
    pub method: &'a str,
    /// Where it goes.
    pub url: &'a AbsoluteUrl,
    /// Id of the public key in our actor document, `…#main-key`.
    pub key_id: &'a str,
    /// The present, in seconds since 1970.
    pub now_unix_secs: i64,
    /// Of a POST; its digest is sent and signed.
    pub body: Option<&'a [u8]>,
}

/// A request whose signature is still to be made, with RSASSA-PKCS1-v1_5 and SHA-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsigned {
    message: String,
    headers: Vec<(&'static str, String)>,
    /// The signature goes between these two in the header `Signature`.
    around: (String, &'static str),
}

impl Unsigned {
    /// Says what has to be signed.
    ///
    /// draft-cavage covers `(request-target) host date` and with a body `digest`, as PeerTube and
    /// Mastodon send and demand it. RFC 9421 covers `@method @target-uri @authority` and with a
    /// body `content-digest`, with `created`, `keyid` and `alg`, as Mastodon and Fedify demand it.
    ///
    /// # Errors
    /// [`SignatureError::BadParameter`] for a key id that cannot stand between quotes.
    pub fn new(request: &Outgoing<'_>, scheme: Scheme) -> Result<Self, SignatureError> {
        let is_quotable = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
        if !request.key_id.chars().all(is_quotable) {
            return Err(SignatureError::BadParameter { parameter: "keyId" });
        }
        match scheme {
            Scheme::Cavage => Ok(cavage_unsigned(request)),
            Scheme::Rfc9421 => rfc9421_unsigned(request),
        }
    }

    /// The bytes to sign.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        self.message.as_bytes()
    }

    /// Every header that belongs to the signature, with it: `Date` or `Signature-Input`, the digest
    /// of a body, and `Signature`. `Host` is set by whoever sends; it must be that of the URL.
    #[must_use]
    pub fn headers(mut self, signature: &[u8]) -> Vec<(&'static str, String)> {
        let (before, after) = self.around;
        let signature = STANDARD.encode(signature);
        self.headers
            .push(("Signature", format!("{before}{signature}{after}")));
        self.headers
    }
}

fn cavage_unsigned(request: &Outgoing<'_>) -> Unsigned {
    let date = write_http_date(request.now_unix_secs);
    let path_and_query = request.url.path_and_query();
    let view = RequestView {
        method: request.method,
        origin: "",
        path_and_query: &path_and_query,
        headers: &[],
    };
    let mut message = format!(
        "(request-target): {}\nhost: {}\ndate: {date}",
        cavage::request_target(&view),
        request.url.host()
    );
    let mut covered = "(request-target) host date".to_owned();
    let mut headers = vec![("Date", date)];
    if let Some(body) = request.body {
        let digest = sha256_digest(body);
        message.push_str("\ndigest: ");
        message.push_str(&digest);
        covered.push_str(" digest");
        headers.push(("Digest", digest));
    }
    let before = format!(
        "keyId=\"{}\",algorithm=\"rsa-sha256\",headers=\"{covered}\",signature=\"",
        request.key_id
    );
    Unsigned {
        message,
        headers,
        around: (before, "\""),
    }
}

fn rfc9421_unsigned(request: &Outgoing<'_>) -> Result<Unsigned, SignatureError> {
    let mut covered = vec!["@method", "@target-uri", "@authority"];
    let mut headers = Vec::new();
    if let Some(body) = request.body {
        covered.push("content-digest");
        headers.push(("Content-Digest", sha256_content_digest(body)));
    }
    let list = InnerList {
        items: covered
            .into_iter()
            .map(|name| Item {
                value: BareItem::String(name.to_owned()),
                params: Vec::new(),
            })
            .collect(),
        params: vec![
            (
                "created".to_owned(),
                BareItem::Integer(request.now_unix_secs),
            ),
            (
                "keyid".to_owned(),
                BareItem::String(request.key_id.to_owned()),
            ),
            (
                "alg".to_owned(),
                BareItem::String("rsa-v1_5-sha256".to_owned()),
            ),
        ],
    };
    let scheme = if request.url.is_https() {
        "https"
    } else {
        "http"
    };
    let seen: Vec<(&str, &str)> = headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let message = signature_base(
        &list,
        &RequestView {
            method: request.method,
            origin: &format!("{scheme}://{}", request.url.host()),
            path_and_query: &request.url.path_and_query(),
            headers: &seen,
        },
    )?;
    headers.push(("Signature-Input", format!("{LABEL}={}", list.encode())));
    Ok(Unsigned {
        message,
        headers,
        around: (format!("{LABEL}=:"), ":"),
    })
}
