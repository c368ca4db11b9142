//! A second opinion on `.torrent` files (BEP 3).

use std::collections::BTreeMap;
use std::ops::Range;

use sha1::{Digest, Sha1};

/// A decoded value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `i…e`
    Number(i64),
    /// `length:…`
    Bytes(Vec<u8>),
    /// `l…e`
    List(Vec<Value>),
    /// `d…e`, with where each value stands in the source.
    Dictionary(BTreeMap<Vec<u8>, (Value, Range<usize>)>),
}

impl Value {
    /// Decodes the whole input; panics if it is malformed or its keys are not in order.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Self {
        let mut at = 0;
        let value = decode(bytes, &mut at);
        assert_eq!(at, bytes.len(), "bytes after the end of a torrent");
        value
    }

    /// A member of a dictionary.
    #[must_use]
    pub fn member(&self, key: &str) -> &Self {
        let Self::Dictionary(members) = self else {
            panic!("{self:?} is no dictionary")
        };
        let found = members.get(key.as_bytes());
        &found.unwrap_or_else(|| panic!("no {key} in a torrent")).0
    }

    /// A text.
    #[must_use]
    pub fn text(&self) -> String {
        let Self::Bytes(bytes) = self else {
            panic!("{self:?} is no text")
        };
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// All texts in this value, lists flattened.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        match self {
            Self::List(values) => values.iter().flat_map(Self::texts).collect(),
            other => vec![other.text()],
        }
    }

    /// A size.
    #[must_use]
    pub fn size(&self) -> u64 {
        let Self::Number(number) = self else {
            panic!("{self:?} is no number")
        };
        u64::try_from(*number).unwrap_or_else(|_| panic!("{number} is no size"))
    }

    /// Info hash of a torrent: SHA-1 of its `info` as it stands in `source`.
    #[must_use]
    pub fn info_hash(&self, source: &[u8]) -> String {
        let Self::Dictionary(members) = self else {
            panic!("{self:?} is no torrent")
        };
        let span = members[b"info".as_slice()].1.clone();
        hex::encode(Sha1::digest(&source[span]))
    }
}

fn decode(bytes: &[u8], at: &mut usize) -> Value {
    match bytes[*at] {
        b'i' => {
            *at += 1;
            Value::Number(number(bytes, at, b'e'))
        }
        b'l' => {
            *at += 1;
            let mut list = Vec::new();
            while bytes[*at] != b'e' {
                list.push(decode(bytes, at));
            }
            *at += 1;
            Value::List(list)
        }
        b'd' => {
            *at += 1;
            let members = decode_members(bytes, at);
            *at += 1;
            Value::Dictionary(members)
        }
        _ => Value::Bytes(string(bytes, at)),
    }
}

fn decode_members(bytes: &[u8], at: &mut usize) -> BTreeMap<Vec<u8>, (Value, Range<usize>)> {
    let mut members = BTreeMap::new();
    while bytes[*at] != b'e' {
        let key = string(bytes, at);
        let in_order = members.last_key_value().is_none_or(|(last, _)| *last < key);
        assert!(in_order, "keys of a torrent are not in order");
        let start = *at;
        let value = decode(bytes, at);
        members.insert(key, (value, start..*at));
    }
    members
}

fn string(bytes: &[u8], at: &mut usize) -> Vec<u8> {
    let length = usize::try_from(number(bytes, at, b':')).expect("a length is not negative");
    let start = *at;
    *at += length;
    bytes[start..*at].to_owned()
}

fn number(bytes: &[u8], at: &mut usize, end: u8) -> i64 {
    let length = bytes[*at..].iter().position(|byte| *byte == end);
    let length = length.expect("a number ends");
    let digits = &bytes[*at..*at + length];
    *at += length + 1;
    let text = String::from_utf8_lossy(digits);
    text.parse()
        .unwrap_or_else(|_| panic!("{text} is no number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_span_of_info() {
        let source = b"d8:announce3:abc4:infod6:lengthi5e4:name1:xee";
        let torrent = Value::decode(source);
        assert_eq!(torrent.member("info").member("length").size(), 5);
        let expected = hex::encode(Sha1::digest(b"d6:lengthi5e4:name1:xe"));
        assert_eq!(torrent.info_hash(source), expected);
    }
}
