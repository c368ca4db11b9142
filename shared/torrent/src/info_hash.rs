//! What a torrent is known by.

use core::fmt;
use core::str::FromStr;
use sha1::{Digest as _, Sha1};

/// SHA-1 of a bencoded info dictionary (BEP 3).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct InfoHash(pub [u8; 20]);

/// The text is not 40 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("info hash must be 40 hex digits")]
pub struct InfoHashError;

impl InfoHash {
    /// Hashes a bencoded info dictionary.
    #[must_use]
    pub fn of(info: &[u8]) -> Self {
        Self(Sha1::digest(info).into())
    }
}

impl fmt::Display for InfoHash {
    /// Lower-case hex.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for InfoHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InfoHash({self})")
    }
}

impl FromStr for InfoHash {
    type Err = InfoHashError;

    fn from_str(text: &str) -> Result<Self, InfoHashError> {
        let mut hash = [0; 20];
        hex::decode_to_slice(text, &mut hash).map_err(|_| InfoHashError)?;
        Ok(Self(hash))
    }
}
