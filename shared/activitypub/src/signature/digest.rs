//! Digests of bodies: `Digest` (RFC 3230, what the fediverse sends with draft-cavage) and
//! `Content-Digest` (RFC 9530, what goes with RFC 9421).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256, Sha512};

use super::structured::{BareItem, Member, parse_dictionary};
use crate::limits::MAX_DIGEST_HEADER_BYTES;

/// Why a body does not belong to its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// Neither header names SHA-256 or SHA-512.
    #[error("the request has no SHA-256 or SHA-512 digest")]
    Missing,
    /// Not the header's grammar, or a digest of another length than its algorithm makes.
    #[error("the {header} header cannot be read")]
    Malformed {
        /// Its name.
        header: &'static str,
    },
    /// The body is not the one that was signed.
    #[error("the body does not have the digest of its {header} header")]
    Mismatch {
        /// Its name.
        header: &'static str,
    },
}

/// Which headers the body was compared with. A signature has to cover one of these to say
/// anything about the body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DigestHeaders {
    /// `Digest`.
    pub digest: bool,
    /// `Content-Digest`.
    pub content_digest: bool,
}

const DIGEST: &str = "Digest";
const CONTENT_DIGEST: &str = "Content-Digest";

/// `SHA-256=…`: the value of `Digest`, in the capitals that PeerTube 6 insists on.
#[must_use]
pub fn sha256_digest(body: &[u8]) -> String {
    format!("SHA-256={}", STANDARD.encode(Sha256::digest(body)))
}

/// `sha-256=:…:`: the value of `Content-Digest`.
#[must_use]
pub fn sha256_content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

