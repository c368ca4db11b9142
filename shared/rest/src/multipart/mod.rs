//! `multipart/form-data` (RFC 7578 over RFC 2046, 5.1) without I/O.
//!
//! [`MultipartScanner`] is fed blocks of any size and says where parts begin and end, and which
//! bytes of the block are theirs; it keeps nothing but a part's headers and a count. So a caller
//! whose blocks live outside Wasm can pass file bytes on by range. [`FormScanner`] on top collects
//! text fields and small files, and leaves the large ones to the caller.

mod form;
mod headers;
mod scanner;
mod search;
#[cfg(test)]
mod tests;

pub use form::{FormEvent, FormScanner, MAX_COLLECTED_BYTES};
pub use headers::{PartHeaders, boundary_of};
pub use scanner::{Event, MultipartScanner};

/// Longest boundary, RFC 2046, 5.1.1.
pub const MAX_BOUNDARY_BYTES: usize = 70;
/// Headers of one part. Three lines in practice.
pub const MAX_PART_HEADER_BYTES: usize = 4 * 1024;
/// What may come before the first boundary; nobody sends any.
pub const MAX_PREAMBLE_BYTES: usize = 1024;
/// Parts of one body.
pub const MAX_PARTS: usize = 1_000;

/// Why a body is not multipart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MultipartError {
    /// The content type has no boundary, or one that RFC 2046, 5.1.1 forbids.
    #[error("the multipart content type has no valid boundary")]
    BadBoundary,
    /// More than [`MAX_PREAMBLE_BYTES`] before the first boundary.
    #[error("the multipart body does not start with its boundary")]
    NoFirstBoundary,
    /// Something else than a line end or `--` after a boundary.
    #[error("a multipart boundary is followed by other text")]
    TextAfterBoundary,
    /// More than [`MAX_PART_HEADER_BYTES`].
    #[error("the headers of a multipart part are longer than {MAX_PART_HEADER_BYTES} bytes")]
    HeadersTooLong,
    /// A part without `Content-Disposition: form-data; name=…`.
    #[error("a multipart part has no name")]
    NoPartName,
    /// More than [`MAX_PARTS`].
    #[error("the multipart body has more than {MAX_PARTS} parts")]
    TooManyParts,
    /// The body ended before its last boundary.
    #[error("the multipart body ends before its last boundary")]
    Truncated,
}
