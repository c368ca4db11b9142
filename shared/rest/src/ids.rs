//! The three ways a path can name a video: row id, UUID, short UUID.
//!
//! The short form is the npm package `short-uuid`'s default: the 128 bits as one big-endian number
//! in Flickr's base 58, padded with its zero digit `1` to 22 characters.

/// Flickr's base 58: no `0`, `O`, `I` and `l`; lower case before upper case.
const ALPHABET: &[u8; 58] = b"123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";

/// Characters of a short UUID: 58^22 is the first power above 2^128.
pub const SHORT_UUID_CHARS: usize = 22;
/// Characters of a UUID with dashes.
pub const UUID_CHARS: usize = 36;

/// What a client wrote where a video's (or playlist's) id belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VideoRef {
    /// Row id on this instance, 0 or more.
    Id(i64),
    /// UUID with dashes, lower case, whichever form it came in.
    Uuid(String),
}

impl VideoRef {
    /// Reads any of the three forms; `None` when the text is none of them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.len() {
            UUID_CHARS => Some(Self::Uuid(encode_uuid(parse_uuid(text)?))),
            SHORT_UUID_CHARS => Some(Self::Uuid(encode_uuid(parse_short_uuid(text)?))),
            1..=19 if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok().map(Self::Id),
            _ => None,
        }
    }
}

/// The short form of a UUID with dashes; `None` when it is no UUID.
#[must_use]
pub fn short_uuid(uuid: &str) -> Option<String> {
    parse_uuid(uuid).map(encode_short_uuid)
}

/// The 128 bits of a UUID with dashes, in either case.
#[must_use]
pub fn parse_uuid(text: &str) -> Option<u128> {
    if text.len() != UUID_CHARS {
        return None;
    }
    let mut bits = 0;
    for (at, byte) in text.bytes().enumerate() {
        if matches!(at, 8 | 13 | 18 | 23) {
            if byte != b'-' {
                return None;
            }
        } else {
            bits = bits << 4 | u128::from(char::from(byte).to_digit(16)?);
        }
    }
    Some(bits)
}

/// The UUID with dashes, lower case.
#[must_use]
pub fn encode_uuid(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    [
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..],
    ]
    .join("-")
}

/// The 128 bits of a short UUID; `None` for another length, a foreign character, or a number above
/// 128 bits.
#[must_use]
pub fn parse_short_uuid(text: &str) -> Option<u128> {
    if text.len() != SHORT_UUID_CHARS {
        return None;
    }
    text.bytes().try_fold(0_u128, |bits, byte| {
        let digit = ALPHABET.iter().position(|known| *known == byte)?;
        bits.checked_mul(58)?
            .checked_add(u128::try_from(digit).ok()?)
    })
}

/// The 22 characters of a short UUID.
#[must_use]
pub fn encode_short_uuid(mut bits: u128) -> String {
    let mut digits = [ALPHABET[0]; SHORT_UUID_CHARS];
    for digit in digits.iter_mut().rev() {
        let value = usize::try_from(bits % 58).expect("a remainder below 58 fits");
        *digit = ALPHABET[value];
        bits /= 58;
    }
    digits.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The first is a video that Framasoft publishes under both ids; the others are the ends.
    const VECTORS: [(&str, &str); 4] = [
        (
            "9c9de5e8-0a1e-484a-b099-e80766180a6d",
            "kkGMgK9ZtnKfYAgnEtQxbv",
        ),
        (
            "00000000-0000-0000-0000-000000000000",
            "1111111111111111111111",
        ),
        (
            "00000000-0000-0000-0000-00000000003a",
            "1111111111111111111121",
        ),
        (
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "xBuEXKpA6iqZQK5Kf2TnkV",
        ),
    ];

    #[test]
    fn known_pairs() {
        for (uuid, short) in VECTORS {
            assert_eq!(short_uuid(uuid).as_deref(), Some(short));
            assert_eq!(
                parse_short_uuid(short).map(encode_uuid).as_deref(),
                Some(uuid)
            );
            assert_eq!(
                VideoRef::parse(short),
                Some(VideoRef::Uuid(uuid.to_owned()))
            );
            assert_eq!(VideoRef::parse(uuid), Some(VideoRef::Uuid(uuid.to_owned())));
            let upper = uuid.to_ascii_uppercase();
            assert_eq!(
                VideoRef::parse(&upper),
                Some(VideoRef::Uuid(uuid.to_owned()))
            );
        }
    }

    #[test]
    fn row_ids() {
        assert_eq!(VideoRef::parse("0"), Some(VideoRef::Id(0)));
        assert_eq!(VideoRef::parse("42"), Some(VideoRef::Id(42)));
        assert_eq!(
            VideoRef::parse("9223372036854775807"),
            Some(VideoRef::Id(i64::MAX))
        );
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "-1",
            "+1",
            "1.0",
            "abc",
            "9223372036854775808",
            "xBuEXKpA6iqZQK5Kf2TnkW",
            "ZZZZZZZZZZZZZZZZZZZZZZ",
            "kkGMgK9ZtnKfYAgnEtQxb0",
            "kkGMgK9ZtnKfYAgnEtQxbé",
            "9c9de5e8-0a1e-484a-b099-e80766180a6",
            "9c9de5e8x0a1e-484a-b099-e80766180a6d",
            "9c9de5e8-0a1e-484a-b099-e80766180a6g",
            "{9c9de5e8-0a1e-484a-b099-e80766180a6}",
        ] {
            assert_eq!(VideoRef::parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_uuid_survives_both_forms(bits: u128) {
            prop_assert_eq!(parse_short_uuid(&encode_short_uuid(bits)), Some(bits));
            prop_assert_eq!(parse_uuid(&encode_uuid(bits)), Some(bits));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            let _ = VideoRef::parse(&text);
        }
    }
}
