//! RSA and encryption by the host's own code: in Wasm an RSA signature costs more than a free request may.

use crate::{PortError, Secret};

/// How a signature is made from key and message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RsaScheme {
    /// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2).
    V15Sha256,
    /// RSASSA-PSS with SHA-512 and a salt of 64 bytes (RFC 8017, 8.1).
    PssSha512,
}

/// A new key pair.
pub struct RsaKeyPair {
    /// `SubjectPublicKeyInfo` in PEM, `-----BEGIN PUBLIC KEY-----`.
    pub public_key_pem: String,
    /// PKCS #8 in DER. Never stored as it is, never logged.
    pub private_key_der: Vec<u8>,
}

/// Keys of actors.
pub trait Crypto {
    /// Makes an RSA key of 2048 bits, as every server of the fediverse takes it.
    ///
    /// # Errors
    /// [`PortError`] when the host cannot.
    async fn generate_rsa_key(&self) -> Result<RsaKeyPair, PortError>;

    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256.
    ///
    /// # Errors
    /// [`PortError::Bug`] when `private_key_der` is no key.
    async fn sign_rsa(&self, private_key_der: &[u8], message: &[u8]) -> Result<Vec<u8>, PortError>;

    /// Whether the key made the signature. False too when `public_key_pem`, which comes from strangers, is
    /// no RSA key.
    ///
    /// # Errors
    /// [`PortError`] when the host cannot.
    async fn verify_rsa(
        &self,
        scheme: RsaScheme,
        public_key_pem: &str,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, PortError>;

    /// Encrypts for storage: AES-256-GCM with a random nonce in front, its key derived from `secret` for this
    /// `purpose` by HKDF with SHA-256.
    ///
    /// # Errors
    /// [`PortError`] when the host cannot.
    async fn seal(
        &self,
        secret: &Secret,
        purpose: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, PortError>;

    /// Reads what [`Self::seal`] made; `None` when it was made with another secret or purpose, or changed.
    ///
    /// # Errors
    /// [`PortError`] when the host cannot.
    async fn open(
        &self,
        secret: &Secret,
        purpose: &str,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, PortError>;
}
