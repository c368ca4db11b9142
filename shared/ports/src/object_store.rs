//! Object storage: media, uploads in progress, pictures.

use crate::{Block, Body, PortError};

/// Bytes `first..=last` of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteRange {
    /// First byte, from 0.
    pub first: u64,
    /// Last byte, inclusive; not before `first`.
    pub last: u64,
}

impl ByteRange {
    /// Number of bytes, at least 1.
    #[must_use]
    pub const fn len(self) -> u64 {
        self.last - self.first + 1
    }

    /// Never: a range holds at least one byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        false
    }
}

/// What storage knows of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Its name in the bucket.
    pub object_key: String,
    /// Its whole size.
    pub size_bytes: u64,
    /// Strong validator without quotes.
    pub etag: String,
}

/// An object, or the asked range of it.
pub struct Object {
    /// Of the whole object.
    pub info: ObjectInfo,
    /// The asked bytes.
    pub body: Body,
}

/// A page of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectPage {
    /// In the order of their keys.
    pub objects: Vec<ObjectInfo>,
    /// Where the next page starts; `None` at the end.
    pub cursor: Option<String>,
}

/// A finished part of a multipart upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedPart {
    /// 1..=10,000.
    pub number: u16,
    /// What storage answered for it.
    pub etag: String,
}

/// A bucket.
///
/// Every method answers [`PortError::Unavailable`] when storage fails; a write that failed may still
/// have been stored.
pub trait ObjectStore {
    /// Size and validator, `None` when there is no such object.
    ///
    /// # Errors
    /// See the trait.
    async fn head(&self, object_key: &str) -> Result<Option<ObjectInfo>, PortError>;
    /// The object or a range of it, `None` when there is no such object. `range` must lie within it.
    ///
    /// # Errors
    /// See the trait.
    async fn get(
        &self,
        object_key: &str,
        range: Option<ByteRange>,
    ) -> Result<Option<Object>, PortError>;
    /// Stores `body`, exactly `len_bytes` long.
    ///
    /// # Errors
    /// See the trait.
    async fn put(
        &self,
        object_key: &str,
        content_type: &str,
        body: Body,
        len_bytes: u64,
    ) -> Result<ObjectInfo, PortError>;
    /// Stores the blocks one after the other as one object.
    ///
    /// # Errors
    /// See the trait.
    async fn put_blocks(
        &self,
        object_key: &str,
        content_type: &str,
        blocks: &[Box<dyn Block>],
    ) -> Result<ObjectInfo, PortError>;
    /// Removes objects (at most 1,000 a call); those that are not there are no error.
    ///
    /// # Errors
    /// See the trait.
    async fn delete(&self, object_keys: &[String]) -> Result<(), PortError>;
    /// Objects whose key starts with `prefix`.
    ///
    /// # Errors
    /// See the trait.
    async fn list(&self, prefix: &str, cursor: Option<&str>) -> Result<ObjectPage, PortError>;
    /// Starts a multipart upload and returns its id.
    ///
    /// # Errors
    /// See the trait.
    async fn start_multipart(
        &self,
        object_key: &str,
        content_type: &str,
    ) -> Result<String, PortError>;
    /// Stores one part; the same number again replaces it.
    ///
    /// # Errors
    /// See the trait.
    async fn put_part(
        &self,
        object_key: &str,
        multipart_id: &str,
        number: u16,
        blocks: &[Box<dyn Block>],
    ) -> Result<UploadedPart, PortError>;
    /// Makes the object from all its parts.
    ///
    /// # Errors
    /// See the trait.
    async fn complete_multipart(
        &self,
        object_key: &str,
        multipart_id: &str,
        parts: &[UploadedPart],
    ) -> Result<ObjectInfo, PortError>;
    /// Forgets the parts; an unknown id is no error.
    ///
    /// # Errors
    /// See the trait.
    async fn abort_multipart(&self, object_key: &str, multipart_id: &str) -> Result<(), PortError>;
}
