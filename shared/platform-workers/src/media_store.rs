//! Where media are: in the bucket that is bound, or in one behind the S3 API.

use std::rc::Rc;

use domain::UnixMillis;
use ports::{
    Block, Body, ByteRange, Object, ObjectInfo, ObjectPage, ObjectStore, PortError, S3Settings,
    UploadedPart,
};
use s3::S3Store;

use crate::Costs;
use crate::http_client::WorkersHttp;
use crate::objects::Bucket;

/// The media of this instance. Requests to S3 are boxed, so that those to R2 stay as small as they are.
#[derive(Clone)]
pub enum MediaStore {
    /// R2 by its binding.
    R2(Bucket),
    /// Any other bucket.
    S3(S3Bucket),
}

/// A bucket behind the S3 API, reached by `fetch`.
#[derive(Clone)]
pub struct S3Bucket {
    store: S3Store<WorkersHttp>,
    costs: Costs,
}

impl S3Bucket {
    /// Counts its requests as operations of object storage, which they are, and not as outgoing requests.
    pub fn new(
        settings: S3Settings,
        now: fn() -> UnixMillis,
        costs: Costs,
    ) -> Result<Self, String> {
        let http = WorkersHttp {
            costs: Costs::default(),
        };
        let store = S3Store::new(http, Rc::new(settings), now);
        let store = store.map_err(|error| error.to_string())?;
        Ok(Self { store, costs })
    }

    fn read(&self) -> &S3Store<WorkersHttp> {
        self.costs.object_read();
        &self.store
    }

    fn write(&self) -> &S3Store<WorkersHttp> {
        self.costs.object_write();
        &self.store
    }
}

impl MediaStore {
    /// Counts for another event from now on.
    pub(crate) fn set_costs(&mut self, costs: &Costs) {
        match self {
            Self::R2(bucket) => bucket.costs = costs.clone(),
            Self::S3(bucket) => bucket.costs = costs.clone(),
        }
    }
}

impl ObjectStore for MediaStore {
    async fn head(&self, object_key: &str) -> Result<Option<ObjectInfo>, PortError> {
        match self {
            Self::R2(bucket) => bucket.head(object_key).await,
            Self::S3(bucket) => Box::pin(bucket.read().head(object_key)).await,
        }
    }

    async fn get(
        &self,
        object_key: &str,
        range: Option<ByteRange>,
    ) -> Result<Option<Object>, PortError> {
        match self {
            Self::R2(bucket) => bucket.get(object_key, range).await,
            Self::S3(bucket) => Box::pin(bucket.read().get(object_key, range)).await,
        }
    }

    async fn put(
        &self,
        object_key: &str,
        content_type: &str,
        body: Body,
        len_bytes: u64,
    ) -> Result<ObjectInfo, PortError> {
        match self {
            Self::R2(bucket) => bucket.put(object_key, content_type, body, len_bytes).await,
            Self::S3(bucket) => {
                let store = bucket.write();
                Box::pin(store.put(object_key, content_type, body, len_bytes)).await
            }
        }
    }

    async fn put_blocks(
        &self,
        object_key: &str,
        content_type: &str,
        blocks: &[Box<dyn Block>],
    ) -> Result<ObjectInfo, PortError> {
        match self {
            Self::R2(bucket) => bucket.put_blocks(object_key, content_type, blocks).await,
            Self::S3(bucket) => {
                let store = bucket.write();
                Box::pin(store.put_blocks(object_key, content_type, blocks)).await
            }
        }
    }

    async fn delete(&self, object_keys: &[String]) -> Result<(), PortError> {
        match self {
            Self::R2(bucket) => bucket.delete(object_keys).await,
            // Free at most vendors, as on R2; not counted.
            Self::S3(bucket) => Box::pin(bucket.store.delete(object_keys)).await,
        }
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>) -> Result<ObjectPage, PortError> {
        match self {
            Self::R2(bucket) => bucket.list(prefix, cursor).await,
            Self::S3(bucket) => Box::pin(bucket.write().list(prefix, cursor)).await,
        }
    }

    async fn start_multipart(
        &self,
        object_key: &str,
        content_type: &str,
    ) -> Result<String, PortError> {
        match self {
            Self::R2(bucket) => bucket.start_multipart(object_key, content_type).await,
            Self::S3(bucket) => {
                let store = bucket.write();
                Box::pin(store.start_multipart(object_key, content_type)).await
            }
        }
    }

    async fn put_part(
        &self,
        object_key: &str,
        multipart_id: &str,
        number: u16,
        blocks: &[Box<dyn Block>],
    ) -> Result<UploadedPart, PortError> {
        match self {
            Self::R2(bucket) => {
                bucket
                    .put_part(object_key, multipart_id, number, blocks)
                    .await
            }
            Self::S3(bucket) => {
                let store = bucket.write();
                Box::pin(store.put_part(object_key, multipart_id, number, blocks)).await
            }
        }
    }

    async fn complete_multipart(
        &self,
        object_key: &str,
        multipart_id: &str,
        parts: &[UploadedPart],
    ) -> Result<ObjectInfo, PortError> {
        match self {
            Self::R2(bucket) => {
                bucket
                    .complete_multipart(object_key, multipart_id, parts)
                    .await
            }
            Self::S3(bucket) => {
                let store = bucket.write();
                Box::pin(store.complete_multipart(object_key, multipart_id, parts)).await
            }
        }
    }

    async fn abort_multipart(&self, object_key: &str, multipart_id: &str) -> Result<(), PortError> {
        match self {
            Self::R2(bucket) => bucket.abort_multipart(object_key, multipart_id).await,
            Self::S3(bucket) => {
                let store = bucket.write();
                Box::pin(store.abort_multipart(object_key, multipart_id)).await
            }
        }
    }
}
