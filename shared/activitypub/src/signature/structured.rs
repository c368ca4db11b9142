//! The part of structured fields (RFC 8941) that signatures and digests are written in:
//! dictionaries of items and inner lists, with integers, strings, tokens, byte sequences and
//! booleans. Decimals are refused: no parameter of ours has any.

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{GeneralPurposeConfig, STANDARD};

/// RFC 8941, 4.2.7: padding may be missing.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// RFC 8941, 3.3.1: fifteen digits.
const MAX_INTEGER_DIGITS: usize = 15;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BareItem {
    Integer(i64),
    String(String),
    Token(String),
    Bytes(Vec<u8>),
    Boolean(bool),
}

pub(super) type Params = Vec<(String, BareItem)>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub value: BareItem,
    pub params: Params,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct InnerList {
    pub items: Vec<Item>,
    pub params: Params,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Member {
    Item(Item),
    InnerList(InnerList),
}

/// Not RFC 8941, or more of it than we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotStructured;

type Result<T> = core::result::Result<T, NotStructured>;

/// Reads a dictionary (RFC 8941, 4.2.2). Of a key that stands there twice the last one counts.
pub(super) fn parse_dictionary(text: &str) -> Result<Vec<(String, Member)>> {
    let mut reader = Reader {
        rest: text.trim_matches(' '),
    };
    let mut members: Vec<(String, Member)> = Vec::new();
    while !reader.rest.is_empty() {
        let key = reader.key()?;
        let member = if reader.take('=') {
            reader.member()?
        } else {
            Member::Item(Item {
                value: BareItem::Boolean(true),
                params: reader.params()?,
            })
        };
        members.retain(|(other, _)| *other != key);
        members.push((key, member));
        reader.skip_blanks();
        if reader.rest.is_empty() {
            break;
        }
        if !reader.take(',') {
            return Err(NotStructured);
        }
        reader.skip_blanks();
        if reader.rest.is_empty() {
            return Err(NotStructured);
        }
    }
    Ok(members)
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn take(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t']);
    }

    /// The longest start of which every character fits.
    fn take_while(&mut self, fits: impl Fn(char) -> bool) -> String {
        let end = self.rest.find(|c| !fits(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken.to_owned()
    }

    fn key(&mut self) -> Result<String> {
        if !self
            .rest
            .starts_with(|c: char| c.is_ascii_lowercase() || c == '*')
        {
            return Err(NotStructured);
        }
        Ok(self.take_while(is_key_character))
    }

    fn member(&mut self) -> Result<Member> {
        if self.take('(') {
            self.inner_list().map(Member::InnerList)
        } else {
            self.item().map(Member::Item)
        }
    }

    fn inner_list(&mut self) -> Result<InnerList> {
        let mut items = Vec::new();
        loop {
            self.rest = self.rest.trim_start_matches(' ');
            if self.take(')') {
                let params = self.params()?;
                return Ok(InnerList { items, params });
            }
            items.push(self.item()?);
            if !self.rest.starts_with([' ', ')']) {
                return Err(NotStructured);
            }
        }
    }

    fn item(&mut self) -> Result<Item> {
        Ok(Item {
            value: self.bare_item()?,
            params: self.params()?,
        })
    }

    fn params(&mut self) -> Result<Params> {
        let mut params: Params = Vec::new();
        while self.take(';') {
            self.rest = self.rest.trim_start_matches(' ');
            let key = self.key()?;
            let value = if self.take('=') {
                self.bare_item()?
            } else {
                BareItem::Boolean(true)
            };
            params.retain(|(other, _)| *other != key);
            params.push((key, value));
        }
        Ok(params)
    }

    fn bare_item(&mut self) -> Result<BareItem> {
        match self.rest.chars().next() {
            Some('"') => self.string().map(BareItem::String),
            Some(':') => self.bytes().map(BareItem::Bytes),
            Some('?') => self.boolean().map(BareItem::Boolean),
            Some('-' | '0'..='9') => self.integer().map(BareItem::Integer),
            Some(c) if c.is_ascii_alphabetic() || c == '*' => {
                Ok(BareItem::Token(self.take_while(is_token_character)))
            }
            _ => Err(NotStructured),
        }
    }

    fn string(&mut self) -> Result<String> {
        let mut text = String::new();
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = &self.rest[at + 1..];
                    return Ok(text);
                }
                '\\' => match characters.next() {
                    Some((_, escaped @ ('"' | '\\'))) => text.push(escaped),
                    _ => return Err(NotStructured),
                },
                ' '..='~' => text.push(character),
                _ => return Err(NotStructured),
            }
        }
        Err(NotStructured)
    }

    fn bytes(&mut self) -> Result<Vec<u8>> {
        let (encoded, rest) = self.rest[1..].split_once(':').ok_or(NotStructured)?;
        self.rest = rest;
        LENIENT.decode(encoded).map_err(|_| NotStructured)
    }

    fn boolean(&mut self) -> Result<bool> {
        let value = match self.rest.get(..2) {
            Some("?1") => true,
            Some("?0") => false,
            _ => return Err(NotStructured),
        };
        self.rest = &self.rest[2..];
        Ok(value)
    }

    fn integer(&mut self) -> Result<i64> {
        let is_negative = self.take('-');
        let digits = self.take_while(|c| c.is_ascii_digit());
        if digits.len() > MAX_INTEGER_DIGITS || self.rest.starts_with('.') {
            return Err(NotStructured);
        }
        let value: i64 = digits.parse().map_err(|_| NotStructured)?;
        Ok(if is_negative { -value } else { value })
    }
}

