//! The bucket as a port.

use std::rc::Rc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::UnixMillis;
use http::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderName, RANGE};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use md5::{Digest as _, Md5};
use ports::{
    Block, Body, ByteRange, HttpClient, Object, ObjectInfo, ObjectPage, ObjectStore, PortError,
    S3Settings, UploadedPart,
};

use crate::answer::{etag, listed, missing, number, refused, said, text, total};
use crate::call::{Call, TRANSFER_TIMEOUT_MS};
use crate::presign::{EndpointError, Permission, check_endpoint, presigned};
use crate::{WHAT, markup};

/// A permission is used at once; servers allow clocks to differ by a quarter of an hour.
const EXPIRES_IN_SECS: u32 = 15 * 60;
/// Amazon may take minutes to put parts together.
const COMPLETE_TIMEOUT_MS: u32 = 10 * 60_000;

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");

/// A bucket behind the S3 API. Clones share it.
#[derive(Debug, Clone)]
pub struct S3Store<H> {
    http: H,
    settings: Rc<S3Settings>,
    now: fn() -> UnixMillis,
}

impl<H: HttpClient> S3Store<H> {
    /// The bucket that `settings` name. `now` is asked for each request: its signature holds for a quarter
    /// of an hour around that.
    ///
    /// # Errors
    /// [`EndpointError`].
    pub fn new(
        http: H,
        settings: Rc<S3Settings>,
        now: fn() -> UnixMillis,
    ) -> Result<Self, EndpointError> {
        check_endpoint(&settings)?;
        Ok(Self {
            http,
            settings,
            now,
        })
    }

    async fn send(&self, call: Call<'_>) -> Result<Response<Body>, PortError> {
        let permission = Permission {
            method: &call.method,
            object_key: call.object_key,
            query: call.query,
            expires_in_secs: EXPIRES_IN_SECS,
        };
        let url = presigned(&self.settings, &permission, (self.now)())
            .map_err(|error| PortError::bug(WHAT, error))?;
        let mut request = Request::builder()
            .method(call.method)
            .uri(url)
            .body(call.body)
            .map_err(|error| PortError::bug(WHAT, error))?;
        *request.headers_mut() = call.headers;
        // Somebody between could compress otherwise, and lengths would mean something else.
        request
            .headers_mut()
            .insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        self.http.send(request, call.timeout_ms).await
    }

    /// The answer of a call that must succeed, with its body as text.
    async fn settled(&self, call: Call<'_>) -> Result<(HeaderMap, String), PortError> {
        let response = self.send(call).await?;
        if !response.status().is_success() {
            return Err(refused(response).await);
        }
        let (parts, body) = response.into_parts();
        Ok((parts.headers, text(body).await?))
    }

    async fn write(&self, object_key: &str, call: Call<'_>) -> Result<ObjectInfo, PortError> {
        let size_bytes = number(&call.headers, &CONTENT_LENGTH)?;
        let (headers, _) = self.settled(call).await?;
        Ok(ObjectInfo {
            object_key: object_key.to_owned(),
            size_bytes,
            etag: etag(&headers)?,
        })
    }

    async fn delete_many(&self, object_keys: &[String]) -> Result<(), PortError> {
        let mut xml = "<Delete><Quiet>true</Quiet>".to_owned();
        for object_key in object_keys {
            xml.push_str("<Object>");
            markup::push(&mut xml, "Key", object_key);
            xml.push_str("</Object>");
        }
        xml.push_str("</Delete>");
        let digest = BASE64_STANDARD.encode(Md5::digest(xml.as_bytes()));
        let query = [("delete", "")];
        let call = Call::new(Method::POST, None, &query)
            .with_header(CONTENT_MD5, &digest)?
            .with_xml(xml)?;
        let (_, answer) = self.settled(call).await?;
        // Success with a list of what did not succeed.
        match markup::elements(&answer, "Error").next() {
            None => Ok(()),
            Some(error) => Err(said("DeleteObjects", error)),
        }
    }
}

impl<H: HttpClient> ObjectStore for S3Store<H> {
    async fn head(&self, object_key: &str) -> Result<Option<ObjectInfo>, PortError> {
        let response = self.send(Call::object(Method::HEAD, object_key)).await?;
        match response.status() {
            StatusCode::OK => Ok(Some(ObjectInfo {
                object_key: object_key.to_owned(),
                size_bytes: number(response.headers(), &CONTENT_LENGTH)?,
                etag: etag(response.headers())?,
            })),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(refused(response).await),
        }
    }

