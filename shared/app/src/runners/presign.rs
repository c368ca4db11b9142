//! Presigned PUT URLs of S3-compatible storage (AWS Signature Version 4, query form).
//!
//! Written by hand on HMAC-SHA256, which is here anyway: a client crate would bring XML and dates into
//! the Worker for these few lines.

use std::fmt::Write as _;

use domain::UnixMillis;
use hmac::{Hmac, KeyInit, Mac};
use ports::S3Settings;
use rest::date::iso8601;
use sha2::{Digest, Sha256};

use crate::AppError;

/// A URL that accepts one `PUT` of `object_key` for `expires_in_secs` (SigV4: at most seven days),
/// with any body and any content type.
pub(crate) fn presigned_put(
    s3: &S3Settings,
    object_key: &str,
    now: UnixMillis,
    expires_in_secs: u32,
) -> Result<String, AppError> {
    let path = format!(
        "/{}/{}",
        encode(&s3.bucket, false),
        encode(object_key, true)
    );
    presigned(s3, "PUT", &path, now, expires_in_secs)
}

fn presigned(
    s3: &S3Settings,
    method: &str,
    path: &str,
    now: UnixMillis,
    expires_in_secs: u32,
) -> Result<String, AppError> {
    let endpoint = s3.endpoint.trim_end_matches('/');
    let (_, host) = endpoint
        .split_once("://")
        .ok_or_else(|| AppError::bug("the S3 endpoint is no URL"))?;
    // 2026-01-02T03:04:05.678Z -> 20260102T030405Z
    let time = iso8601(now.0)[..19].replace(['-', ':'], "") + "Z";
    let day = &time[..8];
    let scope = format!("{day}/{}/s3/aws4_request", s3.region);
    let credential = format!("{}/{scope}", s3.access_key_id);
    let query = format!(
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={time}\
         &X-Amz-Expires={expires_in_secs}&X-Amz-SignedHeaders=host",
        encode(&credential, false)
    );
    let request = format!("{method}\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD");
    let digest = hex::encode(Sha256::digest(request.as_bytes()));
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}");
    let mut key = hmac(
        format!("AWS4{}", s3.secret_access_key.0).as_bytes(),
        day.as_bytes(),
    )?;
    for part in [s3.region.as_str(), "s3", "aws4_request", text.as_str()] {
        key = hmac(&key, part.as_bytes())?;
    }
    let signature = hex::encode(key);
    Ok(format!(
        "{endpoint}{path}?{query}&X-Amz-Signature={signature}"
    ))
}

fn hmac(key: &[u8], text: &[u8]) -> Result<Vec<u8>, AppError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).map_err(AppError::bug)?;
    mac.update(text);
    Ok(mac.finalize().into_bytes().to_vec())
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

    /// The example of "Authenticating Requests: Using Query Parameters" in the Amazon S3 API
    /// reference; its bucket is in the host, so the path is passed as it is.
    #[test]
    fn signs_the_example_of_the_specification() {
        let s3 = S3Settings {
            endpoint: "https://examplebucket.s3.amazonaws.com".to_owned(),
            bucket: String::new(),
            region: "us-east-1".to_owned(),
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned()),
        };
        let at = UnixMillis(1_369_353_600_000);
        let url = presigned(&s3, "GET", "/test.txt", at, 86_400).unwrap();
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
        let s3 = S3Settings {
            endpoint: "http://127.0.0.1:9000/".to_owned(),
            bucket: "media".to_owned(),
            region: "auto".to_owned(),
            access_key_id: "id".to_owned(),
            secret_access_key: Secret("secret".to_owned()),
        };
        let url = presigned_put(&s3, "web-videos/a b.mp4", UnixMillis(0), 60).unwrap();
        assert!(
            url.starts_with("http://127.0.0.1:9000/media/web-videos/a%20b.mp4?X-Amz-Algorithm="),
            "{url}"
        );
    }
}