fn is_key_character(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-' | '.' | '*')
}

fn is_token_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~:/".contains(c)
}

impl InnerList {
    /// RFC 8941, 4.1.1.1: the form that RFC 9421 signs as `@signature-params`.
    pub(super) fn encode(&self) -> String {
        let items: Vec<String> = self.items.iter().map(Item::encode).collect();
        let mut text = format!("({})", items.join(" "));
        encode_params(&self.params, &mut text);
        text
    }
}

impl Item {
    /// RFC 8941, 4.1.3.
    pub(super) fn encode(&self) -> String {
        let mut text = String::new();
        encode_bare(&self.value, &mut text);
        encode_params(&self.params, &mut text);
        text
    }
}

fn encode_params(params: &Params, text: &mut String) {
    for (key, value) in params {
        text.push(';');
        text.push_str(key);
        if *value != BareItem::Boolean(true) {
            text.push('=');
            encode_bare(value, text);
        }
    }
}

fn encode_bare(value: &BareItem, text: &mut String) {
    match value {
        BareItem::Integer(number) => text.push_str(&number.to_string()),
        BareItem::String(string) => {
            text.push('"');
            for character in string.chars() {
                if matches!(character, '"' | '\\') {
                    text.push('\\');
                }
                text.push(character);
            }
            text.push('"');
        }
        BareItem::Token(token) => text.push_str(token),
        BareItem::Bytes(bytes) => {
            text.push(':');
            text.push_str(&STANDARD.encode(bytes));
            text.push(':');
        }
        BareItem::Boolean(value) => text.push_str(if *value { "?1" } else { "?0" }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

    use super::*;

    #[test]
    fn dictionaries_of_the_rfc() {
        let text = r#"sig1=("@method" "x-dict";key="member" "@q";name="a\"b");created=1618884473;keyid="k", b=?0, c;d=t/x, e=:aGk=:"#;
        let members = parse_dictionary(text).unwrap();
        let Member::InnerList(list) = &members[0].1 else {
            panic!("{members:?}")
        };
        assert_eq!(
            list.encode(),
            r#"("@method" "x-dict";key="member" "@q";name="a\"b");created=1618884473;keyid="k""#
        );
        let names: Vec<&str> = members.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["sig1", "b", "c", "e"]);
        assert_eq!(parse_dictionary(""), Ok(vec![]));
        let twice = parse_dictionary("a=1, b=2, a=3").unwrap();
        assert_eq!(twice[1].0, "a");
    }

    #[test]
    fn what_is_not_structured_is_refused() {
        for text in [
            "A=1",
            "a=",
            "a=1,",
            "a=1 b=2",
            "a=(\"x\"",
            "a=(\"x\"\"y\")",
            "a=\"x",
            "a=\"\\x\"",
            "a=\"é\"",
            "a=:!:",
            "a=:aGk=",
            "a=?2",
            "a=1.5",
            "a=-",
            "a=1234567890123456",
            "a=1;=2",
            "=1",
            "é",
        ] {
            assert_eq!(parse_dictionary(text), Err(NotStructured), "{text}");
        }
    }

    fn bare() -> impl Strategy<Value = BareItem> {
        prop_oneof![
            (-999_999_999_999_999_i64..=999_999_999_999_999).prop_map(BareItem::Integer),
            "[ -~]{0,20}".prop_map(BareItem::String),
            "[a-zA-Z*][a-zA-Z0-9:/.]{0,10}".prop_map(BareItem::Token),
            proptest::collection::vec(any::<u8>(), 0..20).prop_map(BareItem::Bytes),
            any::<bool>().prop_map(BareItem::Boolean),
        ]
    }

    fn params() -> impl Strategy<Value = Params> {
        prop_oneof![
            Just(vec![]),
            bare().prop_map(|value| vec![("a".to_owned(), value)]),
            (bare(), bare()).prop_map(|(x, y)| vec![("x".to_owned(), x), ("y".to_owned(), y)]),
        ]
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            items in proptest::collection::vec((bare(), params()), 0..5),
            params in params(),
        ) {
            let items = items.into_iter().map(|(value, params)| Item { value, params }).collect();
            let list = InnerList { items, params };
            let text = format!("sig={}", list.encode());
            let read = parse_dictionary(&text).unwrap();
            assert_eq!(read, vec![("sig".to_owned(), Member::InnerList(list))]);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "([a-z]=)?[ -~é\\(\\)\":;,?]{0,40}") {
            let _ = parse_dictionary(&text);
        }
    }
}
