//! Pictures of other servers: viewers see them through us, so that nobody learns who looks.

use activitypub::AbsoluteUrl;
use ports::Platform;

use super::{FetchError, get};

/// Largest picture that is taken, in bytes: PeerTube's own bound for uploads.
pub const MAX_PICTURE_BYTES: usize = 8 * 1024 * 1024;
/// What is asked for. No SVG: it may hold scripts.
const ACCEPT_PICTURE: &str = "image/avif, image/webp, image/png, image/jpeg, image/gif";

/// A picture, checked to be one that browsers show and that cannot run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// By its first bytes, whatever its server says.
    pub content_type: &'static str,
    /// The whole file.
    pub bytes: Vec<u8>,
}

/// The type of a picture by its first bytes.
fn type_of(bytes: &[u8]) -> Option<&'static str> {
    let at = |offset: usize, text: &[u8]| {
        bytes
            .get(offset..offset + text.len())
            .is_some_and(|found| found == text)
    };
    [
        ("image/jpeg", at(0, b"\xFF\xD8\xFF")),
        ("image/png", at(0, b"\x89PNG\r\n\x1A\n")),
        ("image/gif", at(0, b"GIF8")),
        ("image/webp", at(0, b"RIFF") && at(8, b"WEBP")),
        ("image/avif", at(4, b"ftypavif")),
    ]
    .into_iter()
    .find_map(|(name, is)| is.then_some(name))
}

/// Fetches a picture, at most [`MAX_PICTURE_BYTES`], unsigned.
///
/// # Errors
/// [`FetchError`] as for documents; [`FetchError::Invalid`] for what is no picture.
pub async fn get_picture<P: Platform>(
    platform: &P,
    url: &AbsoluteUrl,
) -> Result<Picture, FetchError> {
    let is_wanted = |media_type: &str| media_type.starts_with("image/");
    let (from, bytes) = get(
        platform,
        url,
        (ACCEPT_PICTURE, MAX_PICTURE_BYTES),
        None,
        is_wanted,
    )
    .await?;
    match type_of(&bytes) {
        Some(content_type) => Ok(Picture {
            content_type,
            bytes,
        }),
        None => Err(FetchError::Invalid {
            host: from.host(),
            cause: "no picture that is shown".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::type_of;

    #[test]
    fn bytes_decide_what_a_picture_is() {
        for (bytes, expected) in [
            (&b"\xFF\xD8\xFF\xE0"[..], Some("image/jpeg")),
            (b"\x89PNG\r\n\x1A\n....", Some("image/png")),
            (b"RIFF\x01\x02\x03\x04WEBPVP8 ", Some("image/webp")),
            (b"RIFF\x01\x02\x03\x04WAVE", None),
            (b"\0\0\0\x20ftypavif", Some("image/avif")),
            (b"GIF89a", Some("image/gif")),
            (b"<svg onload=alert(1)>", None),
            (b"", None),
        ] {
            assert_eq!(type_of(bytes), expected);
        }
    }
}
