//! What a request asks for.

use http::{Method, Request};

/// The operations that an object store needs, by the names of the Amazon S3 API reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the reference documents them")]
pub enum Operation {
    HeadObject,
    GetObject,
    PutObject,
    DeleteObject,
    DeleteObjects,
    ListObjects,
    CreateMultipartUpload,
    UploadPart,
    CompleteMultipartUpload,
    AbortMultipartUpload,
    Other,
}

impl Operation {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let has = |name: &str| {
            let mut names = query.split('&').filter_map(|pair| pair.split('=').next());
            names.any(|other| other == name)
        };
        let is_of_upload = has("uploadId");
        match *request.method() {
            Method::HEAD => Self::HeadObject,
            Method::GET if has("list-type") => Self::ListObjects,
            Method::GET => Self::GetObject,
            Method::PUT if is_of_upload => Self::UploadPart,
            Method::PUT => Self::PutObject,
            Method::POST if has("uploads") => Self::CreateMultipartUpload,
            Method::POST if is_of_upload => Self::CompleteMultipartUpload,
            Method::POST if has("delete") => Self::DeleteObjects,
            Method::DELETE if is_of_upload => Self::AbortMultipartUpload,
            Method::DELETE => Self::DeleteObject,
            _ => Self::Other,
        }
    }
}
