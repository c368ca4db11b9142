//! Digests by WebCrypto.

use js_sys::{ArrayBuffer, Uint8Array};
use ports::{Block, DigestAlgorithm, Digests, PortError};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

use crate::{body, js};

/// `crypto.subtle.digest`.
pub struct SubtleDigests;

impl Digests for SubtleDigests {
    async fn digest(
        &self,
        algorithm: DigestAlgorithm,
        block: &dyn Block,
    ) -> Result<Vec<u8>, PortError> {
        let name = match algorithm {
            DigestAlgorithm::Sha1 => "SHA-1",
            DigestAlgorithm::Sha256 => "SHA-256",
        };
        let failed = |thrown| PortError::bug("digest", js::message(&thrown));
        let promise = js::digest(name, &body::view(block)).map_err(failed)?;
        let digest: ArrayBuffer = JsFuture::from(promise)
            .await
            .map_err(failed)?
            .unchecked_into();
        Ok(Uint8Array::new(&digest).to_vec())
    }
}
