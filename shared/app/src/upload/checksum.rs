//! The optional checksum of a chunk (`Digest`, RFC 3230).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ports::{Block, DigestAlgorithm, Digests, Platform};

use crate::AppError;

/// What a client says the bytes of its chunk hash to.
///
/// It is checked for chunks of at most one part: the host hashes a block in its own memory. Larger
/// chunks are never in one block, and hashing them in Wasm would cost more than all the rest of an
/// upload; a client that wants its bytes checked sends smaller chunks. What happens between us and
/// storage is not its matter: storage checks its own writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum {
    algorithm: DigestAlgorithm,
    digest: Vec<u8>,
}

/// What a check showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The bytes are the client's.
    Match,
    /// They are others.
    Mismatch,
}

impl Checksum {
    /// Reads `sha-256=<base64>`, also under the names that PeerTube's library takes. `None` for
    /// algorithms that the host has not (MD5): a receiver may ignore those (RFC 3230, 4.3.2).
    #[must_use]
    pub fn parse(header: &str) -> Option<Self> {
        header.split(',').find_map(|item| {
            let (name, value) = item.trim().split_once('=')?;
            let algorithm = match name.to_ascii_lowercase().as_str() {
                "sha-256" | "sha256" => DigestAlgorithm::Sha256,
                "sha" | "sha1" | "sha-1" => DigestAlgorithm::Sha1,
                _ => return None,
            };
            // Something that is no base64 cannot be the digest of anything: it mismatches.
            let digest = STANDARD.decode(value).unwrap_or_default();
            Some(Self { algorithm, digest })
        })
    }

    pub(super) async fn check<P: Platform>(
        &self,
        platform: &P,
        block: &dyn Block,
    ) -> Result<Verdict, AppError> {
        let actual = platform.digests().digest(self.algorithm, block).await?;
        Ok(if actual == self.digest {
            Verdict::Match
        } else {
            Verdict::Mismatch
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        let parsed = Checksum::parse("sha-256=AAEC");
        let expected = Checksum {
            algorithm: DigestAlgorithm::Sha256,
            digest: vec![0, 1, 2],
        };
        assert_eq!(parsed.as_ref(), Some(&expected));
        assert_eq!(Checksum::parse("md5=AAEC, SHA-256=AAEC"), Some(expected));
        assert_eq!(Checksum::parse("md5=AAEC"), None);
        assert_eq!(Checksum::parse("nonsense"), None);
        let broken = Checksum::parse("sha=%%%").unwrap();
        assert_eq!(
            (broken.algorithm, broken.digest.len()),
            (DigestAlgorithm::Sha1, 0)
        );
    }
}
