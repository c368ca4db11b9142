//! Presigned URLs: AWS Signature Version 4 in its query form.

use std::fmt::Write as _;

use domain::UnixMillis;
use domain::calendar::civil_from_days;
use hmac::{Hmac, KeyInit, Mac};
use http::Method;
use ports::S3Settings;
use sha2::{Digest, Sha256};
use thiserror::Error;

/// Longest life of a presigned URL.
pub const MAX_EXPIRES_SECS: u32 = 7 * 24 * 3600;

/// An endpoint that no URL can be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the S3 endpoint must be http:// or https:// with a host, without a query")]
pub struct EndpointError;

/// What a URL is to permit.
pub(crate) struct Permission<'a> {
    pub method: &'a Method,
    /// `None` for the bucket itself.
    pub object_key: Option<&'a str>,
    /// Names and values as they are, in any order.
    pub query: &'a [(&'a str, &'a str)],
    /// From 1 to [`MAX_EXPIRES_SECS`].
    pub expires_in_secs: u32,
}

/// Whether presigned URLs can be made for these settings.
///
/// # Errors
/// [`EndpointError`].
pub fn check_endpoint(s3: &S3Settings) -> Result<(), EndpointError> {
    Endpoint::parse(&s3.endpoint).map(|_| ())
}

/// A URL that accepts `PUT`s of `object_key` for `expires_in_secs` (1 to [`MAX_EXPIRES_SECS`]), with any
/// body and any content type.
///
/// # Errors
/// [`EndpointError`].
pub fn presigned_put(
    s3: &S3Settings,
    object_key: &str,
    now: UnixMillis,
    expires_in_secs: u32,
) -> Result<String, EndpointError> {
    let permission = Permission {
        method: &Method::PUT,
        object_key: Some(object_key),
        query: &[],
        expires_in_secs,
    };
    presigned(s3, &permission, now)
}

pub(crate) fn presigned(
    s3: &S3Settings,
    permission: &Permission<'_>,
    now: UnixMillis,
) -> Result<String, EndpointError> {
    let endpoint = Endpoint::parse(&s3.endpoint)?;
    let mut path = format!("{}/{}", endpoint.base_path, encode(&s3.bucket, false));
    if let Some(object_key) = permission.object_key {
        path.push('/');
        path.push_str(&encode(object_key, true));
    }
    Ok(sign(s3, &endpoint, &path, permission, now))
}

/// "Authenticating Requests: Using Query Parameters" of the Amazon S3 API reference. `path` is encoded.
fn sign(
    s3: &S3Settings,
    endpoint: &Endpoint<'_>,
    path: &str,
    permission: &Permission<'_>,
    now: UnixMillis,
) -> String {
    let time = timestamp(now);
    let day = &time[..8];
    let scope = format!("{day}/{}/s3/aws4_request", s3.region);
    let credential = format!("{}/{scope}", s3.access_key_id);
    let expires = permission.expires_in_secs.to_string();
    let own = [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", &credential),
        ("X-Amz-Date", &time),
        ("X-Amz-Expires", &expires),
        ("X-Amz-SignedHeaders", "host"),
    ];
    let query = canonical_query(own.iter().chain(permission.query));
    let host = &endpoint.host;
    let request = format!(
        "{}\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD",
        permission.method
    );
    let digest = hex::encode(Sha256::digest(request.as_bytes()));
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}");
    let mut key = hmac(
        format!("AWS4{}", s3.secret_access_key.0).as_bytes(),
        day.as_bytes(),
    );
    for part in [s3.region.as_str(), "s3", "aws4_request", text.as_str()] {
        key = hmac(&key, part.as_bytes());
    }
    format!(
        "{}://{host}{path}?{query}&X-Amz-Signature={}",
        endpoint.scheme,
        hex::encode(key)
    )
}

fn canonical_query<'a>(pairs: impl Iterator<Item = &'a (&'a str, &'a str)>) -> String {
    let mut encoded: Vec<String> = pairs
        .map(|(name, value)| format!("{}={}", encode(name, false), encode(value, false)))
        .collect();
    // By name; no name here is the beginning of another.
    encoded.sort_unstable();
    encoded.join("&")
}

