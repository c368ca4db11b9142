//! Finds values in a text, without building anything.

use crate::limits::MAX_DEPTH;

/// The text is not JSON, or nested deeper than [`MAX_DEPTH`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError;

/// A position in a JSON text.
#[derive(Clone)]
pub struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// Starts at the beginning.
    pub const fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Only whitespace is left.
    pub fn end(&mut self) -> Result<(), SyntaxError> {
        match self.next_token() {
            None => Ok(()),
            Some(_) => Err(SyntaxError),
        }
    }

    /// First byte of the next token, which is not taken.
    pub fn next_token(&mut self) -> Option<u8> {
        loop {
            let byte = self.text.as_bytes().get(self.at).copied();
            match byte {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                _ => return byte,
            }
        }
    }

    /// Skips one value; its text.
    pub fn value(&mut self) -> Result<&'a str, SyntaxError> {
        self.value_at(0)
    }

    /// Takes an object: `field` is called after each key, without its quotes and with its escapes,
    /// and must take the value. At depth 0.
    pub fn object(
        &mut self,
        field: impl FnMut(&mut Self, &'a str) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        if self.next_token() != Some(b'{') {
            return Err(SyntaxError);
        }
        self.fields(field)
    }

    /// Takes an array: `item` is called before each item and must take it.
    pub fn array(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        if self.next_token() != Some(b'[') {
            return Err(SyntaxError);
        }
        self.at += 1;
        if self.next_token() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            item(self)?;
            match self.next_token() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(SyntaxError),
            }
        }
    }

    /// From the brace on.
    fn fields(
        &mut self,
        mut field: impl FnMut(&mut Self, &'a str) -> Result<(), SyntaxError>,
    ) -> Result<(), SyntaxError> {
        self.at += 1;
        if self.next_token() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            if self.next_token() != Some(b'"') {
                return Err(SyntaxError);
            }
            let quoted = self.string()?;
            if self.next_token() != Some(b':') {
                return Err(SyntaxError);
            }
            self.at += 1;
            field(self, &quoted[1..quoted.len() - 1])?;
            match self.next_token() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(SyntaxError),
            }
        }
    }

    fn value_at(&mut self, depth: usize) -> Result<&'a str, SyntaxError> {
        if depth == MAX_DEPTH {
            return Err(SyntaxError);
        }
        let first = self.next_token();
        let start = self.at;
        match first {
            Some(b'"') => {
                self.string()?;
            }
            Some(b'{') => self.fields(|inner, _| inner.value_at(depth + 1).map(drop))?,
            Some(b'[') => self.array(|inner| inner.value_at(depth + 1).map(drop))?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true")?,
            Some(b'f') => self.word("false")?,
            Some(b'n') => self.word("null")?,
            _ => return Err(SyntaxError),
        }
        Ok(&self.text[start..self.at])
    }

    fn word(&mut self, word: &str) -> Result<(), SyntaxError> {
        let rest = &self.text.as_bytes()[self.at..];
        if !rest.starts_with(word.as_bytes()) {
            return Err(SyntaxError);
        }
        self.at += word.len();
        Ok(())
    }

    fn number(&mut self) -> Result<(), SyntaxError> {
        self.take_if(|byte| byte == b'-');
        let has_leading_zero = self.text.as_bytes().get(self.at) == Some(&b'0');
        let digits = self.digits()?;
        if has_leading_zero && digits > 1 {
            return Err(SyntaxError);
        }
        if self.take_if(|byte| byte == b'.') {
            self.digits()?;
        }
        if self.take_if(|byte| matches!(byte, b'e' | b'E')) {
            self.take_if(|byte| matches!(byte, b'+' | b'-'));
            self.digits()?;
        }
        Ok(())
    }

    /// At least one digit; how many.
    fn digits(&mut self) -> Result<usize, SyntaxError> {
        let start = self.at;
        while self.take_if(|byte| byte.is_ascii_digit()) {}
        if self.at == start {
            return Err(SyntaxError);
        }
        Ok(self.at - start)
    }

    fn take_if(&mut self, is_wanted: impl FnOnce(u8) -> bool) -> bool {
        let is_there = self
            .text
            .as_bytes()
            .get(self.at)
            .copied()
            .is_some_and(is_wanted);
        self.at += usize::from(is_there);
        is_there
    }

    /// From quote to quote, both included.
    fn string(&mut self) -> Result<&'a str, SyntaxError> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        self.at += 1;
        loop {
            self.at += plain_bytes(&bytes[self.at..]);
            match bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(&self.text[start..self.at]);
                }
                Some(b'\\') => self.escape()?,
                _ => return Err(SyntaxError),
            }
        }
    }

    fn escape(&mut self) -> Result<(), SyntaxError> {
        let rest = &self.text.as_bytes()[self.at + 1..];
        match rest.first() {
            Some(b'r' | b'n' | b'"' | b'\\' | b'/' | b'b' | b'f' | b't') => {
                self.at += 2;
                Ok(())
            }
            Some(b'u') if rest.len() > 4 && rest[1..5].iter().all(u8::is_ascii_hexdigit) => {
                self.at += 6;
                Ok(())
            }
            _ => Err(SyntaxError),
        }
    }
}

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/// How many bytes stand before the first quote, backslash or control character.
///
/// Eight at a time: a subtraction borrows only into bytes above the first one that is found, so the
/// lowest flag is right. Session descriptions are most of what the tracker reads.
fn plain_bytes(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let quote = word ^ (LOW_BITS * 0x22);
        let backslash = word ^ (LOW_BITS * 0x5c);
        let found = ((quote.wrapping_sub(LOW_BITS) & !quote)
            | (backslash.wrapping_sub(LOW_BITS) & !backslash)
            | (word.wrapping_sub(LOW_BITS * 0x20) & !word))
            & HIGH_BITS;
        if found != 0 {
            let bits = usize::try_from(found.trailing_zeros()).unwrap_or(0);
            return index * 8 + bits / 8;
        }
    }
    let in_rest = rest
        .iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))
        .unwrap_or(rest.len());
    words.len() * 8 + in_rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn is_json(text: &str) -> bool {
        let mut scanner = Scanner::new(text);
        scanner.value().is_ok() && scanner.end().is_ok()
    }

    #[test]
    fn values_end_where_they_end() {
        for (text, value) in [
            (
                r#" {"a":[1,-2.5e+7,"x\"]"]} ,"#,
                r#"{"a":[1,-2.5e+7,"x\"]"]}"#,
            ),
            ("[]x", "[]"),
            ("0,1", "0"),
            ("null]", "null"),
            (r#""\u00e9\\""#, r#""\u00e9\\""#),
        ] {
            assert_eq!(Scanner::new(text).value(), Ok(value));
        }
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(is_json(&nested(MAX_DEPTH)));
        assert!(!is_json(&nested(MAX_DEPTH + 1)));
        assert!(!is_json(&"[".repeat(100_000)));
    }

    #[test]
    fn the_first_special_byte_is_found_at_every_place() {
        for special in [b'"', b'\\', 0, 0x1f] {
            for before in [b'a', 0x20, 0x21, 0x23, 0x7f, 0x80, 0xff] {
                for place in 0..24 {
                    let mut bytes = vec![before; 32];
                    bytes[place] = special;
                    bytes[place + 1] = b'"';
                    assert_eq!(plain_bytes(&bytes), place);
                }
            }
        }
        assert_eq!(plain_bytes(b"0123456789"), 10);
    }

    fn almost_json() -> impl Strategy<Value = String> {
        let part = prop::sample::select(vec![
            "{", "}", "[", "]", ":", ",", "\"a\"", "\"", "\\", "\\u00e9", "\\x", "1", "0", "-",
            ".", "e", "true", "null", "é", " ", "\n", "\u{1}",
        ]);
        prop::collection::vec(part, 0..14).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]
        #[test]
        fn the_same_texts_are_json_as_for_serde(text in almost_json()) {
            let expected = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(is_json(&text), expected, "{}", text);
        }
    }
}
