//! The specs' own vectors, messages as servers send them, and what must not pass.

mod properties;
mod rules;
mod vectors;

use rsa::pkcs1::DecodeRsaPublicKey;
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::sha2::{Digest, Sha256, Sha512};
use rsa::{Pss, RsaPrivateKey, RsaPublicKey};

use super::{Algorithm, Claim, RequestView};

/// The request of draft-cavage appendix C.
const CAVAGE_HEADERS: [(&str, &str); 5] = [
    ("Host", "example.com"),
    ("Date", "Sun, 05 Jan 2014 21:31:40 GMT"),
    ("Content-Type", "application/json"),
    (
        "Digest",
        "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=",
    ),
    ("Content-Length", "18"),
];
/// Its date.
const CAVAGE_NOW: i64 = 1_388_957_500;

fn cavage_key() -> RsaPublicKey {
    let pem = include_str!("../../tests/vectors/draft-cavage-12/public.pem");
    RsaPublicKey::from_public_key_pem(pem).unwrap()
}

fn private_key() -> RsaPrivateKey {
    let pem = include_str!("../../tests/vectors/draft-cavage-12/private.pem");
    RsaPrivateKey::from_pkcs8_pem(pem).unwrap()
}

fn rfc_key() -> RsaPublicKey {
    let pem = include_str!("../../tests/vectors/rfc9421/test-key-rsa.pem");
    RsaPublicKey::from_pkcs1_pem(pem).unwrap()
}

fn rfc_pss_key() -> RsaPublicKey {
    let pem = include_str!("../../tests/vectors/rfc9421/test-key-rsa-pss.pem");
    RsaPublicKey::from_public_key_pem(pem).unwrap()
}

fn is_signed(key: &RsaPublicKey, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
    match algorithm {
        Algorithm::RsaV15Sha256 => key
            .verify(
                Pkcs1v15Sign::new::<Sha256>(),
                &Sha256::digest(message),
                signature,
            )
            .is_ok(),
        Algorithm::RsaPssSha512 => key
            .verify(
                Pss::new_with_salt::<Sha512>(64),
                &Sha512::digest(message),
                signature,
            )
            .is_ok(),
    }
}

fn is_confirmed(claim: &Claim, key: &RsaPublicKey) -> bool {
    is_signed(key, claim.algorithm(), claim.message(), claim.signature())
}

fn sign(message: &[u8]) -> Vec<u8> {
    private_key()
        .sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message))
        .unwrap()
}

const fn post<'a>(path_and_query: &'a str, headers: &'a [(&'a str, &'a str)]) -> RequestView<'a> {
    RequestView {
        method: "POST",
        origin: "https://example.com",
        path_and_query,
        headers,
    }
}
