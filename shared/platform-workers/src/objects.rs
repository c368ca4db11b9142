//! Object storage: R2.

use js_sys::{Array, Reflect};
use ports::{
    Block, Body, ByteRange, Object, ObjectInfo, ObjectPage, ObjectStore, PortError, UploadedPart,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::Costs;
use crate::body::{self, JsBody, JsStream};
use crate::js::{self, R2Bucket, R2MultipartUpload, R2Object};

/// The media bucket.
#[derive(Clone)]
pub struct Bucket {
    pub bucket: R2Bucket,
    pub costs: Costs,
}

fn unavailable(thrown: &JsValue) -> PortError {
    PortError::unavailable("object storage", js::message(thrown))
}

async fn settled(promise: Result<js_sys::Promise, JsValue>) -> Result<JsValue, PortError> {
    let promise = promise.map_err(|thrown| unavailable(&thrown))?;
    JsFuture::from(promise)
        .await
        .map_err(|thrown| unavailable(&thrown))
}

fn present(value: JsValue) -> Option<R2Object> {
    (!value.is_null() && !value.is_undefined()).then(|| value.unchecked_into())
}

fn info(object: &R2Object) -> ObjectInfo {
    ObjectInfo {
        object_key: object.key(),
        size_bytes: js::size(object.size()),
        etag: object.etag(),
    }
}

fn stored(value: JsValue) -> Result<ObjectInfo, PortError> {
    present(value)
        .map(|object| info(&object))
        .ok_or_else(|| PortError::bug("object storage", "a write answered nothing"))
}

fn typed(content_type: &str) -> JsValue {
    js::object(&[(
        "httpMetadata",
        js::object(&[("contentType", JsValue::from_str(content_type))]),
    )])
}

impl Bucket {
    fn resumed(
        &self,
        object_key: &str,
        multipart_id: &str,
    ) -> Result<R2MultipartUpload, PortError> {
        self.bucket
            .resume_multipart_upload(object_key, multipart_id)
            .map_err(|thrown| unavailable(&thrown))
    }
}

impl ObjectStore for Bucket {
    async fn head(&self, object_key: &str) -> Result<Option<ObjectInfo>, PortError> {
        self.costs.object_read();
        let found = settled(self.bucket.head(object_key)).await?;
        Ok(present(found).map(|object| info(&object)))
    }

    async fn get(
        &self,
        object_key: &str,
        range: Option<ByteRange>,
    ) -> Result<Option<Object>, PortError> {
        self.costs.object_read();
        let options = match range {
            None => JsValue::UNDEFINED,
            Some(range) => js::object(&[(
                "range",
                js::object(&[
                    ("offset", JsValue::from_f64(js::number(range.first))),
                    ("length", JsValue::from_f64(js::number(range.len()))),
                ]),
            )]),
        };
        let found = settled(self.bucket.get(object_key, &options)).await?;
        Ok(present(found).map(|object| Object {
            info: info(&object),
            body: object.body().map_or(Body::Empty, |stream| {
                Body::Stream(Box::new(JsStream::new(stream)))
            }),
        }))
    }

    async fn put(
        &self,
        object_key: &str,
        content_type: &str,
        body: Body,
        len_bytes: u64,
    ) -> Result<ObjectInfo, PortError> {
        self.costs.object_write();
        let value: JsValue = match body::into_js(body)? {
            JsBody::Nothing => JsValue::from_str(""),
            JsBody::Bytes(bytes) => bytes.into(),
            // R2 wants to know the length beforehand and fails the write when it is not met.
            streamed => body::fixed_length(streamed, len_bytes).into(),
        };
        stored(settled(self.bucket.put(object_key, &value, &typed(content_type))).await?)
    }

    async fn put_blocks(
        &self,
        object_key: &str,
        content_type: &str,
        blocks: &[Box<dyn Block>],
    ) -> Result<ObjectInfo, PortError> {
        self.costs.object_write();
        let value = body::join(blocks).into();
        stored(settled(self.bucket.put(object_key, &value, &typed(content_type))).await?)
    }

    async fn delete(&self, object_keys: &[String]) -> Result<(), PortError> {
        // Deletes are free on R2; not counted as writes.
        let keys: Array = object_keys
            .iter()
            .map(|object_key| JsValue::from_str(object_key))
            .collect();
        settled(self.bucket.delete(&keys)).await.map(|_| ())
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>) -> Result<ObjectPage, PortError> {
        self.costs.object_write();
        let mut options = vec![("prefix", JsValue::from_str(prefix))];
        if let Some(cursor) = cursor {
            options.push(("cursor", JsValue::from_str(cursor)));
        }
        let page = settled(self.bucket.list(&js::object(&options))).await?;
        let property =
            |name: &str| Reflect::get(&page, &JsValue::from_str(name)).unwrap_or(JsValue::NULL);
        let objects: Array = property("objects").unchecked_into();
        Ok(ObjectPage {
            objects: objects
                .iter()
                .map(|object| info(&object.unchecked_into()))
                .collect(),
            cursor: property("cursor").as_string(),
        })
    }

    async fn start_multipart(
        &self,
        object_key: &str,
        content_type: &str,
    ) -> Result<String, PortError> {
        self.costs.object_write();
        let options = typed(content_type);
        let upload = settled(self.bucket.create_multipart_upload(object_key, &options)).await?;
        Ok(upload.unchecked_into::<R2MultipartUpload>().upload_id())
    }

    async fn put_part(
        &self,
        object_key: &str,
        multipart_id: &str,
        number: u16,
        blocks: &[Box<dyn Block>],
    ) -> Result<UploadedPart, PortError> {
        self.costs.object_write();
        let upload = self.resumed(object_key, multipart_id)?;
        let part = settled(upload.upload_part(number, &body::join(blocks))).await?;
        let etag = Reflect::get(&part, &JsValue::from_str("etag"))
            .ok()
            .and_then(|etag| etag.as_string())
            .ok_or_else(|| PortError::bug("object storage", "a part without etag"))?;
        Ok(UploadedPart { number, etag })
    }

    async fn complete_multipart(
        &self,
        object_key: &str,
        multipart_id: &str,
        parts: &[UploadedPart],
    ) -> Result<ObjectInfo, PortError> {
        self.costs.object_write();
        let upload = self.resumed(object_key, multipart_id)?;
        let parts: Array = parts
            .iter()
            .map(|part| {
                js::object(&[
                    ("partNumber", JsValue::from(part.number)),
                    ("etag", JsValue::from_str(&part.etag)),
                ])
            })
            .collect();
        stored(settled(upload.complete(&parts)).await?)
    }

    async fn abort_multipart(&self, object_key: &str, multipart_id: &str) -> Result<(), PortError> {
        self.costs.object_write();
        let upload = self.resumed(object_key, multipart_id)?;
        settled(upload.abort()).await.map(|_| ())
    }
}
