//! One request.

use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName};
use http::{HeaderValue, Method};
use ports::{Block, Body, PortError};

use crate::WHAT;

/// For answers without an object.
const ANSWER_TIMEOUT_MS: u32 = 60_000;
/// For objects, which flow as slowly as their reader or sender.
pub(crate) const TRANSFER_TIMEOUT_MS: u32 = 6 * 3_600_000;

/// One request. Its URL is signed, its header fields are not and need not be.
pub(crate) struct Call<'a> {
    pub method: Method,
    pub object_key: Option<&'a str>,
    pub query: &'a [(&'a str, &'a str)],
    pub headers: HeaderMap,
    pub body: Body,
    pub timeout_ms: u32,
}

impl<'a> Call<'a> {
    pub(crate) fn new(
        method: Method,
        object_key: Option<&'a str>,
        query: &'a [(&'a str, &'a str)],
    ) -> Self {
        Self {
            method,
            object_key,
            query,
            headers: HeaderMap::new(),
            body: Body::Empty,
            timeout_ms: ANSWER_TIMEOUT_MS,
        }
    }

    pub(crate) fn object(method: Method, object_key: &'a str) -> Self {
        Self::new(method, Some(object_key), &[])
    }

    /// A body in place of none; `len_bytes` is its exact length, without which S3 takes none.
    pub(crate) fn with_body(mut self, body: Body, len_bytes: u64) -> Self {
        self.headers
            .insert(CONTENT_LENGTH, HeaderValue::from(len_bytes));
        self.body = body;
        self
    }

    pub(crate) fn with_type(self, content_type: &str) -> Result<Self, PortError> {
        self.with_header(CONTENT_TYPE, content_type)
    }

    pub(crate) fn with_header(mut self, name: HeaderName, value: &str) -> Result<Self, PortError> {
        let value = HeaderValue::from_str(value).map_err(|error| PortError::bug(WHAT, error))?;
        self.headers.insert(name, value);
        Ok(self)
    }

    pub(crate) fn within(mut self, timeout_ms: u32) -> Self {
        self.timeout_ms = timeout_ms;
        self
    }

    /// The blocks as a body, which may stay wherever they are.
    pub(crate) fn with_blocks(self, blocks: &[Box<dyn Block>]) -> Self {
        let views = blocks.iter().map(|block| block.slice(0..block.len()));
        let len_bytes = blocks.iter().map(|block| bytes(block.len())).sum();
        self.with_body(Body::Blocks(views.collect()), len_bytes)
            .within(TRANSFER_TIMEOUT_MS)
    }

    pub(crate) fn with_xml(self, xml: String) -> Result<Self, PortError> {
        let len_bytes = bytes(xml.len());
        self.with_body(Body::Bytes(xml.into_bytes()), len_bytes)
            .with_type("application/xml")
    }
}

fn bytes(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
