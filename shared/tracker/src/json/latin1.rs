//! Strings whose code points are bytes, 0 to 255: how JSON carries infohashes and peer ids.

/// Code points of a JSON string, given with its quotes. Escapes must have passed the scanner; a
/// `\u` escape is one code point, halves of a pair are two.
pub fn code_points(quoted: &str) -> impl Iterator<Item = u32> {
    let mut chars = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or_default()
        .chars();
    core::iter::from_fn(move || {
        let plain = chars.next()?;
        if plain != '\\' {
            return Some(u32::from(plain));
        }
        let escape = chars.next()?;
        Some(match escape {
            'b' => 8,
            't' => 9,
            'n' => 10,
            'f' => 12,
            'r' => 13,
            'u' => (0..4).fold(0, |code, _| {
                code * 16
                    + chars
                        .next()
                        .and_then(|digit| digit.to_digit(16))
                        .unwrap_or(0)
            }),
            other => u32::from(other),
        })
    })
}

/// The 20 bytes of a JSON string of exactly 20 code points, none above 255. The reference server
/// lets others through, and cuts them to a byte.
pub fn read_20(value: &str) -> Option<[u8; 20]> {
    if !value.starts_with('"') {
        return None;
    }
    let mut bytes = [0; 20];
    let mut codes = code_points(value);
    for byte in &mut bytes {
        *byte = u8::try_from(codes.next()?).ok()?;
    }
    codes.next().is_none().then_some(bytes)
}

/// Writes bytes as a JSON string with its quotes.
pub fn write_bytes(bytes: &[u8], out: &mut String) {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    out.push('"');
    for &byte in bytes {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            0..0x20 => {
                out.push_str("\\u00");
                out.push(HEX[usize::from(byte >> 4)]);
                out.push(HEX[usize::from(byte & 15)]);
            }
            _ => out.push(char::from(byte)),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_twenty_code_points_up_to_255_are_read() {
        assert_eq!(
            read_20("\"abcdefghijklmnopqrst\""),
            Some(*b"abcdefghijklmnopqrst")
        );
        assert_eq!(read_20("\"abcdefghijklmnopqrs\""), None);
        assert_eq!(read_20("\"abcdefghijklmnopqrstu\""), None);
        assert_eq!(read_20("\"abcdefghijklmnopqrs\u{100}\""), None);
        assert_eq!(read_20("\"abcdefghijklmnopqrs\\u0100\""), None);
        assert_eq!(read_20("20"), None);
        assert_eq!(
            read_20("\"\u{e9}\\u00e9\\n\\t\\r\\b\\f\\/\\\\\\\"klmnopqrst\""),
            Some(*b"\xe9\xe9\n\t\r\x08\x0c/\\\"klmnopqrst")
        );
    }

    proptest! {
        #[test]
        fn reading_undoes_writing(bytes in any::<[u8; 20]>()) {
            let mut text = String::new();
            write_bytes(&bytes, &mut text);
            prop_assert_eq!(read_20(&text), Some(bytes));
            let parsed: String = serde_json::from_str(&text).unwrap();
            let parsed: Vec<u8> = parsed.chars().map(|c| u8::try_from(c).unwrap()).collect();
            prop_assert_eq!(parsed, bytes);
        }
    }
}
