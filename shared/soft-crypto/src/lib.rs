//! Digests and keys by RustCrypto, for hosts that offer none themselves, and for tests.
//!
//! In Wasm an RSA signature costs milliseconds here. A host with crypto of its own has a better adapter.

mod older_digest;

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{Aead, KeyInit};
use ports::{Block, Crypto, DigestAlgorithm, Digests, PortError, RsaKeyPair, RsaScheme, Secret};
use rsa::pkcs1v15::{SigningKey, VerifyingKey};
use rsa::pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, LineEnding,
};
use rsa::rand_core::{OsRng, RngCore};
use rsa::signature::{SignatureEncoding, Signer, Verifier};
use rsa::{RsaPrivateKey, RsaPublicKey, pkcs1v15, pss};
use sha2::Digest;

/// Keys by RustCrypto, with the system's randomness.
#[derive(Debug, Clone, Copy)]
pub struct SoftCrypto;

/// Digests by RustCrypto.
#[derive(Debug, Clone, Copy)]
pub struct SoftDigests;

const RSA_BITS: usize = 2048;
const NONCE_BYTES: usize = 12;

fn bug(error: impl std::fmt::Display) -> PortError {
    PortError::bug("crypto", error)
}

fn cipher(secret: &Secret, purpose: &str) -> Result<Aes256Gcm, PortError> {
    let mut key = [0; 32];
    hkdf::Hkdf::<sha2::Sha256>::new(None, secret.0.as_bytes())
        .expand(purpose.as_bytes(), &mut key)
        .map_err(bug)?;
    Aes256Gcm::new_from_slice(&key).map_err(bug)
}

impl Crypto for SoftCrypto {
    async fn generate_rsa_key(&self) -> Result<RsaKeyPair, PortError> {
        let private = RsaPrivateKey::new(&mut OsRng, RSA_BITS).map_err(bug)?;
        let public = private.to_public_key();
        Ok(RsaKeyPair {
            public_key_pem: public.to_public_key_pem(LineEnding::LF).map_err(bug)?,
            private_key_der: private.to_pkcs8_der().map_err(bug)?.as_bytes().to_vec(),
        })
    }

    async fn sign_rsa(&self, private_key_der: &[u8], message: &[u8]) -> Result<Vec<u8>, PortError> {
        let key = RsaPrivateKey::from_pkcs8_der(private_key_der).map_err(bug)?;
        Ok(SigningKey::<older_digest::Sha256>::new(key)
            .sign(message)
            .to_vec())
    }

    async fn verify_rsa(
        &self,
        scheme: RsaScheme,
        public_key_pem: &str,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, PortError> {
        let Ok(key) = RsaPublicKey::from_public_key_pem(public_key_pem) else {
            return Ok(false);
        };
        Ok(match scheme {
            RsaScheme::V15Sha256 => pkcs1v15::Signature::try_from(signature).is_ok_and(|made| {
                VerifyingKey::<older_digest::Sha256>::new(key)
                    .verify(message, &made)
                    .is_ok()
            }),
            RsaScheme::PssSha512 => pss::Signature::try_from(signature).is_ok_and(|made| {
                pss::VerifyingKey::<older_digest::Sha512>::new(key)
                    .verify(message, &made)
                    .is_ok()
            }),
        })
    }

    async fn seal(
        &self,
        secret: &Secret,
        purpose: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, PortError> {
        let mut nonce = [0; NONCE_BYTES];
        OsRng.fill_bytes(&mut nonce);
        let encrypted = cipher(secret, purpose)?
            .encrypt(&nonce.into(), plain)
            .map_err(bug)?;
        Ok([nonce.as_slice(), &encrypted].concat())
    }

    async fn open(
        &self,
        secret: &Secret,
        purpose: &str,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, PortError> {
        let Some((nonce, encrypted)) = sealed.split_first_chunk::<NONCE_BYTES>() else {
            return Ok(None);
        };
        Ok(cipher(secret, purpose)?
            .decrypt(&(*nonce).into(), encrypted)
            .ok())
    }
}

impl Digests for SoftDigests {
    async fn digest(
        &self,
        algorithm: DigestAlgorithm,
        block: &dyn Block,
    ) -> Result<Vec<u8>, PortError> {
        let bytes = block.to_vec(0..block.len());
        Ok(match algorithm {
            DigestAlgorithm::Sha1 => sha1::Sha1::digest(&bytes).to_vec(),
            DigestAlgorithm::Sha256 => sha2::Sha256::digest(&bytes).to_vec(),
        })
    }
}
