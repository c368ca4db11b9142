//! HTTP message signatures in both directions: draft-cavage-http-signatures-12, which the whole
//! fediverse speaks, and RFC 9421, which it moves to.
//!
//! Nothing here computes RSA. Reading: [`claim`] yields what the key must have signed, and whoever
//! has the key says whether it did. Writing: [`Unsigned`] yields what to sign, and
//! [`Unsigned::headers`] puts the signature into header text.
//!
//! Which algorithm is meant is decided by us, not by the sender: RSA keys of the fediverse sign
//! with RSASSA-PKCS1-v1_5 and SHA-256 whatever `hs2019` may have been meant to say, and only RFC
//! 9421's `alg` may ask for PSS.

mod base;
mod cavage;
mod claim;
mod digest;
mod error;
mod request;
mod rfc9421;
mod structured;
mod write;

pub use claim::{Claim, Needs, Scheme, claim};
pub use digest::{DigestError, DigestHeaders, sha256_content_digest, sha256_digest, verify_body};
pub use error::SignatureError;
pub use request::RequestView;
pub use write::{Outgoing, Unsigned};

/// How a signature is made from key and message. Both are RSA; no server of the fediverse signs
/// deliveries with anything else yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: `rsa-sha256`, `hs2019`, `rsa-v1_5-sha256`, or unnamed.
    RsaV15Sha256,
    /// RSASSA-PSS with SHA-512 and a salt of 64 bytes: `rsa-pss-sha512` (RFC 9421, 3.3.1).
    RsaPssSha512,
}

#[cfg(test)]
mod tests;
