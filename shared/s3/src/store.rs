//! The bucket as a port.

use std::rc::Rc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::UnixMillis;
use http::header::{
    ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderName,
    RANGE,
};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use md5::{Digest as _, Md5};
use ports::{
    Block, Body, ByteRange, HttpClient, Object, ObjectInfo, ObjectPage, ObjectStore, PortError,
    S3Settings, UploadedPart,
};

use crate::markup;
use crate::presign::{EndpointError, Permission, check_endpoint, presigned};

const WHAT: &str = "object storage";
/// A permission is used at once; servers allow clocks to differ by a quarter of an hour.
const EXPIRES_IN_SECS: u32 = 15 * 60;
/// For answers without an object.
const ANSWER_TIMEOUT_MS: u32 = 60_000;
/// Amazon may take minutes to put parts together.
const COMPLETE_TIMEOUT_MS: u32 = 10 * 60_000;
/// For objects, which flow as slowly as their reader or sender.
const TRANSFER_TIMEOUT_MS: u32 = 6 * 3_600_000;
/// Largest answer that is read: a list of 1,000 keys of 1,024 bytes, each escaped.
const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");

/// A bucket behind the S3 API. Clones share it.
#[derive(Debug, Clone)]
pub struct S3Store<H> {
    http: H,
    settings: Rc<S3Settings>,
    now: fn() -> UnixMillis,
}

/// One request. Its URL is signed, its header fields are not and need not be.
struct Call<'a> {
    method: Method,
    object_key: Option<&'a str>,
    query: &'a [(&'a str, &'a str)],
    headers: HeaderMap,
    body: Body,
    timeout_ms: u32,
}

impl<'a> Call<'a> {
    fn new(method: Method, object_key: Option<&'a str>, query: &'a [(&'a str, &'a str)]) -> Self {
        Self {
            method,
            object_key,
            query,
            headers: HeaderMap::new(),
            body: Body::Empty,
            timeout_ms: ANSWER_TIMEOUT_MS,
        }
    }

    fn object(method: Method, object_key: &'a str) -> Self {
        Self::new(method, Some(object_key), &[])
    }

    /// A body in place of none; `len_bytes` is its exact length, without which S3 takes none.
    fn with_body(mut self, body: Body, len_bytes: u64) -> Self {
        self.headers
            .insert(CONTENT_LENGTH, HeaderValue::from(len_bytes));
        self.body = body;
        self
    }

    fn with_type(self, content_type: &str) -> Result<Self, PortError> {
        self.with_header(CONTENT_TYPE, content_type)
    }

    fn with_header(mut self, name: HeaderName, value: &str) -> Result<Self, PortError> {
        let value = HeaderValue::from_str(value).map_err(|error| PortError::bug(WHAT, error))?;
        self.headers.insert(name, value);
        Ok(self)
    }

    fn within(mut self, timeout_ms: u32) -> Self {
        self.timeout_ms = timeout_ms;
        self
    }
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
            .with_type("application/xml")?;
        let (_, answer) = self.settled(with_text(call, xml)).await?;
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
        self.write(object_key, with_blocks(call, blocks)).await
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
        let (headers, _) = self.settled(with_blocks(call, blocks)).await?;
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
            .with_type("application/xml")?
            .within(COMPLETE_TIMEOUT_MS);
        let (_, answer) = self.settled(with_text(call, xml)).await?;
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

/// The blocks as a body, which may stay wherever they are.
fn with_blocks<'a>(call: Call<'a>, blocks: &[Box<dyn Block>]) -> Call<'a> {
    let views = blocks.iter().map(|block| block.slice(0..block.len()));
    let len_bytes = blocks.iter().map(|block| bytes(block.len())).sum();
    call.with_body(Body::Blocks(views.collect()), len_bytes)
        .within(TRANSFER_TIMEOUT_MS)
}

fn with_text(call: Call<'_>, text: String) -> Call<'_> {
    let len_bytes = bytes(text.len());
    call.with_body(Body::Bytes(text.into_bytes()), len_bytes)
}

fn bytes(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

async fn text(body: Body) -> Result<String, PortError> {
    let bytes = body
        .into_bytes(MAX_ANSWER_BYTES)
        .await
        .map_err(|error| PortError::unavailable(WHAT, error))?;
    String::from_utf8(bytes).map_err(|error| PortError::bug(WHAT, error))
}

/// The error of an answer that is no success.
async fn refused(response: Response<Body>) -> PortError {
    let status = response.status();
    let answer = text(response.into_body()).await.unwrap_or_default();
    said(status.as_str(), &answer)
}

fn said(what: &str, xml: &str) -> PortError {
    let code = markup::text(xml, "Code").unwrap_or_default();
    PortError::unavailable(WHAT, format!("{what} {code}"))
}

/// 404 of a read: no such object, unless it says that there is no such bucket.
async fn missing<T>(response: Response<Body>) -> Result<Option<T>, PortError> {
    let status = response.status();
    let answer = text(response.into_body()).await?;
    if markup::text(&answer, "Code").is_some_and(|code| code == "NoSuchBucket") {
        return Err(said(status.as_str(), &answer));
    }
    Ok(None)
}

fn listed(xml: &str) -> Option<ObjectInfo> {
    Some(ObjectInfo {
        object_key: markup::text(xml, "Key")?,
        size_bytes: markup::text(xml, "Size")?.parse().ok()?,
        etag: unquoted(&markup::text(xml, "ETag").unwrap_or_default()),
    })
}

fn unquoted(etag: &str) -> String {
    let strong = etag.strip_prefix("W/").unwrap_or(etag);
    strong.trim_matches('"').to_owned()
}

fn field<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<&'a str, PortError> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| PortError::bug(WHAT, format!("an answer without {name}")))
}

fn etag(headers: &HeaderMap) -> Result<String, PortError> {
    field(headers, &ETAG).map(unquoted)
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, PortError> {
    field(headers, name)?
        .parse()
        .map_err(|_| PortError::bug(WHAT, format!("{name} is no number")))
}

/// Size of the whole object, from an answer that must bring exactly `asked`.
fn total(headers: &HeaderMap, asked: ByteRange) -> Result<u64, PortError> {
    let text = field(headers, &CONTENT_RANGE)?;
    let expected = format!("bytes {}-{}/", asked.first, asked.last);
    text.strip_prefix(&expected)
        .and_then(|size| size.parse().ok())
        .ok_or_else(|| PortError::bug(WHAT, format!("asked for {expected} and got {text}")))
}
