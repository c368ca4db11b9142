//! Thumbnails and previews that users send along: known by their bytes, stored as they are.

use rest::upload::limits::IMAGE_BYTES;

use super::details::StoredPicture;
use crate::AppError;
use crate::random::uuid_v4;
use ports::{Body, ObjectStore, Platform};

/// Largest side of a picture, in pixels. Larger ones only cost viewers' memory.
const MAX_SIDE: u32 = 16_384;

/// A picture that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    bytes: Vec<u8>,
    kind: Kind,
    width: u32,
    height: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Jpeg,
    Png,
    Webp,
}

impl Kind {
    const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => ".jpg",
            Self::Png => ".png",
            Self::Webp => ".webp",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }
}

impl Picture {
    /// Looks at the file of a form field.
    ///
    /// # Errors
    /// 400 when it is larger than 8 MB or neither JPEG, PNG nor WebP with a sensible size.
    pub fn parse(field: &str, bytes: Vec<u8>) -> Result<Self, AppError> {
        let found = (bytes.len() <= IMAGE_BYTES)
            .then(|| kind_and_size(&bytes))
            .flatten()
            .filter(|(_, width, height)| {
                (1..=MAX_SIDE).contains(width) && (1..=MAX_SIDE).contains(height)
            });
        let Some((kind, width, height)) = found else {
            return Err(AppError::invalid_field(
                field,
                "This file is not supported or too large: JPEG, PNG or WebP of at most 8 MB",
            ));
        };
        Ok(Self {
            bytes,
            kind,
            width,
            height,
        })
    }

    /// What a video shows of a thumbnail and a preview: both, or the preview alone when they are of one
    /// size, because a video has one picture of a size.
    pub(super) fn select(thumbnail: Option<Self>, preview: Option<Self>) -> Vec<Self> {
        let mut kept: Vec<Self> = preview.into_iter().collect();
        kept.extend(thumbnail.filter(|small| {
            !kept
                .iter()
                .any(|large| (large.width, large.height) == (small.width, small.height))
        }));
        kept
    }

    /// Where it will lie, under a fresh name.
    pub(super) fn named<P: Platform>(&self, platform: &P) -> StoredPicture {
        StoredPicture {
            filename: format!("{}{}", uuid_v4(platform), self.kind.extension()),
            width: self.width,
            height: self.height,
        }
    }

    /// Stores it there.
    pub(super) async fn store<P: Platform>(
        self,
        platform: &P,
        place: &StoredPicture,
    ) -> Result<(), AppError> {
        let len_bytes = u64::try_from(self.bytes.len()).map_err(AppError::bug)?;
        platform
            .objects()
            .put(
                &place.object_key(),
                self.kind.content_type(),
                Body::Bytes(self.bytes),
                len_bytes,
            )
            .await?;
        Ok(())
    }
}

fn kind_and_size(bytes: &[u8]) -> Option<(Kind, u32, u32)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        // PNG 3, 11.2.2: IHDR is the first chunk; width and height are its first eight bytes.
        (bytes.get(12..16)? == b"IHDR").then_some(())?;
        return Some((Kind::Png, be32(bytes, 16)?, be32(bytes, 20)?));
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        let (width, height) = jpeg_size(bytes)?;
        return Some((Kind::Jpeg, width, height));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"WEBP" {
        let (width, height) = webp_size(bytes)?;
        return Some((Kind::Webp, width, height));
    }
    None
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

/// ITU-T T.81, B.1.1.3 and B.2.2: the frame header (any SOF) holds height and width.
fn jpeg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        let marker = *bytes.get(at + 1)?;
        match marker {
            // Fill bytes before a marker.
            0xff => at += 1,
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let height = be16(bytes, at + 5)?;
                let width = be16(bytes, at + 7)?;
                return Some((u32::from(width), u32::from(height)));
            }
            // The scan begins without any frame header.
            0xda | 0xd9 => return None,
            _ => at += 2 + usize::from(be16(bytes, at + 2)?.max(2)),
        }
    }
}

/// RFC 9649, 2.5 to 2.7.
fn webp_size(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8 " => {
            (bytes.get(23..26)? == [0x9d, 0x01, 0x2a]).then_some(())?;
            let (width, height) = (le16(bytes, 26)?, le16(bytes, 28)?);
            Some((u32::from(width & 0x3fff), u32::from(height & 0x3fff)))
        }
        b"VP8L" => {
            (*bytes.get(20)? == 0x2f).then_some(())?;
            let bits = u32::from_le_bytes(bytes.get(21..25)?.try_into().ok()?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => {
            let side = |at: usize| {
                let low = u32::from(le16(bytes, at)?);
                Some((low | u32::from(*bytes.get(at + 2)?) << 16) + 1)
            };
            Some((side(24)?, side(27)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Option<(Kind, u32, u32)>) {
        assert_eq!(kind_and_size(bytes), expected);
        for len in 0..bytes.len() {
            // No panic on any cut.
            let _ = kind_and_size(&bytes[..len]);
        }
    }

    #[test]
    fn sizes_by_bytes() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
        png.extend([0, 0, 3, 0x52, 0, 0, 1, 0xe0, 8, 2, 0, 0, 0]);
        check(&png, Some((Kind::Png, 850, 480)));
        let jpeg = [
            0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, 0xc2, 0, 11, 8, 0, 157, 1, 24, 3, 0, 0,
        ];
        check(&jpeg, Some((Kind::Jpeg, 280, 157)));
        let mut lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a".to_vec();
        lossy.extend([0x52, 3, 0xe0, 1]);
        check(&lossy, Some((Kind::Webp, 850, 480)));
        let mut lossless = b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f".to_vec();
        lossless.extend((849_u32 | 479 << 14).to_le_bytes());
        check(&lossless, Some((Kind::Webp, 850, 480)));
        let mut extended = b"RIFF\0\0\0\0WEBPVP8X\0\0\0\0\0\0\0\0".to_vec();
        extended.extend([0x51, 3, 0, 0xdf, 1, 0]);
        check(&extended, Some((Kind::Webp, 850, 480)));
        check(b"GIF89a\x01\0\x01\0", None);
        check(&[0xff, 0xd8, 0xff, 0xda, 0, 2], None);
    }

    #[test]
    fn one_picture_of_a_size() {
        let picture = |width, height| Picture {
            bytes: vec![],
            kind: Kind::Png,
            width,
            height,
        };
        let both = Picture::select(Some(picture(280, 157)), Some(picture(850, 480)));
        assert_eq!(both.len(), 2);
        let one = Picture::select(Some(picture(850, 480)), Some(picture(850, 480)));
        assert_eq!(one.len(), 1);
    }
}
