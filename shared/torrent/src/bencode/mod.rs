//! Bencode (BEP 3): the one canonical text of a value, nothing else is read or written.

mod decode;
mod encode;

#[cfg(test)]
mod tests;

pub use decode::{DecodeError, decode};
pub use encode::encode;

use std::collections::BTreeMap;

/// A bencoded value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `i…e`. BEP 3 sets no bound; 64 bits hold every field of metainfo.
    Integer(i64),
    /// `length:bytes`: any bytes, not only UTF-8.
    Bytes(Vec<u8>),
    /// `l…e`.
    List(Vec<Value>),
    /// `d…e`, keys in raw byte order.
    Dictionary(BTreeMap<Vec<u8>, Value>),
}

impl Value {
    /// A byte string from text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Bytes(text.as_bytes().to_vec())
    }

    /// A dictionary from keys and values.
    #[must_use]
    pub fn dictionary<const N: usize>(entries: [(&str, Self); N]) -> Self {
        let mut dictionary = BTreeMap::new();
        for (key, value) in entries {
            dictionary.insert(key.as_bytes().to_vec(), value);
        }
        Self::Dictionary(dictionary)
    }

    /// The value under `key`, if this is a dictionary that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Dictionary(entries) => entries.get(key.as_bytes()),
            _ => None,
        }
    }

    /// The number, if this is one.
    #[must_use]
    pub const fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// The bytes, if this is a byte string.
    #[must_use]
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The text, if this is a byte string of UTF-8.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        self.as_bytes()
            .and_then(|bytes| core::str::from_utf8(bytes).ok())
    }

    /// The items, if this is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }
}
