//! Tokens of the runner protocol, and the signature of upload URLs.

use hmac::{Hmac, KeyInit, Mac};
use ports::Secret;
use sha2::{Digest, Sha256};

use crate::AppError;

/// What is stored of a token, 64 hex digits.
pub(crate) fn sha256_hex(token: &str) -> String {
    hex::encode(Sha256::digest(token.as_bytes()))
}

/// What an upload URL allows: one output of one attempt at one job, until a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UploadGrant<'a> {
    /// The job.
    pub job_uuid: &'a str,
    /// Digest of the attempt's job token: the grant ends with the attempt.
    pub job_token_sha256: &'a str,
    /// Name of the output.
    pub output: &'a str,
    /// Seconds since 1970.
    pub expires_at_unix_secs: i64,
}

impl UploadGrant<'_> {
    fn mac(&self, secret: &Secret) -> Result<Hmac<Sha256>, AppError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.0.as_bytes()).map_err(AppError::bug)?;
        let Self {
            job_uuid,
            job_token_sha256,
            output,
            expires_at_unix_secs,
        } = self;
        // No part holds a line end, so no two grants share a text.
        let text = format!(
            "runner-upload\n{job_uuid}\n{job_token_sha256}\n{output}\n{expires_at_unix_secs}"
        );
        mac.update(text.as_bytes());
        Ok(mac)
    }

    /// The signature, 64 hex digits.
    pub(crate) fn sign(&self, secret: &Secret) -> Result<String, AppError> {
        Ok(hex::encode(self.mac(secret)?.finalize().into_bytes()))
    }

    /// Whether `signature` is this grant's, compared in constant time.
    pub(crate) fn is_signed_by(&self, signature: &str, secret: &Secret) -> Result<bool, AppError> {
        let Ok(bytes) = hex::decode(signature) else {
            return Ok(false);
        };
        Ok(self.mac(secret)?.verify_slice(&bytes).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_grant_alone() {
        let secret = Secret("0123456789abcdef0123456789abcdef".to_owned());
        let grant = UploadGrant {
            job_uuid: "job",
            job_token_sha256: "token",
            output: "videoFile",
            expires_at_unix_secs: 5,
        };
        let signature = grant.sign(&secret).unwrap();
        assert!(grant.is_signed_by(&signature, &secret).unwrap());
        for other in [
            UploadGrant {
                job_uuid: "jo",
                ..grant
            },
            UploadGrant {
                job_token_sha256: "",
                ..grant
            },
            UploadGrant {
                output: "storyboardFile",
                ..grant
            },
            UploadGrant {
                expires_at_unix_secs: 6,
                ..grant
            },
        ] {
            assert!(
                !other.is_signed_by(&signature, &secret).unwrap(),
                "{other:?}"
            );
        }
        assert!(!grant.is_signed_by("zz", &secret).unwrap());
        assert!(!grant.is_signed_by("", &secret).unwrap());
    }
}