/// Compares a body with every digest of it that is known here; others are passed over.
///
/// # Errors
/// [`DigestError`] when none is known, when a header cannot be read and when one does not match.
pub fn verify_body(
    digest: Option<&str>,
    content_digest: Option<&str>,
    body: &[u8],
) -> Result<DigestHeaders, DigestError> {
    let headers = DigestHeaders {
        digest: match digest {
            Some(text) => compare(DIGEST, &parse_digest(text)?, body)?,
            None => false,
        },
        content_digest: match content_digest {
            Some(text) => compare(CONTENT_DIGEST, &parse_content_digest(text)?, body)?,
            None => false,
        },
    };
    if headers == DigestHeaders::default() {
        return Err(DigestError::Missing);
    }
    Ok(headers)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Known {
    Sha256(Vec<u8>),
    Sha512(Vec<u8>),
}

/// Whether any was known.
fn compare(header: &'static str, claimed: &[Known], body: &[u8]) -> Result<bool, DigestError> {
    for digest in claimed {
        let matches = match digest {
            Known::Sha256(bytes) => equal(bytes, &Sha256::digest(body)),
            Known::Sha512(bytes) => equal(bytes, &Sha512::digest(body)),
        };
        if !matches {
            return Err(DigestError::Mismatch { header });
        }
    }
    Ok(!claimed.is_empty())
}

/// In a time that depends on the lengths alone.
fn equal(left: &[u8], right: &[u8]) -> bool {
    let differences = left
        .iter()
        .zip(right)
        .fold(0, |all, (left, right)| all | (left ^ right));
    left.len() == right.len() && differences == 0
}

/// `name=base64`, several by commas (RFC 3230, 4.3.2). The name stands there in any case: PeerTube
/// and Mastodon write capitals, others do not.
fn parse_digest(text: &str) -> Result<Vec<Known>, DigestError> {
    let malformed = DigestError::Malformed { header: DIGEST };
    if text.len() > MAX_DIGEST_HEADER_BYTES {
        return Err(malformed);
    }
    let mut known = Vec::new();
    for part in text.split(',') {
        let (name, value) = part.trim().split_once('=').ok_or(malformed)?;
        if is_known(name) {
            let bytes = STANDARD.decode(value.trim()).map_err(|_| malformed)?;
            known.extend(known_digest(name, bytes, malformed)?);
        }
    }
    Ok(known)
}

fn parse_content_digest(text: &str) -> Result<Vec<Known>, DigestError> {
    let malformed = DigestError::Malformed {
        header: CONTENT_DIGEST,
    };
    if text.len() > MAX_DIGEST_HEADER_BYTES {
        return Err(malformed);
    }
    let mut known = Vec::new();
    for (name, member) in parse_dictionary(text).map_err(|_| malformed)? {
        match member {
            Member::Item(item) => match item.value {
                BareItem::Bytes(bytes) => known.extend(known_digest(&name, bytes, malformed)?),
                _ if is_known(&name) => return Err(malformed),
                _ => {}
            },
            Member::InnerList(_) => return Err(malformed),
        }
    }
    Ok(known)
}

fn is_known(name: &str) -> bool {
    name.eq_ignore_ascii_case("sha-256") || name.eq_ignore_ascii_case("sha-512")
}

fn known_digest(
    name: &str,
    bytes: Vec<u8>,
    malformed: DigestError,
) -> Result<Option<Known>, DigestError> {
    let is_sha256 = name.eq_ignore_ascii_case("sha-256");
    match (is_known(name), is_sha256, bytes.len()) {
        (true, true, 32) => Ok(Some(Known::Sha256(bytes))),
        (true, false, 64) => Ok(Some(Known::Sha512(bytes))),
        (true, ..) => Err(malformed),
        (false, ..) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::*;

    /// Body and digests of draft-cavage appendix C and RFC 9421 appendix B.2.
    const BODY: &[u8] = br#"{"hello": "world"}"#;
    const SHA_256: &str = "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=";
    const SHA_512: &str = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:";

    #[test]
    fn the_digests_of_both_specs() {
        assert_eq!(sha256_digest(BODY), SHA_256);
        assert_eq!(
            sha256_content_digest(BODY),
            "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
        );
        let both = verify_body(Some(SHA_256), Some(SHA_512), BODY).unwrap();
        assert!(both.digest && both.content_digest);
    }

    #[test]
    fn names_in_any_case_and_others_beside_them() {
        let lower = SHA_256.replace("SHA", "sha");
        let beside = format!("MD5=abc, {SHA_256}");
        for text in [&lower, &beside] {
            assert!(verify_body(Some(text), None, BODY).unwrap().digest);
        }
        let beside = format!("unixsum=30637, {SHA_512}");
        assert!(
            verify_body(None, Some(&beside), BODY)
                .unwrap()
                .content_digest
        );
    }

    #[test]
    fn what_does_not_belong_together_is_refused() {
        let other = b"{\"hello\": \"w0rld\"}";
        assert_eq!(
            verify_body(Some(SHA_256), None, other),
            Err(DigestError::Mismatch { header: DIGEST })
        );
        assert_eq!(
            verify_body(Some(SHA_256), Some(&sha256_content_digest(other)), BODY),
            Err(DigestError::Mismatch {
                header: CONTENT_DIGEST
            })
        );
        assert_eq!(verify_body(None, None, BODY), Err(DigestError::Missing));
        assert_eq!(
            verify_body(Some("MD5=abc"), None, BODY),
            Err(DigestError::Missing)
        );
        for wrong in ["SHA-256=", "SHA-256=AAAA", "SHA-256", "", "SHA-256=X48E9q!"] {
            assert_eq!(
                verify_body(Some(wrong), None, BODY),
                Err(DigestError::Malformed { header: DIGEST }),
                "{wrong}"
            );
        }
        for wrong in [
            "sha-256=AAAA",
            "sha-256=:AAAA:",
            "sha-256=(\"a\")",
            "sha-256=:A",
        ] {
            assert_eq!(
                verify_body(None, Some(wrong), BODY),
                Err(DigestError::Malformed {
                    header: CONTENT_DIGEST
                }),
                "{wrong}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_accepted_for_that_body_only(
            body in proptest::collection::vec(any::<u8>(), 0..200),
            flip in any::<prop::sample::Index>(),
        ) {
            let (digest, content_digest) = (sha256_digest(&body), sha256_content_digest(&body));
            assert!(verify_body(Some(&digest), Some(&content_digest), &body).is_ok());
            let mut other = body;
            if other.is_empty() { other.push(0) } else {
                let at = flip.index(other.len());
                other[at] ^= 1;
            }
            assert!(verify_body(Some(&digest), None, &other).is_err());
            assert!(verify_body(None, Some(&content_digest), &other).is_err());
        }

        #[test]
        fn any_header_is_read_or_refused(text in "(SHA-256=|sha-512=:)?.{0,60}") {
            let _ = verify_body(Some(&text), None, BODY);
            let _ = verify_body(None, Some(&text), BODY);
        }
    }

    use proptest::prelude::prop;
}
