//! Text to value, refusing every text that is not the canonical one.

use super::Value;
use crate::limits::{MAX_DEPTH, MAX_TORRENT_BYTES, MAX_VALUES};
use std::collections::BTreeMap;

/// Why a text is not canonical bencode within this crate's bounds. Positions count bytes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// More than [`MAX_TORRENT_BYTES`].
    #[error("bencoded text has {bytes} bytes, at most {MAX_TORRENT_BYTES} are allowed")]
    TooLarge {
        /// Its length.
        bytes: usize,
    },
    /// It ends inside a value.
    #[error("bencoded text ends inside a value")]
    Truncated,
    /// A byte that cannot stand there.
    #[error("unexpected byte {byte:#04x} at {position}")]
    Unexpected {
        /// The byte.
        byte: u8,
        /// Where.
        position: usize,
    },
    /// A leading zero, a negative zero, or a number beyond 64 bits.
    #[error("number at {position} is not canonical")]
    Number {
        /// Where it starts.
        position: usize,
    },
    /// Keys must be unique and in raw byte order (BEP 3).
    #[error("dictionary key at {position} is out of order")]
    KeyOrder {
        /// Where it starts.
        position: usize,
    },
    /// More than [`MAX_DEPTH`] levels.
    #[error("value at {position} is nested too deep")]
    TooDeep {
        /// Where.
        position: usize,
    },
    /// More than [`MAX_VALUES`].
    #[error("bencoded text has too many values")]
    TooMany,
    /// Bytes after the value.
    #[error("bytes after the value, from {position} on")]
    Trailing {
        /// Where they start.
        position: usize,
    },
}

/// Reads one value that is the whole of `text`.
///
/// # Errors
/// [`DecodeError`], see its variants.
pub fn decode(text: &[u8]) -> Result<Value, DecodeError> {
    if text.len() > MAX_TORRENT_BYTES {
        return Err(DecodeError::TooLarge { bytes: text.len() });
    }
    let mut decoder = Decoder {
        text,
        position: 0,
        values: 0,
    };
    let value = decoder.value(0)?;
    if decoder.position < text.len() {
        return Err(DecodeError::Trailing {
            position: decoder.position,
        });
    }
    Ok(value)
}

struct Decoder<'a> {
    text: &'a [u8],
    position: usize,
    values: usize,
}

impl<'a> Decoder<'a> {
    fn peek(&self) -> Result<u8, DecodeError> {
        self.text
            .get(self.position)
            .copied()
            .ok_or(DecodeError::Truncated)
    }

    fn value(&mut self, depth: usize) -> Result<Value, DecodeError> {
        let position = self.position;
        if depth == MAX_DEPTH {
            return Err(DecodeError::TooDeep { position });
        }
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(DecodeError::TooMany);
        }
        match self.peek()? {
            b'i' => {
                self.position += 1;
                self.integer().map(Value::Integer)
            }
            b'0'..=b'9' => self.bytes().map(|bytes| Value::Bytes(bytes.to_vec())),
            b'l' => {
                self.position += 1;
                let mut items = Vec::new();
                while self.peek()? != b'e' {
                    items.push(self.value(depth + 1)?);
                }
                self.position += 1;
                Ok(Value::List(items))
            }
            b'd' => {
                self.position += 1;
                self.dictionary(depth).map(Value::Dictionary)
            }
            byte => Err(DecodeError::Unexpected { byte, position }),
        }
    }

    fn dictionary(&mut self, depth: usize) -> Result<BTreeMap<Vec<u8>, Value>, DecodeError> {
        let mut entries = BTreeMap::<Vec<u8>, Value>::new();
        while self.peek()? != b'e' {
            let position = self.position;
            let key = self.bytes()?;
            if entries
                .last_key_value()
                .is_some_and(|(last, _)| last.as_slice() >= key)
            {
                return Err(DecodeError::KeyOrder { position });
            }
            let value = self.value(depth + 1)?;
            entries.insert(key.to_vec(), value);
        }
        self.position += 1;
        Ok(entries)
    }

    /// After `i`, up to and with `e`.
    fn integer(&mut self) -> Result<i64, DecodeError> {
        let position = self.position;
        let is_negative = self.peek()? == b'-';
        if is_negative {
            self.position += 1;
        }
        let digits = self.digits(b'e')?;
        if is_negative && digits == "0" {
            return Err(DecodeError::Number { position });
        }
        let number = if is_negative {
            format!("-{digits}")
        } else {
            digits.to_owned()
        };
        number.parse().map_err(|_| DecodeError::Number { position })
    }

    /// `length:bytes`.
    fn bytes(&mut self) -> Result<&'a [u8], DecodeError> {
        let position = self.position;
        let digits = self.digits(b':')?;
        let length: usize = digits
            .parse()
            .map_err(|_| DecodeError::Number { position })?;
        let rest = &self.text[self.position..];
        let bytes = rest.get(..length).ok_or(DecodeError::Truncated)?;
        self.position += length;
        Ok(bytes)
    }

    /// Canonical decimal digits up to `end`, which is taken too.
    fn digits(&mut self, end: u8) -> Result<&'a str, DecodeError> {
        let start = self.position;
        loop {
            match self.peek()? {
                b'0'..=b'9' => self.position += 1,
                byte if byte == end && self.position > start => break,
                byte => {
                    return Err(DecodeError::Unexpected {
                        byte,
                        position: self.position,
                    });
                }
            }
        }
        let digits = &self.text[start..self.position];
        self.position += 1;
        if digits.len() > 1 && digits[0] == b'0' {
            return Err(DecodeError::Number { position: start });
        }
        // Only ASCII digits came through.
        core::str::from_utf8(digits).map_err(|_| DecodeError::Number { position: start })
    }
}
