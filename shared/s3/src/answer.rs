//! What a server answers.

use http::Response;
use http::header::{CONTENT_RANGE, ETAG, HeaderMap, HeaderName};
use ports::{Body, ByteRange, ObjectInfo, PortError};

use crate::{WHAT, markup};

/// Largest answer that is read: a list of 1,000 keys of 1,024 bytes, each escaped.
const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

pub(crate) async fn text(body: Body) -> Result<String, PortError> {
    let bytes = body
        .into_bytes(MAX_ANSWER_BYTES)
        .await
        .map_err(|error| PortError::unavailable(WHAT, error))?;
    String::from_utf8(bytes).map_err(|error| PortError::bug(WHAT, error))
}

/// The error of an answer that is no success.
pub(crate) async fn refused(response: Response<Body>) -> PortError {
    let status = response.status();
    let answer = text(response.into_body()).await.unwrap_or_default();
    said(status.as_str(), &answer)
}

pub(crate) fn said(what: &str, xml: &str) -> PortError {
    let code = markup::text(xml, "Code").unwrap_or_default();
    PortError::unavailable(WHAT, format!("{what} {code}"))
}

/// 404 of a read: no such object, unless it says that there is no such bucket.
pub(crate) async fn missing<T>(response: Response<Body>) -> Result<Option<T>, PortError> {
    let status = response.status();
    let answer = text(response.into_body()).await?;
    if markup::text(&answer, "Code").is_some_and(|code| code == "NoSuchBucket") {
        return Err(said(status.as_str(), &answer));
    }
    Ok(None)
}

pub(crate) fn listed(xml: &str) -> Option<ObjectInfo> {
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

pub(crate) fn etag(headers: &HeaderMap) -> Result<String, PortError> {
    field(headers, &ETAG).map(unquoted)
}

pub(crate) fn number(headers: &HeaderMap, name: &HeaderName) -> Result<u64, PortError> {
    field(headers, name)?
        .parse()
        .map_err(|_| PortError::bug(WHAT, format!("{name} is no number")))
}

/// Size of the whole object, from an answer that must bring exactly `asked`.
pub(crate) fn total(headers: &HeaderMap, asked: ByteRange) -> Result<u64, PortError> {
    let text = field(headers, &CONTENT_RANGE)?;
    let expected = format!("bytes {}-{}/", asked.first, asked.last);
    text.strip_prefix(&expected)
        .and_then(|size| size.parse().ok())
        .ok_or_else(|| PortError::bug(WHAT, format!("asked for {expected} and got {text}")))
}
