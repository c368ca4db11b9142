//! The guid of a podcast.

use sha1::{Digest, Sha1};

/// Namespace of URLs (RFC 9562, 6.6).
const URL_NAMESPACE: u128 = 0x6ba7_b811_9dad_11d1_80b4_00c0_4fd4_30c8;

/// Name-based UUID of a URL (RFC 9562, 5.5). PeerTube derives a podcast's guid so from the channel's id.
pub(crate) fn of_url(url: &str) -> String {
    let mut hasher = Sha1::new();
    hasher.update(URL_NAMESPACE.to_be_bytes());
    hasher.update(url.as_bytes());
    let digest = hasher.finalize();
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(digest) {
        *to = from;
    }
    let bits = u128::from_be_bytes(bytes);
    let version = 0x5_u128 << 76;
    let variant = 0x2_u128 << 62;
    rest::ids::encode_uuid(bits & !(0xf << 76) & !(0x3 << 62) | version | variant)
}

#[cfg(test)]
mod tests {
    #[test]
    fn known_names() {
        // From Python: `uuid.uuid5(uuid.NAMESPACE_URL, url)`.
        for (url, uuid) in [
            ("", "1b4db7eb-4057-5ddf-91e0-36dec72071f5"),
            (
                "https://video.test/video-channels/ada",
                "c6721b16-5112-5678-ad33-20e097aa901e",
            ),
        ] {
            assert_eq!(super::of_url(url), uuid, "{url}");
        }
    }
}
