//! Digests by the host's own code: in Wasm they cost several times as much.

use crate::{Block, PortError};

/// Which digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestAlgorithm {
    /// 20 bytes; BitTorrent v1 pieces (BEP 3).
    Sha1,
    /// 32 bytes; HLS segment hashes.
    Sha256,
}

/// Digests over blocks that may live outside our memory.
pub trait Digests {
    /// The digest of `block`.
    ///
    /// # Errors
    /// [`PortError::Bug`] when the host refuses the algorithm.
    async fn digest(
        &self,
        algorithm: DigestAlgorithm,
        block: &dyn Block,
    ) -> Result<Vec<u8>, PortError>;
}