    async fn get(
        &self,
        object_key: &str,
        range: Option<ByteRange>,
    ) -> Result<Option<Object>, PortError> {
        let mut call = Call::object(Method::GET, object_key).within(TRANSFER_TIMEOUT_MS);
        if let Some(range) = range {
            call = call.with_header(RANGE, &format!("bytes={}-{}", range.first, range.last))?;
        }
        let response = self.send(call).await?;
        let size_bytes = match (response.status(), range) {
            (StatusCode::OK, None) => number(response.headers(), &CONTENT_LENGTH)?,
            (StatusCode::PARTIAL_CONTENT, Some(range)) => total(response.headers(), range)?,
            (StatusCode::NOT_FOUND, _) => return missing(response).await,
            _ => return Err(refused(response).await),
        };
        let info = ObjectInfo {
            object_key: object_key.to_owned(),
            size_bytes,
            etag: etag(response.headers())?,
        };
        let body = response.into_body();
        Ok(Some(Object { info, body }))
    }

    async fn put(
        &self,
        object_key: &str,
        content_type: &str,
        body: Body,
        len_bytes: u64,
    ) -> Result<ObjectInfo, PortError> {
        let call = Call::object(Method::PUT, object_key)
            .with_type(content_type)?
            .with_body(body, len_bytes)
            .within(TRANSFER_TIMEOUT_MS);
        self.write(object_key, call).await
    }

    async fn put_blocks(
        &self,
        object_key: &str,
        content_type: &str,
        blocks: &[Box<dyn Block>],
    ) -> Result<ObjectInfo, PortError> {
        let call = Call::object(Method::PUT, object_key).with_type(content_type)?;
        self.write(object_key, call.with_blocks(blocks)).await
    }

    async fn delete(&self, object_keys: &[String]) -> Result<(), PortError> {
        match object_keys {
            [] => Ok(()),
            [only] => {
                let call = Call::object(Method::DELETE, only);
                self.settled(call).await.map(|_| ())
            }
            many => self.delete_many(many).await,
        }
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>) -> Result<ObjectPage, PortError> {
        let mut query = vec![("list-type", "2"), ("prefix", prefix)];
        query.extend(cursor.map(|cursor| ("continuation-token", cursor)));
        let call = Call::new(Method::GET, None, &query);
        let (_, xml) = self.settled(call).await?;
        let objects = markup::elements(&xml, "Contents").map(listed);
        Ok(ObjectPage {
            objects: objects
                .collect::<Option<_>>()
                .ok_or_else(|| PortError::bug(WHAT, "a list with an object without key or size"))?,
            cursor: markup::text(&xml, "NextContinuationToken"),
        })
    }

    async fn start_multipart(
        &self,
        object_key: &str,
        content_type: &str,
    ) -> Result<String, PortError> {
        let query = [("uploads", "")];
        let call = Call::new(Method::POST, Some(object_key), &query).with_type(content_type)?;
        let (_, xml) = self.settled(call).await?;
        markup::text(&xml, "UploadId")
            .ok_or_else(|| PortError::bug(WHAT, "a multipart upload without id"))
    }

    async fn put_part(
        &self,
        object_key: &str,
        multipart_id: &str,
        number: u16,
        blocks: &[Box<dyn Block>],
    ) -> Result<UploadedPart, PortError> {
        let part_number = number.to_string();
        let query = [
            ("partNumber", part_number.as_str()),
            ("uploadId", multipart_id),
        ];
        let call = Call::new(Method::PUT, Some(object_key), &query);
        let (headers, _) = self.settled(call.with_blocks(blocks)).await?;
        let etag = etag(&headers)?;
        Ok(UploadedPart { number, etag })
    }

    async fn complete_multipart(
        &self,
        object_key: &str,
        multipart_id: &str,
        parts: &[UploadedPart],
    ) -> Result<ObjectInfo, PortError> {
        let mut xml = "<CompleteMultipartUpload>".to_owned();
        for part in parts {
            xml.push_str("<Part>");
            markup::push(&mut xml, "PartNumber", &part.number.to_string());
            markup::push(&mut xml, "ETag", &format!("\"{}\"", part.etag));
            xml.push_str("</Part>");
        }
        xml.push_str("</CompleteMultipartUpload>");
        let query = [("uploadId", multipart_id)];
        let call = Call::new(Method::POST, Some(object_key), &query)
            .with_xml(xml)?
            .within(COMPLETE_TIMEOUT_MS);
        let (_, answer) = self.settled(call).await?;
        // The status is sent before the work is done, so a failure may come as a success.
        if let Some(error) = markup::elements(&answer, "Error").next() {
            return Err(said("CompleteMultipartUpload", error));
        }
        let info = self.head(object_key).await?;
        info.ok_or_else(|| PortError::unavailable(WHAT, "a completed object is not there"))
    }

    async fn abort_multipart(&self, object_key: &str, multipart_id: &str) -> Result<(), PortError> {
        let query = [("uploadId", multipart_id)];
        let call = Call::new(Method::DELETE, Some(object_key), &query);
        let response = self.send(call).await?;
        if response.status().is_success() || response.status() == StatusCode::NOT_FOUND {
            return Ok(());
        }
        Err(refused(response).await)
    }
}
