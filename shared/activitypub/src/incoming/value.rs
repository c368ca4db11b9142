//! Members of documents, whatever shape they have.

use serde_json::{Map, Value};

use crate::AbsoluteUrl;
use crate::date::parse_iso8601;
use crate::limits::MAX_ADDRESSEES;
use crate::object::PUBLIC;

/// A JSON object.
pub type Members = Map<String, Value>;

/// `to` and `cc`, as ids, however they were written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Primary addressees.
    pub to: Vec<String>,
    /// Others.
    pub cc: Vec<String>,
}

impl Audience {
    /// Whether everybody is among the addressees, in `to` or in `cc`. `as:Public` and `Public` are
    /// the compact forms of the same IRI (ActivityPub, 5.6).
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.to.iter().chain(&self.cc).any(|id| is_public(id))
    }

    /// Whether it is for everybody and in public lists: everybody stands in `to`.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        self.to.iter().any(|id| is_public(id))
    }

    /// Whether this actor or collection is among the addressees.
    #[must_use]
    pub fn names(&self, id: &str) -> bool {
        self.to.iter().chain(&self.cc).any(|other| other == id)
    }

    /// Whether it may be meant for the server at `origin`: it names nobody, everybody, somebody there, or something
    /// on the sender's own host, such as its followers, of whom some may be there. Of a list that was cut off nobody
    /// knows.
    #[must_use]
    pub fn may_reach(&self, origin: &str, sender: &AbsoluteUrl) -> bool {
        if self.to.len().max(self.cc.len()) >= MAX_ADDRESSEES {
            return true;
        }
        let mut all = self.to.iter().chain(&self.cc).peekable();
        let is_there = |id: &str| {
            let path = id.strip_prefix(origin);
            path.is_some_and(|path| path.is_empty() || path.starts_with('/'))
        };
        let is_senders = |id: &str| AbsoluteUrl::parse(id).is_ok_and(|id| id.has_host_of(sender));
        all.peek().is_none() || all.any(|id| is_public(id) || is_there(id) || is_senders(id))
    }

    pub(super) fn of(members: &Members) -> Self {
        Self {
            to: addressees(members.get("to")),
            cc: addressees(members.get("cc")),
        }
    }
}

fn is_public(id: &str) -> bool {
    matches!(id, PUBLIC | "as:Public" | "Public")
}

fn addressees(value: Option<&Value>) -> Vec<String> {
    each(value)
        .filter_map(id_text)
        .take(MAX_ADDRESSEES)
        .map(str::to_owned)
        .collect()
}

/// The items of a list, or the value itself: JSON-LD writes lists of one without brackets.
pub(super) fn each(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (list, single) = match value {
        Some(Value::Array(items)) => (items.as_slice(), None),
        Some(Value::Null) | None => (&[][..], None),
        Some(other) => (&[][..], Some(other)),
    };
    list.iter().chain(single)
}

/// A text, or the `id` of an object.
pub(super) fn id_text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        Value::Object(members) => members.get("id")?.as_str(),
        _ => None,
    }
}

/// The first usable id: text, object with `id`, or the first such of a list.
pub(super) fn url_member(members: &Members, name: &str) -> Option<AbsoluteUrl> {
    each(members.get(name))
        .filter_map(id_text)
        .find_map(|text| AbsoluteUrl::parse(text).ok())
}

/// All usable ids, at most `limit`.
pub(super) fn url_members(members: &Members, name: &str, limit: usize) -> Vec<AbsoluteUrl> {
    each(members.get(name))
        .filter_map(id_text)
        .filter_map(|text| AbsoluteUrl::parse(text).ok())
        .take(limit)
        .collect()
}

/// A link to a page: text, or a Link of HTML, or any Link.
pub(super) fn page_member(members: &Members, name: &str) -> Option<AbsoluteUrl> {
    let is_page = |value: &&Value| {
        let media_type = value.get("mediaType").and_then(Value::as_str);
        value.is_string() || media_type.is_none_or(|text| text.starts_with("text/html"))
    };
    let href = |value: &Value| {
        let text = value.as_str().or_else(|| value.get("href")?.as_str())?;
        AbsoluteUrl::parse(text).ok()
    };
    let list = || each(members.get(name));
    list()
        .filter(is_page)
        .find_map(href)
        .or_else(|| list().find_map(href))
}

pub(super) fn text_member<'a>(members: &'a Members, name: &str) -> Option<&'a str> {
    members.get(name)?.as_str()
}

pub(super) fn date_member(members: &Members, name: &str) -> Option<i64> {
    parse_iso8601(text_member(members, name)?)
}

/// `type`, as text or list.
pub(super) fn types(members: &Members) -> impl Iterator<Item = &str> {
    each(members.get("type")).filter_map(Value::as_str)
}

/// A UUID with dashes, in either case.
pub(super) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