struct Endpoint<'a> {
    scheme: &'a str,
    /// As a client sends it: lower case, without the scheme's own port.
    host: String,
    /// Without a slash at the end.
    base_path: &'a str,
}

impl<'a> Endpoint<'a> {
    fn parse(url: &'a str) -> Result<Self, EndpointError> {
        let (scheme, rest) = url.split_once("://").ok_or(EndpointError)?;
        let own_port = match scheme {
            "https" => ":443",
            "http" => ":80",
            _ => return Err(EndpointError),
        };
        let rest = rest.trim_end_matches('/');
        let (host, base_path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = host.strip_suffix(own_port).unwrap_or(host);
        if host.is_empty() || rest.contains(['@', '?', '#', ' ']) {
            return Err(EndpointError);
        }
        Ok(Self {
            scheme,
            host: host.to_ascii_lowercase(),
            base_path,
        })
    }
}

/// `20260102T030405Z`
fn timestamp(now: UnixMillis) -> String {
    const SECS_PER_DAY: i64 = 86_400;
    let secs = now.0.div_euclid(1_000);
    let (year, month, day) = civil_from_days(secs.div_euclid(SECS_PER_DAY));
    let of_day = secs.rem_euclid(SECS_PER_DAY);
    let (hour, minute, second) = (of_day / 3_600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

/// Percent-encodes all but RFC 3986's unreserved characters, and `/` where it separates a path.
fn encode(text: &str, keeps_slashes: bool) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric()
            || b"-._~".contains(&byte)
            || (keeps_slashes && byte == b'/')
        {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use ports::Secret;

    fn settings(endpoint: &str) -> S3Settings {
        S3Settings {
            endpoint: endpoint.to_owned(),
            bucket: "media".to_owned(),
            region: "us-east-1".to_owned(),
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned()),
            is_only_store: false,
        }
    }

    /// The example of "Authenticating Requests: Using Query Parameters" in the Amazon S3 API
    /// reference; its bucket is in the host, so the path is passed as it is.
    #[test]
    fn signs_the_example_of_the_specification() {
        let s3 = settings("https://examplebucket.s3.amazonaws.com");
        let endpoint = Endpoint::parse(&s3.endpoint).unwrap();
        let permission = Permission {
            method: &Method::GET,
            object_key: None,
            query: &[],
            expires_in_secs: 86_400,
        };
        let at = UnixMillis(1_369_353_600_000);
        let url = sign(&s3, &endpoint, "/test.txt", &permission, at);
        assert_eq!(
            url,
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }

    #[test]
    fn keeps_slashes_of_keys_and_encodes_the_rest() {
        let s3 = settings("http://127.0.0.1:9000/");
        let url = presigned_put(&s3, "web-videos/a b.mp4", UnixMillis(0), 60).unwrap();
        assert!(
            url.starts_with("http://127.0.0.1:9000/media/web-videos/a%20b.mp4?X-Amz-Algorithm="),
            "{url}"
        );
        assert!(url.contains("X-Amz-Date=19700101T000000Z"), "{url}");
    }

    #[test]
    fn a_host_is_signed_as_a_client_sends_it() {
        let parsed = |url| Endpoint::parse(url).map(|endpoint| endpoint.host);
        assert_eq!(parsed("https://S3.example:443").unwrap(), "s3.example");
        assert_eq!(parsed("http://s3.example:443/").unwrap(), "s3.example:443");
        let below = Endpoint::parse("https://s3.example/storage/v1/s3/").unwrap();
        assert_eq!(below.base_path, "/storage/v1/s3");
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        for url in [
            "",
            "s3.example",
            "ftp://s3.example",
            "https://",
            "https://a@b",
            "https://a/?b",
        ] {
            let refused = check_endpoint(&settings(url));
            assert_eq!(refused, Err(EndpointError), "{url}");
        }
    }
}
